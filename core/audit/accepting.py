"""A difference between records and trail that has been explained is written into the trail, so that the next one is seen (R-354).

Without it a repair by the administrator of the database would be reported for ever, and a real change past the program drown in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.audit.beside import ACCEPTED, AT_ONCE, wrong_beside
from core.audit.reasons import give_reason
from core.audit.reconciling import Stranger, audited_models, strangers_after
from core.audit.statements import standing
from core.audit.trail import Entry, doer, key_of, plain, record_event, told_columns, wait_with, write
from core.kernel.acting import System, acting_as, company_id
from core.kernel.errors import BadInput
from core.kernel.words import msg

ACCEPT = "accept"
ACTIONS = {"changed_past": ACCEPT, "made_past": "create", "removed_past": "delete"}
"""What the trail calls a row that says what a record has become past the program."""


def accept_strangers(session: Session, reason: str) -> int:
    """Let the trail say of every record of the company at work what it is now, each by a row with ``reason``; how many these were.

    Nothing that was written is touched: what the trail said before stays to be read. Raises :class:`BadInput` without a reason.
    """
    if not reason.strip():
        raise BadInput(msg("Please say why the records differ from the trail; it stands there for ever."))
    give_reason(session, reason)
    count = 0
    for found in _portions(session, company_id()):
        wait_with(session, [_entry(session, one) for one in found])
        write(session)
        count += len(found)
    if count:
        record_event(session, "records_accepted", reason=reason, records=count)
    return count


def accept_lost_values(session: Session, reason: str) -> int:
    """Let the trail say of every value beside it that is gone or altered in the company at work that this was explained; how many."""
    company = company_id()
    assert company is not None  # a chain of its own
    with acting_as(System("comparing values with the trail")):
        tokens = wrong_beside(session, key_of(session.get_bind().engine), company)
    for first in range(0, len(tokens), AT_ONCE):
        record_event(session, ACCEPTED, reason=reason, tokens=tokens[first : first + AT_ONCE])
    return len(tokens)


def _portions(session: Session, company: int) -> Iterator[list[Stranger]]:
    for model in audited_models():
        newest: int | None = 0
        while newest is not None:
            with acting_as(System("comparing records with the trail")):
                found, newest = strangers_after(session, model, newest, company)
            yield found


def _entry(session: Session, one: Stranger) -> Entry:
    """One that is gone is told by its number alone: whose values they were, nobody may know any more."""
    action = ACTIONS[one.kind]
    if one.row is None:
        return Entry(doer(session), action, None, "", {}, (one.model.__tablename__, one.record_id))
    row = _by_attribute(one)
    changes = one.changes or {name: [None, plain(row[name])] for name in told_columns(one.model) if row[name] is not None}
    return Entry(doer(session), action, standing(one.model, row), "", dict(changes))


def _by_attribute(one: Stranger) -> Mapping[str, Any]:
    row = one.row or {}
    kept = ("id", "company_id") if "company_id" in row else ("id",)
    return {name: row[name] for name in kept} | {name: row[column.name] for name, column in told_columns(one.model).items()}
