"""Which fields of which records somebody may change without opening the form: in place, or many records at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from core.access.field_rights import may_write
from core.access.offering import allowed_among
from core.kernel.acting import Acting, acting
from core.kernel.errors import Conflict
from core.kernel.words import Message
from core.web.nouns import Noun
from core.web.showing import readable

NOTHING_FIXED: Mapping[str, Message] = {}


def fields_in_place(noun: Noun) -> tuple[str, ...]:
    """Fields that the person may change one by one, as far as declaration and field rights say."""
    return _in_place(noun, acting())


@lru_cache(maxsize=4_096)
def _in_place(noun: Noun, who: Acting) -> tuple[str, ...]:
    if noun.change is None:
        return ()
    parent = getattr(noun.model, "__parent__", "")
    return tuple(name for name in noun.written if name != parent and readable(noun, name) and may_write(who, noun.model, name))


def fixed_in(noun: Noun, record: Any) -> Mapping[str, Message]:
    """Fields that the verb of the noun refuses for this record as it is now, each with the reason."""
    if noun.why_fixed is not None and (reason := noun.why_fixed(record)):
        return dict.fromkeys(noun.written, reason)
    return noun.fixed_fields(record) if noun.fixed_fields is not None else NOTHING_FIXED


def why_unchanged(noun: Noun, record: Any) -> Message | None:
    """Why nothing of the record is changed now; None where something can be."""
    fixed = fixed_in(noun, record)
    return fixed[noun.written[0]] if fixed and all(name in fixed for name in noun.written) else None


def demand_open(noun: Noun, record: Any, name: str = "") -> None:
    """Raise :class:`Conflict` with the reason when the field ``name`` of the record (any, without a name) is not changed now."""
    if reason := fixed_in(noun, record).get(name) if name else why_unchanged(noun, record):
        raise Conflict(reason)


def changeable(session: Any, noun: Noun, records: Sequence[Any]) -> Mapping[int, Mapping[str, Message]]:
    """By id, those of ``records`` that the person has the right to change, with what is fixed in each now; at most one statement."""
    if noun.change is None or not records:
        return {}
    allowed = allowed_among(session, records, "update")
    return {one.id: fixed_in(noun, one) for one in records if one.id in allowed}
