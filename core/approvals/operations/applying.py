"""Access of other departments: applied for, approved, granted for a time, revoked (R-055, R-298, R-345)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for, open_for_writing
from core.access.models import EmployeeRole
from core.access.people import holders
from core.access.separation import check_not_oneself
from core.approvals.models import AccessApplication, ApplicationState
from core.approvals.operations.submitting import submit, use_approval
from core.approvals.staff import is_present
from core.audit.trail import name_action
from core.database.answers import needed_reason
from core.database.changes import make_record
from core.extension.approving import ApprovalKind, Asked, Step, Who
from core.kernel.acting import actor
from core.kernel.clock import now, today
from core.kernel.errors import BadInput, Conflict
from core.kernel.words import msg
from core.organisation.models import Department, DepartmentPath, Employee
from core.organisation.parameters import parameter
from core.work.notices import notify

GRANT = "grant"
NONE = "-"

PAGE = "/access-applications/"
"""Where notices of applications lead."""


def apply_for_access(session: Session, values: Mapping[str, Any]) -> AccessApplication:
    """Apply for somebody (``name``) of a department to work with ``role`` ``until`` a day; everybody may apply.

    It is in approval at once. Raises :class:`BadInput`, and what submitting raises.
    """
    application: AccessApplication = make_record(AccessApplication, values)
    if application.until < today():
        raise BadInput(fields={"until": msg("This day has passed. Please choose a later one.")})
    application.applicant_id = actor().employee_id
    session.add(application)
    session.flush()
    submit(session, ACCESS, application)
    return application


def grant_access(session: Session, record_id: int, version: int | None, *, employee: int) -> AccessApplication:
    """Give the person, who has an account by now, the role that was approved, until the day that was approved.

    A role that the person holds for good, or longer, stays as it is. Raises :class:`Conflict` unless it has just been approved,
    :class:`BadInput` for somebody else than whom it names, :class:`Forbidden` for oneself.
    """
    application = _application(session, record_id, version, ApplicationState.APPROVED)
    use_approval(session, ACCESS.name, application)
    person = session.get(Employee, employee)
    if person is None or not is_present(person) or person.name != application.name:
        raise BadInput(fields={"employee": msg("The application is for %(name)s. Please choose that person.", name=application.name)})
    check_not_oneself(person)
    name_action(session, application, "grant_access")
    application.state, application.employee_id = ApplicationState.GRANTED, person.id
    application.granted_by_id, application.granted_at = actor().employee_id, now()
    _give(session, application, person)
    notify(session, application.applicant_id, msg("Access for %(name)s has been granted.", name=application.name), PAGE)
    return application


def revoke_access(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> AccessApplication:
    """Take back what was granted, at once; effective at the person's next request.

    What the person has beside it stays: the role for good, or until the day of another application.
    """
    application = _application(session, record_id, version, ApplicationState.GRANTED)
    name_action(session, application, "revoke_access")
    application.state, application.state_reason = ApplicationState.REVOKED, needed_reason(reason)
    application.revoked_by_id, application.revoked_at = actor().employee_id, now()
    session.flush()
    _take_back(session, application)
    return application


def check_application(session: Session, name: str, department_id: int, employee_id: int | None = None) -> None:
    """Nobody of the departments of the parameter ``core.application_departments`` works in here without an approved application (R-345).

    Somebody who works here already and moves there may also have one that was granted and still holds. Raises :class:`BadInput`.
    """
    codes = [code.strip() for code in str(parameter(session, "core.application_departments")).replace("，", ",").split(",")]
    if codes == [NONE]:
        return
    below = select(DepartmentPath.descendant_id).join(Department, Department.id == DepartmentPath.ancestor_id)
    if department_id not in session.scalars(below.where(Department.code.in_(codes))).all():
        return
    approved = (AccessApplication.name == name) & (AccessApplication.state == ApplicationState.APPROVED)
    granted = (AccessApplication.employee_id == employee_id) & (AccessApplication.state == ApplicationState.GRANTED)
    holds = approved if employee_id is None else or_(approved, granted & (AccessApplication.until >= today()))
    with as_system(session, "whether somebody has applied for access"):
        found = session.scalars(select(AccessApplication.id).where(holds)).first()
    if found is None:
        said = msg("People of this department get an account only on an approved access application. Please apply first.")
        raise BadInput(fields={"department": said})


def _application(session: Session, record_id: int, version: int | None, state: ApplicationState) -> AccessApplication:
    found: AccessApplication = get_for(session, AccessApplication, GRANT, record_id, version)
    if found.state is not state:
        raise Conflict(msg("Not possible while the state is “%(state)s”.", state=found.state.label))
    return found


def _give(session: Session, application: AccessApplication, person: Employee) -> None:
    """What the person holds for good or longer stays as it is."""
    link = _link(session, application)
    if link is None:
        link = EmployeeRole(company_id=application.company_id, employee_id=person.id, role_id=application.role_id, until=application.until)
        session.add(link)
    elif link.until is not None and link.until < application.until:
        link.until = application.until
    open_for_writing(session, link)
    session.flush()


def _take_back(session: Session, application: AccessApplication) -> None:
    """Only applications give a role until a day: one without an end was given otherwise and stays, as do further applications."""
    link = _link(session, application)
    if link is None or link.until is None:
        return
    open_for_writing(session, link)
    if (until := _granted_until(session, application)) is None:
        session.delete(link)
    else:
        link.until = until
    session.flush()


def _link(session: Session, application: AccessApplication) -> EmployeeRole | None:
    same = (EmployeeRole.employee_id == application.employee_id, EmployeeRole.role_id == application.role_id)
    return session.scalars(select(EmployeeRole).where(*same)).first()


def _granted_until(session: Session, revoked: AccessApplication) -> date | None:
    """The last day on which another application that stands gives the same person the same role."""
    same = (AccessApplication.employee_id == revoked.employee_id, AccessApplication.role_id == revoked.role_id)
    stands = (AccessApplication.state == ApplicationState.GRANTED, AccessApplication.until >= today())
    with as_system(session, "whether somebody has the role by another application"):
        until: date | None = session.scalar(select(func.max(AccessApplication.until)).where(*same, *stands))
    return until


def _approved(session: Session, application: AccessApplication) -> None:
    application.state = ApplicationState.APPROVED
    session.flush()
    said = msg("Access for %(name)s is approved and waits to be granted.", name=application.name)
    for one in holders(session, "network_management"):
        notify(session, one.id, said, PAGE)


def _not_approved(session: Session, application: AccessApplication, reason: str = "") -> None:
    application.state, application.state_reason = ApplicationState.RETURNED, reason or None
    session.flush()


ACCESS = ApprovalKind(
    "core.access",
    msg("Access of other departments"),
    "core.access_application",
    AccessApplication,
    chain=(
        Step(msg("Review by marketing management"), (Asked(Who.ROLE, role="marketing_management"),)),
        Step(msg("Approval by the company leader"), (Asked(Who.ROLE, role="company_leader"),)),
    ),
    right="read",
    authors=lambda application: (application.applicant_id,),
    on_approved=_approved,
    on_returned=_not_approved,
    on_rejected=_not_approved,
    on_withdrawn=_not_approved,
    by_hand=False,
    by_anybody=True,
    source="R-298",
)
"""Market management, then the company leader; network management grants afterwards."""
