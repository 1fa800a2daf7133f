"""Notices inside the application: written with the business, read by their receiver alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Text, bindparam, func, select, type_coerce, update
from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.database.sessions import one
from core.kernel.acting import actor, company_id
from core.kernel.acting import employee_id as who_acts
from core.kernel.clock import now
from core.kernel.words import Message
from core.work.models import Notice

IN_A_FILE = "told_of_a_file"
READ_WITHIN = timedelta(hours=5)  # of a notice in a past that is made up


UNREAD = select(func.count()).select_from(
    select(Notice.id).where(Notice.employee_id == bindparam("employee"), Notice.read_at.is_(None)).limit(100).subquery()
)
"""Built once: every page asks it."""


def notify(session: Session, employee_id: int, message: Message, url: str = "") -> Notice:
    """Tell an employee of the company something; ``url`` is a path inside the application, such as ``/contracts/12``.

    Name the record that the sentence speaks of, and say nothing of one that the receiver may not see: the page of notices offers
    only what its reader sees then. Raises :class:`NotFound` for an employee of another company.
    """
    if url and (not url.startswith("/") or url.startswith(("//", "/\\"))):
        raise ValueError(f"a notice leads to a path of this application, not to {url!r}")
    notice = Notice(employee_id=employee_id, message=message, url=url)
    session.add(notice)
    session.flush()
    return notice


def notify_each(session: Session, receivers: Iterable[int], message: Message, url: str, *, many: Message) -> None:
    """Tell each of ``receivers`` but the one who acts; of what a file brings in they are told once a portion, in the words of ``many``."""
    told = session.info.get(IN_A_FILE)
    for receiver in dict.fromkeys(receivers):
        if receiver == who_acts():
            continue
        if told is None:
            notify(session, receiver, message, url)
        elif (receiver, many.text) not in told:
            told.add((receiver, many.text))
            notify(session, receiver, many, url)


def tell_in_portions(session: Session) -> None:
    """From now on this use case is a portion of a file: :func:`notify_each` does not speak of each of its rows."""
    session.info[IN_A_FILE] = set()


def notices(session: Session, limit: int = 20, *, unread_first: bool = True) -> list[Notice]:
    """The newest notices of the person who acts, the latest first; unread ones before all others unless told otherwise."""
    statement = select(Notice).where(Notice.employee_id == actor().employee_id)
    newest = (Notice.created_at.desc(), Notice.id.desc())
    order = (Notice.read_at.is_not(None), *newest) if unread_first else newest
    return list(session.scalars(statement.order_by(*order).limit(limit)))


def unread_count(session: Session) -> int:
    """How many notices the person who acts has not read, counted up to 100."""
    return int(session.scalar(UNREAD, {"employee": actor().employee_id}) or 0)


def mark_read(session: Session, notice_id: int) -> Notice:
    """Note that the person who acts has read the notice; :class:`NotFound` when it is another's."""
    notice: Notice = one(session, select(Notice).where(Notice.id == notice_id, Notice.employee_id == actor().employee_id))
    notice.read_at = notice.read_at or now()
    session.flush()
    return notice


def mark_all_read(session: Session) -> None:
    """Note that the person who acts has read everything."""
    unread = update(Notice).where(Notice.employee_id == actor().employee_id, Notice.read_at.is_(None))
    session.execute(unread.values(read_at=now()), execution_options={"synchronize_session": "fetch"})


def read_older_notices(session: Session, new: int, after: int = 0) -> None:
    """Let all but everybody's newest ``new`` notices have been read some hours later; for companies whose past is made up.

    Only those with ids above ``after`` are looked at.
    """
    seen: Counter[int] = Counter()
    for notice in session.scalars(select(Notice).where(Notice.id > after).order_by(Notice.created_at.desc(), Notice.id.desc())):
        notice.read_at = min(notice.created_at + READ_WITHIN, now()) if seen[notice.employee_id] >= new else None
        seen[notice.employee_id] += 1
    session.flush()


def unname(session: Session, names: Iterable[str], instead: str) -> int:
    """Say ``instead`` for each of ``names`` in the notices of the company, part of an erasure; how many said one. For the house itself.

    A notice names whom it is about by a value of its sentence; that value is replaced, and the rest stays.
    """
    changed = 0
    with as_system(session, "notices about an erased person"):
        for name in {one for one in names if one}:
            kept = json.dumps(name, ensure_ascii=False)  # as a value stands in the stored sentence
            telling = type_coerce(Notice.message, Text).contains(kept, autoescape=True)
            for notice in session.scalars(select(Notice).where(Notice.company_id == company_id(), telling)).all():
                notice.message = _renamed(notice.message, name, instead)
                changed += 1
        session.flush()
    return changed


def _renamed(message: Message, name: str, instead: str) -> Message:
    told = {
        key: _renamed(value, name, instead) if isinstance(value, Message) else instead if value == name else value
        for key, value in message.params.items()
    }
    return Message(message.text, told)
