"""Why something is changed: said by a person in the form or in REST, or by the job that does it; kept in the trail (R-058).

What the program itself says is kept without a language, see :mod:`core.database.sentences`; what a person typed as it was typed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy.orm import Session

from core.database.sentences import stored
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg

FIELD = "change_reason"
"""What the question is called in forms and, where a noun has a field ``reason`` of its own, in REST."""
LONGEST = 500
_because: ContextVar[str] = ContextVar("keguan_because", default="")


def give_reason(session: Session, reason: Message | str, approved_by: str = "") -> None:
    """The changes of this use case are made for ``reason``, let be done by ``approved_by``; the empty text is none.

    Raises :class:`BadInput` for more than 500 characters.
    """
    text = reason if isinstance(reason, Message) else " ".join(reason.split())
    if isinstance(text, str) and len(text) > LONGEST:
        raise BadInput(fields={FIELD: msg("The text is longer than %(limit)s characters. Please shorten it.", limit=LONGEST)})
    session.info["reason"], session.info["approved_by"] = stored(text, LONGEST), approved_by[:200]


@contextmanager
def because(reason: Message) -> Iterator[None]:
    """Inside, ``reason`` stands for use cases that name none: an import, a job."""
    token = _because.set(stored(reason, LONGEST))
    try:
        yield
    finally:
        _because.reset(token)


def reason_of(session: Session) -> str:
    """Why this use case does what it does, as the trail keeps it; empty when nobody has said so."""
    return str(session.info.get("reason") or _because.get())
