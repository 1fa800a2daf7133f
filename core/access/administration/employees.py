"""Who works in the company: joining, changing place, leaving and coming back (R-050, R-452)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access.administration.reach import employee_for
from core.access.attempts import forget_attempts
from core.access.guard import authorise
from core.access.identities import account_of, add_user, set_password
from core.access.models import EmployeeRole, Role
from core.access.passwords import password_method
from core.access.people import still_held
from core.access.roles import give_role, take_role
from core.access.second_factor import end_factor, reset_factor
from core.access.web_sessions import end_sessions_of
from core.audit.trail import name_action, plain, record_event
from core.database.changes import apply_changes, clean_values
from core.kernel.acting import Actor, System, acting, acting_as, company_id
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.words import msg
from core.organisation.models import Employee

USER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,62}")

Check = Callable[[Session, str, int, int | None], None]
"""Refuses somebody of a name in a department (its id); the last is the employee's id for somebody who works here already."""

_before_employing: list[Check] = []


def check_employing_with(check: Check) -> None:
    """Let a floor above refuse people of a department; the application says so once at start."""
    if check not in _before_employing:
        _before_employing.append(check)


def employ(session: Session, values: Mapping[str, Any]) -> Employee:
    """Make a person an employee with an account: ``values`` are the fields of the employee, ``user_name`` and ``first_password``.

    The person must change the password at the first sign-in. Raises :class:`BadInput` for a user name or number that is taken, or a weak
    password.
    """
    authorise(Employee, "create")
    given = dict(values)
    user_name, password = str(given.pop("user_name", "") or "").strip(), str(given.pop("first_password", "") or "")
    clean = clean_values(Employee, {"number": next_number(session), **{k: v for k, v in given.items() if v is not None}}, partial=False)
    _check_user_name(session, user_name)
    references = {"department", "superior"}
    columns = {f"{name}_id" if name in references else name: value for name, value in clean.items()}

    def account() -> User:
        user = add_user(session, user_name, clean["name"], "")
        _set_first_password(session, user, password)
        return user

    employee = take_on(session, columns, account)
    record_event(session, "account_added", user_name, employee=employee.id)
    return employee


def take_on(session: Session, columns: Mapping[str, Any], account: Callable[[], User]) -> Employee:
    """Make somebody an employee of the company of whoever acts; page, file and terminal come through here.

    ``account`` makes the account, and is called only when nothing speaks against the person (R-345). Raises :class:`BadInput`.
    """
    _check_joining(session, columns["name"], columns["department_id"])
    employee = Employee(company_id=company_id(), user_id=account().id, **columns)
    session.add(employee)
    _store(session, employee)
    return employee


def _check_joining(session: Session, name: str, department_id: int, employee_id: int | None = None) -> None:
    for check in _before_employing:
        check(session, name, department_id, employee_id)


def change_employee(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Employee:
    """Change name, number, position, department or superior; records that the person owns stay where they are."""
    employee = employee_for(session, "update", record_id, version)
    before = employee.department_id
    with session.no_autoflush:
        apply_changes(employee, changes)
        _check_superior(session, employee)
        if employee.department_id != before:
            _check_joining(session, employee.name, employee.department_id, employee.id)
        _store(session, employee)
    return employee


def let_go(session: Session, record_id: int, version: int | None = None, *, on: date | None = None) -> Employee:
    """The person leaves on ``on``, today unless given; from that day's start nothing opens any more: no session, token or key.

    Raises :class:`Conflict` for somebody who has left already.
    """
    employee = employee_for(session, "update", record_id, version)
    if employee.left_on is not None and employee.left_on <= today():
        raise Conflict(msg("%(name)s has left already.", name=employee.name))
    name_action(session, employee, "leave")
    employee.left_on = on or today()
    session.flush()
    if employee.left_on <= today() and not _works_elsewhere(session, employee):
        close_account(session, employee.user_id)
    return employee


def take_back(session: Session, record_id: int, version: int | None = None) -> Employee:
    """The person works here again, or after all: the account is opened, what was signed in before stays ended."""
    employee = employee_for(session, "update", record_id, version)
    if employee.left_on is None:
        raise Conflict(msg("%(name)s works here.", name=employee.name))
    name_action(session, employee, "come_back")
    employee.left_on = None
    user = session.get(User, employee.user_id)
    if user is not None:
        user.active = True
    session.flush()
    return employee


def give_first_password(session: Session, record_id: int, version: int | None = None, *, first_password: str | None = None) -> Employee:
    """Set a password that the person must change at the next sign-in; every session, token and key of the account ends."""
    employee = employee_for(session, "update", record_id, version)
    if _works_elsewhere(session, employee):
        raise Conflict(
            msg("%(name)s works in another company too. Only the administrator of the platform sets this password.", name=employee.name)
        )
    user = session.get(User, employee.user_id)
    if user is None:
        raise NotFound
    _set_first_password(session, user, first_password or "")
    end_sessions_of(session, user.id)
    record_event(session, "password_set", user.username, employee=employee.id)
    return employee


def let_sign_in_again(session: Session, record_id: int, version: int | None = None) -> Employee:
    """Forget the wrong passwords that have locked the account, so that the person can sign in from any browser at once.

    Raises :class:`Conflict` when nothing is locked.
    """
    employee = employee_for(session, "update", record_id, version)
    user = session.get(User, employee.user_id)
    if user is None:
        raise NotFound
    unlock(session, user)
    return employee


def reset_second_factor(session: Session, record_id: int, version: int | None = None) -> Employee:
    """Take the second factor off a colleague who has lost phone and recovery codes; every sign-in of the account ends, and the person
    is told. Raises :class:`Conflict` when there is none, for an account that another company needs too, and for oneself.
    """
    employee = employee_for(session, "update", record_id, version)
    who, user = acting(), session.get(User, employee.user_id)
    if user is None:
        raise NotFound
    if isinstance(who, Actor) and who.user_id == user.id:
        raise Conflict(msg("You cannot reset your own. Please use the page of your account, or ask another security administrator."))
    if _works_elsewhere(session, employee):
        raise Conflict(
            msg("%(name)s works in another company too. Only the administrator of the platform resets this.", name=employee.name)
        )
    reset_factor(session, user, employee=employee.id)
    return employee


def set_roles(session: Session, record_id: int, wanted: Collection[int]) -> Employee:
    """Let the employee have exactly the roles ``wanted`` (ids); raises :class:`NotFound` for a role of nobody here."""
    authorise(Role, "update")
    employee = session.get(Employee, record_id)
    if employee is None:
        raise NotFound
    roles = {role.id: role for role in session.scalars(select(Role))}
    if set(wanted) - set(roles):
        raise NotFound
    has = set(session.scalars(select(EmployeeRole.role_id).where(EmployeeRole.employee_id == employee.id, still_held())))
    for role_id in sorted(set(wanted) - has):
        give_role(session, employee, roles[role_id])
    for role_id in sorted(has - set(wanted)):
        take_role(session, employee, roles[role_id])
    if has != set(wanted):
        names = [plain(roles[role_id].name) for role_id in sorted(wanted)]
        record_event(session, "roles_set", employee.name, employee=employee.id, roles=names)
    return employee


def unlock(session: Session, user: User) -> None:
    """The same for an account; raises :class:`Conflict` when nobody has entered a wrong password."""
    if not (forgotten := forget_attempts(session, user.username)):
        raise Conflict(msg("Nothing is locked: %(name)s can sign in.", name=user.first_name or user.username))
    record_event(session, "sign_in_unlocked", user.username, failures=forgotten)


def close_account(session: Session, user_id: int) -> None:
    """No sign-in from now on; what is signed in ends at its next request (R-452)."""
    user = session.get(User, user_id)
    if user is not None:
        user.active = False
        account_of(session, user_id).epoch += 1
        end_factor(session, user_id)
        end_sessions_of(session, user_id)
        record_event(session, "account_closed", user.username)
        session.flush()


def _works_elsewhere(session: Session, employee: Employee) -> bool:
    """Whether the account is still needed for another membership."""
    with acting_as(System("whether an account is needed elsewhere")):  # reviewed: only whether there is such a membership
        other = select(Employee.id).where(Employee.user_id == employee.user_id, Employee.id != employee.id)
        return session.scalar(other.where(or_(Employee.left_on.is_(None), Employee.left_on > today())).limit(1)) is not None


def _check_user_name(session: Session, user_name: str) -> None:
    if not USER_NAME.fullmatch(user_name):
        raise BadInput(fields={"user_name": msg("An account has 2 to 63 Latin letters, digits, dots or dashes. Please change it.")})
    if session.scalar(select(User.id).where(func.lower(User.username) == user_name.lower())):
        raise BadInput(fields={"user_name": msg("The account %(account)s is taken. Please choose another.", account=user_name)})


def _set_first_password(session: Session, user: User, password: str) -> None:
    try:
        set_password(session, user, password, password_method())
    except BadInput as error:
        raise BadInput(fields={"first_password": error.fields["new"]}) from error
    account_of(session, user.id).password_due = True
    session.flush()


def next_number(session: Session) -> str:
    """The number after the largest one that is all digits."""
    taken = [int(number) for number in session.scalars(select(Employee.number)) if number.isascii() and number.isdigit()]
    return f"{max(taken, default=0) + 1:03d}"


def _check_superior(session: Session, employee: Employee) -> None:
    """Nobody is above oneself, not even at the end of a chain."""
    seen, above = {employee.id}, employee.superior_id
    while above is not None:
        if above in seen:
            raise BadInput(
                fields={
                    "superior": msg(
                        "The chain of superiors would lead back to %(name)s. Please choose another superior.", name=employee.name
                    )
                }
            )
        seen.add(above)
        above = session.scalar(select(Employee.superior_id).where(Employee.id == above))


def _store(session: Session, employee: Employee) -> None:
    wanted = employee.number  # after a flush that failed it cannot be asked for any more
    try:
        session.flush()
    except IntegrityError as error:
        if "number" in str(error.orig):
            raise BadInput(
                fields={"number": msg("Another employee has the number “%(number)s”. Please choose another.", number=wanted)}
            ) from error
        raise
