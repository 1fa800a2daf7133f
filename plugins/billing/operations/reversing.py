"""Taking an invoice back: made void or reversed in red; the original stays, and its notice may be issued again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for, open_for_writing
from core.approvals.operations import use_approval
from core.audit.trail import name_action
from core.database.answers import needed_reason
from core.kernel.acting import employee_id
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict
from core.kernel.words import Message, msg
from core.work.notices import notify
from plugins.billing.errors import CannotVoid, OverInvoice, ReversedAlready
from plugins.billing.models import Invoice, InvoiceNotice, InvoiceSource
from plugins.billing.operations.approving import TAKING_BACK
from plugins.billing.operations.days import past_day
from plugins.billing.operations.issuing import add_source, book_on_notice, free_number
from plugins.billing.permissions import REVERSE
from plugins.billing.queries import allocated_to_invoice
from plugins.billing.rules.money import split_tax, spread
from plugins.billing.rules.states import ELECTRONIC, INVOICE_CYCLE, InvoiceState

VOIDED = msg("The invoice %(number)s was made void: %(reason)s")
REVERSED = msg("The invoice %(number)s was reversed by a red-letter invoice: %(reason)s")


def void_invoice(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> Invoice:
    """Make a paper invoice of this month void; what it invoiced is free again.

    Raises :class:`CannotVoid` for an electronic or older one, :class:`Conflict` while receipts are allocated to it,
    :class:`ApprovalNeeded` while somebody whom the chain asks has not agreed.
    """
    invoice = _taken_back(session, record_id, version, "void")
    if invoice.kind in ELECTRONIC or (invoice.issued_on.year, invoice.issued_on.month) != (today().year, today().month):
        raise CannotVoid
    invoice.state = INVOICE_CYCLE.move(invoice.state, "void")
    invoice.state_reason = needed_reason(reason)
    for source, notice in _sources(session, invoice):
        book_on_notice(notice, -source.amount)
        name_action(session, notice, "void_invoice")
    session.flush()
    _tell(session, invoice)
    return invoice


def reverse_invoice(
    session: Session,
    record_id: int,
    version: int | None,
    *,
    tax_number: str,
    reason: str | None = None,
    amount: Decimal | None = None,
    on: date | None = None,
) -> Invoice:
    """Reverse an invoice in red, wholly or by ``amount`` yuan: a red-letter invoice of its own number stands against the original.

    Raises :class:`ReversedAlready` the second time, :class:`OverInvoice` beyond the original. Returns the original.
    """
    invoice = _taken_back(session, record_id, version, "red_letter")
    if invoice.state == InvoiceState.REVERSED:
        raise ReversedAlready
    reversed_state = INVOICE_CYCLE.move(invoice.state, "red_letter")  # before the amount: no other one helps a void invoice
    taken = invoice.amount if amount is None else amount
    if taken <= 0:
        raise BadInput(fields={"amount": msg("The amount must be above 0. Please check it.")})
    if taken > invoice.amount:
        raise OverInvoice(invoice.amount)
    invoice.state = reversed_state
    invoice.state_reason = needed_reason(reason)
    red = _red_letter(session, invoice, taken, tax_number, past_day(on, "on"))
    sources = list(reversed(_sources(session, invoice)))
    for (_, notice), share in zip(sources, spread(taken, [source.amount for source, _ in sources]), strict=True):
        name_action(session, notice, "red_letter_invoice")
        add_source(session, red, notice, -share)
    _tell(session, invoice)
    return invoice


def _taken_back(session: Session, record_id: int, version: int | None, verb: str) -> Invoice:
    """The invoice, locked against whoever allocates to it or takes it back at the same time."""
    session.execute(select(Invoice.id).where(Invoice.id == record_id).with_for_update())
    invoice: Invoice = get_for(session, Invoice, REVERSE, record_id, version)
    with as_system(session, "receipts of an invoice that is taken back"):
        allocated = allocated_to_invoice(session, record_id)
    use_approval(session, TAKING_BACK, invoice)
    if allocated > 0 and any(step.verb == verb for step in INVOICE_CYCLE.allowed(invoice.state)):
        raise Conflict(msg("Receipts are allocated to this invoice. Please reverse those allocations first."))
    return invoice


def _red_letter(session: Session, invoice: Invoice, taken: Decimal, tax_number: str, on: date) -> Invoice:
    if on < invoice.issued_on:
        raise BadInput(fields={"on": msg("This day lies before the date of issue. Please choose a later one.")})
    whole = taken == invoice.amount
    net, tax = (invoice.net, invoice.tax) if whole else split_tax(taken, invoice.tax_rate.fraction)
    copied = ("title", "notice_id", "contract_id", "customer_id", "buyer", "kind", "tax_rate", "owner_id", "department_id")
    red = Invoice(**{name: getattr(invoice, name) for name in copied}, issued_on=on, red_of_id=invoice.id)
    red.amount, red.net, red.tax = -taken, -net, -tax
    red.state, red.state_reason = InvoiceState.RED, invoice.state_reason
    red.tax_number = free_number(session, tax_number)
    session.add(red)
    open_for_writing(session, red)
    session.flush()
    return red


def _sources(session: Session, invoice: Invoice) -> Sequence[tuple[InvoiceSource, InvoiceNotice]]:
    """What the invoice serves, with its notices open for writing."""
    wanted = (
        select(InvoiceSource, InvoiceNotice)
        .join(InvoiceNotice, InvoiceNotice.id == InvoiceSource.notice_id)
        .where(InvoiceSource.invoice_id == invoice.id)
        .order_by(InvoiceNotice.id)
        .with_for_update()
    )
    found = session.execute(wanted).all()
    for _, notice in found:
        open_for_writing(session, notice)
    return found


def _tell(session: Session, invoice: Invoice) -> None:
    if invoice.owner_id != employee_id():
        what = VOIDED if invoice.state == InvoiceState.VOID else REVERSED
        said = Message(what.text, {"number": invoice.tax_number, "reason": invoice.state_reason})
        notify(session, invoice.owner_id, said, f"/invoices/{invoice.id}")
