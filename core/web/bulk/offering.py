"""Which verbs make sense for many records at once, read from the declaration of the noun, for whoever may run them."""

from __future__ import annotations

from core.database.fields import Field
from core.database.records import NAMING
from core.kernel.acting import Actor
from core.kernel.errors import Forbidden, NotFound
from core.web.bulk.models import CHANGE, DELETE
from core.web.changing import fields_in_place
from core.web.nouns import Act, Noun, Nouns

KINDS = frozenset({"choice", "code", "flag", "date", "reference", "integer"})
SHORT = 200  # characters of a text that many records may share
ASKED = frozenset({"choice", "code", "flag", "date", "text", "long_text"})


def fields_for_many(noun: Noun) -> tuple[str, ...]:
    """Fields of which many records may get one value: no name, nothing personal, nothing long, no amount."""
    return tuple(name for name in fields_in_place(noun) if shared_by_many(noun.fields[name]))


def shared_by_many(field: Field) -> bool:
    """Whether many records may be given one value of this field."""
    if field.masked or field.personal or field.searchable or field.name in NAMING:
        return False
    return field.kind in KINDS or (field.kind == "text" and 0 < field.max_length <= SHORT and not field.name.endswith(("code", "number")))


def acts_for_many(nouns: Nouns, noun: Noun, who: Actor) -> tuple[Act, ...]:
    """Acts whose questions have one answer for many records: a person, a stage, a reason, a day; no amount, no other business record."""
    return tuple(act for act in noun.acts if who.may(noun.resource, act.right) and all(_answered_once(nouns, one) for one in act.asks))


def _answered_once(nouns: Nouns, asked: Field) -> bool:
    if asked.kind != "reference":
        return asked.kind in ASKED
    target = nouns.by_table.get(asked.target)
    return asked.target.startswith("core_") or (target is not None and target.model.__scope__ == "company")


def may_delete(noun: Noun, who: Actor) -> bool:
    """Whether the person may delete records of the noun at all."""
    return noun.delete is not None and who.may(noun.resource, DELETE)


def demand_offered(nouns: Nouns, noun: Noun, who: Actor, what: str, field: str = "") -> None:
    """Raise :class:`NotFound` for a verb or field that is not offered for many records, :class:`Forbidden` without the right to it."""
    if what == CHANGE:
        if noun.change is None or field not in noun.fields:
            raise NotFound
        if not who.may(noun.resource, "update") or field not in fields_for_many(noun):
            raise Forbidden(right=(noun.resource, "update"))
    elif what == DELETE:
        if noun.delete is None:
            raise NotFound
        if not may_delete(noun, who):
            raise Forbidden(right=(noun.resource, DELETE))
    elif (act := noun.act(what)) is None:
        raise NotFound
    elif act not in acts_for_many(nouns, noun, who):
        raise Forbidden(right=(noun.resource, act.right))
