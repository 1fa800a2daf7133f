"""Handover of one customer (R-165, R-341)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.access.guard import get_for, handing_over
from core.access.models import Share
from core.access.people import employee_within
from core.access.taken_back import TAKEN_BACK, Done, put_back_shares
from core.audit.trail import record_event
from core.database.answers import needed_reason
from core.extension.calling import hooks
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.work.notices import notify
from plugins.customers.models import Customer
from plugins.customers.public import CustomerHandedOver


def hand_over_customer(
    session: Session,
    record_id: int,
    version: int | None,
    *,
    owner: int | None = None,
    reason: str | None = None,
    only: Mapping[str, Sequence[int]] | None = None,
) -> Customer:
    """Give the customer with its whole history to another employee (``owner``, an employee's id), who sees everything at once.

    Other plugins let their open records follow: ``only`` those, where a handover is taken back.

    Raises :class:`BadInput` without a reason, or a new owner within reach.
    """
    customer: Customer = get_for(session, Customer, "hand_over", record_id, version)
    if owner is None or owner == customer.owner_id:
        raise BadInput(fields={"owner": msg("Please choose the colleague who takes the customer over.")})
    why = needed_reason(reason)
    employee = employee_within(session, owner, Customer.__resource__, "hand_over", "owner")
    previous = customer.owner_id
    with handing_over(session):
        customer.owner_id, customer.department_id = employee.id, employee.department_id
    _close_share(session, customer)
    record_event(session, "hand_over", str(customer), customer=customer.id, previous=previous, owner=employee.id, reason=why)
    hooks().crm_customers_customer_handed_over(
        session=session, handover=CustomerHandedOver(customer.id, customer.name, previous, employee.id, employee.department_id, only)
    )
    told = msg("The customer %(name)s was handed over to you: %(reason)s", name=customer.name, reason=why)
    notify(session, employee.id, told, f"/customers/{customer.id}")
    return customer


def hand_customer_back(session: Session, record_id: int, done: Done) -> Customer:
    """Take back that many were handed over: the customer goes to the owner whom it had, with what followed it and the shares as they were.

    Raises :class:`Conflict` when it has gone on since.
    """
    customer: Customer = get_for(session, Customer, "hand_over", record_id)
    before = done.demand(session, customer, "owner_id")["owner_id"][0]
    hand_over_customer(session, record_id, None, owner=before, reason=str(TAKEN_BACK), only=done.touched)
    put_back_shares(session, customer, done)
    return customer


def _close_share(session: Session, customer: Customer) -> None:
    """The new owner needs no share any more."""
    mine = (Share.resource == Customer.__resource__) & (Share.record_id == customer.id) & (Share.employee_id == customer.owner_id)
    session.execute(delete(Share).where(mine))
