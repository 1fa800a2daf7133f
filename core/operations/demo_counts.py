"""What a company has of everything: how many, in which states, and one digest of it all, the same for the same seed on every day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.sessions import Database
from core.extension.installed import stored_classes
from core.extension.registry import Registry
from core.kernel.choices import Choice
from core.kernel.clock import today
from core.kernel.words import Message
from core.organisation.models import Company


@dataclass(frozen=True)
class Counted:
    """One kind of record in one company; ``states`` maps each state that occurs to how often."""

    company: str
    resource: str
    title: Message
    count: int
    states: Mapping[Choice, int]


def counts(database: Database, registry: Registry) -> list[Counted]:
    """Every kind of business record in every company."""
    with Session(database.engine) as session:
        return [
            _counted(session, registry, company, model)
            for company in session.scalars(select(Company).order_by(Company.id))
            for model in _business_classes()
            if model.__resource__ in registry.resources
        ]


def digest(database: Database, slug: str, *, versions: bool = True) -> str:
    """A short sum over all business records of the company, with days told from today on and without moments.

    Without ``versions`` it does not matter in how many strokes a record was written.
    """
    sum_of_all = hashlib.sha256()
    for line in lines_of(database, slug, versions=versions):
        sum_of_all.update(line.encode())
    return sum_of_all.hexdigest()[:16]


def lines_of(database: Database, slug: str, *, versions: bool = True) -> list[str]:
    """What :func:`digest` sums up: a line of JSON for each record, with its table."""
    with Session(database.engine) as session:
        company = session.scalars(select(Company).where(Company.slug == slug)).one()
        return [
            json.dumps([model.__tablename__, *row], ensure_ascii=False, default=str)
            for model in _business_classes()
            for row in _rows(session, model, company.id, () if versions else ("version",))
        ]


def _business_classes() -> list[type[Any]]:
    """Stored classes of the plugins that belong to companies, by table."""
    return [model for model in stored_classes() if model.__scope__ != "global" and not model.__tablename__.startswith("core_")]


def _counted(session: Session, registry: Registry, company: Company, model: type[Any]) -> Counted:
    state = getattr(model, "state", None)
    states: dict[Choice, int] = {}
    count = 0
    for (found,) in session.execute(select(model.id if state is None else state).where(model.company_id == company.id)):
        count += 1
        if isinstance(found, Choice):
            states[found] = states.get(found, 0) + 1
    return Counted(company.slug, model.__resource__, registry.resources[model.__resource__].title, count, states)


def _rows(session: Session, model: type[Any], company_id: int, without: tuple[str, ...]) -> Iterator[list[Any]]:
    left_out = ("created_at", "updated_at", "company_id", *without)
    columns = [column for column in model.__table__.columns if column.name not in left_out]
    for row in session.execute(select(*columns).where(model.company_id == company_id).order_by(model.id)):
        yield [_plain(value) for value in row]


def _plain(value: Any) -> Any:
    """Days count from today, moments are left out: everything else is the same on every day."""
    if isinstance(value, datetime):
        return ""
    return (value - today()).days if isinstance(value, date) else value
