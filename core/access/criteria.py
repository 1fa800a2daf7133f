"""The rows of each class that the person who acts may see, as ready SQL expressions (design 3.2).

Never as callables: SQLAlchemy caches a callable's result, and the next person would get the first one's rows.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, String, bindparam, exists, false, inspect, or_, select, true
from sqlalchemy.orm import Mapper, aliased

from core.access.models import CaseReader, EmployeeRole, Role, Share, ShareMode
from core.database.records import Record
from core.database.types import Identity, Moment
from core.kernel.acting import Acting, Actor, Scope, System
from core.kernel.clock import now, today
from core.organisation.models import DepartmentPath


class Given(BindParameter[Any]):
    """A value of the person who acts. At every execution SQLAlchemy looks its parameters up in dictionaries, next to their annotated copies
    of the same hash, and their own ``==`` would build an expression each time: a twentieth of a page."""

    inherit_cache = True

    def __init__(self, value: Any, *, expanding: bool = False) -> None:
        super().__init__(None, value, type_=String() if isinstance(value, str) else Identity, unique=True, expanding=expanding)

    def __eq__(self, other: object) -> bool:  # type: ignore[override]  # on purpose no expression
        return hash(self) == hash(other)

    __hash__ = BindParameter.__hash__


def visible(model: type[Record], who: Acting, verb: str = "read", entity: Any = None) -> ColumnElement[bool]:
    """Which rows of ``model`` ``who`` may see with ``verb``; nobody sees none."""
    target = entity if entity is not None else model
    if model.__scope__ == "global":
        return true()
    if isinstance(who, System):
        return true() if who.company_id is None else target.company_id == Given(who.company_id)
    if who is None:
        return false()
    seen = _to_employee(model, target, who, verb)
    return or_(seen, _through_case(model, target, who)) if verb == "read" and model.__tablename__ in who.cases else seen


def bool_and(expression: Any) -> ColumnElement[bool]:
    """Give an expression its type back."""
    return expression  # type: ignore[no-any-return]


def parent_of(model: type[Record]) -> type[Record]:
    """The class that the child class ``model`` belongs to."""
    mapper: Mapper[Any] = model.__mapper__
    return mapper.relationships[model.__parent__].mapper.class_


def _to_employee(model: type[Record], target: Any, who: Actor, verb: str) -> ColumnElement[bool]:
    if model.__sealed__:
        return false()
    if model.__private_to__:
        return _private(model, target, who, verb)
    if model.__scope__ == "company":
        barred = verb != "read" and model.__resource__ and not who.may(model.__resource__, verb)
        return false() if barred else bool_and(target.company_id == Given(who.company_id))
    if model.__scope__ == "child":
        return _by_parent(model, target, who, verb)
    return _by_owner(model.__resource__, target, who, who.scopes(model.__resource__, verb), writing=not is_reading(verb))


def _through_case(model: type[Record], target: Any, who: Actor) -> ColumnElement[bool]:
    """Exactly the records that a case has opened to this person, whatever the roles say."""
    table = CaseReader.__table__.c
    day = bindparam("case_day", callable_=today, type_=Date, unique=True)  # asked at execution
    mine = (
        (table.company_id == Given(who.company_id))
        & (table.employee_id == Given(who.employee_id))
        & (table.table_name == Given(model.__tablename__))
    )
    live = or_(table.from_on.is_(None), table.from_on <= day) & or_(table.until_on.is_(None), table.until_on >= day)
    found = select(table.record_id).where(mine, live).execution_options(keguan_reviewed=True)  # reviewed: it names the person who acts
    return bool_and((target.company_id == Given(who.company_id)) & target.id.in_(found))


def _private(model: type[Record], target: Any, who: Actor, verb: str) -> ColumnElement[bool]:
    """Only what names this employee or is shared with a circle of theirs; all of the company for whoever was given the right on it."""
    inside = target.company_id == Given(who.company_id)
    if model.__resource__ and who.may(model.__resource__, verb):
        return bool_and(inside)
    if model.__resource__ and verb != "read":
        return false()
    mine = getattr(target, model.__private_to__) == Given(who.employee_id)
    if model.__shared_by__ and verb == "read":
        mine = or_(mine, *_in_circle(model, target, who))
    return bool_and(inside & mine)


def _in_circle(model: type[Record], target: Any, who: Actor) -> list[ColumnElement[bool]]:
    """Rows that their author shares with a department (all below it included, and whoever is in charge of it) or with a role."""
    department, role = (getattr(target, name) for name in model.__shared_by__)
    paths, held, roles = DepartmentPath.__table__.c, EmployeeRole.__table__.c, Role.__table__.c
    day = bindparam("role_day", callable_=today, type_=Date, unique=True)  # asked at execution
    above = select(paths.ancestor_id).where(paths.company_id == Given(who.company_id), paths.descendant_id == Given(who.department_id))
    mine = (
        (held.company_id == Given(who.company_id))
        & (held.employee_id == Given(who.employee_id))
        & or_(held.until.is_(None), held.until >= day)
    )
    own = select(held.role_id).join_from(EmployeeRole.__table__, Role.__table__, roles.id == held.role_id).where(mine, roles.active)
    reviewed = {"keguan_reviewed": True}  # reviewed: both name the person who acts
    return [
        department.in_(above.execution_options(**reviewed)),
        department.in_(Given(sorted(who.in_charge), expanding=True)),
        role.in_(own.execution_options(**reviewed)),
    ]


def _by_parent(model: type[Record], target: Any, who: Actor, verb: str) -> ColumnElement[bool]:
    """Through the parent, which must itself be readable; a child with rights of its own needs those as well."""
    parent = parent_of(model)
    alias = aliased(parent)
    allowed = visible(parent, who, "read" if model.__resource__ else verb, alias)
    if model.__resource__ and not (who.may(model.__resource__, verb)):
        return false()
    if model.__resource__ and parent.__scope__ == "owned":
        allowed = allowed & reach(model, alias, who, verb)
    key = getattr(target, f"{model.__parent__}_id")
    # Not IN: with many parents in reach it would list all of them. Correlated by name, so that it can never stand alone and be always true.
    seen = select(alias.id).where(alias.id == key, allowed).correlate_except(alias)
    return bool_and((target.company_id == Given(who.company_id)) & exists(seen))


def reach(model: type[Record], parent: Any, who: Actor, verb: str) -> ColumnElement[bool]:
    """Owned records ``parent`` (a class or an alias) whose parts of the kind ``model`` the roles of ``who`` give ``verb`` on."""
    scopes = who.scopes(model.__resource__, verb)
    resource = inspect(parent).mapper.class_.__resource__
    return _by_owner(resource, parent, who, scopes, writing=not is_reading(verb))


def _by_owner(resource: str, target: Any, who: Actor, scopes: frozenset[Scope], *, writing: bool) -> ColumnElement[bool]:
    if not scopes:
        return false()
    if Scope.ALL in scopes:
        return true() if not writing else bool_and(target.company_id == Given(who.company_id))
    inside = target.company_id == Given(who.company_id)
    if Scope.COMPANY in scopes:
        return bool_and(inside)
    return bool_and(inside & or_(*_reaches(resource, target, who, scopes, writing=writing)))


def is_reading(verb: str) -> bool:
    """Whether the verb leaves the record as it is: a right over all companies, and a share to read, are enough for it."""
    return verb in ("read", "export")


def departments_within(who: Actor, scopes: frozenset[Scope]) -> frozenset[int]:
    """Departments whose records ``scopes`` open to ``who``, whoever owns them."""
    departments: frozenset[int] = frozenset()
    if Scope.DEPARTMENT in scopes:
        departments |= {who.department_id}
    if Scope.SUBTREE in scopes:
        departments |= who.subtree
    if Scope.IN_CHARGE in scopes:
        departments |= who.in_charge
    return departments


def _reaches(resource: str, target: Any, who: Actor, scopes: frozenset[Scope], *, writing: bool) -> list[ColumnElement[bool]]:
    reaches: list[Any] = [target.owner_id == Given(who.employee_id)]
    if departments := departments_within(who, scopes):
        reaches.append(target.department_id.in_(Given(sorted(departments), expanding=True)))
    if scopes - {Scope.OWN}:
        reaches.append(target.id.in_(_shared(resource, who, writing=writing)))
    return reaches


def _shared(resource: str, who: Actor, *, writing: bool) -> Any:
    table = Share.__table__.c
    modes = [ShareMode.WRITE] if writing else [ShareMode.READ, ShareMode.WRITE]
    still = or_(table.until.is_(None), table.until > bindparam("moment", callable_=now, type_=Moment, unique=True))  # asked at execution
    mine = (table.company_id == Given(who.company_id)) & (table.employee_id == Given(who.employee_id))
    found = select(table.record_id).where(mine, table.resource == Given(resource), table.mode.in_(modes), still)
    return found.execution_options(keguan_reviewed=True)  # reviewed: it names the person who acts
