"""``company import``: a whole business from a folder of files, by a plan."""

from __future__ import annotations

from pathlib import Path

import click

from core.access.administration.first_passwords import without_password
from core.commands.imports import FILE, import_rows, tell
from core.commands.spoken import SpokenCommand
from core.commands.terminal import Terminal
from core.kernel.acting import System, acting_as
from core.kernel.errors import NotFound
from core.kernel.words import counted, msg
from core.operations.businesses import Plan, load_plan, open_company, prepared

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(
    "import",
    cls=SpokenCommand,
    help=msg("Import a whole business by PLAN from the files in FOLDER: company, people, customers, sales; again changes nothing."),
)
@click.argument("plan", type=FILE)
@click.argument("folder", type=FOLDER)
@click.pass_obj
def import_company(terminal: Terminal, plan: Path, folder: Path) -> int:
    """File after file; code 0 when every row was taken, 1 when some were rejected."""
    planned = load_plan(plan)
    if missing := planned.missing(folder):
        raise NotFound(msg("The files %(files)s are missing in %(folder)s.", files=", ".join(missing), folder=folder))
    with terminal.use_case() as session:
        who = System("import", open_company(session, terminal.ready.registry, planned))
    rejected = _import_steps(terminal, who, planned, folder)
    if waiting := _without_password(terminal, who):
        terminal.say(
            counted(
                "%(count)s person has no password yet. Next: python app.py user hand-out %(slug)s",
                "%(count)s people have no password yet. Next: python app.py user hand-out %(slug)s",
                waiting,
                slug=planned.slug,
            )
        )
    terminal.say(msg("The company “%(name)s” is at /c/%(slug)s/.", name=planned.name, slug=planned.slug))
    return 1 if rejected else 0


def _import_steps(terminal: Terminal, who: System, plan: Plan, folder: Path) -> int:
    """Import the files in order; the number of rows that were rejected."""
    rejected = 0
    for step in plan.steps:
        with prepared(plan, step, folder) as file:
            rejects = terminal.settings.data / f"{plan.slug}-{file.stem}-rejected.csv"
            report, kept = import_rows(terminal, who, file, step.profile, rejects)
        click.echo(f"{step.file}:")
        tell(terminal, step.file, report, kept)
        rejected += report.rejected_rows
    return rejected


def _without_password(terminal: Terminal, who: System) -> int:
    with acting_as(who):
        found = len(without_password(terminal.ready.database.session()))
    terminal.ready.database.release()
    return found
