"""A company from nothing: itself, its root department, the roles of the regulation with their rights, its modules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import Grant, Role
from core.access.permissions import CORE_GRANTS
from core.access.presets import STANDARD, with_likes
from core.extension.registry import Registry
from core.extension.rights import Grants
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.organisation.models import Company
from core.organisation.operations import add_department, found_company
from core.switchboard.models import ModuleSwitch
from core.switchboard.operations import enable_all, switches

ROOT_CODE = "hq"


def found(session: Session, registry: Registry, slug: str, name: str, modules: Iterable[str] | None = None) -> Company:
    """Found a company that can be worked in: root department, preset roles with rights, and ``modules`` on (by default all installed).

    To be called as the system without a company; raises
    :class:`core.kernel.errors.BadInput` for a short name that is taken or a module that is not installed.
    """
    company = found_company(session, slug, name)
    add_department(session, company.id, ROOT_CODE, name)
    for preset in STANDARD:
        session.add(Role(company_id=company.id, name=preset.title, description=preset.description, preset=preset.key))
    session.flush()
    _give(session, company.id, CORE_GRANTS)
    introduce(session, registry, company.id)
    enable_all(session, registry, company.id, registry.names if modules is None else tuple(modules))
    return company


def set_currency(session: Session, company: Company, currency: str) -> None:
    """Let the company work in ``currency`` (ISO 4217); amounts stay as they are. Raises :class:`BadInput` for what is no such code."""
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        raise BadInput(msg("A currency has three capital letters, such as CNY or USD."))
    company.currency = currency
    session.flush()


def introduce(session: Session, registry: Registry, company_id: int) -> tuple[str, ...]:
    """Give the preset roles of the company the rights of every plugin it has not met yet, and return the names of those.

    A plugin is introduced once, switched off; what an administrator changes in its rights later stays changed.
    """
    known = switches(session, company_id)
    met = tuple(name for name in registry.names if name not in known)
    for name in met:
        session.add(ModuleSwitch(company_id=company_id, plugin=name))
        _give(session, company_id, registry.grants_of(name), registry.importable)
    session.flush()
    return met


def introduce_everywhere(session: Session, registry: Registry) -> dict[str, tuple[str, ...]]:
    """Introduce new plugins to every company; which ones, by the company's short name."""
    companies = session.scalars(select(Company).order_by(Company.slug)).all()
    return {company.slug: met for company in companies if (met := introduce(session, registry, company.id))}


def preset_roles(session: Session, company_id: int) -> dict[str, Role]:
    """The roles of the company that were made from presets, by the preset's key."""
    roles = session.scalars(select(Role).where(Role.company_id == company_id, Role.preset.is_not(None)))
    return {str(role.preset): role for role in roles}


def _give(session: Session, company_id: int, presets: Mapping[str, Grants | Mapping[str, Any]], importable: Collection[str] = ()) -> None:
    roles = preset_roles(session, company_id)
    for key, resources in with_likes(presets, importable).items():
        for resource, verbs in resources.items() if key in roles else ():
            for verb, scope in verbs.items():
                session.add(Grant(company_id=company_id, role_id=roles[key].id, resource=resource, verb=verb, scope=scope))
    session.flush()
