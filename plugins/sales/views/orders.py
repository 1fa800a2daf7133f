"""The sales order on screen."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_

from core.database.fields import Field
from core.kernel.acting import actor
from core.kernel.clock import today
from core.kernel.words import Message, msg
from core.web.dues import Due
from core.web.nouns import Act, Group, Noun, SavedView, Shown, while_allowed
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.customers.public import is_approved
from plugins.sales import operations
from plugins.sales.errors import CustomerNotApproved
from plugins.sales.models import Order, OrderLine
from plugins.sales.operations.lines import TYPED
from plugins.sales.permissions import CLOSE
from plugins.sales.queries.products import products_offered
from plugins.sales.rules.opportunities import why_no_document
from plugins.sales.rules.orders import COUNTED, LIFECYCLE, UNDER_WAY, OrderState
from plugins.sales.views.deciding import REASON, by_another, price_acts


def _fixed(order: Order) -> Message | None:
    return None if order.state is OrderState.DRAFT else msg("A submitted order can no longer be changed; have it returned or cancel it.")


def _not_to_be_submitted(customer: Any) -> Message | None:
    """What the submission would say of the customer."""
    return None if is_approved(customer) else CustomerNotApproved().message


ACTS = (
    Act("submit", msg("Submit"), operations.submit_order, "update", "send", (), while_allowed(LIFECYCLE, "submit")),
    *price_acts(LIFECYCLE, operations.approve_discount, operations.refuse_discount),
    Act(
        "approve_review", msg("Pass the review"), operations.approve_review, "review", "check", (), by_another(LIFECYCLE, "approve_review")
    ),
    Act("return", msg("Return"), operations.return_order, "review", "arrow-back-up", (REASON,), by_another(LIFECYCLE, "return")),
    Act(
        "close",
        msg("Close"),
        operations.close_order,
        CLOSE,
        "circle-check",
        (
            Field("code", msg("Close reason"), "reason", required=True, max_length=60, code_list="sales.order_close_reason"),
            Field("date", msg("Closed on"), "on"),
        ),
        while_allowed(LIFECYCLE, "close"),
    ),
    Act("cancel", msg("Cancel the order"), operations.cancel_order, CLOSE, "x", (REASON,), while_allowed(LIFECYCLE, "cancel")),
)

ORDERS = Noun(
    plugin="sales",
    model=Order,
    path="orders",
    title=msg("Sales order"),
    plural=msg("Sales orders"),
    icon="truck-delivery",
    columns=(
        Shown("title", ColumnKind.NAME, CardPlace.NAME),
        Shown("state", place=CardPlace.STATE),
        Shown("amount", place=CardPlace.SUM),
        Shown("customer"),
        Shown("owner", place=CardPlace.OWNER),
        Shown("effective_on", place=CardPlace.LAST),
        Shown("number"),
        Shown("kind", quiet=True),
        Shown("contract_number", quiet=True),
    ),
    groups=(
        Group(
            msg("Sales order"),
            ("title", "customer", "kind", "contract_number", "confirmation", "basis", "quotation", "opportunity", "project"),
        ),
        Group(msg("Delivery"), ("needed_on", "logistics", "address", "note")),
        Group(
            msg("Progress"),
            (
                *("number", "submitted_at", "price_doubt", "price_passed_by", "price_passed_at", "reviewed_by", "reviewed_at"),
                *("effective_on", "closed_on", "close_reason", "state_reason"),
            ),
            folded=True,
        ),
    ),
    order="-id",
    filters=("state", "kind", "customer", "owner", "quotation", "opportunity", "project", "effective_on", "needed_on"),
    facts=("number", "customer", "contract_number", "owner"),
    tags=("state", "kind"),
    figures=("amount",),
    due=(Due("needed_on", {"state": UNDER_WAY}),),
    create=operations.create_order,
    change=operations.change_order,
    delete=operations.delete_order,
    why_fixed=_fixed,
    create_label=msg("New sales order"),
    why_not_from={"customer": _not_to_be_submitted, "opportunity": lambda opportunity: why_no_document(opportunity.state)},
    acts=ACTS,
    opens_with="open",
    views=(
        SavedView("open", msg("Not finished"), lambda: Order.state.in_(UNDER_WAY), order="needed_on"),
        SavedView("mine", msg("Mine"), lambda: Order.owner_id == actor().employee_id),
        SavedView("finance", msg("Waiting for finance"), lambda: Order.state == OrderState.PRICE_REVIEW, calls=True),
        SavedView("review", msg("Order review"), lambda: Order.state == OrderState.IN_REVIEW, calls=True),
        SavedView("effective", msg("In force"), lambda: Order.state == OrderState.EFFECTIVE),
        SavedView(
            "month", msg("In force since this month"), lambda: and_(Order.effective_on >= today().replace(day=1), Order.state.in_(COUNTED))
        ),
    ),
    lines=("lines", TYPED),
    line_model=OrderLine,
    line_offers=products_offered,
    files=True,
    empty=msg("Customers' orders are listed here; each order is based on a contract."),
    steps={
        "approve_discount": msg("approved the price"),
        "refuse_discount": msg("refused the price"),
        "approve_review": msg("passed the review"),
    },
)


class OrdersView(RecordView):
    """List, page, form and verbs of orders."""

    noun = ORDERS
