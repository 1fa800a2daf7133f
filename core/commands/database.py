"""``init``, ``upgrade`` and, for developers, ``migrate``."""

from __future__ import annotations

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy import select

from config.settings import ROOT
from core.commands.spoken import SpokenCommand, option
from core.commands.terminal import Terminal
from core.kernel.errors import NotFound
from core.kernel.words import counted, msg
from core.operations.authoring import write_revision
from core.operations.readiness import bring_up_to_date
from core.organisation.models import Company


@click.command(cls=SpokenCommand, help=msg("Make the tables of a new deployment; harmless when they are there."))
@click.pass_obj
def init(terminal: Terminal) -> None:
    """Like upgrade, and says what comes next in an empty system."""
    _apply(terminal)
    with terminal.use_case() as session:
        empty = session.scalar(select(Company.id).limit(1)) is None
    if empty:
        terminal.say(msg("Next: python app.py company add SHORT-NAME NAME, then: python app.py user add"))


@click.command(cls=SpokenCommand, help=msg("Bring the database to the state of this program."))
@click.pass_obj
def upgrade(terminal: Terminal) -> None:
    """Apply missing revisions and introduce new plugins to the companies."""
    _apply(terminal)


@click.command(cls=SpokenCommand, help=msg("For developers: write the next revision of NAME (core or a plugin) from its models."))
@click.argument("name")
@click.argument("message", default="first tables")
@option("--anew", is_flag=True, says=msg("Write the first revision again; only for what was never released."))
@click.pass_obj
def migrate(terminal: Terminal, name: str, message: str, anew: bool) -> None:
    """Compare models with revisions in a database of its own."""
    if name == "core":  # no plugin needs to be in order for the host's own tables
        terminal.settings = terminal.settings.model_copy(update={"wanted": ()})
    registry = terminal.keguan.registry
    if name != "core" and name not in registry.names:
        raise NotFound(msg("No module called “%(name)s” is installed.", name=name))
    path = write_revision(registry, name, message, anew=anew)
    terminal.say(msg("Written: %(path)s", path=path.relative_to(ROOT) if path.is_relative_to(ROOT) else path))


def _apply(terminal: Terminal) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=terminal.console, transient=True, disable=not terminal.console.is_terminal) as progress:
        bar = progress.add_task(str(msg("Revisions")), total=None)

        def advance(revision: str, total: int) -> None:
            progress.update(bar, advance=1, total=total, description=revision)

        done = bring_up_to_date(terminal.keguan, advance)
    for slug, met in done.introduced.items():
        terminal.say(msg("New in %(company)s, still off: %(names)s", company=slug, names=", ".join(met)))
    terminal.say(
        counted(
            "The database is up to date; %(count)s revision was applied.",
            "The database is up to date; %(count)s revisions were applied.",
            len(done.revisions),
        )
    )
