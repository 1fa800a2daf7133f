"""A crowd: one plugin with sixty nouns, as an installation with many modules has, and many rows in the reach of one person."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Date, Engine, Integer, UniqueConstraint, insert

from core.database.records import Record
from core.database.types import Chosen, Fen, Moment, Quantity
from core.web.nouns import Noun
from tests.world import World

NOUNS = 60
AT_ONCE = 5_000
PLUGIN = {
    "__init__.py": """
from core.extension.manifest import Manifest
from core.kernel.words import msg

MANIFEST = Manifest("crowd", msg("Crowd"), msg("Many kinds of records."), "1.0")
""",
    "models.py": """
from core.database import fields
from core.database.records import OwnedRecord
from core.kernel.words import msg


def declare(number):
    columns = {{
        "__module__": __name__,
        "__tablename__": f"crowd_thing{number}",
        "__resource__": f"crowd.thing{number}",
        "__label__": msg("Thing"),
        "title": fields.text(msg("Title"), required=True, searchable=True, sortable=True),
        "due_on": fields.day(msg("Due on"), sortable=True, filterable=True),
        "amount": fields.money(msg("Amount"), sortable=True),
    }}
    return type(f"Thing{number}", (OwnedRecord,), columns)


MODELS = [declare(number) for number in range({nouns})]
""",
    "views.py": """
from core.database.changes import apply_changes, make_record
from core.access.guard import authorise, get_for
from core.kernel.words import msg
from core.web.api import RecordApi
from core.web.nouns import Group, Noun, Shown
from core.web.views import RecordView
from vendor.crowd.models import MODELS


def noun_of(number, model):
    def create(session, values):
        authorise(model, "create")
        record = make_record(model, values)
        session.add(record)
        session.flush()
        return record

    def change(session, record_id, version, changes):
        record = get_for(session, model, "update", record_id, version)
        apply_changes(record, changes)
        session.flush()
        return record

    return Noun(
        plugin="crowd", model=model, path=f"things{number}", title=msg("Thing"), plural=msg("Things"), icon="box",
        columns=(Shown("title"), Shown("owner"), Shown("department"), Shown("due_on"), Shown("amount")),
        groups=(Group(msg("Thing"), ("title", "due_on", "amount")),), filters=("owner", "due_on"), create=create, change=change,
    )


NOUNS = [noun_of(number, model) for number, model in enumerate(MODELS)]
VIEWS = [type(f"Things{number}View", (RecordView,), {{"noun": noun}}) for number, noun in enumerate(NOUNS)]
APIS = [type(f"Things{number}Api", (RecordApi,), {{"noun": noun}}) for number, noun in enumerate(NOUNS)]
""",
    "migrations/versions/0001_first_tables.py": """
from alembic import op

revision = "crowd_0001"
down_revision = None
branch_labels = ("crowd",)
depends_on = ["core_0001"]


def upgrade():
    from vendor.crowd.models import MODELS

    for model in MODELS:
        model.__table__.create(op.get_bind())
""",
    "hooks.py": """
from core.extension.exchange import MenuEntry
from core.extension.hookspecs import hookimpl
from core.extension.rights import CREATE, READ, UPDATE, resource
from core.kernel.acting import Scope
from core.kernel.words import msg

RIGHTS = [f"crowd.thing{number}" for number in range({nouns})]


@hookimpl
def crm_models():
    from vendor.crowd.models import MODELS

    return MODELS


@hookimpl
def crm_resources():
    return [resource(name, msg("Things"), READ, CREATE, UPDATE) for name in RIGHTS]


@hookimpl
def crm_preset_grants():
    return {{"department_head": {{name: dict.fromkeys((READ, CREATE, UPDATE), Scope.SUBTREE) for name in RIGHTS}}}}


@hookimpl
def crm_views():
    from vendor.crowd.views import VIEWS

    return VIEWS


@hookimpl
def crm_apis():
    from vendor.crowd.views import APIS

    return APIS


@hookimpl
def crm_menu():
    return [
        MenuEntry(name, msg("Things"), f"Things{number}View.list", "box", name, creates=number % 3 == 0)
        for number, name in enumerate(RIGHTS)
    ]
""",
}


def write_crowd(site: Path) -> None:
    """Write the plugin as an installed package with its entry point."""
    package = site / "vendor" / "crowd"
    catalogue = package / "translations" / "zh_CN" / "LC_MESSAGES"
    catalogue.mkdir(parents=True)
    (catalogue / "messages.po").write_text('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n', encoding="utf-8")
    (package / "migrations" / "versions").mkdir(parents=True)
    for name, text in PLUGIN.items():
        (package / name).write_text(text.replace("{nouns}", str(NOUNS)).replace("{{", "{").replace("}}", "}"), encoding="utf-8")
    info = site / "keguan_crowd-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: keguan-crowd\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[keguan.plugins]\ncrowd = vendor.crowd\n", encoding="utf-8")


def fill(engine: Engine, world: World, noun: Noun, rows: int) -> None:
    """Write rows straight into the table of ``noun``, owned by the salespeople of the east, far below every verb."""
    with engine.begin() as connection:
        for batch in _batches(world, noun.model, rows):
            connection.execute(insert(noun.model.__table__), batch)


def _batches(world: World, model: type[Record], rows: int) -> Iterator[list[dict[str, Any]]]:
    chance = random.Random(model.__tablename__)
    people = [world.employees[name] for name in ("sales.east1", "sales.east2", "head.east")]
    for start in range(1, rows + 1, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, rows + 1))
        yield [_row(model, number, people[number % len(people)], chance) for number in numbers]


def _row(model: type[Record], number: int, person: Any, chance: random.Random) -> dict[str, Any]:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    row: dict[str, Any] = {"company_id": person.company_id, "version": 1, "created_at": at, "updated_at": at}
    references = {f"{name}_id": reference for name, reference in model.__references__.items()}
    for column in model.__table__.columns:
        if column.key in row or column.key == "id":
            continue
        if column.key in references:
            row[column.key] = number if column.key in _apart(model) else _reference(references[column.key].table, column.nullable, person)
        else:
            row[column.key] = _value(column, number, chance)
    return row


def _apart(model: type[Record]) -> set[str]:
    """References that no two rows may share, such as the proposal of a project: each row leads to a row of its own."""
    references = {f"{name}_id": reference.table for name, reference in model.__references__.items()}
    unique = [one for one in model.__table__.constraints if isinstance(one, UniqueConstraint)]
    keys = [{column.key for column in one.columns} - {"company_id"} for one in unique]
    bound = {name for key in keys if key <= references.keys() for name in key}
    return {name for name in bound if not references[name].startswith("core_")}


def _reference(table: str, nullable: bool, person: Any) -> int | None:
    own: Mapping[str, int] = {"core_employee": person.id, "core_department": person.department_id}
    return own.get(table, None if nullable else 1)  # the first record of a parent is always there


def _value(column: Any, number: int, chance: random.Random) -> Any:
    kind = column.type
    if isinstance(kind, Chosen):
        return list(kind.choices)[number % len(kind.choices)]
    if isinstance(kind, Fen | Quantity):
        return None if column.nullable else 1
    if isinstance(kind, Moment):
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(400_000))
    if isinstance(kind, Date):
        return date(2026, 1, 1) + timedelta(days=chance.randrange(700))
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer):
        return 1 + number % 5
    return f"{number:07d}"[: kind.length or 20] if not column.nullable or column.key in ("code", "number") else None
