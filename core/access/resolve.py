"""From a sign-in identity to the employee who acts: membership, roles, departments, read afresh for every request and job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Boolean, Date, Select, String, and_, bindparam, cast, literal, null, or_, select, type_coerce
from sqlalchemy.orm import Session

from core.access.joining import Stated, joined_field_rights
from core.access.models import CaseReader, EmployeeRole, FieldGrant, Grant, Role
from core.access.separation import has_power
from core.database.types import Identity
from core.kernel.acting import Actor, FieldAccess, Scope
from core.kernel.clock import today
from core.organisation.models import Company, DepartmentLeader, DepartmentPath, Duty, Employee


@dataclass(frozen=True)
class Membership:
    """One company that a user works in."""

    company_id: int
    slug: str
    company_name: str
    employee_id: int
    department_id: int
    name: str
    settings_mark: str


MEMBERSHIP = (Company.id, Company.slug, Company.name, Employee.id, Employee.department_id, Employee.name, Company.settings_mark)
"""What a :class:`Membership` is made of, in its order."""
WORKING = and_(
    Employee.company_id == Company.id,
    Company.active,
    or_(Employee.left_on.is_(None), Employee.left_on > bindparam("day", type_=Date)),
)
"""That the employee works in the company, which is open, on the day that is asked for (R-452)."""
# Built once: these are asked at every request, and building them took as long as asking.
_MEMBERSHIPS = (
    select(*MEMBERSHIP)
    .join(Employee, WORKING)
    .join(User, User.id == Employee.user_id)
    .where(Employee.user_id == bindparam("user"), User.active)
    .order_by(Company.name)
)


def asked(*columns: Any) -> Select[Any]:
    """Part of the one question that is asked of whoever acts; None for what a part has not.

    Two words, a scope, a number, two flags; then the id of a role and its preset, the field that it speaks of, and how.
    """
    kinds: tuple[Any, ...] = (String, String, String, Identity, Boolean, Boolean, Identity, String, String, String)
    given = (*columns, *(None,) * (len(kinds) - len(columns)))
    return select(*(cast(null(), kind) if column is None else column for column, kind in zip(given, kinds, strict=True)))


_DAY = bindparam("day", type_=Date)
_HELD = (
    EmployeeRole.employee_id == bindparam("employee"),
    or_(EmployeeRole.until.is_(None), EmployeeRole.until >= _DAY),
    Role.active,
    Role.company_id == bindparam("company"),
)
GRANTS = (
    asked(Grant.resource, Grant.verb, type_coerce(Grant.scope, String), None, None, None, Role.id, Role.preset)
    .join(Role, Role.id == Grant.role_id)
    .join(EmployeeRole, EmployeeRole.role_id == Role.id)
    .where(*_HELD)
)
FIELD_GRANTS = (
    asked(
        *(FieldGrant.resource, FieldGrant.table_name, None, None, None, None),
        *(Role.id, Role.preset, FieldGrant.field, FieldGrant.access),
    )
    .join(Role, Role.id == FieldGrant.role_id)
    .join(EmployeeRole, EmployeeRole.role_id == Role.id)
    .where(*_HELD)
)
CASES = (
    asked(CaseReader.table_name, literal(""), None, None, has_power(bindparam("employee", type_=Identity), _DAY))
    .where(CaseReader.employee_id == bindparam("employee"), CaseReader.company_id == bindparam("company"))
    .where(or_(CaseReader.from_on.is_(None), CaseReader.from_on <= _DAY), or_(CaseReader.until_on.is_(None), CaseReader.until_on >= _DAY))
    .distinct()
)
"""Tables of which cases have opened single records, with an empty verb, and whether the account is kept from business records (R-370)."""
_LEADING = select(DepartmentLeader.department_id).where(
    DepartmentLeader.employee_id == bindparam("employee"), DepartmentLeader.duty == Duty.IN_CHARGE
)
_OWN, _CHARGED = DepartmentPath.ancestor_id == bindparam("department"), DepartmentPath.ancestor_id.in_(_LEADING)
DEPARTMENTS = asked(None, None, None, DepartmentPath.descendant_id, _OWN, _CHARGED).where(
    DepartmentPath.company_id == bindparam("company"), or_(_OWN, _CHARGED)
)


def memberships(session: Session, user_id: int) -> tuple[Membership, ...]:
    """Companies that the user works in today, by name; none for a closed account or a leaver (R-452)."""
    return tuple(Membership(*row) for row in session.execute(_MEMBERSHIPS, {"user": user_id, "day": today()}))


def asking(membership: Membership) -> dict[str, Any]:
    """Whom and for which day :data:`GRANTS`, :data:`FIELD_GRANTS`, :data:`CASES` and :data:`DEPARTMENTS` are asked."""
    who = {"employee": membership.employee_id, "department": membership.department_id, "company": membership.company_id}
    return {**who, "day": today()}


def actor_in(user_id: int, membership: Membership, grants: Sequence[Any], fields: Iterable[Any], departments: Sequence[Any]) -> Actor:
    """The employee of ``membership`` with the rights that these rows give; modules are added by the switchboard."""
    return Actor(
        user_id=user_id,
        employee_id=membership.employee_id,
        company_id=membership.company_id,
        company_slug=membership.slug,
        department_id=membership.department_id,
        name=membership.name,
        subtree=frozenset(number for number, own, _ in departments if own),
        in_charge=frozenset(number for number, _, charged in departments if charged),
        grants=_by_right(grants),
        field_rights=_by_field(grants, fields),
        settings_mark=membership.settings_mark,
    )


def _by_right(rows: Iterable[Any]) -> dict[tuple[str, str], frozenset[Scope]]:
    found: dict[tuple[str, str], set[Scope]] = defaultdict(set)
    for resource, verb, scope, *_ in rows:
        found[resource, verb].add(Scope(scope))
    return {right: frozenset(scopes) for right, scopes in found.items()}


def _by_field(grants: Iterable[Any], fields: Iterable[Any]) -> dict[tuple[str, str], FieldAccess]:
    """What the roles together state of single fields."""
    holders: dict[str, set[tuple[int, str | None]]] = defaultdict(set)
    for resource, _, _, _, _, _, role, preset, *_ in grants:
        holders[resource].add((role, preset))
    said = (Stated(role, resource, table, field, FieldAccess(access)) for resource, table, *_, role, _, field, access in fields)
    return joined_field_rights(holders, said)
