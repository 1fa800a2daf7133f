"""``run``, ``demo``, ``worker`` and the hidden ``web``, which ``run`` starts."""

from __future__ import annotations

import click

from core.commands import serving
from core.commands.spoken import SpokenCommand
from core.commands.terminal import Terminal
from core.kernel.words import msg
from core.operations.first_start import make_demo, show_accounts
from core.operations.processes import end_with_parent
from core.operations.readiness import bring_up_to_date

attached = click.option("--attached", is_flag=True, hidden=True)  # end when the process that started this one ends


@click.command(cls=SpokenCommand, help=msg("Serve: web and worker under one parent; makes the database, and demo data on the first start."))
@click.pass_obj
def run(terminal: Terminal) -> int:
    """Run until interrupted."""
    return serving.run(terminal.keguan, terminal.console)


@click.command(cls=SpokenCommand, help=msg("Fill an empty system with two demo companies and their accounts."))
@click.pass_obj
def demo(terminal: Terminal) -> None:
    """Make demo data and print the accounts."""
    bring_up_to_date(terminal.keguan)
    make_demo(terminal.keguan, terminal.console)
    show_accounts(terminal.settings, terminal.console)


@click.command(cls=SpokenCommand, help=msg("Run background jobs until interrupted; several workers may run side by side."))
@attached
@click.pass_obj
def worker(terminal: Terminal, attached: bool) -> None:
    """Work."""
    if attached:
        end_with_parent()
    serving.work(terminal.ready)


@click.command(cls=SpokenCommand, hidden=True, help=msg("Serve the web alone."))
@attached
@click.pass_obj
def web(terminal: Terminal, attached: bool) -> None:
    """Serve."""
    if attached:
        end_with_parent()
    serving.serve(terminal.ready)
