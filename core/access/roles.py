"""Verbs on roles: making the presets of a company, giving and taking rights, naming who has which role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.access.criteria import parent_of
from core.access.guard import authorise, get_for, open_for_writing
from core.access.models import EmployeeRole, Grant, Role
from core.access.permissions import CORE_GRANTS
from core.access.presets import PRESETS, with_likes
from core.access.separation import check_not_oneself, check_not_own_role
from core.database.changes import apply_changes, clean_values
from core.database.records import Record, mappers
from core.extension.registry import Registry
from core.extension.rights import Grants
from core.kernel.acting import Scope, System, acting, company_id
from core.kernel.clock import now
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.organisation.models import Employee

OFFERED = (Scope.OWN, Scope.OWN_SHARED, Scope.DEPARTMENT, Scope.SUBTREE, Scope.IN_CHARGE, Scope.COMPANY)
"""What an administrator of a company can choose from; over companies only the platform gives rights."""
BY_APPLICATION = "authorised_person"
"""The preset role that nobody has without an application (R-012, R-345)."""
BY_DEPARTMENT = (Scope.DEPARTMENT, Scope.SUBTREE, Scope.IN_CHARGE, Scope.COMPANY)


def preset_grants(registry: Registry) -> dict[str, dict[str, Mapping[str, Scope]]]:
    """Preset role to resource to verb to scope: the host's own and those of every installed plugin."""
    found: dict[str, dict[str, Mapping[str, Scope]]] = {preset.key: {} for preset in PRESETS}
    for presets in (CORE_GRANTS, *(registry.grants_of(name) for name in registry.names)):
        for key, grants in with_likes(presets, registry.importable).items():
            found[key] |= grants
    return found


def create_role(session: Session, registry: Registry, name: str, description: str | None = None, preset: str | None = None) -> Role:
    """Add a role to the company: with the rights of ``preset``, or with none when it is the company's own (R-048).

    Without a name it is called as the preset. Raises :class:`BadInput` for a name that is taken or a preset that nobody knows.
    """
    authorise(Role, "create")
    known = next((one for one in PRESETS if one.key == preset), None)
    if preset and known is None:
        raise BadInput(fields={"preset": msg("There is no such role of the regulation.")})
    title = name or (str(known.title) if known is not None else "")
    clean = clean_values(Role, {"name": title, "description": description or (str(known.description) if known else None)}, partial=False)
    if known is not None:  # what nobody has typed stays a sentence of the program
        clean |= ({} if name else {"name": known.title}) | ({} if description else {"description": known.description})
    role = Role(company_id=company_id(), preset=known.key if known is not None else None, active=True, **clean)
    _store(session, role)
    if known is not None:
        open_for_writing(session, role)
        _add_grants(session, role, preset_grants(registry)[known.key])
        session.flush()
    return role


def change_role(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Role:
    """Rename a role, describe it anew, switch it off or on; a role that is off gives nothing."""
    role: Role = get_for(session, Role, "update", record_id, version)
    check_not_own_role(session, role)
    apply_changes(role, changes)
    _store(session, role)
    return role


def _store(session: Session, role: Role) -> None:
    with session.no_autoflush:
        others = session.scalars(select(Role.name).where(Role.id != (role.id or 0))).all()
    if str(role.name) in map(str, others):
        raise BadInput(fields={"name": msg("Another role is called “%(name)s”. Please choose another name.", name=role.name)})
    session.add(role)
    open_for_writing(session, role)
    session.flush()


def _add_grants(session: Session, role: Role, grants: Grants) -> None:
    for resource, verbs in grants.items():
        for verb, scope in verbs.items():
            grant = Grant(company_id=role.company_id, role_id=role.id, resource=resource, verb=verb, scope=scope)
            session.add(grant)
            open_for_writing(session, grant)


def grants_of_role(session: Session, role_id: int) -> dict[tuple[str, str], Scope]:
    """The cells of the matrix that are filled."""
    rows = session.execute(select(Grant.resource, Grant.verb, Grant.scope).where(Grant.role_id == role_id))
    return {(resource, verb): scope for resource, verb, scope in rows}


def set_grants(session: Session, registry: Registry, role_id: int, version: int, wanted: Mapping[tuple[str, str], Scope | None]) -> Role:
    """Give and take the named rights of a role; cells that are not named stay.

    Raises :class:`BadInput` for a resource or verb that nobody declares. Effective at everybody's next request.
    """
    role: Role = get_for(session, Role, "update", role_id, version)
    check_not_own_role(session, role)
    for resource, verb in wanted:
        if resource not in registry.resources or verb not in registry.resources[resource].verbs:
            raise BadInput(msg("There is no right “%(verb)s” on “%(resource)s”.", verb=verb, resource=resource))
    if Scope.ALL in wanted.values() and not isinstance(acting(), System):
        raise BadInput(msg("There is no data scope “%(scope)s”.", scope=Scope.ALL.value))  # over companies only the platform gives rights
    for (resource, verb), scope in wanted.items():
        if scope not in (None, Scope.ALL, *scopes_of(resource, verb)):
            raise BadInput(
                msg(
                    "“%(resource)s” belongs to the whole company. Choose the whole company, or do not allow it.",
                    resource=registry.resources[resource].title,
                )
            )
    stored = {(grant.resource, grant.verb): grant for grant in session.scalars(select(Grant).where(Grant.role_id == role_id))}
    for right, scope in wanted.items():
        _set_grant(session, role, stored.get(right), right, scope)
    role.updated_at = now()  # the next editor of this role meets a new version
    session.flush()
    return role


def scopes_of(resource: str, verb: str) -> tuple[Scope, ...]:
    """The data scopes that make a difference to ``verb`` on ``resource``, narrow to wide.

    Everybody's name is known in the company, while who acts upon an employee reaches departments (``core.access.administration``).
    Rows that the whole company shares know no narrower one: whoever has the right has it on all of them. A resource without a class of its
    own (a report) reaches as far as the records that it reads, under whatever scope it is given.
    """
    if resource == Employee.__resource__ and verb != "read":
        return BY_DEPARTMENT
    models = [mapper.class_ for mapper in mappers() if mapper.class_.__resource__ == resource]
    return OFFERED if not models or any(_has_owner(model) for model in models) else (Scope.COMPANY,)


def _has_owner(model: type[Record]) -> bool:
    while model.__scope__ == "child":
        model = parent_of(model)
    return model.__scope__ == "owned"


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
    """Let ``employee`` have ``role`` as well, for good; raises :class:`Forbidden` for oneself."""
    authorise(Role, "update")
    check_not_oneself(employee)
    check_given_by_hand(role)
    has = select(EmployeeRole).where(EmployeeRole.employee_id == employee.id, EmployeeRole.role_id == role.id)
    link = session.scalars(has).first()
    if link is None:
        link = EmployeeRole(company_id=role.company_id, employee_id=employee.id, role_id=role.id)
        session.add(link)
    open_for_writing(session, link)
    link.until = None
    session.flush()


def check_given_by_hand(role: Role) -> None:
    """Raise :class:`BadInput` for a role that nobody gets without an application (R-345)."""
    if role.preset == BY_APPLICATION:
        raise BadInput(msg("The role “%(name)s” is given only on an approved access application.", name=role.name))


def take_role(session: Session, employee: Employee, role: Role) -> None:
    """Take ``role`` from ``employee``; raises :class:`Forbidden` for oneself."""
    authorise(Role, "update")
    check_not_oneself(employee)
    gone = delete(EmployeeRole).where(EmployeeRole.employee_id == employee.id, EmployeeRole.role_id == role.id)
    session.execute(gone, execution_options={"keguan_reviewed": True})  # reviewed: the right was asked for above
