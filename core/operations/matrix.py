"""The permission matrix, roles by rights, as an auditor signs it (R-048, R-052, R-053)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import Grant, Role
from core.access.permissions import CORE_GRANTS
from core.access.presets import STANDARD, Preset, with_likes
from core.extension.registry import Registry
from core.kernel.acting import Scope
from core.organisation.models import Company


@dataclass(frozen=True)
class Cell:
    """One right of one role; ``scope`` None means not allowed."""

    role: str
    resource: str
    verb: str
    scope: Scope | None


Given = Mapping[tuple[str, str, str], Scope]


def preset_matrix(registry: Registry, presets: Iterable[Preset] = STANDARD) -> list[Cell]:
    """What ``presets`` give, by default those that a new company starts with: their keys by every right of host and plugins."""
    given: dict[tuple[str, str, str], Scope] = {}
    for grants in (CORE_GRANTS, *(registry.grants_of(name) for name in registry.names)):
        for role, resources in with_likes(grants, registry.importable).items():
            for resource, verbs in resources.items():
                given.update({(role, resource, verb): scope for verb, scope in verbs.items()})
    return list(_cells(registry, [preset.key for preset in presets], given))


def company_matrix(session: Session, registry: Registry, company: Company) -> list[Cell]:
    """What the roles of a company give now; roles that are switched off give nothing."""
    roles = list(session.scalars(select(Role).where(Role.company_id == company.id, Role.active).order_by(Role.id)))
    statement = (
        select(Role.name, Grant.resource, Grant.verb, Grant.scope)
        .join(Grant, Grant.role_id == Role.id)
        .where(Role.company_id == company.id)
    )
    given = {(str(role), resource, verb): scope for role, resource, verb, scope in session.execute(statement)}
    return list(_cells(registry, [str(role.name) for role in roles], given))


def _cells(registry: Registry, roles: list[str], given: Given) -> Iterator[Cell]:
    for resource in registry.resources.values():
        for verb in resource.verbs:
            for role in roles:
                yield Cell(role, resource.name, verb, given.get((role, resource.name, verb)))
