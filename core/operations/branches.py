"""Where migrations lie: one labelled branch for the core and one for each installed plugin (design 3.3)."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from config.settings import ROOT
from core.extension.registry import Registry
from core.kernel.errors import StartRefused
from core.kernel.words import msg

CORE_PREFIXES = ("core", "ab")
UNSEEN = ("core_search_fts", "search_terms", "ix_core_search_terms")
"""Made by hand in a migration, because no model can say it; autogenerate passes over it."""


@dataclass(frozen=True)
class Branch:
    """The revisions of one owner of tables. A revision is called ``<branch>_0001``, its file ``0001_….py``."""

    name: str
    folder: Path

    @property
    def prefixes(self) -> tuple[str, ...]:
        """First words of the names of its tables."""
        return CORE_PREFIXES if self.name == "core" else (self.name,)


def branches(registry: Registry) -> tuple[Branch, ...]:
    """The branches of the core and of every plugin with tables; :class:`StartRefused` for one that has no migrations."""
    found = [core_branch()]
    for name in registry.names:
        branch = plugin_branch(registry, name)
        if not any(branch.folder.glob("*.py")):
            if registry.models[name]:
                raise StartRefused(
                    msg("The plugin %(name)s has tables but no migrations. Please run: python app.py migrate %(name)s", name=name)
                )
            continue
        found.append(branch)
    return tuple(found)


def core_branch() -> Branch:
    """The branch of the host's own tables, with those of Flask-AppBuilder."""
    return Branch("core", ROOT / "core" / "migrations" / "versions")


def plugin_branch(registry: Registry, name: str) -> Branch:
    """The branch of an installed plugin, whether it has revisions yet or not."""
    return Branch(name, registry.folder(name) / "migrations" / "versions")


def branch_of(revision: str) -> str:
    """The branch that a revision belongs to."""
    return revision.rpartition("_")[0]


def configuration(found: Iterable[Branch]) -> Config:
    """Alembic's configuration over the branches."""
    config = Config(cmd_opts=Namespace(quiet=True))
    folders = "\n".join(str(branch.folder) for branch in found)
    for key, value in {
        "script_location": str(ROOT / "migrations"),
        "path_separator": "newline",
        "version_locations": folders,
        "file_template": "%(slug)s",
    }.items():
        config.set_main_option(key, value.replace("%", "%%"))
    return config


def scripts(found: Iterable[Branch]) -> ScriptDirectory:
    """The revisions of the branches."""
    return ScriptDirectory.from_config(configuration(found))


def ancestors(script: ScriptDirectory, revision: str) -> set[str]:
    """Everything that ``revision`` stands on, in its own branch and in those it depends on; itself not included."""
    found: set[str] = set()
    waiting = [revision]
    while waiting:
        step = script.get_revision(waiting.pop())
        assert step is not None
        for below in (step.down_revision, step.dependencies):
            names = {below} if isinstance(below, str) else set(below or ())
            waiting += names - found
            found |= names
    return found
