"""Powers that no account holds together: 三权分立 (R-370, requirements of protection level 3).

Who switches the system, who gives rights, who looks after the trail, and who sees business are four different people. It is checked
before the commit of every use case that touches roles, whatever door it came through, over all companies in which the account works.
A deployment may state in its settings that one person does it all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from core.access.models import EmployeeRole, Grant, Role
from core.kernel.acting import Actor, System, acting, acting_as
from core.kernel.choices import Choice
from core.kernel.errors import Conflict, Forbidden
from core.kernel.words import msg
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
    ("core.role", "create"): Power.GRANT,
    ("core.role", "update"): Power.GRANT,
    ("core.employee", "create"): Power.GRANT,
    ("core.employee", "update"): Power.GRANT,
    ("core.audit", "read"): Power.AUDIT,
}
"""Rights of the house that are a power; the others (the organisation, working days) go with any. Every right of a plugin is business."""

_separate: list[bool] = [True]


def separate_powers(separate: bool) -> None:
    """Whether powers are kept apart in this deployment; the application says so once at start."""
    _separate[:] = [separate]


def power_of(resource: str, verb: str) -> Power | None:
    """The power that a right is part of, if any."""
    if resource == "core.privacy" or not resource.startswith("core."):
        return Power.BUSINESS
    return POWERS.get((resource, verb))


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
