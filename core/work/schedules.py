"""Scheduled jobs: for each company that has the plugin on, exactly one job per slot of time, whoever asks and whatever the clock does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.database.sessions import Database
from core.extension.exchange import JobHandler
from core.kernel.acting import acting_as
from core.kernel.clock import now
from core.organisation.models import Company
from core.switchboard.models import ModuleSwitch
from core.work.claims import HOUSE
from core.work.jobs import REVIEWED, add_job, insert_for
from core.work.models import Schedule


def enqueue_scheduled(database: Database, handlers: Mapping[str, JobHandler], at: datetime | None = None) -> int:
    """Ask for the job of the present slot of every scheduled handler where nobody has yet; return how many were asked for.

    Slots that passed while nothing ran are not made up for.
    """
    moment = at or now()
    count = 0
    with acting_as(HOUSE):
        for handler in handlers.values():
            if handler.every_minutes > 0:
                count += _enqueue(database, handler, int(moment.timestamp()) // (60 * handler.every_minutes))
    return count


def _enqueue(database: Database, handler: JobHandler, slot: int) -> int:
    due = list(database.session().scalars(_due(handler.kind, slot)))  # a plain reading first: most looks find nothing
    database.release()
    if not due:
        return 0
    with database.transaction() as session:
        won = [company_id for company_id in due if _take(session, company_id, handler.kind, slot)]
        for company_id in won:
            add_job(session, company_id, handler.kind, {}, key=f"slot {slot}")
    return len(won)


def _due(kind: str, slot: int) -> Any:
    plugin = kind.split(".", 1)[0]
    done = exists().where(Schedule.company_id == Company.id, Schedule.kind == kind, Schedule.last_slot >= slot)
    statement = select(Company.id).where(Company.active, ~done).order_by(Company.id)
    if plugin == "core":
        return statement
    return statement.where(exists().where(ModuleSwitch.company_id == Company.id, ModuleSwitch.plugin == plugin, ModuleSwitch.enabled))


def _take(session: Session, company_id: int, kind: str, slot: int) -> bool:
    """Whether the slot was still free; one statement, so that of several workers one wins."""
    insert = insert_for(session, Schedule).values(company_id=company_id, kind=kind, last_slot=slot)
    newer = Schedule.__table__.c.last_slot < insert.excluded.last_slot
    taken = insert.on_conflict_do_update(
        index_elements=["company_id", "kind"], set_={"last_slot": insert.excluded.last_slot}, where=newer
    ).returning(Schedule.__table__.c.id)
    return session.execute(taken, execution_options=REVIEWED).scalar() is not None
