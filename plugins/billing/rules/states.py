"""Words and life cycles of notices, invoices, receipts and allocations."""

from __future__ import annotations

from decimal import Decimal

from core.kernel.choices import NOT_COUNTED, Choice
from core.kernel.lifecycle import Lifecycle, Transition
from core.kernel.words import msg


class InvoiceKind(Choice):
    """What kind of invoice the buyer is given."""

    SPECIAL = "special", msg("Special VAT invoice")
    ORDINARY = "ordinary", msg("Ordinary VAT invoice")
    E_SPECIAL = "e_special", msg("Electronic invoice (special)")
    E_ORDINARY = "e_ordinary", msg("Electronic invoice (ordinary)")


ELECTRONIC = (InvoiceKind.E_SPECIAL, InvoiceKind.E_ORDINARY)
SPECIALS = (InvoiceKind.SPECIAL, InvoiceKind.E_SPECIAL)
"""The buyer deducts the tax: title and tax number, and on paper also bank and address, have to be complete."""


class TaxRate(Choice):
    """Rates of value-added tax."""

    R13 = "13", msg("13%")
    R9 = "9", msg("9%")
    R6 = "6", msg("6%")
    R3 = "3", msg("3%")
    R1 = "1", msg("1%")
    R0 = "0", msg("0%")

    @property
    def fraction(self) -> Decimal:
        """The rate as a number: 0.13."""
        return Decimal(self.value).scaleb(-2)


class NoticeState(Choice):
    """Where an invoice notice stands (R-227)."""

    DRAFT = "draft", msg("Draft"), "idle"
    SENT = "sent", msg("To be issued"), "wait"
    PARTLY = "partly", msg("Partly issued"), "run"
    DONE = "done", msg("Fully issued"), "good"
    RETURNED = "returned", msg("Returned for correction"), "wait"
    WITHDRAWN = "withdrawn", msg("Withdrawn"), "idle", NOT_COUNTED


_N = NoticeState
NOTICE_CYCLE = Lifecycle(
    _N.DRAFT,
    (
        Transition("send", (_N.DRAFT, _N.RETURNED), _N.SENT, msg("Send to the clerk")),
        Transition("return", (_N.SENT,), _N.RETURNED, msg("Return")),
        Transition("withdraw", (_N.DRAFT, _N.SENT, _N.RETURNED), _N.WITHDRAWN, msg("Withdraw")),
        Transition("close", (_N.PARTLY,), _N.DONE, msg("Close without the rest")),
    ),
    usual=(_N.DRAFT, _N.SENT, _N.PARTLY, _N.DONE),
)
OPEN_NOTICES = (_N.DRAFT, _N.RETURNED)
"""Still written by its sender."""
WAITING_NOTICES = (_N.SENT, _N.PARTLY)
"""The clerk has something to issue."""


def notice_state(amount: Decimal, issued: Decimal) -> NoticeState:
    """State of a sent notice of which ``issued`` yuan have been invoiced."""
    return _N.SENT if issued <= 0 else _N.DONE if issued >= amount else _N.PARTLY


class InvoiceState(Choice):
    """Where an invoice stands (R-109)."""

    ISSUED = "issued", msg("Issued"), "run"
    PRINTED = "printed", msg("Printed"), "run"
    MAILED = "mailed", msg("Mailed"), "run"
    SENT = "sent", msg("Sent electronically"), "run"
    RECEIVED = "received", msg("Received by the customer"), "run"
    BOOKED_IN = "booked_in", msg("Booked in"), "good"
    PROBLEM = "problem", msg("Problem"), "bad"
    VOID = "void", msg("Void"), "bad", NOT_COUNTED
    REVERSED = "reversed", msg("Reversed (red letter)"), "idle"
    RED = "red", msg("Red-letter invoice"), "note"


_I = InvoiceState
_ALIVE = (_I.ISSUED, _I.PRINTED, _I.MAILED, _I.SENT, _I.RECEIVED, _I.PROBLEM)
_WITH_CUSTOMER = (_I.MAILED, _I.SENT, _I.RECEIVED, _I.PROBLEM)
INVOICE_CYCLE = Lifecycle(
    _I.ISSUED,
    (
        Transition("print", (_I.ISSUED,), _I.PRINTED, msg("Printed")),
        Transition("mail", (_I.PRINTED, _I.PROBLEM), _I.MAILED, msg("Mailed")),
        Transition("send", (_I.ISSUED, _I.PROBLEM), _I.SENT, msg("Sent electronically")),
        Transition("receive", (_I.MAILED, _I.SENT, _I.PROBLEM), _I.RECEIVED, msg("Received by the customer")),
        Transition("book_in", _WITH_CUSTOMER, _I.BOOKED_IN, msg("Booked in")),
        Transition("report_problem", (_I.ISSUED, _I.PRINTED, _I.MAILED, _I.SENT, _I.RECEIVED), _I.PROBLEM, msg("Report a problem")),
        Transition("void", _ALIVE, _I.VOID, msg("Void")),
        Transition("red_letter", (*_ALIVE, _I.BOOKED_IN), _I.REVERSED, msg("Red-letter reversal")),
    ),
)
AWAITING_FEEDBACK = (_I.ISSUED, _I.PRINTED, _I.MAILED, _I.SENT)
"""The salesperson has not said yet what became of the invoice (R-229)."""
TO_DELIVER = (_I.ISSUED, _I.PRINTED, _I.PROBLEM)
"""Not with the customer, or not as it should be: whoever delivers has something to do (R-228)."""
UNBOOKED = (_I.MAILED, _I.SENT, _I.RECEIVED, _I.PROBLEM)
"""With the customer, not in the customer's books yet (R-230)."""


class ReceiptState(Choice):
    """Where a receipt stands (R-231, R-335)."""

    UNCLAIMED = "unclaimed", msg("Unidentified"), "bad"
    CLAIMED = "claimed", msg("To be allocated"), "wait"
    PARTLY = "partly", msg("Partly allocated"), "run"
    ALLOCATED = "allocated", msg("Allocated"), "good"
    REFUNDED = "refunded", msg("Refunded"), "idle", NOT_COUNTED


TO_ALLOCATE = (ReceiptState.UNCLAIMED, ReceiptState.CLAIMED, ReceiptState.PARTLY)


def receipt_state(*, claimed: bool, amount: Decimal, allocated: Decimal, refunded: Decimal) -> ReceiptState:
    """State of a receipt by what became of its money (yuan)."""
    if refunded >= amount:
        return ReceiptState.REFUNDED
    if not claimed:
        return ReceiptState.UNCLAIMED
    if allocated + refunded >= amount:
        return ReceiptState.ALLOCATED
    return ReceiptState.PARTLY if allocated > 0 else ReceiptState.CLAIMED


class PaymentWay(Choice):
    """How money came in (R-110)."""

    TRANSFER = "transfer", msg("Bank transfer")
    ACCEPTANCE = "acceptance", msg("Acceptance bill")
    CHEQUE = "cheque", msg("Cheque")
    CASH = "cash", msg("Cash")
    OTHER = "other", msg("Other")


class Delivery(Choice):
    """How far the goods of the trade have gone when its money comes in (R-232)."""

    UNKNOWN = "unknown", msg("Not recorded"), "idle"
    NONE = "none", msg("Not delivered"), "wait"
    PARTLY = "partly", msg("Partly delivered"), "run"
    DELIVERED = "delivered", msg("Delivered"), "good"


class AllocationState(Choice):
    """Whether an allocation holds."""

    ACTIVE = "active", msg("Valid"), "good"
    REVERSED = "reversed", msg("Reversed"), "idle", NOT_COUNTED
