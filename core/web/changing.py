"""Which fields of which records somebody may change without opening the form: in place, or many records at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from core.access.field_rights import may_write
from core.access.offering import allowed_among
from core.kernel.acting import Acting, acting
from core.web.nouns import Noun
from core.web.showing import readable


def fields_in_place(noun: Noun) -> tuple[str, ...]:
    """Fields that the person may change one by one, as far as declaration and field rights say."""
    return _in_place(noun, acting())


@lru_cache(maxsize=4_096)
def _in_place(noun: Noun, who: Acting) -> tuple[str, ...]:
    if noun.change is None:
        return ()
    parent = getattr(noun.model, "__parent__", "")
    return tuple(name for name in noun.written if name != parent and readable(noun, name) and may_write(who, noun.model, name))


def changeable(session: Any, noun: Noun, records: Sequence[Any]) -> frozenset[int]:
    """Ids of those of ``records`` that the person may change just now; at most one statement."""
    if noun.change is None or not records:
        return frozenset()
    allowed = allowed_among(session, records, "update")
    return frozenset(one.id for one in records if one.id in allowed and not (noun.why_fixed is not None and noun.why_fixed(one)))
