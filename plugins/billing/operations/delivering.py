"""The invoice on its way: printed, mailed or sent by the clerk, its fate fed back by the salesperson (R-228 to R-230, R-326, R-328)."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from core.access.guard import get_for
from core.access.holders import who_may
from core.audit.trail import name_action
from core.database.answers import needed_reason
from core.database.values import clean_value
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict
from core.kernel.words import msg
from core.work.attachments import attachments_of
from core.work.notices import notify, notify_each
from plugins.billing.errors import FileMissing
from plugins.billing.models import Invoice
from plugins.billing.operations.days import past_day
from plugins.billing.permissions import DELIVER, FEED_BACK, REMIND
from plugins.billing.rules.states import ELECTRONIC, INVOICE_CYCLE, UNBOOKED, InvoiceState

FORMS = (".pdf", ".ofd", ".xml")
"""In which an electronic invoice is sent."""


def print_invoice(session: Session, record_id: int, version: int | None, *, on: date | None = None) -> Invoice:
    """Note that a paper invoice was printed."""
    invoice = _moved(session, record_id, version, DELIVER, "print", electronic=False)
    invoice.printed_on = _not_before_issue(invoice, on)
    session.flush()
    return invoice


def mail_invoice(session: Session, record_id: int, version: int | None, *, tracking_number: str, on: date | None = None) -> Invoice:
    """Note that a printed invoice was mailed, when and under which tracking number."""
    invoice = _moved(session, record_id, version, DELIVER, "mail", electronic=False)
    try:
        invoice.tracking_number = clean_value(Invoice.fields()["tracking_number"], tracking_number)
    except BadInput as error:
        raise BadInput(fields={"tracking_number": error.message}) from error
    if not invoice.tracking_number:
        raise BadInput(fields={"tracking_number": msg("Please give the tracking number.")})
    return _delivered(session, invoice, on)


def send_invoice(session: Session, record_id: int, version: int | None, *, on: date | None = None) -> Invoice:
    """Note that an electronic invoice was sent; raises :class:`FileMissing` while its file is not attached."""
    invoice = _moved(session, record_id, version, DELIVER, "send", electronic=True)
    if not any(one.name.lower().endswith(FORMS) for one in attachments_of(session, invoice)):
        raise FileMissing
    return _delivered(session, invoice, on)


def receive_invoice(session: Session, record_id: int, version: int | None, *, on: date | None = None) -> Invoice:
    """The customer has the invoice: fed back by the salesperson (R-229)."""
    invoice = _moved(session, record_id, version, FEED_BACK, "receive")
    return _fed_back(session, invoice, on)


def book_in_invoice(session: Session, record_id: int, version: int | None, *, on: date | None = None) -> Invoice:
    """The customer has booked the invoice in (R-230)."""
    invoice = _moved(session, record_id, version, FEED_BACK, "book_in")
    invoice.booked_in_on = _not_before_issue(invoice, on)
    return _fed_back(session, invoice, on)


def report_problem(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> Invoice:
    """Something is wrong with the invoice, such as lost or refused; whoever delivers invoices is told why and sends it anew."""
    invoice = _moved(session, record_id, version, FEED_BACK, "report_problem")
    invoice.state_reason = needed_reason(reason)
    _fed_back(session, invoice, None)
    said = msg("There is a problem with the invoice %(number)s: %(reason)s", number=invoice.tax_number, reason=invoice.state_reason)
    many = msg("There are problems with invoices.")
    notify_each(session, who_may(session, DELIVER, invoice), said, f"/invoices/{invoice.id}", many=many)
    return invoice


def remind(session: Session, record_id: int, version: int | None) -> Invoice:
    """Remind the salesperson of an invoice that the customer has not booked (R-230)."""
    invoice: Invoice = get_for(session, Invoice, REMIND, record_id, version)
    if invoice.state not in UNBOOKED:
        raise Conflict(msg("Only an invoice that the customer has, but has not booked yet, needs a reminder."))
    invoice.reminded_on = today()
    session.flush()
    said = msg("Please make sure that the customer books the invoice %(number)s, and report its status.", number=invoice.tax_number)
    notify(session, invoice.owner_id, said, f"/invoices/{invoice.id}")
    return invoice


def _moved(session: Session, record_id: int, version: int | None, right: str, verb: str, *, electronic: bool | None = None) -> Invoice:
    invoice: Invoice = get_for(session, Invoice, right, record_id, version)
    name_action(session, invoice, verb)
    if electronic is not None and (invoice.kind in ELECTRONIC) != electronic:
        paper = msg("An electronic invoice is neither printed nor mailed. Please send it instead.")
        raise Conflict(paper if not electronic else msg("A paper invoice cannot be sent electronically. Please print and mail it."))
    invoice.state = INVOICE_CYCLE.move(invoice.state, verb)
    if invoice.state != InvoiceState.PROBLEM:
        invoice.state_reason = None
    return invoice


def _delivered(session: Session, invoice: Invoice, on: date | None) -> Invoice:
    invoice.delivered_on = _not_before_issue(invoice, on)
    session.flush()
    return invoice


def _fed_back(session: Session, invoice: Invoice, on: date | None) -> Invoice:
    _not_before_issue(invoice, on)
    invoice.fed_back_on = invoice.fed_back_on or today()
    session.flush()
    return invoice


def _not_before_issue(invoice: Invoice, on: date | None) -> date:
    day = past_day(on, "on")
    if day < invoice.issued_on:
        raise BadInput(fields={"on": msg("This day lies before the date of issue. Please choose a later one.")})
    return day
