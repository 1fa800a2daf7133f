"""What of the picked records a verb will leave out, as far as that is known before it is run: told before the question is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.offering import allowed_among
from core.kernel.errors import Forbidden
from core.kernel.words import Message
from core.web.bulk.asking import Seen
from core.web.bulk.models import CHANGE, DELETE
from core.web.changing import fixed_in, why_unchanged
from core.web.nouns import Noun


def left_out(session: Session, noun: Noun, verb: str, field: str, picked: Sequence[Seen]) -> Mapping[Message, int]:
    """By reason, how many of the picked records, which the person sees, the verb does not allow in the state that they are in."""
    records = session.scalars(select(noun.model).where(noun.model.id.in_([record_id for record_id, _ in picked]))).all()
    act = noun.act(verb)
    allowed = allowed_among(session, records, act.right if act is not None else {CHANGE: "update", DELETE: DELETE}[verb]) if records else ()
    reasons = (_why_not(noun, verb, field, one) if one.id in allowed else Forbidden().message for one in records)
    return Counter(reason for reason in reasons if reason is not None)


def _why_not(noun: Noun, verb: str, field: str, record: Any) -> Message | None:
    if verb == CHANGE:
        return fixed_in(noun, record).get(field)
    if verb == DELETE:
        return why_unchanged(noun, record)
    act = noun.act(verb)
    return act.why_not(record) if act is not None and act.why_not is not None else None
