"""What a verb for many records asks of whoever wants it, and the order that the answers make; for page and REST alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.access.reasons import DEMANDED, key_fields
from core.audit.reasons import FIELD, LONGEST
from core.database.fields import Field
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import msg
from core.organisation.parameters import parameter
from core.web.bulk.asking import Order
from core.web.bulk.models import CHANGE, BulkRun
from core.web.nouns import Noun, Nouns
from core.web.values import load


def questions_of(noun: Noun, verb: str, field: str) -> tuple[Field, ...]:
    """The fields to be answered once for all records."""
    if verb == CHANGE:
        return (noun.fields[field],)
    act = noun.act(verb)
    return act.asks if act is not None else ()


def needs_reason(session: Session, noun: Noun, verb: str, field: str) -> bool:
    """Whether the company wants to know why such a field is changed."""
    return verb == CHANGE and field in key_fields(noun.model) and bool(parameter(session, DEMANDED))


def order_of(session: Session, noun: Noun, verb: str, field: str, given: Mapping[str, Any], reason: str) -> Order:
    """The order for what was answered; raises :class:`BadInput` for answers that cannot be taken, before anything is begun."""
    load(questions_of(noun, verb, field), given)
    why = reason.strip()[:LONGEST]
    if not why and needs_reason(session, noun, verb, field):
        raise BadInput(fields={FIELD: msg("Please fill this in.")})
    return Order(noun, verb, field, dict(given), why)


def noun_of(nouns: Nouns, run: BulkRun, who: Any) -> Noun:
    """The noun of the order, as long as its module is on and its records may be read; else :class:`NotFound`."""
    noun = nouns.by_path.get(run.noun)
    if noun is None or noun.plugin not in who.modules or not who.may(noun.resource, "read"):
        raise NotFound
    return noun
