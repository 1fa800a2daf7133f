"""What a person keeps at hand: records under a star, and the last ones that he or she opened. Nobody else sees them.

A mark is bookkeeping of the person and no business: it is not in the trail. What may no longer be seen is left out when marks are shown.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, select
from sqlalchemy.orm import Session

from core.access.guard import look_for
from core.database.records import Record
from core.database.together import ids_as_text
from core.kernel.acting import actor
from core.kernel.clock import now
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.work.models import Mark, MarkKind

MOST_STARS, MOST_OPENED = 200, 10


def star(session: Session, model: type[Record], record_id: int, *, on: bool) -> None:
    """Put a star on a record that the person who acts sees, or take it away.

    Raises :class:`NotFound` for a record that is not seen, :class:`BadInput` beyond :data:`MOST_STARS`.
    """
    look_for(session, model, "read", record_id)
    found = session.scalars(_of(MarkKind.STAR, model, (record_id,))).one_or_none()
    if not on and found is not None:
        session.delete(found)
    elif on and found is None:
        if len(session.scalars(_mine(MarkKind.STAR).with_only_columns(Mark.id)).all()) >= MOST_STARS:
            raise BadInput(msg("You have starred %(most)s records already. Please remove a star first.", most=MOST_STARS))
        session.add(_mark(MarkKind.STAR, model, record_id))
    session.flush()


def note_opened(session: Session, model: type[Record], record_id: int) -> None:
    """Remember that the person who acts has opened the record; the oldest beyond :data:`MOST_OPENED` are forgotten."""
    look_for(session, model, "read", record_id)
    found = session.scalars(_of(MarkKind.OPENED, model, (record_id,))).one_or_none()
    if found is None:
        session.add(_mark(MarkKind.OPENED, model, record_id))
    else:
        found.at = now()
    session.flush()
    kept = session.scalars(_mine(MarkKind.OPENED).with_only_columns(Mark.id).limit(MOST_OPENED)).all()
    mine = (Mark.employee_id == actor().employee_id, Mark.kind == MarkKind.OPENED)
    session.execute(delete(Mark).where(*mine, Mark.id.not_in(kept)), execution_options={"synchronize_session": "fetch"})


def marks(session: Session, kind: MarkKind) -> list[Mark]:
    """Marks of the person who acts, latest first; whether the records can still be seen is to be asked when they are shown."""
    return list(session.scalars(_mine(kind)))


@cache
def starred_of(model: Any) -> Select[Any]:
    """All records of ``model`` under a star of the parameter ``employee``, as one text (:func:`core.database.together.read_ids`).

    There are few of them (:data:`MOST_STARS`), and a question without the ids of a page is built once and asked beside others.
    """
    return select(ids_as_text(Mark.record_id)).where(
        Mark.employee_id == bindparam("employee"), Mark.kind == MarkKind.STAR, Mark.table_name == model.__tablename__
    )


def starred(model: type[Record], record_id: int) -> Select[Any]:
    """The star of the person who acts on one record, as a question that is asked together with others."""
    return _of(MarkKind.STAR, model, (record_id,))


def _mark(kind: MarkKind, model: type[Record], record_id: int) -> Mark:
    return Mark(employee_id=actor().employee_id, kind=kind, table_name=model.__tablename__, record_id=record_id)


def _mine(kind: MarkKind) -> Select[Any]:
    mine = (Mark.employee_id == actor().employee_id, Mark.kind == kind)
    return select(Mark).where(*mine).order_by(Mark.at.desc(), Mark.id.desc())


def _of(kind: MarkKind, model: type[Record], ids: Collection[int]) -> Select[Any]:
    mine = (Mark.employee_id == actor().employee_id, Mark.kind == kind)
    return select(Mark).where(*mine, Mark.table_name == model.__tablename__, Mark.record_id.in_(sorted(ids)))
