"""Powers that no account holds together: 三权分立 (R-370, requirements of protection level 3).

Who switches the system, who gives rights, who looks after the trail, and who sees business are four different people. It is checked
before the commit of every use case that touches roles, whatever door it came through, over all companies in which the account works.
An approval does not get round it: whoever has one of the first three powers is asked about no business record (R-053).
A deployment may state in its settings that one person does it all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, event, exists, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from core.access.models import EmployeeRole, Grant, Role
from core.kernel.acting import Actor, System, acting, acting_as, company_id
from core.kernel.choices import Choice
from core.kernel.clock import today
from core.kernel.errors import Conflict, Forbidden
from core.kernel.words import Message, msg
from core.organisation.models import Employee


class Power(Choice):
    """What must not come together in one account."""

    SYSTEM = "system", msg("switching modules and setting parameters")
    GRANT = "grant", msg("giving roles and rights")
    AUDIT = "audit", msg("looking after the audit trail")
    BUSINESS = "business", msg("seeing business records")


POWERS: Mapping[tuple[str, str], Power] = {
    ("core.module", "update"): Power.SYSTEM,
    ("core.parameter", "update"): Power.SYSTEM,
    ("core.department", "update"): Power.SYSTEM,  # who is in charge of what decides how far the rights of a leader reach
    ("core.backup", "ask"): Power.SYSTEM,
    ("core.role", "create"): Power.GRANT,
    ("core.role", "update"): Power.GRANT,
    ("core.employee", "create"): Power.GRANT,
    ("core.employee", "update"): Power.GRANT,
    ("core.employee", "import"): Power.GRANT,
    ("core.access_application", "grant"): Power.GRANT,
    ("core.approval_chain", "update"): Power.GRANT,
    ("core.audit", "read"): Power.AUDIT,
}
"""Rights of the house that are a power, beside those on personal information, which are business as every right of a plugin is."""

HARMLESS: Mapping[tuple[str, str], str] = {
    ("core.department", "read"): "Everybody knows the tree of departments.",
    ("core.department", "create"): "A new department is empty and leads to nobody's records.",
    ("core.employee", "read"): "Everybody knows the names of colleagues.",
    (
        "core.employee",
        "hand_over",
    ): "Moves records to a colleague, who sees them by the colleague's own roles alone; heads do it for their people.",
    ("core.role", "read"): "Looking at rights gives none.",
    ("core.module", "read"): "Looking at modules switches none.",
    ("core.parameter", "read"): "Looking at parameters sets none.",
    ("core.code_list", "read"): "Words that forms offer.",
    ("core.list_view", "usual"): "Which filters a list opens with; nobody sees more by them.",
    ("core.code_list", "update"): "Words that forms offer; no record and no right hangs on them.",
    ("core.calendar", "read"): "Working days are known to everybody.",
    ("core.calendar", "update"): "Moves due days, opens nothing.",
    ("core.job", "read"): "Names of jobs and how they went.",
    ("core.imports", "read"): "Who brought in which file, and how many rows.",
    ("core.exports", "read"): "Who took out what, not what was in it.",
    ("core.exports", "approve"): "Leaders decide about what others take out; it gives them nothing.",
    ("core.exports", "watch"): "Numbers of records that somebody has read, not the records.",
    ("core.backup", "read"): "When backups were made, not what is in them.",
    ("core.approval", "read"): "Who decided what; the documents stay closed.",
    ("core.approval_chain", "read"): "Looking at chains changes none.",
    ("core.access_application", "read"): "Who applied for whom; granting is another right.",
}
"""The other rights of the house, which go with any power, and why."""

APART = (Power.SYSTEM, Power.GRANT, Power.AUDIT)
"""Powers whose holders see no business records."""

_separate: list[bool] = [True]


def separate_powers(separate: bool) -> None:
    """Whether powers are kept apart in this deployment; the application says so once at start."""
    _separate[:] = [separate]


def powers_are_separate() -> bool:
    """What :func:`separate_powers` was told."""
    return _separate[0]


def power_of(resource: str, verb: str) -> Power | None:
    """The power that a right is part of, if any."""
    return Power.BUSINESS if is_business(resource) else POWERS.get((resource, verb))


def is_business(resource: str) -> bool:
    """Whether records of ``resource`` are business: those of plugins and personal information, not the papers of the house itself."""
    return resource == "core.privacy" or not resource.startswith("core.")


def is_business_table(table: str) -> bool:
    """The same for the records of a table, of which only those that approvals are about are asked for: a plugin's carries its name."""
    return not table.startswith("core_")


def powers_apart(session: Session) -> dict[int, Power]:
    """Employees of the company of whoever acts whose account is kept from business records today, and the power for which it is.

    The power counts in whichever company the account has it. Nobody where the deployment does not separate.
    """
    if not powers_are_separate():
        return {}
    company = company_id()
    with acting_as(System("separation of powers")):  # reviewed: an account may have a power in another company
        here = aliased(Employee)
        held = select(here.id, Grant.resource, Grant.verb)
        found = session.execute(
            _with_power(held, today()).join(here, here.user_id == Employee.user_id).where(here.company_id == company)
        ).all()
    powers = ((employee_id, POWERS[resource, verb]) for employee_id, resource, verb in found)
    return dict(sorted(powers, key=lambda one: list(Power).index(one[1]), reverse=True))


def has_power(employee: BindParameter[int], day: BindParameter[date]) -> ColumnElement[bool]:
    """Whether the account of ``employee`` is kept from business records on ``day``, for the statement about who acts."""
    account = select(Employee.user_id).where(Employee.id == employee).scalar_subquery()
    return exists(_with_power(select(Grant.id), day).where(Employee.user_id == account).correlate(None))


def kept_apart(powers: Mapping[int, Power], employee: Employee) -> Message | None:
    """Why ``employee`` may not be asked about business records, as one sentence; None for everybody else."""
    power = powers.get(employee.id)
    if power is None:
        return None
    return msg("%(name)s sees no business records, because this account is for %(power)s.", name=employee.name, power=power.label)


def power_of_role(session: Session, role_id: int) -> Power | None:
    """The power for which holders of a role are kept from business records, if it gives one and powers are separate."""
    rights = session.execute(select(Grant.resource, Grant.verb).where(Grant.role_id == role_id)).all() if powers_are_separate() else ()
    powers = {POWERS.get((resource, verb)) for resource, verb in rights}
    return next((power for power in APART if power in powers), None)


def _with_power(held: Any, day: Any) -> Any:
    """``held`` of those who work somewhere on ``day`` with a role that gives a power other than business."""
    return (
        held.select_from(Employee)
        .join(EmployeeRole, EmployeeRole.employee_id == Employee.id)
        .join(Role, Role.id == EmployeeRole.role_id)
        .join(Grant, Grant.role_id == Role.id)
        .where(
            tuple_(Grant.resource, Grant.verb).in_(sorted(POWERS)),
            Role.active,
            or_(EmployeeRole.until.is_(None), EmployeeRole.until >= day),
            or_(Employee.left_on.is_(None), Employee.left_on > day),
        )
    )


def install_separation(session_class: Any) -> None:
    """Check every use case of ``session_class`` that touches roles before it is committed."""
    event.listen(session_class, "after_flush", _remember)
    event.listen(session_class, "before_commit", _check)


def check_not_own_role(session: Session, role: Role) -> None:
    """Nobody gives rights to oneself: raises :class:`Forbidden` for a role that the person who acts has."""
    who = acting()
    if isinstance(who, Actor):
        mine = select(EmployeeRole.id).where(EmployeeRole.role_id == role.id, EmployeeRole.employee_id == who.employee_id)
        if session.scalar(mine) is not None:
            raise Forbidden(msg("You have the role “%(name)s” yourself. Another security administrator must change it.", name=role.name))


def check_not_oneself(employee: Employee) -> None:
    """Nobody gives roles to oneself: raises :class:`Forbidden` when the person who acts is the employee, here or in another company."""
    who = acting()
    if isinstance(who, Actor) and who.user_id == employee.user_id:
        raise Forbidden(msg("You cannot give roles to yourself. Another security administrator must do this."))


def _remember(session: Session, _context: Any) -> None:
    """Roles and employees whose powers may have grown in this flush."""
    touched = session.info.setdefault("powers", {"roles": set(), "employees": set()})
    for record in (*session.new, *session.dirty):
        if isinstance(record, Grant):
            touched["roles"].add(record.role_id)
        elif isinstance(record, Role):
            touched["roles"].add(record.id)
        elif isinstance(record, EmployeeRole):
            touched["employees"].add(record.employee_id)


def _check(session: Session) -> None:
    session.flush()
    touched = session.info.pop("powers", None)
    if touched is None or not _separate[0] or not (touched["roles"] or touched["employees"]):
        return
    with acting_as(System("separation of powers")):  # reviewed: an account may work in several companies
        for account, powers in _powers(session, touched["roles"], touched["employees"]).items():
            if len(powers) > 1:
                raise _together(session, account, powers)


def _powers(session: Session, roles: Collection[int], employees: Collection[int]) -> Mapping[int, set[Power]]:
    """Powers by account, of those accounts that are touched."""
    concerned = select(EmployeeRole.employee_id).where(EmployeeRole.role_id.in_(roles) | EmployeeRole.employee_id.in_(employees))
    accounts = select(Employee.user_id).where(Employee.id.in_(concerned))
    held = (
        select(Employee.user_id, Grant.resource, Grant.verb)
        .join(EmployeeRole, EmployeeRole.employee_id == Employee.id)
        .join(Role, Role.id == EmployeeRole.role_id)
        .join(Grant, Grant.role_id == Role.id)
        .where(Employee.user_id.in_(accounts), Role.active)
        .distinct()
    )
    found: dict[int, set[Power]] = defaultdict(set)
    for account, resource, verb in session.execute(held):
        if power := power_of(resource, verb):
            found[account].add(power)
    return found


def _together(session: Session, account: int, powers: Collection[Power]) -> Conflict:
    name = session.scalar(select(Employee.name).where(Employee.user_id == account).order_by(Employee.id))
    one, other = sorted(powers, key=list(Power).index)[:2]
    return Conflict(
        msg("%(name)s would have both %(one)s and %(other)s. These belong to two people.", name=name, one=one.label, other=other.label)
    )
