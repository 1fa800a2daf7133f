"""``audit``: check the trail."""

from __future__ import annotations

import json

import click

from core.audit.verification import verify_rows
from core.commands.spoken import SpokenGroup, option
from core.commands.terminal import Terminal
from core.kernel.words import msg


@click.group(cls=SpokenGroup, help=msg("The audit trail."))
def audit() -> None:
    """The group."""


@audit.command(help=msg("Check that no row of the trail was changed since it was written."))
@option("--json", "as_json", is_flag=True, says=msg("Print the result as JSON."))
@click.pass_obj
def verify(terminal: Terminal, as_json: bool) -> int:
    """Code 0 when every row is as it was written, 1 when any is not."""
    with terminal.use_case() as session:
        result = verify_rows(session, terminal.settings.audit_key)
    if as_json:
        click.echo(json.dumps({"checked": result.checked, "altered": list(result.altered)}))
    elif result.altered:
        shown = ", ".join(map(str, result.altered[:20]))
        terminal.say(msg("%(count)s rows of the trail are not as they were written: %(rows)s", count=len(result.altered), rows=shown))
    else:
        terminal.say(msg("%(count)s rows of the trail are as they were written.", count=result.checked))
    return 1 if result.altered else 0
