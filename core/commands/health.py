"""``doctor``: is everything as it must be, and what to do where it is not."""

from __future__ import annotations

import click

from core.commands.spoken import SpokenCommand, as_json
from core.commands.terminal import Terminal
from core.kernel.words import msg
from core.operations.health import examine


@click.command(cls=SpokenCommand, help=msg("Examine this deployment and say what to do where something is wrong."))
@as_json
@click.pass_obj
def doctor(terminal: Terminal, as_json: bool) -> int:
    """Code 0 when everything is well."""
    findings = examine(terminal.settings, lambda: terminal.keguan)
    rows = [{"name": one.name, "title": str(one.title), "well": one.well, "advice": str(one.advice or "")} for one in findings]
    terminal.show(rows, {"title": msg("Examined"), "well": msg("In order"), "advice": msg("What to do")}, as_json=as_json)
    return 0 if all(one.well for one in findings) else 1
