"""The invoice notice on screen: list, page, form with lines, and its verbs."""

from __future__ import annotations

from core.database.fields import Field
from core.kernel.acting import actor
from core.kernel.words import Message, msg
from core.web.dues import Due
from core.web.nouns import Act, Group, Noun, SavedView, Shown, while_allowed
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.billing import operations
from plugins.billing.errors import NotInvoiceable
from plugins.billing.models import InvoiceNotice, NoticeLine
from plugins.billing.permissions import CLOSE, ISSUE, SEND
from plugins.billing.rules.states import NOTICE_CYCLE, OPEN_NOTICES, WAITING_NOTICES
from plugins.billing.views.asking import ON, REASON
from plugins.contracts.public import may_be_booked_on


def _sent(notice: InvoiceNotice) -> Message | None:
    return None if notice.state in OPEN_NOTICES else msg("A sent notice can no longer be changed; withdraw it or have it returned.")


def _not_waiting(notice: InvoiceNotice) -> Message | None:
    return None if notice.state in WAITING_NOTICES else msg("This notice does not wait to be issued.")


ACTS = (
    Act("send", msg("Send to the clerk"), operations.send_notice, SEND, "send", (), while_allowed(NOTICE_CYCLE, "send")),
    Act(
        "issue",
        msg("Issue invoice"),
        operations.issue_notice,
        ISSUE,
        "receipt-yuan",
        (
            Field(
                "text",
                msg("Invoice number"),
                "tax_number",
                required=True,
                max_length=40,
                help=msg("As the tax platform gave it."),
            ),
            ON,
            Field("money", msg("Amount with tax"), "amount", help=msg("Leave it empty for everything that is left.")),
        ),
        _not_waiting,
    ),
    Act("return", msg("Return"), operations.return_notice, ISSUE, "arrow-right", (REASON,), while_allowed(NOTICE_CYCLE, "return")),
    Act("withdraw", msg("Withdraw"), operations.withdraw_notice, SEND, "x", (REASON,), while_allowed(NOTICE_CYCLE, "withdraw")),
    Act(
        "close", msg("Close without the rest"), operations.close_notice, CLOSE, "checkbox", (REASON,), while_allowed(NOTICE_CYCLE, "close")
    ),
)

DUE = Due("due_on", {"state": WAITING_NOTICES})
NOTICES = Noun(
    plugin="billing",
    model=InvoiceNotice,
    path="invoice-notices",
    title=msg("Invoice notice"),
    plural=msg("Invoice notices"),
    icon="file-certificate",
    columns=(
        Shown("title", ColumnKind.NAME, CardPlace.NAME),
        Shown("state", place=CardPlace.STATE),
        Shown("due_on", place=CardPlace.LAST),
        Shown("amount", place=CardPlace.SUM),
        Shown("issued"),
        Shown("customer"),
        Shown("owner", place=CardPlace.OWNER),
        Shown("number"),
        Shown("kind", ColumnKind.TEXT, quiet=True),
        Shown("contract", quiet=True),
    ),
    groups=(
        Group(msg("Invoice notice"), ("title", "customer", "contract", "order_number", "kind", "tax_rate", "invoice_title", "note")),
        Group(msg("Amounts"), ("amount", "net", "tax", "issued")),
        Group(msg("Buyer's title data"), ("buyer", "buyer_tax_number", "buyer_bank", "buyer_account", "buyer_address", "buyer_phone")),
        Group(msg("Progress of the notice"), ("number", "sent_on", "due_on", "done_on", "state_reason")),
    ),
    order="-id",
    filters=("state", "kind", "customer", "contract", "owner", "sent_on", "due_on"),
    due=(DUE,),
    facts=("number", "customer", "owner"),
    tags=("state",),
    create=operations.draft_notice,
    change=operations.change_notice,
    delete=operations.delete_notice,
    why_fixed=_sent,
    create_label=msg("New invoice notice"),
    begun_from=("contract",),
    why_not_from={"contract": lambda contract: None if may_be_booked_on(contract) else NotInvoiceable().message},
    acts=ACTS,
    views=(
        SavedView("mine", msg("Mine"), lambda: InvoiceNotice.owner_id == actor().employee_id),
        SavedView("waiting", msg("To be issued"), lambda: InvoiceNotice.state.in_(WAITING_NOTICES), order="due_on", calls=True),
        SavedView("late", msg("Overdue"), lambda: DUE.late(InvoiceNotice), order="due_on", calls=True),
    ),
    lines=("lines", ("name", "part_number", "unit", "quantity", "price")),
    line_model=NoticeLine,
    files=True,
    empty=msg("Tell the invoicing clerk what can be invoiced under a contract."),
    steps={
        "send": msg("sent it to the invoicing clerk"),
        "issue": msg("issued an invoice"),
        "close": msg("closed it without the rest"),
        "void_invoice": msg("voided one of its invoices"),
        "red_letter_invoice": msg("reversed an invoice of it by a red-letter invoice"),
    },
)


class InvoiceNoticesView(RecordView):
    """List, page, form and verbs of invoice notices."""

    noun = NOTICES
