"""``exports``: what left, and who let a file out."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.commands.spoken import SpokenGroup, as_json, option
from core.commands.terminal import Terminal, company_called
from core.exports.models import ExportRequest
from core.exports.tracing import trace_file
from core.kernel.words import Message, msg


@click.group(cls=SpokenGroup, help=msg("What was exported from the system."))
def exports() -> None:
    """The group."""


@exports.command("list", help=msg("List the exports of a company, the newest first."))
@click.argument("slug")
@option("--last", type=click.IntRange(1, 10_000), default=50, show_default=True, says=msg("How many."))
@as_json
@click.pass_obj
def list_exports(terminal: Terminal, slug: str, last: int, as_json: bool) -> None:
    """Number, list, rows, who asked, state."""
    with terminal.use_case() as session:
        company = company_called(session, slug)
        asked = select(ExportRequest).where(ExportRequest.company_id == company.id).options(selectinload(ExportRequest.asked_by))
        rows = [
            {
                "number": one.id,
                "file": one.file_name,
                "rows": one.written or one.rows,
                "who": one.asked_by.name,
                "state": str(one.state.label),
                "reason": one.reason,
                "sha256": one.sha256,
            }
            for one in session.scalars(asked.order_by(ExportRequest.id.desc()).limit(last))
        ]
    titles = {"number": msg("Number"), "file": msg("File"), "rows": msg("Rows"), "who": msg("Asked for by"), "state": msg("State")}
    terminal.show(rows, titles, as_json=as_json)


@exports.command(help=msg("Say from which export the rows of FILE (CSV or XLSX) come; one row is enough, marks may have been taken out."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@option("--json", "as_json", is_flag=True, says=msg("Print the result as JSON."))
@click.pass_obj
def trace(terminal: Terminal, file: Path, as_json: bool) -> int:
    """Code 0 when an export was found, 1 when none was."""
    with terminal.use_case() as session:
        found = trace_file(session, file)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1, default=str))
    elif not found:
        terminal.say(msg("No row of this file is known from an export."))
    for one in found if not as_json else ():
        sentence = (
            msg("Export #%(number)s by %(who)s: %(file)s (%(reason)s). Rows with its hidden mark: %(rows)s of %(all)s.")
            if one.by == "marks"
            else msg(
                "Export #%(number)s by %(who)s: %(file)s (%(reason)s). Rows that were in it: %(rows)s of %(all)s; their marks are gone."
            )
        )
        facts = {"number": one.number, "who": one.who, "file": one.file_name, "reason": one.reason, "rows": one.rows, "all": one.looked_at}
        terminal.say(Message(sentence.text, facts))
    return 0 if found else 1
