"""A form that is sent twice makes one record: each form carries a key that only the first sending spends.

Its first half says which opened form it is, the second what stands in it. So the same form with the same content is the same entry, however
often and on which way it comes; the same form with other content is asked about (:func:`made_before`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access.guard import look_for
from core.database.records import Record
from core.kernel.acting import actor
from core.kernel.clock import now
from core.work.models import SentForm

KEY = re.compile(r"[0-9a-f]{32}")
HALF = 16
KEPT = timedelta(days=7)


def create_once(session: Session, key: str, model: type[Record], create: Callable[[], Any]) -> tuple[Any, bool]:
    """The record that ``create`` makes, or that the form with ``key`` has made before; and whether it is new.

    A creation that is refused spends no key. Without a key every sending creates. Raises :class:`NotFound` when the earlier record is
    gone or may not be seen any more.
    """
    if not KEY.fullmatch(key):
        return create(), True
    sent = _first(session, key, model)
    if sent is None:
        return look_for(session, model, "read", _earlier(session, key, model)), False
    record = create()
    session.flush()
    sent.record_id = record.id
    session.flush()
    return record, True


def made_before(session: Session, key: str, model: type[Record]) -> Any | None:
    """The record that the same opened form has made with other content, as far as it is still seen; None when there is none."""
    if not KEY.fullmatch(key):
        return None
    same = (SentForm.employee_id == actor().employee_id, SentForm.table_name == model.__tablename__, SentForm.key.startswith(key[:HALF]))
    found = session.execute(select(SentForm.key, SentForm.record_id).where(*same).order_by(SentForm.id)).all()
    if not found or key in {known for known, _ in found} or found[-1].record_id is None:
        return None
    return session.get(model, found[-1].record_id)


def _first(session: Session, key: str, model: type[Record]) -> SentForm | None:
    """The key as spent by this sending, None when another has spent it; who sends the same form at this very moment waits here."""
    if session.scalar(_mine(key, model).with_only_columns(SentForm.id)) is not None:
        return None
    sent = SentForm(employee_id=actor().employee_id, key=key, table_name=model.__tablename__)
    try:
        with session.begin_nested():
            session.add(sent)
            session.flush()
    except IntegrityError:
        return None
    return sent


def _earlier(session: Session, key: str, model: type[Record]) -> int:
    return int(session.scalar(_mine(key, model).with_only_columns(SentForm.record_id)) or 0)


def _mine(key: str, model: type[Record]) -> Any:
    return select(SentForm).where(
        SentForm.employee_id == actor().employee_id, SentForm.key == key, SentForm.table_name == model.__tablename__
    )


def forget_sent_forms(session: Session, company_id: int) -> None:
    """Forget keys that nobody can still be sending. For the house itself."""
    old = delete(SentForm).where(SentForm.company_id == company_id, SentForm.created_at < now() - KEPT)
    session.execute(old, execution_options={"synchronize_session": False})
