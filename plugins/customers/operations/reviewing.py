"""Review of new customers by the head of department, and where a customer stands (R-151, R-340, R-168)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.access.guard import get_for, handing_over
from core.access.people import employee_within
from core.audit.trail import name_action
from core.database.answers import clean_reason, needed_reason
from core.kernel.acting import employee_id
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.work.notices import notify
from plugins.customers.errors import OwnReview
from plugins.customers.models import Customer
from plugins.customers.rules import CUSTOMER_CYCLE, REVIEW_CYCLE


def review_customer(
    session: Session, record_id: int, version: int | None, *, approve: bool = True, owner: int | None = None, reason: str | None = None
) -> Customer:
    """Approve a new customer and name the salesperson who follows it (``owner``, an employee's id), or return it with a reason.

    Raises :class:`OwnReview` when the reviewer entered it, :class:`BadInput` when owner or reason is missing or the owner works
    outside the reviewer's departments, :class:`IllegalTransition` when it does not wait for review.
    """
    customer: Customer = get_for(session, Customer, "review", record_id, version)
    if customer.entered_by_id is not None and customer.entered_by_id == employee_id():
        raise OwnReview
    verb = "approve" if approve else "return"
    name_action(session, customer, verb)
    customer.review = REVIEW_CYCLE.move(customer.review, verb)
    customer.review_note = clean_reason(reason) if approve else needed_reason(reason)
    if approve:
        _approve(session, customer, owner)
    else:
        _tell(
            session, customer, customer.owner_id, msg("Your customer %(name)s was returned: %(reason)s", name=customer.name, reason=reason)
        )
    session.flush()
    return customer


def submit_customer(session: Session, record_id: int, version: int | None) -> Customer:
    """Hand a returned customer in for review again."""
    customer: Customer = get_for(session, Customer, "update", record_id, version)
    name_action(session, customer, "submit")
    customer.review = REVIEW_CYCLE.move(customer.review, "submit")
    session.flush()
    return customer


def suspend_customer(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> Customer:
    """Let the customer rest, for a stated reason."""
    return _move(session, record_id, version, "suspend", needed_reason(reason))


def resume_customer(session: Session, record_id: int, version: int | None) -> Customer:
    """Take a suspended customer up again."""
    return _move(session, record_id, version, "resume", None)


def _approve(session: Session, customer: Customer, owner: int | None) -> None:
    if owner is None:
        raise BadInput(fields={"owner": msg("Please name the salesperson who follows this customer.")})
    employee = employee_within(session, owner, Customer.__resource__, "review", "owner")
    customer.state = CUSTOMER_CYCLE.move(customer.state, "approve")
    with handing_over(session):
        customer.owner_id, customer.department_id = employee.id, employee.department_id
    _tell(session, customer, employee.id, msg("You follow the customer %(name)s from now on.", name=customer.name))


def _move(session: Session, record_id: int, version: int | None, verb: str, reason: str | None) -> Customer:
    customer: Customer = get_for(session, Customer, "update", record_id, version)
    name_action(session, customer, verb)
    customer.state = CUSTOMER_CYCLE.move(customer.state, verb)
    customer.state_reason = reason
    session.flush()
    return customer


def _tell(session: Session, customer: Customer, receiver: int, message: Message) -> None:
    if receiver != employee_id():
        notify(session, receiver, message, f"/customers/{customer.id}")
