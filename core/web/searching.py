"""The search box of a list: fields that identify its records, and what the records are called that they belong to or are called by."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from core.access.field_rights import may_query
from core.database.references import class_of
from core.database.search import search_ids, searchable
from core.kernel.acting import acting
from core.kernel.errors import Malformed
from core.kernel.words import msg
from core.web.nouns import Noun


@lru_cache(maxsize=1_000)
def led_by(noun: Noun) -> tuple[str, ...]:
    """References whose records are searched by name too: the record that a part belongs to, and the one that a record is called by."""
    names = dict.fromkeys((getattr(noun.model, "__parent__", ""), noun.model.__called_by__))
    led = (name for name in names if name in noun.fields and noun.fields[name].kind == "reference")
    return tuple(name for name in led if searchable(class_of(noun.model, noun.fields[name].target)))


def can_search(noun: Noun) -> bool:
    """Whether the person finds a search box on the list: there is something to search, and all that identifies a record may be read."""
    own = searchable(noun.model)
    return all(may_query(acting(), noun.model, name) for name in own) and bool(own or _open(noun))


def matching(session: Session, noun: Noun, text: str) -> ColumnElement[bool]:
    """Records that ``text`` means: by their own fields, or by records that they lead to and that the person sees; the guard keeps both
    within the scope of whoever asks, so that no search tells of a record that is not seen.

    Raises :class:`Malformed` where the search covers what the person may not read.
    """
    if not can_search(noun) and (searchable(noun.model) or led_by(noun)):
        raise Malformed(msg("You may not read everything that this search covers, so it is not open to you. Please use a filter."))
    found = [noun.model.id.in_(search_ids(session, noun.model, text))]
    for name in _open(noun):
        model = class_of(noun.model, noun.fields[name].target)
        target: Any = aliased(model)
        seen = select(target.id).where(target.id.in_(search_ids(session, model, text)))
        found.append(getattr(noun.model, f"{name}_id").in_(seen))
    return or_(*found)


def _open(noun: Noun) -> list[str]:
    """Those of the references that the person may read, with all that the search of their records covers."""
    who, found = acting(), []
    for name in led_by(noun):
        target = class_of(noun.model, noun.fields[name].target)
        if may_query(who, noun.model, name) and all(may_query(who, target, one) for one in searchable(target)):
            found.append(name)
    return found
