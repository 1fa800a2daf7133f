"""Review of new customers by the head of department, and where a customer stands (R-151, R-340, R-168)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.access.guard import get_for, handing_over
from core.access.holders import who_may
from core.access.people import employee_within, heads_of
from core.approvals.models import Verdict
from core.approvals.operations import decide_on, submit_if_needed
from core.audit.trail import name_action
from core.database.answers import clean_reason, needed_reason
from core.kernel.acting import Actor, acting, employee_id
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.organisation.models import Employee
from core.work.notices import notify, notify_each
from plugins.customers.errors import OwnReview
from plugins.customers.models import Customer
from plugins.customers.rules import CUSTOMER_CYCLE, REVIEW_CYCLE

REVIEW = "customers.review"
"""The kind of approval for new customers."""


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
    REVIEW_CYCLE.move(customer.review, "approve" if approve else "return")
    if not approve:
        said = needed_reason(reason)
        if decide_on(session, REVIEW, customer, Verdict.RETURNED, opinion=said) is None:
            turn_back(session, customer, said)
        return customer
    note, follower = clean_reason(reason), _follower(session, owner)
    if decide_on(session, REVIEW, customer, Verdict.AGREED, opinion=note) is None:
        take_in(session, customer)
    customer.review_note = note
    _give_to(session, customer, follower)
    return customer


def hand_in(session: Session, customer: Customer) -> None:
    """Let those whom the company's chain for new customers names decide; without a chain the head is told and reviews on its page."""
    if isinstance(acting(), Actor) and submit_if_needed(session, REVIEW, customer) is None:
        _tell_reviewers(session, customer)


def take_in(session: Session, customer: Customer) -> None:
    """The customer is approved, and stays with its owner until somebody else is named. The record is open for writing."""
    name_action(session, customer, "approve")
    customer.review, customer.review_note = REVIEW_CYCLE.move(customer.review, "approve"), None
    customer.state = CUSTOMER_CYCLE.move(customer.state, "approve")
    session.flush()


def turn_back(session: Session, customer: Customer, reason: str) -> None:
    """The customer is returned to its owner, who hears why. The record is open for writing."""
    name_action(session, customer, "return")
    customer.review, customer.review_note = REVIEW_CYCLE.move(customer.review, "return"), reason
    session.flush()
    said = msg("Your customer %(name)s was returned: %(reason)s", name=customer.name, reason=reason)
    _tell(session, customer, customer.owner_id, said)


def withdraw_from_review(session: Session, customer: Customer) -> None:
    """Whoever entered it takes it back from review; it can be submitted again."""
    customer.review = REVIEW_CYCLE.move(customer.review, "return")
    session.flush()


def submit_customer(session: Session, record_id: int, version: int | None) -> Customer:
    """Hand a returned customer in for review again."""
    customer: Customer = get_for(session, Customer, "update", record_id, version)
    name_action(session, customer, "submit")
    customer.review = REVIEW_CYCLE.move(customer.review, "submit")
    session.flush()
    hand_in(session, customer)
    return customer


def suspend_customer(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> Customer:
    """Let the customer rest, for a stated reason."""
    return _move(session, record_id, version, "suspend", needed_reason(reason))


def resume_customer(session: Session, record_id: int, version: int | None) -> Customer:
    """Take a suspended customer up again."""
    return _move(session, record_id, version, "resume", None)


def _follower(session: Session, owner: int | None) -> Employee:
    """The salesperson whom the head names; raises :class:`BadInput` for nobody, or somebody outside the head's departments."""
    if owner is None:
        raise BadInput(fields={"owner": msg("Please name the salesperson who follows this customer.")})
    return employee_within(session, owner, Customer.__resource__, "review", "owner")


def _give_to(session: Session, customer: Customer, follower: Employee) -> None:
    with handing_over(session):
        customer.owner_id, customer.department_id = follower.id, follower.department_id
    _tell(session, customer, follower.id, msg("You follow the customer %(name)s from now on.", name=customer.name))
    session.flush()


def _move(session: Session, record_id: int, version: int | None, verb: str, reason: str | None) -> Customer:
    customer: Customer = get_for(session, Customer, "update", record_id, version)
    name_action(session, customer, verb)
    customer.state = CUSTOMER_CYCLE.move(customer.state, verb)
    customer.state_reason = reason
    session.flush()
    return customer


def _tell_reviewers(session: Session, customer: Customer) -> None:
    """Tell the nearest head who may review it; for what a head enters, whoever else may."""
    able = [one for one in who_may(session, "review", customer) if one != customer.entered_by_id]
    heads = {head.id for head in heads_of(session, customer.department_id)}
    said = msg("The customer %(name)s waits for your review.", name=customer.name)
    many = msg("New customers wait for your review.")
    notify_each(session, [one for one in able if one in heads] or able, said, f"/customers/{customer.id}", many=many)


def _tell(session: Session, customer: Customer, receiver: int, message: Message) -> None:
    if receiver != employee_id():
        notify(session, receiver, message, f"/customers/{customer.id}")
