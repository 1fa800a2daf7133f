"""``plugins new NAME``: for developers, a plugin that works and is complete, to be changed into the one that is wanted."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from config.settings import ROOT, Settings
from core.application import create_core
from core.commands.spoken import SpokenCommand, option
from core.commands.terminal import Terminal
from core.extension.registry import discover
from core.kernel.errors import Conflict
from core.kernel.words import msg
from core.operations.authoring import write_revision
from core.operations.catalogues import compile_all
from core.operations.scaffold import Plan, write_distribution, write_plugin


@click.command("new", cls=SpokenCommand, help=msg("For developers: write the plugin NAME, with every room and its tests."))
@click.argument("name")
@option("--noun", default="", says=msg("One of its records, in English; default: the singular of NAME."))
@option("--chinese", default="", says=msg("The Chinese word for its records."))
@option("--into", default="", says=msg("Folder of a distribution of its own; default: the folder of the plugins."))
@click.pass_obj
def new_plugin(terminal: Terminal, name: str, noun: str, chinese: str, into: str) -> None:
    """Write the files, then the first revision from the models, in a process that has loaded no plugin yet."""
    if into:
        _alone(terminal, Plan.of(name, noun, chinese, alone=True), Path(into))
        return
    plan = Plan.of(name, noun, chinese)
    folder = _folder(terminal.settings, name)
    written = write_plugin(plan, folder, ROOT / "tests" / "plugins")
    _format(written)
    importlib.invalidate_caches()
    core = create_core(terminal.settings.model_copy(update={"wanted": (name,)}))
    written.append(write_revision(core.registry, name, "first tables"))
    compile_all(ROOT)
    for path in written:
        terminal.say(msg("Written: %(path)s", path=path.relative_to(ROOT) if path.is_relative_to(ROOT) else path))
    terminal.say(msg("Next: python app.py upgrade; then: python app.py plugins enable %(name)s", name=name))


def _alone(terminal: Terminal, plan: Plan, folder: Path) -> None:
    """A distribution of its own: its revision is written once it is installed, when the program finds it."""
    _folder(terminal.settings, plan.name)
    written = write_distribution(plan, folder)
    _format(written)
    compile_all(folder)
    for path in written:
        terminal.say(msg("Written: %(path)s", path=path))
    said = msg(
        "Next: python -m pip install --no-build-isolation --no-deps -e %(folder)s; then: python app.py migrate %(name)s",
        folder=folder,
        name=plan.name,
    )
    terminal.say(said)


def _format(written: Sequence[Path]) -> None:
    """The order of imports and where a line breaks depend on the names; ``ruff`` is there in every developer's environment."""
    ruff = Path(sys.executable).with_name("ruff")
    files = [path for path in written if path.suffix == ".py"]
    for work in (("check", "--select=I", "--fix", "--quiet"), ("format", "--quiet")):
        subprocess.run([ruff, *work, *files], check=True)  # noqa: S603 -- our own files


def _folder(settings: Settings, name: str) -> Path:
    """Where plugins lie; :class:`Conflict` when one of that name is installed, from there or from elsewhere."""
    if name in {package.MANIFEST.name for package in discover(settings.plugins)}:
        raise Conflict(msg("A module called %(name)s is installed already. Please choose another name.", name=name))
    return settings.plugins or ROOT / "plugins"
