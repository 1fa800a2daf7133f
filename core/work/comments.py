"""Comments on records: whoever may see the record may read and write them; whoever is mentioned sees it too and is told (issue 5)."""

from __future__ import annotations

from collections.abc import Collection
from typing import IO

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from core.access.guard import as_system, look_for
from core.audit.trail import ERASE, name_action
from core.database.records import Record
from core.database.search import search_ids
from core.kernel.acting import actor
from core.kernel.clock import today
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.organisation.models import Employee
from core.switchboard.seeing import MOST, who_see
from core.work.attachments import attach
from core.work.models import LONGEST_COMMENT, Comment
from core.work.notices import notify

OFFERED = 8  # people offered at once
ANCHOR = "comment-"
"""Before its id, where a comment stands on the page of its record."""


def write_comment(
    session: Session,
    model: type[Record],
    record_id: int,
    text: str,
    *,
    mentioned: Collection[int] = (),
    url: str = "",
    file: tuple[str, IO[bytes]] | None = None,
) -> Comment:
    """Write a comment on a record that the person who acts sees; ``file`` (name, bytes) is attached to the record in the same step.

    Each mentioned employee gets a notice that leads to the comment on the page at ``url``. Raises :class:`NotFound` for a record that is
    not seen, :class:`BadInput` for a text that is empty or too long and for somebody who may not see the record, and what
    :func:`~core.work.attachments.attach` raises: a file needs the right to change the record.
    """
    record = look_for(session, model, "read", record_id)
    words = _checked(text)
    people = _checked_people(session, record, mentioned)
    attached = attach(session, record, *file) if file is not None else None
    comment = Comment(
        table_name=model.__tablename__,
        record_id=record.id,
        author_id=actor().employee_id,
        text=words,
        mentioned=people,
        attachment_id=attached.id if attached is not None else None,
    )
    session.add(comment)
    session.flush()
    there = f"{url}#{ANCHOR}{comment.id}" if url else ""
    for employee_id in people:
        notify(session, employee_id, msg("%(name)s mentioned you: %(title)s", name=actor().name, title=str(record)), there)
    return comment


def comments_of(session: Session, model: type[Record], record_id: int, *, before: int | None = None, limit: int = 50) -> list[Comment]:
    """Comments on a record that the person who acts sees, the newest first; only those older than the comment ``before``.

    Raises :class:`NotFound` for a record that is not seen.
    """
    record = look_for(session, model, "read", record_id)
    mine = (Comment.table_name == model.__tablename__, Comment.record_id == record.id, Comment.created_at >= record.created_at)
    older = (Comment.id < before,) if before is not None else ()
    with as_system(session, "comments of a record that was opened"):
        return list(session.scalars(select(Comment).where(*mine, *older).order_by(Comment.id.desc()).limit(limit)))


def _checked(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise BadInput(fields={"text": msg("Please write something.")})
    if len(words) > LONGEST_COMMENT:
        raise BadInput(fields={"text": msg("The text is longer than %(limit)s characters. Please shorten it.", limit=LONGEST_COMMENT)})
    return words


def _checked_people(session: Session, record: Record, mentioned: Collection[int]) -> list[int]:
    wanted = sorted(set(mentioned) - {actor().employee_id})
    if len(wanted) > MOST:
        raise BadInput(fields={"text": msg("At most %(most)s colleagues can be mentioned at once. Please mention fewer.", most=MOST)})
    if wanted and who_see(session, record, wanted) != set(wanted):
        raise BadInput(fields={"text": msg("A colleague whom you mention may not see this record. Please choose from those offered.")})
    return wanted


def mentionable(session: Session, record: Record, beginning: str = "") -> list[Employee]:
    """Colleagues called ``beginning`` who see ``record``, those of one's own department first; nobody else is ever offered."""
    me = actor()
    near = case((Employee.department_id == me.department_id, 0), else_=1)
    asked = select(Employee).where(Employee.id != me.employee_id, or_(Employee.left_on.is_(None), Employee.left_on > today()))
    if beginning:
        asked = asked.where(Employee.id.in_(search_ids(session, Employee, beginning)))
    found = session.scalars(asked.order_by(near, Employee.name, Employee.id).limit(MOST)).all()
    seeing = who_see(session, record, [one.id for one in found])
    return [one for one in found if one.id in seeing][:OFFERED]


def remove_comments(session: Session, table: str, record_id: int) -> list[int]:
    """Remove what was written about a record, part of an erasure; the ids of the comments. For the house itself."""
    with as_system(session, "comments of an erased person"):
        found = session.scalars(select(Comment).where(Comment.table_name == table, Comment.record_id == record_id)).all()
        for one in found:
            name_action(session, one, ERASE)  # else the trail, which is written at the commit, would put the text aside once more
            session.delete(one)
    return [one.id for one in found]
