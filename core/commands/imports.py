"""``import``: a file of rows becomes records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import Account
from core.commands.spoken import SpokenCommand, option
from core.commands.terminal import Terminal, company_called
from core.kernel.acting import Actor, System
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import msg
from core.operations.accounts import called
from core.organisation.models import Company
from core.switchboard.actors import resolve_actor
from core.work.imports import Imported, ImportOrder, run_import
from core.work.profiles import load_profile

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
    """Run the import here and now; code 0 when every row was taken, 1 when some were rejected."""
    if not file.is_file():
        raise NotFound(msg("There is no file %(path)s.", path=file))
    order = ImportOrder(file, load_profile(profile), **how)
    done = _import(terminal, order, _who(terminal, slug, account))
    if as_json:
        click.echo(json.dumps({**done.report.as_dict(), "rejects": str(done.rejects or "")}, ensure_ascii=False, indent=1, default=str))
    else:
        for line in done.report.lines(file.name):
            terminal.say(line)
        if done.rejects:
            terminal.say(msg("The rejected rows are in %(path)s: mend them there and import that file.", path=done.rejects))
    return 1 if done.report.rejected_rows else 0


def _import(terminal: Terminal, order: ImportOrder, who: Actor | System) -> Imported:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=terminal.console, transient=True, disable=not terminal.console.is_terminal) as progress:
        bar = progress.add_task(order.shown_name, total=None)
        return run_import(
            terminal.ready.database,
            terminal.ready.registry,
            order,
            who,
            lambda done, total: progress.update(bar, completed=done, total=total),
        )


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
