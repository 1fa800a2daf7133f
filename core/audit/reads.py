"""Who looked at what: reads that the trail keeps, such as unmasked values, exports and lists (R-445, design 3.6).

>>> note_read(session, "unmask", Contact, [contact.id], subject=str(contact), field="mobile")
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from core.audit.trail import Entry, doer, put, wait_with
from core.database.engine import writing
from core.database.records import Record

READS = ("unmask", "export", "print", "preview", "look_at_list", "search", "refused")
"""Kinds that pages have words for; a plugin may add its own and name them in the ``steps`` of its noun."""


def note_read(
    session: Session, kind: str, model: type[Record] | None = None, ids: Sequence[int] = (), *, subject: str = "", **details: Any
) -> None:
    """Write down that whoever acts has seen the records ``ids`` of ``model``: one row each, or one row without record when there are none.

    Inside a use case the rows are written with its commit; in a reading request at once, by one statement on a connection of their own.
    Call it **before** the values are handed out: when the row cannot be written this raises, and nothing may be shown. ``details`` go to
    the row as they are (JSON); never put the value itself there. ``kind`` is one word, such as those of :data:`READS`.
    """
    table = model.__tablename__ if model is not None else ""
    entries = [Entry(doer(session), kind, None, subject, dict(details), about=(table, one)) for one in (*ids,) or (None,)]
    if session.info.get("in_use_case"):
        wait_with(session, entries)
        return
    bind = session.get_bind()
    with writing(), Session(bind) as aside, aside.begin():
        put(aside.connection(), bind.engine, entries)
