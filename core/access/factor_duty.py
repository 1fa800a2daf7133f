"""Whose account needs a second factor: as each company says, by what the roles give (protection level 3: those with special powers).

Looked at when somebody signs in, so that no page asks for it: days of grace begin at the first sign-in, after them nothing else opens.
Demo accounts, whose password is no secret, are never held up.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.access.identities import account_of
from core.access.models import EmployeeRole, Grant, Role
from core.access.people import still_held
from core.access.separation import APART, POWERS
from core.database.fields import Field
from core.database.sessions import Database
from core.extension.exchange import ParameterSpec
from core.extension.rights import EXPORT
from core.kernel.acting import System, acting_as
from core.kernel.choices import Choice
from core.kernel.clock import today
from core.kernel.words import msg
from core.organisation.models import Company, Employee
from core.organisation.parameters import parameter

NEEDED_BY, GRACE = "core.second_factor_for", "core.second_factor_grace_days"


class NeededBy(Choice):
    """Who has to set up two-step verification."""

    NOBODY = "nobody", msg("Nobody: everybody may")
    ADMINISTRATORS = "administrators", msg("Administrators")
    EXPORTERS = "exporters", msg("Administrators and whoever may export")
    EVERYBODY = "everybody", msg("Everybody")


FACTOR_PARAMETERS: tuple[ParameterSpec, ...] = (
    ParameterSpec(
        NEEDED_BY,
        msg("Who must use two-step verification"),
        Field("choice", msg("Who"), choices=NeededBy),
        NeededBy.ADMINISTRATORS,
        msg("Administrators are those who switch modules or set parameters, give rights, or look after the audit trail."),
        source="R-440",
    ),
    ParameterSpec(
        GRACE,
        msg("Days to set up two-step verification"),
        Field("integer", msg("Days")),
        14,
        msg("Counted from the first sign-in of whoever needs it. After that, only the page on which it is set up opens."),
        source="R-440",
        unit=msg("days"),
        least=0,
        most=90,
    ),
)


def look_at_duty(database: Database, user_id: int) -> None:
    """Note at a sign-in whether the account needs a second factor that it has not, since when, and whether the days of grace are over."""
    with acting_as(System("sign-in")), database.transaction() as session:
        account = account_of(session, user_id)
        grace = None if account.second_factor or account.demo else days_of_grace(session, user_id)
        asked_on = account.factor_asked_on or today() if grace is not None else account.factor_asked_on if account.second_factor else None
        due = grace is not None and asked_on is not None and asked_on + timedelta(days=grace) <= today()
        if (account.factor_asked_on, account.factor_due) != (asked_on, due):
            account.factor_asked_on, account.factor_due = asked_on, due


def days_of_grace(session: Session, user_id: int) -> int | None:
    """Within how many days the account has to set up a second factor; None where no company of it asks for one. As the system."""
    working = select(Employee.company_id, Employee.id).join(Company, Company.id == Employee.company_id)
    found = session.execute(working.where(Employee.user_id == user_id, or_(Employee.left_on.is_(None), Employee.left_on > today()))).all()
    days = []
    for company_id, employee_id in found:
        with acting_as(System("sign-in", company_id)):
            if _needs(session, employee_id, parameter(session, NEEDED_BY)):
                days.append(parameter(session, GRACE))
    return min(days, default=None)


def _needs(session: Session, employee_id: int, who: NeededBy) -> bool:
    if who in (NeededBy.NOBODY, NeededBy.EVERYBODY):
        return who is NeededBy.EVERYBODY
    held = (
        select(Grant.resource, Grant.verb)
        .join(Role, Role.id == Grant.role_id)
        .join(EmployeeRole, EmployeeRole.role_id == Role.id)
        .where(EmployeeRole.employee_id == employee_id, Role.active, still_held())
    )
    rights: Collection[tuple[str, str]] = [(resource, verb) for resource, verb in session.execute(held)]
    administers = any(POWERS.get(right) in APART for right in rights)
    return administers or (who is NeededBy.EXPORTERS and any(verb == EXPORT for _, verb in rights))
