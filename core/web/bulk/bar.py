"""The bar above a list whose rows are picked: what may be done with many of them."""

from __future__ import annotations

from typing import Any

from flask import g

from core.kernel.words import Message, counted, msg
from core.web.addresses import address
from core.web.bulk.letting_out import WAYS_OUT, ways_out
from core.web.bulk.models import CHANGE, DELETE
from core.web.bulk.offering import acts_for_many, fields_for_many, may_delete
from core.web.listing import Found, Query
from core.web.lists.addresses import conditions_of
from core.web.nouns import Noun, Nouns
from core.web.pages import Tone, Verb
from core.web.showing import view_name


def bulk_bar(nouns: Nouns, noun: Noun, query: Query) -> dict[str, Any]:
    """The parts of a list page that its bar is made of; nothing where nothing may be done with many records."""
    if noun.plugin == "core":
        return {}  # people and rights are changed one by one
    fields = fields_for_many(noun) if g.actor.may(noun.resource, "update") else ()
    verbs = [Verb(act.label, _address(noun, act.verb), act.icon) for act in acts_for_many(nouns, noun, g.actor)]
    verbs += [Verb(WAYS_OUT[way][0], _address(noun, way), WAYS_OUT[way][1]) for way in ways_out(noun, g.actor)]
    verbs += [Verb(msg("Delete"), _address(noun, DELETE), "trash", tone=Tone.BAD)] if may_delete(noun, g.actor) else []
    changes = tuple(Verb(noun.fields[name].label, _address(noun, CHANGE, name)) for name in fields)
    return {"bulk": tuple(verbs), "bulk_fields": changes, "asked": conditions_of(query.asked)}


def _address(noun: Noun, what: str, field: str = "") -> str:
    return f"{address(f'{view_name(noun)}.list')}bulk/{what}{f'?field={field}' if field else ''}"  # a bar has a dozen of them


def whole_of(found: Found) -> Message | str:
    """The way from the picked rows to all that the list finds, where there are more."""
    if found.more:
        return counted("All %(count)s result", "All %(count)s results", found.total, count=f"{found.total:,}+")
    return counted("All %(count)s result", "All %(count)s results", found.total) if found.total > len(found.records) else ""
