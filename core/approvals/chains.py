"""Chains: what a company has set for a kind, or what its plugin declares, and which of its steps a document passes (R-489)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload

from core.approvals.models import ApprovalChain
from core.audit.trail import plain
from core.database.records import Record
from core.extension.approving import ApprovalKind, Asked, Needs, Step, Who
from core.extension.calling import registry
from core.kernel.acting import Actor, acting
from core.kernel.errors import NotFound
from core.kernel.words import Message


@dataclass(frozen=True)
class Chain:
    """The steps in force; ``number`` 0 is what the plugin declares."""

    number: int
    steps: tuple[Step, ...]


def kind_called(name: str) -> ApprovalKind:
    """The declared kind; :class:`NotFound` for one that nobody declares or whose plugin is off for the person who acts."""
    kind = registry().approvals.get(name)
    who = acting()
    if kind is None or (isinstance(who, Actor) and kind.plugin not in who.modules | {"core"}):
        raise NotFound
    return kind


def kinds_on(modules: frozenset[str]) -> tuple[ApprovalKind, ...]:
    """Kinds of the house and of the plugins ``modules``, in their order."""
    return tuple(kind for kind in registry().approvals.values() if kind.plugin in modules | {"core"})


def kinds_of(model: type[Any], modules: frozenset[str]) -> tuple[ApprovalKind, ...]:
    """Kinds whose documents are records of ``model``; what changes its key fields is no document."""
    return tuple(kind for kind in kinds_on(modules) if kind.model is model and not kind.changes)


def chain_of(session: Session, kind: ApprovalKind) -> Chain:
    """The chain in force for the company of the person who acts."""
    return chains_of(session, (kind,))[kind.name]


def chains_of(session: Session, kinds: Sequence[ApprovalKind]) -> dict[str, Chain]:
    """The same for several kinds, by name, in one statement."""
    names = [kind.name for kind in kinds]
    newest = (
        select(ApprovalChain.company_id, ApprovalChain.kind, func.max(ApprovalChain.number).label("number"))
        .where(ApprovalChain.kind.in_(names))
        .group_by(ApprovalChain.company_id, ApprovalChain.kind)
        .subquery()
    )
    holds = and_(*(getattr(ApprovalChain, one.name) == one for one in newest.c))
    found = {one.kind: one for one in session.scalars(select(ApprovalChain).join(newest, holds))}
    return {kind.name: in_force(kind, found.get(kind.name)) for kind in kinds}


def latest_chains(session: Session, kind: ApprovalKind, most: int) -> list[ApprovalChain]:
    """What the company has set for a kind, newest first, at most ``most``, with the people who have set it."""
    asked = select(ApprovalChain).where(ApprovalChain.kind == kind.name).options(joinedload(ApprovalChain.set_by))
    return list(session.scalars(asked.order_by(ApprovalChain.number.desc()).limit(most)))


def in_force(kind: ApprovalKind, newest: ApprovalChain | None) -> Chain:
    """The chain that holds when ``newest`` was set last; None for a company that has set nothing."""
    return Chain(newest.number, tuple(step_from(step) for step in newest.steps)) if newest is not None else Chain(0, kind.chain)


def steps_for(session: Session, kind: ApprovalKind, record: Any) -> tuple[Chain, tuple[Step, ...]]:
    """The chain in force and those of its steps that ``record`` passes."""
    chain = chain_of(session, kind)
    return chain, passed(chain.steps, kind.amount(record), {step.field: stored_text(record, step.field) for step in chain.steps})


def passed(steps: Sequence[Step], amount: Decimal | None, values: Mapping[str, str]) -> tuple[Step, ...]:
    """The steps of a document of ``amount`` (yuan) whose fields hold ``values``; an amount that is not known is above every limit."""
    return tuple(
        step
        for step in steps
        if (step.from_amount is None or amount is None or amount >= step.from_amount)
        and (not step.field or values.get(step.field) == step.value)
    )


def stored_text(record: Any, name: str) -> str:
    """The value of a declared field as a condition compares it."""
    value = getattr(record, name, None) if name else None
    return "" if value is None else "1" if value is True else "0" if value is False else str(value)


def step_as_json(step: Step) -> dict[str, Any]:
    """A step as it is stored; titles of declared steps keep their message id, so that they stay translatable."""
    return {
        "title": step.title.text,
        "needs": step.needs.value,
        "asked": [{"who": one.who.value, "role": one.role, "role_id": one.role_id, "employee_id": one.employee_id} for one in step.asked],
        "from_amount": None if step.from_amount is None else str(step.from_amount),
        "field": step.field,
        "value": step.value,
    }


def step_from(stored: Mapping[str, Any]) -> Step:
    """The step behind what :func:`step_as_json` has written."""
    asked = tuple(Asked(Who(one["who"]), one["role"], one["role_id"], one["employee_id"]) for one in stored["asked"])
    amount = stored["from_amount"]
    limit = None if amount is None else Decimal(amount)
    return Step(Message(stored["title"]), asked, Needs(stored["needs"]), limit, stored["field"], stored["value"])


def digest_of(session: Session, kind: ApprovalKind, record: Record) -> str:
    """A sum over everything that is approved: the fields that people write, the amount, and what the kind adds. Call it as the system, so
    that it is the same whoever asks."""
    names = {
        name: f"{name}_id" if field.kind == "reference" else name
        for name, field in record.fields().items()
        if field.editable and (kind.bound is None or name in kind.bound)
    }
    said = {name: plain(getattr(record, column)) for name, column in names.items()}
    whole = [kind.name, record.id, said, plain(kind.amount(record)), kind.content(session, record)]
    return hashlib.sha256(json.dumps(whole, sort_keys=True, default=str).encode()).hexdigest()
