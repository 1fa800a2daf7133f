"""The receipt on screen: list, page, form, and its verbs."""

from __future__ import annotations

from collections.abc import Mapping

from core.database.fields import Field
from core.kernel.acting import actor
from core.kernel.words import Message, msg
from core.web.nouns import Act, Group, Noun, SavedView, Shown
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.billing import operations
from plugins.billing.errors import ReceiptInUse
from plugins.billing.models import Receipt
from plugins.billing.operations.receipts import BINDING
from plugins.billing.permissions import CLAIM, REFUND
from plugins.billing.queries import received_this_month
from plugins.billing.rules.states import TO_ALLOCATE, ReceiptState
from plugins.billing.views.asking import ON, REASON
from plugins.customers.public import CUSTOMER_TABLE


def _claimed(receipt: Receipt) -> Message | None:
    if receipt.customer_id is not None:
        return msg("This receipt has its customer already.")
    return _used_up(receipt)


def _used_up(receipt: Receipt) -> Message | None:
    return None if receipt.rest > 0 else msg("Nothing is left of this receipt.")


ACTS = (
    Act(
        "claim",
        msg("Claim for a customer"),
        operations.claim_receipt,
        CLAIM,
        "user-share",
        (Field("reference", msg("Customer"), "customer", required=True, target=CUSTOMER_TABLE),),
        _claimed,
    ),
    Act(
        "refund",
        msg("Refund"),
        operations.refund_receipt,
        REFUND,
        "refresh",
        (Field("money", msg("Amount"), "amount", required=True), REASON, ON),
        _used_up,
    ),
)


def _in_use(receipt: Receipt) -> Mapping[str, Message]:
    return dict.fromkeys(BINDING, ReceiptInUse().message) if receipt.is_in_use else {}


RECEIPTS = Noun(
    plugin="billing",
    model=Receipt,
    path="receipts",
    alike=("bank_reference",),
    title=msg("Receipt"),
    plural=msg("Receipts"),
    icon="cash",
    columns=(
        Shown("payer", ColumnKind.NAME, CardPlace.NAME),
        Shown("number"),
        Shown("customer"),
        Shown("amount", place=CardPlace.SUM),
        Shown("refunded", quiet=True),
        Shown("rest"),
        Shown("state", place=CardPlace.STATE),
        Shown("delivery", quiet=True),
        Shown("owner", place=CardPlace.OWNER),
        Shown("received_on", ColumnKind.DATE, CardPlace.LAST),
    ),
    groups=(
        Group(msg("Receipt"), ("payer", "amount", "received_on", "way", "account", "bank_reference", "handler")),
        Group(msg("Business details"), ("customer", "project", "delivery", "note")),
        Group(msg("Allocation status"), ("number", "allocated", "refunded", "rest", "claimed_on")),
    ),
    order="-id",
    filters=("state", "customer", "way", "delivery", "owner", "department", "received_on"),
    facts=("payer", "customer", "owner"),
    about="customer",
    tags=("state", "delivery"),
    create=operations.register_receipt,
    change=operations.change_receipt,
    fixed_fields=_in_use,
    create_label=msg("New receipt"),
    acts=ACTS,
    views=(
        SavedView("mine", msg("Mine"), lambda: Receipt.owner_id == actor().employee_id),
        SavedView("unclaimed", msg("Unidentified"), lambda: Receipt.state == ReceiptState.UNCLAIMED, calls=True),
        SavedView("open", msg("To be allocated"), lambda: Receipt.state.in_(TO_ALLOCATE), calls=True),
        SavedView("month", msg("Received this month"), received_this_month),
    ),
    empty=msg("All money received is listed here, even while its payer is not identified."),
    steps={
        "claim": msg("claimed it for a customer"),
        "refund": msg("refunded it"),
    },
)


class ReceiptsView(RecordView):
    """List, page, form and verbs of receipts."""

    noun = RECEIPTS
