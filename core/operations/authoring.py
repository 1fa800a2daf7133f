"""For developers: writing a revision by comparing the models with a fresh database (``python app.py migrate``)."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine

from core.database.engine import make_engine
from core.database.records import Record
from core.extension.registry import Registry
from core.kernel.errors import Conflict
from core.kernel.words import msg
from core.operations.autogenerate import comparing
from core.operations.branches import Branch, branch_of, configuration, core_branch, plugin_branch, scripts
from core.operations.migrations import upgrade


def write_revision(registry: Registry, name: str, message: str, *, anew: bool = False) -> Path:
    """Write what the tables of ``name`` ("core" or a plugin) lack into its next revision file and return the path.

    ``anew`` writes the first revision again from the models and keeps later ones; only for what was never released.
    Raises :class:`Conflict` when nothing is missing.
    """
    branch, below = _branch(registry, name), _below(registry, name)
    branch.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _aside(branch, Path(folder), away=anew):
        have = sorted(branch.folder.glob("*.py"))
        engine = make_engine(f"sqlite:///{folder}/compare.db")
        upgrade(engine, [*below, branch])
        with engine.connect() as connection:
            _refuse_nothing(connection, branch)
            _generate(connection, branch, below, f"{len(have) + 1:04d} {message}", first=not have)
        engine.dispose()
        return max(branch.folder.glob("*.py"))


@contextmanager
def _aside(branch: Branch, folder: Path, *, away: bool) -> Iterator[None]:
    """While the first revision is written again, the branch has none; it comes back when that fails, later ones always."""
    present = sorted(branch.folder.glob("*.py")) if away else []
    later = [path for path in present if not path.name.startswith("0001")]
    old = {path: path.read_bytes() for path in present}
    for path in old:
        path.unlink()
    try:
        yield
    except BaseException:
        later = present
        raise
    finally:
        for path in later:
            path.write_bytes(old[path])


def differences(engine: Engine, found: tuple[Branch, ...]) -> list[object]:
    """What autogenerate would still do to the database; empty when models and revisions agree."""
    with engine.connect() as connection:
        return _compare(connection, found)


def _compare(connection: Connection, found: tuple[Branch, ...]) -> list[object]:
    options = comparing(found)
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, Record.metadata))


def _refuse_nothing(connection: Connection, branch: Branch) -> None:
    if not _compare(connection, (branch,)):
        raise Conflict(msg("The revisions of %(name)s make all its tables as they are; there is nothing to write.", name=branch.name))


def _generate(connection: Connection, branch: Branch, below: list[Branch], message: str, *, first: bool) -> None:
    config = configuration([*below, branch])
    config.attributes["configure"] = {"connection": connection, **comparing([branch])}
    _format_by_ruff(config)
    with redirect_stdout(StringIO()):  # Alembic reports its hooks even when told to be quiet
        command.revision(
            config,
            message,
            autogenerate=True,
            head="base" if first else f"{branch.name}@head",
            splice=first,
            branch_label=branch.name if first else None,
            version_path=str(branch.folder),
            rev_id=f"{branch.name}_{message[:4]}",
            depends_on=[head for head in _heads(below) if branch_of(head) in _referenced(branch)] or None,  # type: ignore[arg-type] # it takes lists
        )


def _format_by_ruff(config: Config) -> None:
    """What is generated is formatted like the rest of the house."""
    for key, value in {
        "hooks": "ruff",
        "ruff.type": "exec",
        "ruff.executable": str(Path(sys.executable).with_name("ruff")),
        "ruff.options": "format --quiet REVISION_SCRIPT_FILENAME",
    }.items():
        config.set_section_option("post_write_hooks", key, value)


def _heads(found: list[Branch]) -> list[str]:
    newest = {branch_of(step.revision): step.revision for step in reversed(list(scripts(found).walk_revisions()))}
    return sorted(newest.values())


def _referenced(branch: Branch) -> set[str]:
    """Branches whose tables the tables of ``branch`` point to."""
    tables = [table for name, table in Record.metadata.tables.items() if name.startswith(tuple(f"{p}_" for p in branch.prefixes))]
    words = {key.column.table.name.partition("_")[0] for table in tables for key in table.foreign_keys}
    return {"core" if word in ("core", "ab") else word for word in words} - {branch.name}


def _branch(registry: Registry, name: str) -> Branch:
    return core_branch() if name == "core" else plugin_branch(registry, name)


def _below(registry: Registry, name: str) -> list[Branch]:
    """The branches that ``name`` may stand on."""
    if name == "core":
        return []
    required = [plugin_branch(registry, other) for other in registry.names if other in registry.closure([name]) - {name}]
    return [core_branch(), *required]
