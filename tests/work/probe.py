"""A small plugin for these tests: one owned class, jobs that tell what they did, and an import target."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, ClassVar

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session

from core.access.guard import authorise, open_for_writing
from core.database import fields
from core.database.records import OwnedRecord
from core.extension.exchange import CREATED, UNCHANGED, UPDATED, ConvertedRow, ImportTarget, JobHandler, Outcome, Task, rejected
from core.extension.hookspecs import hookimpl
from core.extension.manifest import Manifest
from core.extension.registry import Registry
from core.extension.rights import CREATE, READ, UPDATE, resource
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg


class Client(OwnedRecord):
    """Somebody who buys."""

    __tablename__ = "probe_client"
    __resource__ = "probe.client"
    __label__: ClassVar[Message] = msg("Client")
    __table_args__ = (UniqueConstraint("company_id", "code"),)

    code: Mapped[str] = fields.text(msg("Code"), length=40, required=True)
    name: Mapped[str] = fields.text(msg("Name"), length=120, required=True)
    industry: Mapped[str | None] = fields.text(msg("Industry"), length=60, filterable=True)
    region: Mapped[str | None] = fields.text(msg("Region"), length=40)
    kind: Mapped[str | None] = fields.text(msg("Kind"), length=40)
    listed_on: Mapped[Any] = fields.day(msg("Listed on"))
    review: Mapped[str | None] = fields.text(msg("Review"), length=20)


ran: list[Task] = []
"""Tasks that a handler has seen, also those of attempts that failed."""
behaviour: dict[str, Callable[[Any, Task], Any]] = {}
"""What the handler ``probe.act`` (or ``probe.long``) does next."""


def act(session: Session, task: Task) -> None:
    """Note the task and do what the test wants."""
    ran.append(task)
    if "act" in behaviour:
        behaviour["act"](session, task)


def go_on(database: Any, task: Task) -> None:
    """The same for a long handler."""
    ran.append(task)
    behaviour["long"](database, task)


def write_clients(session: Session, rows: Sequence[ConvertedRow]) -> list[Outcome]:
    """Create or update by code, as a real plugin does; the name 'explosion' breaks its whole batch, 'unwanted' is refused by itself."""
    authorise(Client, "create")
    known = {client.code: client for client in session.scalars(select(Client).where(Client.code.in_([row.key[0] for row in rows])))}
    return [_write(session, known.get(row.key[0]), row) for row in rows]


def _write(session: Session, client: Client | None, row: ConvertedRow) -> Outcome:
    if row.values["name"] == "explosion":
        raise BadInput(msg("This name explodes."))
    if row.values["name"] == "unwanted":
        return rejected(msg("Nobody wants this name."), "name")
    if client is None:
        session.add(Client(**row.values, review=row.review))
        return CREATED
    changes = {name: value for name, value in row.values.items() if getattr(client, name) != value}
    if not changes:
        return UNCHANGED
    open_for_writing(session, client)
    for name, value in changes.items():
        setattr(client, name, value)
    return UPDATED


def registry() -> Registry:
    """A registry with this plugin alone."""
    package, hooks = ModuleType("probe"), ModuleType("probe.hooks")
    package.__path__ = []
    package.__file__ = __file__
    package.MANIFEST = Manifest("probe", msg("Probe"), msg("For tests"), "1.0")  # type: ignore[attr-defined]
    answers = {
        "crm_models": [Client],
        "crm_resources": [resource("probe.client", msg("Clients"), READ, CREATE, UPDATE)],
        "crm_jobs": [
            JobHandler("probe.act", act, msg("Act")),
            JobHandler("probe.long", go_on, msg("Go on"), long=True),
            JobHandler("probe.hourly", act, msg("Every hour"), every_minutes=60),
        ],
        "crm_imports": [ImportTarget("probe.client", write_clients)],
    }
    hooks.__spec__ = ModuleSpec("probe.hooks", None)  # the registry asks for it before it loads the room
    for name, answer in answers.items():
        setattr(hooks, name, hookimpl(lambda answer=answer: answer))
    sys.modules["probe"], sys.modules["probe.hooks"] = package, hooks
    return Registry([package])
