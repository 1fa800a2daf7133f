"""``import``: a file of rows becomes records."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import Account
from core.commands.spoken import SpokenCommand, option
from core.commands.terminal import Terminal, company_called
from core.kernel.acting import Actor, System, acting_as
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import msg
from core.operations.accounts import called
from core.organisation.models import Company
from core.switchboard.actors import resolve_actor
from core.work.following import complete_job
from core.work.import_jobs import rejected_rows, request_import, run_of_job
from core.work.models import Job, JobState
from core.work.profiles import load_profile
from core.work.rejects import Report

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    "import",
    cls=SpokenCommand,
    help=msg("Import the rows of FILE (CSV or XLSX) by a mapping profile; the same file again changes nothing."),
)
@click.argument("file", type=FILE)
@option("--profile", required=True, type=FILE, says=msg("The mapping profile, a TOML file such as config/profiles/listed-companies.toml."))
@option(
    "--company",
    "slug",
    says=msg("Short name of the company; may be left out where there is one, or for the first company of the demonstration."),
)
@option("--as", "account", says=msg("Import as this person, with this person's rights; default: as the deployment itself."))
@option("--dry-run", is_flag=True, says=msg("Check every row and write nothing."))
@option("--rejects", type=FILE, says=msg("File for rejected rows; default: beside the input."))
@option("--json", "as_json", is_flag=True, says=msg("Print the report as JSON."))
@click.pass_obj
def import_file(terminal: Terminal, /, file: Path, profile: Path, slug: str | None, account: str | None, as_json: bool, **how: Any) -> int:
    """Run the import as a job, here and now; code 0 when every row was taken, 1 when some were rejected."""
    if not file.is_file():
        raise NotFound(msg("There is no file %(path)s.", path=file))
    who = _who(terminal, slug, account)
    rejects = how["rejects"] or file.with_name(f"{file.stem}-rejected.csv")
    report, kept = import_rows(terminal, who, file, profile, rejects, dry_run=how["dry_run"])
    if as_json:
        click.echo(json.dumps({**report.as_dict(), "rejects": str(kept or "")}, ensure_ascii=False, indent=1, default=str))
    else:
        tell(terminal, file.name, report, kept)
    return 1 if report.rejected_rows else 0


def import_rows(
    terminal: Terminal, who: Actor | System, file: Path, profile: Path, rejects: Path, *, dry_run: bool = False
) -> tuple[Report, Path | None]:
    """Import the file as ``who`` by a job that is seen through here; the report, and ``rejects`` when rejected rows were written there."""
    load_profile(profile)  # whose errors name the file
    with acting_as(who), terminal.ready.database.transaction() as session, file.open("rb") as stream:
        job_id = request_import(session, file.name, stream, profile.read_text(encoding="utf-8"), dry_run=dry_run)
    _refuse_unfinished(_followed(terminal, file.name, job_id))
    return _result(terminal, who, job_id, rejects)


def tell(terminal: Terminal, name: str, report: Report, rejects: Path | None) -> None:
    """What became of the rows, for a person."""
    for line in report.lines(name):
        terminal.say(line)
    if rejects:
        terminal.say(msg("The rejected rows are in %(path)s: correct them there and import that file.", path=rejects))


def _followed(terminal: Terminal, name: str, job_id: int) -> Job:
    """The job after its end, whoever ran it; the bar shows what its row says."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=terminal.console, transient=True, disable=not terminal.console.is_terminal) as progress:
        bar = progress.add_task(name, total=None)

        def show(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        return complete_job(terminal.ready.database, terminal.ready.registry, job_id, show)


def _refuse_unfinished(job: Job) -> None:
    """Raise what ended the job before the end of its file."""
    if job.state is not JobState.DONE:
        raise BadInput(job.error or msg("The import was cancelled."))


def _result(terminal: Terminal, who: Actor | System, job_id: int, path: Path) -> tuple[Report, Path | None]:
    """The report, and ``path`` when the rejected rows have been written there; a file of an earlier run does not stay."""
    database = terminal.ready.database
    with acting_as(who):
        run = run_of_job(database.session(), job_id)
        rows = rejected_rows(database.session(), run)
    database.release()
    if rows is None:
        path.unlink(missing_ok=True)
    else:
        shutil.copyfile(rows, path)
    return Report.from_dict(json.loads(run.report)), path if rows else None


def _who(terminal: Terminal, slug: str | None, account: str | None) -> Actor | System:
    """The person that the rows are imported as; the deployment itself, inside one company, when nobody is named."""
    with terminal.use_case() as session:
        company = company_called(session, slug) if slug else _only_company(session)
        if account is None:
            return System("import", company.id)
        user = called(session, account)
        who = resolve_actor(session, user.id, company.id)
    if who is None:
        raise BadInput(msg("%(account)s is not employed in %(company)s.", account=account, company=company.slug))
    return who


def _only_company(session: Session) -> Company:
    found = list(session.scalars(select(Company).where(Company.active).order_by(Company.id)))
    if not found:
        raise NotFound(msg("There is no company yet. Please found one: python app.py company add SHORT-NAME NAME"))
    if len(found) > 1 and not _is_demo(session):
        raise BadInput(
            msg("There are several companies. Please name one: --company %(slugs)s", slugs=" | ".join(one.slug for one in found))
        )
    return found[0]


def _is_demo(session: Session) -> bool:
    """Whether this is a demonstration, where the first company is meant unless another is named."""
    return session.scalar(select(Account.id).where(Account.demo).limit(1)) is not None
