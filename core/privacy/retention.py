"""How long a person is kept after the last dealing with him or her; then the nightly job erases, as anybody could have seen before."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, literal, select
from sqlalchemy.orm import Session, aliased

from core.access.guard import as_system
from core.database.fields import Field
from core.database.people import people_of
from core.extension.exchange import JobHandler, ParameterSpec, Task
from core.extension.installed import stored_classes
from core.kernel.clock import now, today
from core.kernel.errors import Conflict
from core.kernel.words import msg
from core.organisation.parameters import parameter
from core.privacy.dossier import REASON, demand, person_models
from core.privacy.erasing import erase_person, erase_released
from core.privacy.models import Erasure, LegalHold

log = logging.getLogger("keguan.privacy")

DAYS = "core.personal_retention_days"
AT_ONCE = 200  # people that one run erases; the rest waits for the next

PARAMETER = ParameterSpec(
    DAYS,
    msg("Retention period of personal data (days)"),
    Field("integer", msg("Days")),
    0,
    msg("Contacts and other people are erased this many days after the last record of any dealing with them. 0 keeps them indefinitely."),
    source="R-445",
    unit=msg("days"),
    least=0,
    most=36_500,
)


@dataclass(frozen=True)
class Due:
    """Somebody whose time has come. ``held`` is somebody whom a legal hold keeps."""

    table: str
    record_id: int
    last: datetime
    held: bool


def due_people(
    session: Session, limit: int = AT_ONCE, *, held: bool | None = None, besides: Collection[tuple[str, int]] = ()
) -> Sequence[Due]:
    """Who would be erased now, longest unused first: the dry run of the job. Nobody where the company keeps people without end.

    ``held`` asks for those alone whom a legal hold keeps, or keeps not; ``besides`` are people (table and id) who are left out.
    """
    demand("read")
    days = parameter(session, DAYS)
    if not days:
        return ()
    before = now() - timedelta(days=days)
    with as_system(session, REASON):
        asked = [_unused(model, before, held, [one for table, one in besides if table == model.__tablename__]) for model in person_models()]
        rows = [row for one in asked for row in session.execute(one.limit(limit)).all()]
    found = [Due(table, record_id, last, kept) for table, record_id, last, kept in rows]
    return sorted(found, key=lambda one: one.last)[:limit]


def _unused(model: Any, before: datetime, held: bool | None, besides: Sequence[int]) -> Select[Any]:
    """People of ``model`` whom nothing has concerned since ``before``, and who have not been erased."""
    table = model.__tablename__
    hold = exists().where(LegalHold.table_name == table, LegalHold.record_id == model.id, LegalHold.released_at.is_(None))
    done = exists().where(Erasure.table_name == table, Erasure.record_id == model.id)
    asked = select(literal(table), model.id, model.updated_at, hold).where(
        model.updated_at < before, ~done, *people_of(model), *_untouched(model, before)
    )
    if held is not None:
        asked = asked.where(hold if held else ~hold)
    if besides:
        asked = asked.where(model.id.not_in(besides))
    return asked.order_by(model.updated_at, model.id)


def _untouched(person: Any, before: datetime) -> list[ColumnElement[bool]]:
    """That no record which refers to the person has changed since ``before``."""
    found = []
    for model in stored_classes():
        if model.__scope__ == "global" or model.__bookkeeping__:
            continue
        for name, one in model.__references__.items():
            if one.table == person.__tablename__:
                found.append(~exists().where(getattr(model, f"{name}_id") == person.id, model.updated_at >= before))
    return found


def erase_due(session: Session, task: Task) -> int:
    """Erase everybody whose time has come and whom no hold keeps, at most :data:`AT_ONCE`; how many that were.

    Those whom a hold keeps are not asked for: however many they are, the others' turn comes. A hold on a record that shares a value with
    somebody shows only with the dossier; he or she is passed over.
    """
    done, passed = 0, set[tuple[str, int]]()
    while done < AT_ONCE and (due := due_people(session, AT_ONCE - done, held=False, besides=passed)):
        for one in due:
            try:
                erase_person(session, one.table, one.record_id, None, msg("The retention period has ended."))
            except Conflict as kept:
                log.info("%s %s is due and stays: %s", one.table, one.record_id, type(kept).__name__)
                passed.add((one.table, one.record_id))
            else:
                done += 1
    return done + _erase_released(session)


def released_people(session: Session) -> Sequence[tuple[str, int]]:
    """Table and id of those erased people of whom a law has kept something until yesterday; as the system."""
    later = aliased(Erasure)
    newer = exists().where(later.table_name == Erasure.table_name, later.record_id == Erasure.record_id, later.id > Erasure.id)
    asked = select(Erasure.table_name, Erasure.record_id).where(Erasure.kept_until < today(), ~newer).order_by(Erasure.id)
    return [(table, record_id) for table, record_id in session.execute(asked)]


def _erase_released(session: Session) -> int:
    """Erase what no law keeps any more of people who have been erased; how many they were."""
    done = 0
    with as_system(session, REASON):
        waiting = released_people(session)
    for table, record_id in waiting:
        try:
            erase_released(session, table, record_id)
        except Conflict as kept:
            log.info("what was kept of %s %s stays: %s", table, record_id, type(kept).__name__)
        else:
            done += 1
    return done


HANDLER = JobHandler("core.erase_due_people", erase_due, msg("Erase people whose retention period has ended"), every_minutes=24 * 60)
