"""Verbs on roles: making the presets of a company, giving and taking rights, naming who has which role."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for, open_for_writing
from core.access.models import EmployeeRole, Grant, Role
from core.access.permissions import CORE_GRANTS, PRESETS
from core.extension.registry import Registry
from core.extension.rights import Grants
from core.kernel.acting import Scope, System, acting
from core.kernel.clock import now
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.organisation.models import Employee


def preset_grants(registry: Registry) -> dict[str, dict[str, Mapping[str, Scope]]]:
    """Preset role to resource to verb to scope: the host's own and those of every installed plugin."""
    found: dict[str, dict[str, Mapping[str, Scope]]] = {preset.key: dict(CORE_GRANTS.get(preset.key, {})) for preset in PRESETS}
    for name in registry.names:
        for key, grants in registry.grants_of(name).items():
            found[key] |= grants
    return found


def make_preset_roles(session: Session, registry: Registry, company_id: int) -> dict[str, Role]:
    """Create the roles of the regulation for a new company; called while the system acts for it."""
    grants = preset_grants(registry)
    roles = {
        preset.key: Role(company_id=company_id, name=str(preset.title), description=str(preset.description), preset=preset.key)
        for preset in PRESETS
    }
    session.add_all(roles.values())
    session.flush()
    for key, role in roles.items():
        _add_grants(session, role, grants[key])
    session.flush()
    return roles


def _add_grants(session: Session, role: Role, grants: Grants) -> None:
    for resource, verbs in grants.items():
        for verb, scope in verbs.items():
            session.add(Grant(company_id=role.company_id, role_id=role.id, resource=resource, verb=verb, scope=scope))


def grants_of_role(session: Session, role_id: int) -> dict[tuple[str, str], Scope]:
    """The cells of the matrix that are filled."""
    rows = session.execute(select(Grant.resource, Grant.verb, Grant.scope).where(Grant.role_id == role_id))
    return {(resource, verb): scope for resource, verb, scope in rows}


def set_grants(session: Session, registry: Registry, role_id: int, version: int, wanted: Mapping[tuple[str, str], Scope | None]) -> Role:
    """Give and take the named rights of a role; cells that are not named stay.

    Raises :class:`BadInput` for a resource or verb that nobody declares. Effective at everybody's next request.
    """
    role: Role = get_for(session, Role, "update", role_id, version)
    for resource, verb in wanted:
        if resource not in registry.resources or verb not in registry.resources[resource].verbs:
            raise BadInput(msg("There is no right “%(verb)s” on “%(resource)s”.", verb=verb, resource=resource))
    if Scope.ALL in wanted.values() and not isinstance(acting(), System):
        raise BadInput(msg("There is no data scope “%(scope)s”.", scope=Scope.ALL.value))  # over companies only the platform gives rights
    stored = {(grant.resource, grant.verb): grant for grant in session.scalars(select(Grant).where(Grant.role_id == role_id))}
    for right, scope in wanted.items():
        _set_grant(session, role, stored.get(right), right, scope)
    role.updated_at = now()  # the next editor of this role meets a new version
    session.flush()
    return role


def _set_grant(session: Session, role: Role, stored: Grant | None, right: tuple[str, str], scope: Scope | None) -> None:
    if stored is None:
        if scope is not None:
            fresh = Grant(company_id=role.company_id, role_id=role.id, resource=right[0], verb=right[1], scope=scope)
            session.add(fresh)
            open_for_writing(session, fresh)
        return
    open_for_writing(session, stored)
    if scope is None:
        session.delete(stored)
    else:
        stored.scope = scope


def give_role(session: Session, employee: Employee, role: Role) -> None:
    """Let ``employee`` have ``role`` as well."""
    authorise(Role, "update")
    link = EmployeeRole(company_id=role.company_id, employee_id=employee.id, role_id=role.id)
    session.add(link)
    open_for_writing(session, link)
    session.flush()


def take_role(session: Session, employee: Employee, role: Role) -> None:
    """Take ``role`` from ``employee``."""
    authorise(Role, "update")
    gone = delete(EmployeeRole).where(EmployeeRole.employee_id == employee.id, EmployeeRole.role_id == role.id)
    session.execute(gone, execution_options={"keguan_reviewed": True})  # reviewed: the right was asked for above
