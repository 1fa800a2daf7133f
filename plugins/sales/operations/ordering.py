"""The way of an order into force and out of it: price approval, review, closing, cancelling (R-216 to R-220, R-352, R-353)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for
from core.approvals.models import Verdict
from core.approvals.operations import decide_on, drop_case, submit_if_needed
from core.audit.trail import name_action
from core.database.answers import needed_reason
from core.database.numbers import take_number
from core.kernel.acting import employee_id
from core.kernel.clock import now, today
from core.kernel.errors import BadInput
from core.kernel.words import msg
from plugins.customers.public import customer_summary
from plugins.sales.errors import CustomerNotApproved, NothingOrdered
from plugins.sales.models import Order
from plugins.sales.operations.asking import needed_code, tell
from plugins.sales.operations.deciding import decided
from plugins.sales.operations.orders import check_contract
from plugins.sales.operations.pricing import passed_before, price_doubt
from plugins.sales.queries.people import finance, heads
from plugins.sales.rules.orders import LIFECYCLE, OrderState, gate, order_number

DISCOUNT = "sales.discount"
"""The kind of approval for prices below the lowest discount."""


def submit_order(session: Session, record_id: int, version: int | None) -> Order:
    """Hand a draft in: it goes to finance when its price is too low, to the review when made to order, else into force.

    What finance has passed with the quotation that the order rests on is passed (:func:`passed_before`).

    Raises :class:`NothingOrdered` without amount, :class:`CustomerNotApproved` (R-351), :class:`NoSuchContract` (R-330),
    :class:`BadInput` without a way of confirmation (R-218).
    """
    order: Order = get_for(session, Order, "update", record_id, version)
    name_action(session, order, "submit")
    LIFECYCLE.move(order.state, "submit")
    _check(session, order)
    order.submitted_at, order.state_reason = now(), None
    order.price_passed_by_id = order.price_passed_at = order.reviewed_by_id = order.reviewed_at = None
    _to_next_gate(session, order)
    if order.number is None:
        year = today().year
        order.number = order_number(year, take_number(session, order.company_id, Order.__resource__, year))
        session.flush()
    return order


def approve_discount(session: Session, record_id: int, version: int | None) -> Order:
    """Finance lets the low price pass (R-217, R-353)."""
    order: Order = decided(session, Order, LIFECYCLE, record_id, version, right="approve_discount", verb="approve_discount")
    if decide_on(session, DISCOUNT, order, Verdict.AGREED) is None:
        pass_price(session, order)
    return order


def refuse_discount(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> Order:
    """Finance sends the order back to its owner, saying why."""
    order: Order = decided(session, Order, LIFECYCLE, record_id, version, right="approve_discount", verb="refuse_discount")
    said = needed_reason(reason)
    if decide_on(session, DISCOUNT, order, Verdict.RETURNED, opinion=said) is None:
        send_back(session, order, said)
    return order


def pass_price(session: Session, order: Order) -> None:
    """The low price is approved: the order goes on to the review or into force. The record is open for writing."""
    name_action(session, order, "approve_discount")
    order.state = LIFECYCLE.move(order.state, "approve_discount")
    order.price_passed_by_id, order.price_passed_at = employee_id(), now()
    _to_next_gate(session, order)
    _tell_owner(session, order)


def send_back(session: Session, order: Order, reason: str) -> None:
    """The low price is refused: the order is a draft again. The record is open for writing."""
    name_action(session, order, "refuse_discount")
    order.state = LIFECYCLE.move(order.state, "refuse_discount")
    _back(session, order, reason)


def take_back(session: Session, order: Order) -> None:
    """Whoever has handed the order in takes it back from approval: it is a draft again. The record is open for writing."""
    name_action(session, order, "withdraw")
    order.state = LIFECYCLE.move(order.state, "refuse_discount")
    session.flush()


def approve_review(session: Session, record_id: int, version: int | None) -> Order:
    """The review lets made-to-order goods pass (R-216, R-352)."""
    order = _moved(session, record_id, version, "review", "approve_review")
    order.reviewed_by_id, order.reviewed_at = employee_id(), now()
    _to_next_gate(session, order)
    _tell_owner(session, order)
    return order


def return_order(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> Order:
    """The review sends the order back to its owner, saying why."""
    return _back(session, _moved(session, record_id, version, "review", "return"), reason)


def close_order(session: Session, record_id: int, version: int | None, *, reason: str | None = None, on: date | None = None) -> Order:
    """Close an order in force ``on`` a day (today) for a reason of the list ``sales.order_close_reason`` (R-220)."""
    order: Order = get_for(session, Order, "close", record_id, version)
    order.state = LIFECYCLE.move(order.state, "close")
    order.close_reason = needed_code(session, "sales.order_close_reason", reason)
    order.closed_on = on or today()
    if order.closed_on > today() or (order.effective_on is not None and order.closed_on < order.effective_on):
        raise BadInput(fields={"on": msg("An order is closed between the day it came into force and today. Please check the day.")})
    session.flush()
    return order


def cancel_order(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> Order:
    """Call an order off; its number is not given again. Its owner is told, and whoever was asked to let it pass."""
    order: Order = get_for(session, Order, "close", record_id, version)
    name_action(session, order, "cancel")
    waiting = _gatekeepers(session, order)
    order.state = LIFECYCLE.move(order.state, "cancel")
    if drop_case(session, DISCOUNT, order) is not None:
        waiting = ()  # those whom the case asked have been told
    order.state_reason, order.closed_on = needed_reason(reason), today()
    session.flush()
    said = msg("The order %(title)s was cancelled: %(reason)s", title=order.title, reason=order.state_reason)
    tell(session, [one for one in waiting if one not in (employee_id(), order.owner_id)], said, f"/orders/{order.id}")
    if order.owner_id != employee_id():
        said = msg("Your order %(number)s was cancelled: %(reason)s", number=order.number or order.title, reason=order.state_reason)
        tell(session, [order.owner_id], said, f"/orders/{order.id}")
    return order


def _moved(session: Session, record_id: int, version: int | None, right: str, verb: str) -> Order:
    order: Order = decided(session, Order, LIFECYCLE, record_id, version, right=right, verb=verb)
    order.state = LIFECYCLE.move(order.state, verb)
    return order


def _to_next_gate(session: Session, order: Order) -> None:
    """Move to the gate that is still before the order, and tell whoever keeps it."""
    if order.price_passed_at is None:
        order.price_doubt = price_doubt(session, order)
        _rest_on_quotation(session, order)
    passed = {"price_passed": order.price_passed_at is not None, "review_passed": order.reviewed_at is not None}
    order.state = gate(order.kind, cheap=order.price_doubt is not None, **passed)
    order.effective_on = today() if order.state is OrderState.EFFECTIVE else None
    session.flush()
    if order.state is OrderState.PRICE_REVIEW and submit_if_needed(session, DISCOUNT, order) is None:
        said = msg("The price of the order %(title)s waits for your approval: %(why)s", title=order.title, why=order.price_doubt)
        tell(session, _gatekeepers(session, order), said, f"/orders/{order.id}")
    elif order.state is OrderState.IN_REVIEW:
        said = msg("The order %(title)s, made to order, waits for your review.", title=order.title)
        tell(session, _gatekeepers(session, order), said, f"/orders/{order.id}")


def _gatekeepers(session: Session, order: Order) -> Sequence[int]:
    """Whoever lets pass an order that stands before a gate; nobody where it stands before none."""
    if order.state is OrderState.PRICE_REVIEW:
        return finance(session)
    return heads(session, order.department_id) if order.state is OrderState.IN_REVIEW else ()


def _rest_on_quotation(session: Session, order: Order) -> None:
    """Finance does not decide twice about one deal: what it has passed with the quotation is passed, and the order says whose that was."""
    quotation = passed_before(session, order) if order.price_doubt is not None else None
    if quotation is None:
        return
    said = msg("Finance passed it with the quotation %(number)s.", number=quotation.number)
    order.price_doubt = msg("%(first)s %(second)s", first=order.price_doubt, second=said)
    order.price_passed_by_id, order.price_passed_at = quotation.price_passed_by_id, quotation.price_passed_at


def _back(session: Session, order: Order, reason: str | None) -> Order:
    order.state_reason = needed_reason(reason)
    session.flush()
    said = msg("Your order %(title)s came back: %(reason)s", title=order.title, reason=order.state_reason)
    tell(session, [order.owner_id], said, f"/orders/{order.id}")
    return order


def _tell_owner(session: Session, order: Order) -> None:
    if order.state is OrderState.EFFECTIVE:
        tell(session, [order.owner_id], msg("Your order %(number)s is in force.", number=order.number), f"/orders/{order.id}")


def _check(session: Session, order: Order) -> None:
    if order.amount <= 0:
        raise NothingOrdered
    if order.confirmation is None:
        raise BadInput(fields={"confirmation": msg("Please enter how the customer confirmed the order.")})
    with as_system(session, "orders are taken only from reviewed customers"):
        approved = customer_summary(session, order.customer_id).approved
    if not approved:
        raise CustomerNotApproved
    check_contract(session, order, needed=True)
