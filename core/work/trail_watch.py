"""The trail is sealed while the worker lives, whatever job it has in hand, and auditors hear of alarms."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from core.access.holders import holders_of
from core.audit.alarms import SENTENCES
from core.audit.anchors import Anchors
from core.audit.blocks import PLATFORM
from core.audit.sealing import Sealed, keep_sealed
from core.database.sessions import Database
from core.kernel.acting import System, acting_as
from core.organisation.models import Company
from core.work.notices import notify
from core.work.trail_mail import mail_alarm

log = logging.getLogger(__name__)

EVERY = 3.0
"""Seconds between two passes: a row is sealed at most so much, and one pass, after its commit."""
TRAIL_PAGE = "/trail"


@contextmanager
def watching_trail(database: Database, anchors: Anchors, every: float = EVERY) -> Iterator[None]:
    """Inside, a thread of its own seals what was committed; what is left is sealed once more at the end."""
    ended = Event()

    def watch() -> None:
        while not ended.wait(every):
            watch_once(database, anchors)

    thread = Thread(target=watch, daemon=True, name="trail")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=30)
        watch_once(database, anchors)


def watch_once(database: Database, anchors: Anchors) -> Sealed:
    """One pass, and a notice for each alarm that is new. A database that does not answer is tried again by the next pass."""
    try:
        done = keep_sealed(database, anchors)
        for kind, chain in done.alarms:
            log.error("alarm of the audit trail: %s, chain %s", kind, chain)
            tell_auditors(database, kind, chain)
    except SQLAlchemyError as error:
        log.warning("the trail was not sealed, trying again: %s", error)
        return Sealed()
    finally:
        database.release()
    return done


def tell_auditors(database: Database, kind: str, chain: int) -> None:
    """Notify whoever may read the trail of the company; of every company when the alarm is about the platform."""
    with acting_as(System("trail watch")):
        asked = select(Company.id).where(Company.active)
        companies = list(database.session().scalars(asked if chain == PLATFORM else asked.where(Company.id == chain)))
        database.release()
    for company_id in companies:
        with acting_as(System("trail watch", company_id)), database.transaction() as session:
            for employee_id in holders_of(session, "core.audit", "read"):
                notify(session, employee_id, SENTENCES[kind], TRAIL_PAGE)
            mail_alarm(session, company_id, kind)
