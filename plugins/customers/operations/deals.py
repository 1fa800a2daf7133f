"""A sale moves the customer on (R-167, R-168)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.audit.trail import name_action
from core.kernel.clock import today
from plugins.customers.models import Customer
from plugins.customers.rules import CUSTOMER_CYCLE, CustomerState


def note_deal(session: Session, customer_id: int) -> None:
    """The customer cooperates from the first sale on; nothing happens to one that does already.

    Whoever reached the sale need not have the right to change the customer: the event itself moves it.
    """
    with as_system(session, "a sale moves the customer on"):
        customer = session.scalars(select(Customer).where(Customer.id == customer_id)).one()
    if customer.state == CustomerState.COOPERATING:
        return
    open_for_writing(session, customer)
    name_action(session, customer, "cooperate")
    customer.state = CUSTOMER_CYCLE.move(customer.state, "cooperate")
    customer.state_reason = None
    customer.cooperating_since = customer.cooperating_since or today()
    session.flush()
