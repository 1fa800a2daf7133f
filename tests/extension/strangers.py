"""Writes strange plugins: a well-mannered one, and the same with one room replaced by something wrong."""

from __future__ import annotations

from pathlib import Path

MANIFEST = """
from core.extension.manifest import Manifest
from core.kernel.words import msg

MANIFEST = Manifest({name!r}, msg("Things"), msg("Keeps things."), "1.0", requires={requires!r})
"""

MODELS = """
from typing import ClassVar

from core.database import fields
from core.database.records import OwnedRecord, CompanyRecord, Record
from core.database.references import reference
from core.kernel.words import Message, msg


class Thing(OwnedRecord):
    __tablename__ = "{name}_thing"
    __resource__ = "{name}.thing"
    __label__: ClassVar[Message] = msg("Thing")

    title = fields.text(msg("Title"), required=True, sortable=True)
"""

VIEWS = """
from core.web.nouns import Group, Noun, Shown
from core.web.views import PluginView, RecordView
from core.kernel.words import msg
from {package}.models import Thing

THINGS = Noun(
    plugin="{name}", model=Thing, path="{name}-things", title=msg("Thing"), plural=msg("Things"), icon="box",
    columns=(Shown("title"),), groups=(Group(msg("Thing"), ("title",)),),
)


class {View}ThingsView(RecordView):
    noun = THINGS
"""

API = """
from core.web.api import RecordApi
from {package}.views import THINGS


class {View}ThingsApi(RecordApi):
    noun = THINGS
"""

HOOKS = """
from core.extension.exchange import MenuEntry
from core.extension.hookspecs import hookimpl
from core.extension.rights import CREATE, READ, UPDATE, resource
from core.kernel.acting import Scope
from core.kernel.words import msg


@hookimpl
def crm_models():
    from {package}.models import Thing

    return [Thing]


@hookimpl
def crm_resources():
    return [resource("{name}.thing", msg("Things"), READ, CREATE, UPDATE)]


@hookimpl
def crm_preset_grants():
    return {{"salesperson": {{"{name}.thing": {{READ: Scope.OWN}}}}}}


@hookimpl
def crm_views():
    from {package}.views import {View}ThingsView

    return [{View}ThingsView]


@hookimpl
def crm_apis():
    from {package}.api import {View}ThingsApi

    return [{View}ThingsApi]


@hookimpl
def crm_menu():
    return [MenuEntry("things", msg("Things"), "{View}ThingsView.list", "box", "{name}.thing")]
"""

REVISION = """
revision = "{name}_0001"
down_revision = None
branch_labels = ("{name}",)
"""

BARE_HOOKS = """
from core.extension.hookspecs import hookimpl


@hookimpl
def crm_search_kinds():
    return []
"""


def write_plugin(folder: Path, name: str, *, requires: tuple[str, ...] = (), translated: bool = True, **rooms: str) -> Path:
    """Write a well-mannered plugin ``name`` into ``folder``; ``rooms`` replaces whole rooms, by their text with places to fill."""
    package = folder / name
    package.mkdir(parents=True)
    texts = {"__init__": MANIFEST, "models": MODELS, "views": VIEWS, "api": API, "hooks": HOOKS, **rooms}
    for room, text in texts.items():
        filled = text.format(name=name, requires=requires, package=f"{folder.name}.{name}", View=name.capitalize())
        (package / f"{room}.py").write_text(filled, encoding="utf-8")
    versions = package / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001_first_tables.py").write_text(REVISION.format(name=name), encoding="utf-8")
    if translated:
        catalogue = package / "translations" / "zh_CN" / "LC_MESSAGES"
        catalogue.mkdir(parents=True)
        (catalogue / "messages.po").write_text('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n', encoding="utf-8")
    return package


def write_bare_plugin(folder: Path, name: str, requires: tuple[str, ...] = ()) -> Path:
    """A plugin with a manifest and nothing behind it."""
    return write_plugin(folder, name, requires=requires, hooks=BARE_HOOKS)
