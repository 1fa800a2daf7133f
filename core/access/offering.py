"""What a page may offer on a record: the verbs that the person may really use there, so that no button leads to a refusal.

The same answer as :func:`core.access.criteria.visible` gives, worked out from the record where it says enough: the database is asked
only when nothing but a share could still open it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import case, literal, select
from sqlalchemy.orm import Session

from core.access.criteria import departments_within, is_reading, parent_of, reach, visible
from core.database.records import Record
from core.kernel.acting import Actor, Scope, acting


def allowed_verbs(session: Session, record: Record, verbs: Collection[str]) -> frozenset[str]:
    """Those of ``verbs`` that the person who acts may do with this one record, which he or she sees."""
    who = acting()
    if not isinstance(who, Actor):
        return frozenset(verbs)
    answers = {verb: _answer(record, who, verb) for verb in sorted(set(verbs))}
    asked = [verb for verb, answer in answers.items() if answer is None]
    return frozenset(verb for verb, answer in answers.items() if answer) | (_asked(session, record, who, asked) if asked else frozenset())


def allowed_among(session: Session, records: Sequence[Any], verb: str) -> frozenset[int]:
    """Ids of those of ``records``, all of one class, with which the person who acts may do ``verb``; at most one statement."""
    return allowed_of_each(session, records, (verb,))[verb]


def allowed_of_each(session: Session, records: Sequence[Any], verbs: Collection[str]) -> Mapping[str, frozenset[int]]:
    """For each of ``verbs`` the ids of those of ``records``, all of one class, with which it may be done; at most one statement."""
    who = acting()
    if not isinstance(who, Actor) or not records:
        return dict.fromkeys(verbs, frozenset(record.id for record in records))
    answers = {verb: {record.id: _answer(record, who, verb) for record in records} for verb in verbs}
    found = {verb: {number for number, answer in several.items() if answer} for verb, several in answers.items()}
    asked = [verb for verb, several in answers.items() if None in several.values()]
    open_ones = sorted({number for verb in asked for number, answer in answers[verb].items() if answer is None})
    for number, *allowed in _asked_of(session, type(records[0]), who, asked, open_ones):
        for verb, may in zip(asked, allowed, strict=True):
            found[verb] |= {number} if may and answers[verb][number] is None else set()
    return {verb: frozenset(several) for verb, several in found.items()}


def _asked_of(session: Session, model: Any, who: Actor, verbs: list[str], ids: list[int]) -> Sequence[Any]:
    """(id, whether each of ``verbs`` may be done) as the database knows it; nothing is asked without ``ids``."""
    columns = [case((visible(model, who, verb), 1), else_=0).label(f"may_{place}") for place, verb in enumerate(verbs)]
    return session.execute(select(model.id, *columns).where(model.id.in_(ids))).all() if ids else ()


def may_add(session: Session, model: type[Record], parent: Record) -> bool:
    """Whether the person who acts may add a record of ``model``, a part with rights of its own, to ``parent``."""
    who = acting()
    if not isinstance(who, Actor):
        return True
    if not who.may(model.__resource__, "create"):
        return False
    if model.__scope__ != "child" or parent_of(model) is not type(parent) or parent.__scope__ != "owned":
        return True
    answer = _reached(parent, who, "create", who.scopes(model.__resource__, "create"))
    if answer is not None:
        return answer
    owned: Any = type(parent)
    return session.scalar(select(owned.id).where(owned.id == parent.id, reach(model, owned, who, "create"))) is not None


def _answer(record: Any, who: Actor, verb: str) -> bool | None:
    """Yes, no, or None where only the database knows."""
    if record.__resource__ and not who.may(record.__resource__, verb):
        return False
    if record.__scope__ == "owned":
        return _reached(record, who, verb, who.scopes(record.__resource__, verb))
    if record.__scope__ == "child" and record.__resource__ and parent_of(type(record)).__scope__ == "owned":
        parent = getattr(record, record.__parent__)
        return parent.company_id == who.company_id and _reached(parent, who, verb, who.scopes(record.__resource__, verb))
    return True if record.__scope__ == "company" else None


def _reached(owned: Any, who: Actor, verb: str, scopes: frozenset[Scope]) -> bool | None:
    """Whether ``scopes`` reach the owned record by its owner or department; None when a share could still open it.

    A right over all companies reads everywhere and writes in the own one alone.
    """
    if owned.company_id != who.company_id:
        return Scope.ALL in scopes and is_reading(verb)
    if scopes & {Scope.COMPANY, Scope.ALL} or owned.owner_id == who.employee_id or owned.department_id in departments_within(who, scopes):
        return bool(scopes)
    return None if scopes - {Scope.OWN} else False


def _asked(session: Session, record: Record, who: Actor, verbs: list[str]) -> frozenset[str]:
    model: Any = type(record)
    columns = [case((visible(model, who, verb), 1), else_=0).label(f"may_{number}") for number, verb in enumerate(verbs)]
    found = session.execute(select(literal(1), *columns).where(model.id == record.id)).one_or_none()
    return frozenset(verb for verb, may in zip(verbs, found[1:], strict=True) if may) if found is not None else frozenset()
