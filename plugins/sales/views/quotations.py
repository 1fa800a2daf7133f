"""The quotation on screen."""

from __future__ import annotations

from sqlalchemy import and_

from core.database.fields import Field
from core.kernel.acting import actor
from core.kernel.clock import today
from core.kernel.words import Message, msg
from core.web.dues import Due
from core.web.nouns import Act, Begins, Beside, Group, Noun, SavedView, Shown, board_of_states, while_allowed
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.sales import operations
from plugins.sales.errors import NewerEdition, OrderedAlready
from plugins.sales.models import Order, Quotation, QuotationLine
from plugins.sales.operations.lines import TYPED
from plugins.sales.queries.products import products_offered
from plugins.sales.reports.prices import beside_quotation
from plugins.sales.rules.opportunities import why_no_document
from plugins.sales.rules.orders import OrderState
from plugins.sales.rules.quotations import IN_PROGRESS, LIFECYCLE, QUOTED, REVISED, QuotationState
from plugins.sales.views.deciding import price_acts

ANSWER = (Field("date", msg("Answered on"), "on"), Field("text", msg("Customer's answer"), "answer", max_length=500))


def _fixed(quotation: Quotation) -> Message | None:
    if quotation.state is QuotationState.DRAFT:
        return None
    if quotation.state in QUOTED:
        return msg("Only a draft can be changed. To change what the customer has, please make a new version.")
    if quotation.state is QuotationState.READY:
        return msg("Only a draft can be changed. This quotation has not been sent yet; please put it back to draft.")
    return msg("Only a draft can be changed. Finance is checking the price of this quotation.")


def _not_revised(quotation: Quotation) -> Message | None:
    return None if quotation.state in REVISED else msg("Only a quotation that was sent and not accepted can be revised.")


def _not_ordered(quotation: Quotation) -> Message | None:
    return None if quotation.state is QuotationState.ACCEPTED else msg("The customer has not accepted this quotation.")


ACTS = (
    Act(
        "send",
        msg("Mark as sent"),
        operations.send_quotation,
        "update",
        "send",
        (
            Field("code", msg("Sent via"), "way", required=True, max_length=60, code_list="sales.quotation_way"),
            Field("date", msg("Sent on"), "on"),
        ),
        while_allowed(LIFECYCLE, "send"),
    ),
    Act("submit", msg("Finalise"), operations.submit_quotation, "update", "checkbox", (), while_allowed(LIFECYCLE, "submit")),
    Act(
        "accept",
        msg("Customer accepted"),
        operations.accept_quotation,
        "update",
        "thumb-up",
        ANSWER,
        while_allowed(LIFECYCLE, "accept"),
    ),
    Act(
        "decline",
        msg("Customer declined"),
        operations.decline_quotation,
        "update",
        "thumb-down",
        (Field("code", msg("Decline reason"), "reason", required=True, max_length=60, code_list="sales.lost_reason"), *ANSWER),
        while_allowed(LIFECYCLE, "decline"),
    ),
    Act(
        "order",
        msg("Create order"),
        operations.order_quotation,
        "update",
        "truck-delivery",
        (),
        _not_ordered,
        begins=Begins(Order, "quotation", OrderedAlready().message, lambda: Order.state != OrderState.CANCELLED),
    ),
    Act(
        "revise",
        msg("New version"),
        operations.revise_quotation,
        "update",
        "copy",
        (),
        _not_revised,
        begins=Begins(Quotation, "former", NewerEdition().message),
    ),
    Act("rework", msg("Back to draft"), operations.rework_quotation, "update", "arrow-back-up", (), while_allowed(LIFECYCLE, "rework")),
    *price_acts(LIFECYCLE, operations.approve_low_price, operations.refuse_low_price),
)

QUOTATIONS = Noun(
    plugin="sales",
    model=Quotation,
    path="quotations",
    title=msg("Quotation"),
    plural=msg("Quotations"),
    icon="tag",
    columns=(
        Shown("title", ColumnKind.NAME, CardPlace.NAME),
        Shown("number"),
        Shown("edition", quiet=True),
        Shown("customer"),
        Shown("state", place=CardPlace.STATE),
        Shown("amount", place=CardPlace.SUM),
        Shown("sent_on", quiet=True),
        Shown("valid_until", ColumnKind.DATE, CardPlace.LAST),
        Shown("owner", place=CardPlace.OWNER),
    ),
    groups=(
        Group(msg("Quotation"), ("title", "customer", "contact", "opportunity", "project", "quoted_on", "valid_until")),
        Group(msg("Terms and conditions"), ("terms", "note")),
        Group(
            msg("Progress"),
            (
                *(
                    "number",
                    "edition",
                    "former",
                    "submitted_at",
                    "price_doubt",
                    "price_passed_by",
                    "price_passed_at",
                    "sent_way",
                    "sent_on",
                ),
                *("answered_on", "declined_reason", "answer", "state_reason"),
            ),
            folded=True,
        ),
    ),
    order="-id",
    filters=(
        "state",
        "customer",
        "owner",
        "opportunity",
        "project",
        "quoted_on",
        "valid_until",
        "sent_on",
        "answered_on",
        "declined_reason",
        "former",
    ),
    facts=("number", "customer", "owner"),
    tags=("state",),
    figures=("amount",),
    due=(Due("valid_until", {"state": (QuotationState.SENT,)}),),
    create=operations.create_quotation,
    change=operations.change_quotation,
    delete=operations.delete_quotation,
    why_fixed=_fixed,
    create_label=msg("New quotation"),
    why_not_from={"opportunity": lambda opportunity: why_no_document(opportunity.state)},
    acts=ACTS,
    board=board_of_states(LIFECYCLE, view="open", amount="amount", named="customer", on="valid_until"),
    steps={
        "expire": msg("marked it as expired"),
        "replace": msg("was replaced by a new version"),
        "send": msg("marked it as sent"),
        "submit": msg("finalised it"),
        "accept": msg("noted that the customer accepted"),
        "decline": msg("noted that the customer declined"),
        "order": msg("created an order"),
        "revise": msg("made a new version"),
        "rework": msg("put it back to draft"),
        "approve_discount": msg("approved the price"),
        "refuse_discount": msg("refused the price"),
    },
    opens_with="open",
    views=(
        SavedView("mine", msg("Mine"), lambda: Quotation.owner_id == actor().employee_id),
        SavedView("open", msg("Under way"), lambda: Quotation.state.in_(IN_PROGRESS)),
        SavedView("finance", msg("Waiting for finance"), lambda: Quotation.state == QuotationState.PRICE_REVIEW, calls=True),
        SavedView("waiting", msg("Awaiting customer"), lambda: Quotation.state == QuotationState.SENT, order="valid_until", calls=True),
        SavedView(
            "accepted",
            msg("Accepted this month"),
            lambda: and_(Quotation.state == QuotationState.ACCEPTED, Quotation.answered_on >= today().replace(day=1)),
        ),
    ),
    lines=("lines", TYPED),
    line_model=QuotationLine,
    line_offers=products_offered,
    beside=Beside("customer", "code", beside_quotation),
    files=True,
    empty=msg("Quotations to customers are listed here: quote, send, and record the answer. An order may be created from one."),
)


class QuotationsView(RecordView):
    """List, board, page, form and verbs of quotations."""

    noun = QUOTATIONS
