"""``run``, ``demo``, ``worker`` and the hidden ``web``, which ``run`` starts."""

from __future__ import annotations

import click
from rich.console import Console

from core.commands import serving
from core.commands.spoken import SpokenCommand, as_json, option
from core.commands.terminal import Terminal
from core.kernel.words import listed, msg
from core.operations import demo_counts
from core.operations.demo import SEED
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
@option("--seed", type=int, default=SEED, show_default=True, says=msg("The same number makes the same data."))
@option("--rounds", type=click.IntRange(1, 40), says=msg("How much: 40 customers per company and round, and what belongs to them."))
@option("--counts", is_flag=True, says=msg("Afterwards print how much there is of everything, and a digest of each company."))
@as_json
@click.pass_obj
def demo(terminal: Terminal, seed: int, rounds: int | None, counts: bool, as_json: bool) -> None:
    """Make demo data and print the accounts, or what there is."""
    bring_up_to_date(terminal.keguan)
    make_demo(terminal.keguan, Console(stderr=True) if as_json else terminal.console, seed=seed, rounds=rounds)
    if counts:
        _show_counts(terminal, as_json=as_json)
    else:
        show_accounts(terminal.settings, terminal.console)


def _show_counts(terminal: Terminal, *, as_json: bool) -> None:
    keguan = terminal.keguan
    rows = [_counted(one) for one in demo_counts.counts(keguan.database, keguan.registry)]
    companies = dict.fromkeys(str(row["company"]) for row in rows)
    digests = [{"company": slug, "kind": "", "count": "", "states": demo_counts.digest(keguan.database, slug)} for slug in companies]
    titles = {"company": msg("Company"), "kind": msg("Kind"), "count": msg("Count"), "states": msg("States")}
    terminal.show([*rows, *digests], titles, as_json=as_json)


def _counted(one: demo_counts.Counted) -> dict[str, object]:
    states = str(listed(f"{state.label} {count}" for state, count in sorted(one.states.items(), key=lambda pair: -pair[1])))
    return {"company": one.company, "kind": str(one.title), "resource": one.resource, "count": one.count, "states": states}


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
