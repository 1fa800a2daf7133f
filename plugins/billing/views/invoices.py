"""The invoice on screen: list, page, form, and its verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import ColumnElement, and_

from core.database.fields import Field
from core.kernel.acting import actor
from core.kernel.clock import today
from core.kernel.words import Message, msg
from core.organisation.parameters import parameter
from core.web.dues import Due
from core.web.gate import database_of
from core.web.nouns import Act, Group, Noun, SavedView, Shown, board_of_states, while_allowed
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.billing import operations
from plugins.billing.models import Invoice
from plugins.billing.operations.issuing import FIXED, LEFT, MENDABLE, OPEN_TO_ALL, STAYS
from plugins.billing.permissions import DELIVER, FEED_BACK, REMIND, REVERSE
from plugins.billing.rules.states import AWAITING_FEEDBACK, ELECTRONIC, INVOICE_CYCLE, TO_DELIVER, UNBOOKED, InvoiceState
from plugins.billing.views.asking import ON, REASON

BY_THE_CLERK = msg("Only an invoicing clerk corrects what is printed on the invoice.")


def _on_the_paper(invoice: Invoice) -> Mapping[str, Message]:
    """What stays of an issued invoice: notices and amount; number and day, too, but for the clerk while it is in the house."""
    stays = dict.fromkeys(FIXED, STAYS)
    if invoice.state in MENDABLE and actor().may(Invoice.__resource__, DELIVER):
        return stays
    why = LEFT if invoice.state not in MENDABLE else BY_THE_CLERK
    return dict.fromkeys((name for name in INVOICES.written if name not in OPEN_TO_ALL), why) | stays


def _on_paper(verb: str) -> Callable[[Invoice], Message | None]:
    def why_not(invoice: Invoice) -> Message | None:
        if invoice.kind in ELECTRONIC:
            return msg("An electronic invoice is sent, not printed and mailed.")
        return while_allowed(INVOICE_CYCLE, verb)(invoice)

    return why_not


def _on_line(invoice: Invoice) -> Message | None:
    if invoice.kind not in ELECTRONIC:
        return msg("A paper invoice is printed and mailed.")
    return while_allowed(INVOICE_CYCLE, "send")(invoice)


def _booked(invoice: Invoice) -> Message | None:
    return None if invoice.state in UNBOOKED else msg("Only an invoice that the customer has, but has not booked yet, needs a reminder.")


def _not_voidable(invoice: Invoice) -> Message | None:
    if invoice.kind in ELECTRONIC:
        return msg("An electronic invoice cannot be made void; reverse it by a red-letter invoice.")
    return while_allowed(INVOICE_CYCLE, "void")(invoice)


def _mine_to_feed_back() -> ColumnElement[bool]:
    return and_(Invoice.owner_id == actor().employee_id, Invoice.state.in_(AWAITING_FEEDBACK))


def _not_booked_in() -> ColumnElement[bool]:
    days: int = parameter(database_of().session(), "billing.booking_days")
    return and_(Invoice.state.in_(UNBOOKED), Invoice.delivered_on < today() - timedelta(days=days))


RED_NUMBER = Field("text", msg("Number of the red-letter invoice"), "tax_number", required=True, max_length=40)
RED_AMOUNT = Field("money", msg("Amount to reverse"), "amount", help=msg("Leave it empty for the whole invoice."))
TRACKING = Field("text", msg("Tracking number"), "tracking_number", required=True, max_length=60)
ACTS = (
    Act("print", msg("Printed"), operations.print_invoice, DELIVER, "printer", (ON,), _on_paper("print")),
    Act("mail", msg("Mailed"), operations.mail_invoice, DELIVER, "mail", (TRACKING, ON), _on_paper("mail")),
    Act("send", msg("Sent electronically"), operations.send_invoice, DELIVER, "send", (ON,), _on_line),
    Act(
        "receive",
        msg("Received by the customer"),
        operations.receive_invoice,
        FEED_BACK,
        "check",
        (ON,),
        while_allowed(INVOICE_CYCLE, "receive"),
    ),
    Act(
        "book_in",
        msg("Booked in"),
        operations.book_in_invoice,
        FEED_BACK,
        "checkbox",
        (ON,),
        while_allowed(INVOICE_CYCLE, "book_in"),
    ),
    Act(
        "report_problem",
        msg("Report a problem"),
        operations.report_problem,
        FEED_BACK,
        "alert-triangle",
        (REASON,),
        while_allowed(INVOICE_CYCLE, "report_problem"),
    ),
    Act("remind", msg("Remind the salesperson"), operations.remind, REMIND, "bell", (), _booked),
    Act("void", msg("Void"), operations.void_invoice, REVERSE, "x", (REASON,), _not_voidable),
    Act(
        "red_letter",
        msg("Red-letter reversal"),
        operations.reverse_invoice,
        REVERSE,
        "refresh",
        (RED_NUMBER, REASON, RED_AMOUNT, ON),
        while_allowed(INVOICE_CYCLE, "red_letter"),
    ),
)

FEEDBACK = Due("feedback_due_on", {"state": AWAITING_FEEDBACK}, passing=True)
INVOICES = Noun(
    plugin="billing",
    model=Invoice,
    path="invoices",
    title=msg("Invoice"),
    plural=msg("Invoices"),
    icon="receipt-yuan",
    columns=(
        Shown("title", ColumnKind.NAME, CardPlace.NAME),
        Shown("state", place=CardPlace.STATE),
        Shown("amount", place=CardPlace.SUM),
        Shown("issued_on", ColumnKind.DATE, CardPlace.LAST),
        Shown("buyer"),
        Shown("owner", place=CardPlace.OWNER),
        Shown("tax_number"),
        Shown("kind", ColumnKind.TEXT, quiet=True),
        Shown("feedback_due_on", quiet=True),
    ),
    groups=(
        Group(msg("Invoice"), ("title", "notice", "further", "amount", "tax_number", "issued_on", "note")),
        Group(msg("Amounts"), ("net", "tax", "tax_rate", "kind", "buyer", "customer", "contract", "red_of")),
        Group(
            msg("Progress of the invoice"),
            (
                *("printed_on", "delivered_on", "tracking_number", "feedback_due_on"),
                *("fed_back_on", "booked_in_on", "reminded_on", "state_reason"),
            ),
        ),
    ),
    order="-id",
    filters=("state", "kind", "customer", "contract", "notice", "owner", "department", "issued_on", "feedback_due_on"),
    due=(FEEDBACK,),
    facts=("tax_number", "buyer", "owner"),
    tags=("state",),
    create=operations.issue_invoice,
    change=operations.change_invoice,
    fixed_fields=_on_the_paper,
    create_label=msg("New invoice"),
    board=board_of_states(INVOICE_CYCLE, amount="amount", named="customer", on="issued_on"),
    acts=ACTS,
    views=(
        SavedView("mine", msg("Mine"), lambda: Invoice.owner_id == actor().employee_id),
        SavedView("feedback", msg("My feedback is due"), _mine_to_feed_back, order="feedback_due_on", calls=True),
        SavedView("overdue", msg("Feedback overdue"), lambda: FEEDBACK.late(Invoice), order="feedback_due_on", calls=True),
        SavedView("unbooked", msg("Not booked in"), _not_booked_in, order="issued_on"),
        SavedView("deliver", msg("To be sent out"), lambda: Invoice.state.in_(TO_DELIVER), order="issued_on", calls=True),
        SavedView("problem", msg("Problem"), lambda: Invoice.state == InvoiceState.PROBLEM, calls=True),
    ),
    files=True,
    keeps_files=lambda invoice: invoice.delivered_on is not None,
    empty=msg("Invoices issued on notice are listed here, with their progress."),
    steps={
        "mail": msg("mailed it"),
        "send": msg("sent it electronically"),
        "receive": msg("noted that the customer received it"),
        "book_in": msg("noted that the customer booked it"),
        "report_problem": msg("reported a problem"),
        "remind": msg("reminded the salesperson"),
        "reverse": msg("took the invoice back"),
        "red_letter": msg("reversed it by a red-letter invoice"),
    },
)


class InvoicesView(RecordView):
    """List, page, form and verbs of invoices."""

    noun = INVOICES
