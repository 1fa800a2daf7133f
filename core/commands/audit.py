"""``audit``: check the trail, take it to an auditor, keep its heads."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import click
from rich.progress import Progress
from sqlalchemy import select

from core.audit.accepting import accept_lost_values, accept_strangers
from core.audit.anchors import Anchors
from core.audit.blocks import PLATFORM
from core.audit.exporting import export_trail
from core.audit.sealing import begin_epoch, keep_sealed
from core.audit.trail import record_event
from core.audit.verification import Verification, chains_of, verify
from core.audit.words import blocks_told, problem_told, rows_told
from core.commands.backups import say_repeated
from core.commands.spoken import SpokenGroup, as_json, option, yes
from core.commands.terminal import Terminal, company_called
from core.kernel.acting import System, acting, acting_as
from core.kernel.errors import Conflict, KeguanError
from core.kernel.words import counted, msg
from core.organisation.models import Company
from core.privacy.repeating import repeat_erasures
from core.work.trail_checks import compare_records
from core.work.trail_watch import watch_once

SHOWN = 20
of_company = option("--company", "slug", says=msg("Only this company, by its short name."))


@click.group(cls=SpokenGroup, help=msg("The audit trail."))
def audit() -> None:
    """The group."""


@audit.command("verify", help=msg("Check that the trail is as it was written, sealed and anchored."))
@of_company
@option("--records", is_flag=True, says=msg("Compare every record with the trail, too: finds what was changed past the program."))
@option("--json", "as_json", is_flag=True, says=msg("Print the result as JSON."))
@click.pass_obj
def verify_command(terminal: Terminal, slug: str | None, records: bool, as_json: bool) -> int:
    """Code 0 when everything is as it was, 1 when anything is not."""
    anchors = Anchors(terminal.settings.anchor_folder)
    with terminal.use_case() as session, Progress(console=terminal.console, transient=True, disable=as_json) as bar:
        chain = None if slug is None else company_called(session, slug).id
        task = bar.add_task(str(msg("Checking the audit trail")), total=None)
        result = verify(
            session, terminal.settings.audit_key, anchors, chain, lambda done, all_: bar.update(task, completed=done, total=all_)
        )
    if records:
        strange = compare_records(terminal.ready.database, chain)
        for problem in strange.problems:
            result.tell(problem.kind, problem.chain, problem.number, problem.detail)
        result.found += strange.found - len(strange.problems)  # those that are only counted
    if as_json:
        click.echo(json.dumps(_as_json(result), ensure_ascii=False))
    else:
        _tell(terminal, result)
    return 1 if result.found else 0


def _as_json(result: Verification) -> dict[str, Any]:
    told = [{"kind": one.kind, "chain": one.chain, "number": one.number, "detail": one.detail} for one in result.problems]
    return {
        "checked": result.checked,
        "blocks": result.blocks,
        "unsealed": result.unsealed,
        "altered": list(result.altered),
        "found": result.found,
        "problems": told,
        "epochs": [{"chain": one.chain, "number": one.number, "detail": one.detail} for one in result.epochs],
        "heads": {str(chain): head.head for chain, head in result.heads.items()},
    }


def _tell(terminal: Terminal, result: Verification) -> None:
    for one in [*result.epochs, *result.problems][:SHOWN]:
        terminal.say(msg("Chain %(chain)s: %(sentence)s", chain=one.chain, sentence=problem_told(one)))
    if result.problems and len(result.altered) == result.checked:
        terminal.say(msg("No row fits the key. Please put the audit.key back that the trail was written with; it is in your backup."))
    if result.found:
        terminal.say(
            counted(
                "%(count)s row was checked; findings: %(found)s.",
                "%(count)s rows were checked; findings: %(found)s.",
                result.checked,
                found=result.found,
            )
        )
        return
    if result.unsealed:
        terminal.say(
            counted(
                "%(count)s row is not sealed yet; it carries its own code.",
                "%(count)s rows are not sealed yet; each carries its own code.",
                result.unsealed,
            )
        )
    terminal.say(msg("As written: %(rows)s of the trail in %(blocks)s.", rows=rows_told(result.checked), blocks=blocks_told(result.blocks)))


@audit.command("accept", help=msg("After every difference was explained: write into the trail what the records are now."))
@of_company
@option("--reason", required=True, says=msg("Why the records differ from the trail; it stands there for ever."))
@yes
@click.pass_obj
def accept_command(terminal: Terminal, slug: str | None, reason: str, yes: bool) -> None:
    """A row for each record that is not what the trail says; the next check ends the alarm."""
    terminal.sure(msg("Whoever changed records past the program will no longer be found by the comparison. Go on?"), yes=yes)
    with terminal.use_case() as session:
        companies = list(session.scalars(select(Company.id))) if slug is None else [company_called(session, slug).id]
        who, count, lost = cast("System", acting()), 0, 0
        for company in companies:
            with acting_as(replace(who, company_id=company)):
                count += accept_strangers(session, reason)
                lost += accept_lost_values(session, reason)
    terminal.say(counted("%(count)s record was accepted as it is.", "%(count)s records were accepted as they are.", count))
    if lost:
        terminal.say(
            counted(
                "%(count)s value beside the trail was accepted as lost or altered.",
                "%(count)s values beside the trail were accepted as lost or altered.",
                lost,
            )
        )


@audit.command("seal", help=msg("Seal and anchor now what was written; the worker does it by itself every few seconds."))
@click.pass_obj
def seal_command(terminal: Terminal) -> int:
    """Code 0 when all is sealed and anchored, 1 when an alarm stands in the way."""
    done = watch_once(terminal.ready.database, Anchors(terminal.settings.anchor_folder))
    terminal.say(msg("Sealed: %(rows)s; anchored: %(blocks)s.", rows=rows_told(done.rows), blocks=blocks_told(done.anchored)))
    return 1 if done.alarms else 0


@audit.command("heads", help=msg("Print where each chain stands. Keep it elsewhere: it proves later that nothing was rewritten."))
@as_json
@click.pass_obj
def heads_command(terminal: Terminal, as_json: bool) -> None:
    """One line for each chain."""
    anchors = Anchors(terminal.settings.anchor_folder)
    with terminal.use_case() as session:
        names = {PLATFORM: str(msg("Platform"))} | {one.id: one.slug for one in session.scalars(select(Company))}
        found = {chain: anchors.newest(chain) for chain in chains_of(session)}
    rows = [{"company": names[chain], "number": head.number, "head": head.head} for chain, head in found.items() if head]
    terminal.show(rows, {"company": msg("Company"), "number": msg("Block"), "head": msg("Newest head")}, as_json=as_json)


@audit.command("export", help=msg("Write the sealed trail into a folder, with the program that checks it on any other machine."))
@click.argument("folder", type=click.Path(path_type=Path))
@of_company
@click.pass_obj
def export_command(terminal: Terminal, folder: Path, slug: str | None) -> None:
    """One folder below ``folder`` for each chain."""
    with terminal.use_case() as session:
        record_event(session, "export", msg("Audit trail"), folder=str(folder), company=slug or "")
    keep_sealed(terminal.ready.database, Anchors(terminal.settings.anchor_folder))
    with terminal.use_case() as session:
        names = {PLATFORM: "platform"} | {one.id: one.slug for one in session.scalars(select(Company))}
        for chain in [company_called(session, slug).id] if slug else names:
            try:
                done = export_trail(session, chain, folder / names[chain])
            except OSError as error:
                raise Conflict(msg("%(folder)s cannot be written: %(why)s", folder=folder / names[chain], why=error.strerror)) from error
            terminal.say(
                msg("%(folder)s: %(rows)s, newest head %(head)s", folder=done.folder, rows=rows_told(done.rows), head=done.head or "–")
            )


@audit.command("epoch", help=msg("After a database was restored from a backup: let the trail go on from the anchor, and say so in it."))
@option("--reason", required=True, says=msg("Why, and which backup; it stands in the trail for ever."))
@yes
@click.pass_obj
def epoch_command(terminal: Terminal, reason: str, yes: bool) -> None:
    """Erase again whom the backup has brought back, then begin a new epoch in every chain that the anchor contradicts."""
    terminal.sure(msg("What was sealed since the backup is lost, and every later check will say so. Go on?"), yes=yes)
    database, anchors = terminal.ready.database, Anchors(terminal.settings.anchor_folder)
    try:
        repeated, chains = repeat_erasures(database, anchors), begin_epoch(database, anchors, reason)
    except OSError as error:
        raise KeguanError(msg("The anchor cannot be reached: %(detail)s", detail=str(error))) from error
    terminal.say(counted("%(count)s chain has begun anew.", "%(count)s chains have begun anew.", len(chains)))
    say_repeated(terminal, repeated)
