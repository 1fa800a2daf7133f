"""Accounts as the person at the terminal keeps them; the pages of the security administrator do the same within one company."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.administration import hand_over_everything, let_go, take_on, unlock, what_moves
from core.access.identities import account_of, add_user, set_password
from core.access.models import Account, EmployeeRole, Role
from core.access.roles import give_role
from core.access.second_factor import end_factor, reset_factor
from core.access.web_sessions import end_sessions_of
from core.audit.trail import record_event
from core.kernel.acting import System, acting_as
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import msg
from core.operations.companies import preset_roles
from core.organisation.models import Company, Department, Employee


@dataclass(frozen=True)
class NewAccount:
    """Who is to sign in and, unless it is an administrator of the platform, where the person works with which preset roles."""

    account: str
    name: str
    slug: str | None = None
    department: str = "hq"
    number: str | None = None
    position: str = ""
    roles: tuple[str, ...] = ()
    platform: bool = False


def add(session: Session, new: NewAccount, password: str, method: str) -> User:
    """Create the account and its membership.

    Raises :class:`BadInput` for a name that is taken, a weak password, an unknown role, or an account that would open nothing;
    :class:`NotFound` for an unknown company or department.
    """
    if session.scalar(select(User.id).where(User.username == new.account)):
        raise BadInput(msg("The account %(account)s is taken. Please choose another.", account=new.account))
    if not new.platform and not new.slug:
        raise BadInput(msg("Please name the company that employs the person, or add an administrator of the platform."))
    user = add_user(session, new.account, new.name, "", platform=new.platform)
    set_password(session, user, password, method)
    record_event(session, "account_added", new.account, platform=new.platform)
    if new.slug:
        _employ(session, user, new)
    return user


def set_new_password(session: Session, account: str, password: str, method: str) -> None:
    """Replace the password and end every session, token and key; raises :class:`BadInput` for a weak one."""
    user = called(session, account)
    set_password(session, user, password, method)
    end_sessions_of(session, user.id)
    record_event(session, "password_set", account)


def close(session: Session, account: str) -> None:
    """No sign-in from now on; what is signed in ends (R-452)."""
    user = called(session, account)
    user.active = False
    account_of(session, user.id).epoch += 1
    end_factor(session, user.id)
    end_sessions_of(session, user.id)
    record_event(session, "account_closed", account)


def leave(session: Session, company: Company, account: str, successor: str | None = None) -> int:
    """The person leaves the company today; everything owned goes to ``successor``, another user name, if one is named (R-165, R-452).

    Returns how many records moved. Raises :class:`NotFound` for somebody who is no employee of the company.
    """
    with acting_as(System("terminal", company.id)):
        leaver = _employee_called(session, company, account)
        moved = 0
        if successor:
            taker = _employee_called(session, company, successor)
            if what_moves(session, leaver.id):
                moved = hand_over_everything(session, leaver.id, None, taker=taker.id).records
        let_go(session, leaver.id)
    return moved


def reopen(session: Session, account: str) -> None:
    """The account may sign in again; what was signed in before stays ended."""
    called(session, account).active = True
    record_event(session, "account_opened", account)


def let_sign_in_again(session: Session, account: str) -> None:
    """Forget the wrong passwords that have locked the account; raises :class:`Conflict` when there are none."""
    unlock(session, called(session, account))


def reset_second_factor(session: Session, account: str) -> None:
    """Take the second factor off, for the last administrator who has lost phone and codes; the person is told wherever he or she works.

    Raises :class:`Conflict` when there is none.
    """
    reset_factor(session, called(session, account))


def called(session: Session, account: str) -> User:
    """The user of that name; :class:`NotFound` names it."""
    user = session.scalar(select(User).where(User.username == account))
    if user is None:
        raise NotFound(msg("There is no account called %(account)s. See: python app.py user list", account=account))
    return user


def _employee_called(session: Session, company: Company, account: str) -> Employee:
    found: Employee | None = session.scalar(
        select(Employee).where(Employee.user_id == called(session, account).id, Employee.company_id == company.id)
    )
    if found is None:
        raise NotFound(msg("%(account)s is no employee of the company.", account=account))
    return found


def listed(session: Session, slug: str | None = None) -> list[dict[str, Any]]:
    """One row per membership, and one per account without any; only those of the company ``slug`` when given."""
    roles = _role_names(session)
    statement = (
        select(User, Account, Employee, Company, Department)
        .join(Account, Account.user_id == User.id)
        .outerjoin(Employee, Employee.user_id == User.id)
        .outerjoin(Company, Company.id == Employee.company_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .order_by(Company.slug, User.username)
    )
    if slug is not None:
        statement = statement.where(Company.slug == slug)
    return [
        {
            "account": user.username,
            "name": employee.name if employee else user.first_name,
            "company": company.slug if company else "",
            "department": department.name if department else "",
            "roles": ", ".join(roles[employee.id]) if employee else "",
            "open": bool(user.active),
            "demo": account.demo,
            "platform": account.platform_administrator,
        }
        for user, account, employee, company, department in session.execute(statement)
    ]


def _role_names(session: Session) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    statement = select(EmployeeRole.employee_id, Role.name).join(Role, Role.id == EmployeeRole.role_id).order_by(Role.id)
    for employee_id, name in session.execute(statement):
        found[employee_id].append(str(name))
    return found


def _employ(session: Session, user: User, new: NewAccount) -> None:
    company = session.scalar(select(Company).where(Company.slug == new.slug))
    if company is None:
        raise NotFound(msg("There is no company with the short name %(slug)s. See: python app.py company list", slug=new.slug))
    department = session.scalar(select(Department).where(Department.company_id == company.id, Department.code == new.department))
    if department is None:
        raise NotFound(msg("The company has no department with the code %(code)s.", code=new.department))
    roles = preset_roles(session, company.id)
    if unknown := [key for key in new.roles if key not in roles]:
        raise BadInput(msg("There is no role %(role)s. The roles are: %(roles)s", role=unknown[0], roles=", ".join(sorted(roles))))
    count = session.scalar(select(func.count()).select_from(Employee).where(Employee.company_id == company.id)) or 0
    number = new.number or f"{count + 1:03d}"
    columns = {"number": number, "name": new.name, "position": new.position or None, "department_id": department.id}
    with acting_as(System("terminal", company.id)):
        employee = take_on(session, columns, lambda: user)
        for key in new.roles:
            give_role(session, employee, roles[key])
