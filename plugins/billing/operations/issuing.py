"""The clerk issues invoices on notice: one notice in parts, or several of one buyer on one invoice (R-228)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, authorise, get_for
from core.database.changes import apply_changes, make_record
from core.kernel.acting import employee_id
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict, Forbidden
from core.kernel.words import msg
from core.organisation.parameters import parameter
from core.work.notices import notify
from plugins.billing.errors import NumberTaken, OtherBuyer, OverNotice
from plugins.billing.models import Invoice, InvoiceNotice, InvoiceSource
from plugins.billing.operations.days import past_day
from plugins.billing.permissions import DELIVER, ISSUE
from plugins.billing.rules.documents import is_invoice_number, numbers_in
from plugins.billing.rules.money import ZERO, split_tax, spread
from plugins.billing.rules.states import WAITING_NOTICES, InvoiceState, NoticeState, notice_state

OPEN_TO_ALL = frozenset({"title", "note"})
"""Fields of an invoice that its salesperson may change; the others stand on the paper."""
FIXED = frozenset({"notice", "further", "amount"})
STAYS = msg("Notices and amount of an issued invoice cannot be changed. Please make it void or reverse it by a red-letter invoice instead.")
LEFT = msg("This invoice has been sent out, so its number and date stay. Please reverse it by a red-letter invoice instead.")
MENDABLE = (InvoiceState.ISSUED, InvoiceState.PRINTED)
"""States in which the invoice is still in the house, so that a wrong number or day is mended."""


def issue_invoice(session: Session, values: Mapping[str, Any]) -> Invoice:
    """Enter an invoice that was issued for ``values["notice"]`` and the ``further`` notices named by number.

    ``amount`` (yuan, tax included) fills the notices one after the other, by default with all that is left of them. The invoice belongs to
    the sender of the first notice, who feeds its state back within the days of the parameter. Raises :class:`OtherBuyer`,
    :class:`OverNotice`, :class:`NumberTaken`, :class:`Conflict` for a notice that is not to be issued.
    """
    authorise(Invoice, "create")
    invoice: Invoice = make_record(Invoice, values)
    notices = _notices(session, invoice)
    shares = _shares(invoice, notices, whole=values.get("amount") is None)
    _fill(session, invoice, notices[0])
    invoice.tax_number = free_number(session, invoice.tax_number)
    session.add(invoice)
    session.flush()
    for notice, share in zip(notices, shares, strict=True):
        add_source(session, invoice, notice, share)
    if invoice.owner_id != employee_id():
        said = msg("The invoice %(number)s for “%(title)s” has been issued.", number=invoice.tax_number, title=invoice.title)
        notify(session, invoice.owner_id, said, f"/invoices/{invoice.id}")
    return invoice


def issue_notice(
    session: Session,
    record_id: int,
    version: int | None,
    *,
    tax_number: str,
    on: date | None = None,
    amount: Decimal | None = None,
) -> InvoiceNotice:
    """Issue an invoice of this one notice; see :func:`issue_invoice`."""
    notice: InvoiceNotice = get_for(session, InvoiceNotice, ISSUE, record_id, version)
    values = {"title": notice.title, "notice": notice.id, "tax_number": tax_number, "issued_on": on or today(), "amount": amount}
    issue_invoice(session, values)
    return notice


def change_invoice(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Invoice:
    """Change what describes an invoice; a wrong number or day is mended by whoever issues, as long as the invoice is not with the customer.

    Raises :class:`Forbidden` for what the paper says, :class:`BadInput` for notices and amount, which stay.
    """
    invoice: Invoice = get_for(session, Invoice, "update", record_id, version)
    before = {name: getattr(invoice, f"{name}_id" if name == "notice" else name) for name in Invoice.fields() if name in changes}
    changed = {name for name in changes if name in before and changes[name] != before[name]}
    if fixed := changed & FIXED:
        raise BadInput(fields=dict.fromkeys(sorted(fixed), STAYS))
    if changed - OPEN_TO_ALL:
        _may_mend(session, invoice)
    wanted = {name: changes[name] for name in changes if name in changed or name not in before}
    if "tax_number" in wanted:  # asked for before anything is changed: the database would refuse it first, without a sentence
        wanted["tax_number"] = free_number(session, str(wanted["tax_number"]), besides=invoice.id)
    with session.no_autoflush:
        apply_changes(invoice, wanted)
        invoice.issued_on = past_day(invoice.issued_on, "issued_on")
    session.flush()
    return invoice


def add_source(session: Session, invoice: Invoice, notice: InvoiceNotice, amount: Decimal) -> None:
    """Note that ``amount`` yuan of the invoice (below 0 on a red one) serve the notice, whose state follows."""
    if amount == 0:
        return
    session.add(InvoiceSource(invoice_id=invoice.id, notice_id=notice.id, contract_id=notice.contract_id, amount=amount))
    book_on_notice(notice, amount)
    session.flush()


def book_on_notice(notice: InvoiceNotice, amount: Decimal) -> None:
    """The issued amount of a notice grows by ``amount``, or shrinks when an invoice is taken back; a closed one stays closed."""
    closed = notice.state == NoticeState.DONE and notice.issued < notice.amount
    notice.issued += amount
    if not closed:
        notice.state = notice_state(notice.amount, notice.issued)
        notice.done_on = today() if notice.state == NoticeState.DONE else None


def free_number(session: Session, number: str, besides: int = 0) -> str:
    """The number without blanks, as the tax platform gives it.

    Raises :class:`BadInput` for what is none of its numbers, :class:`NumberTaken` for one that stands on an invoice ``besides`` this one.
    """
    number = number.replace(" ", "")
    if not is_invoice_number(number):
        said = msg("An invoice number has 20 digits, or 8 on paper with its code of 10 or 12 digits and a dash before it.")
        raise BadInput(fields={"tax_number": said})
    with session.no_autoflush, as_system(session, "a number of the tax platform stands on one invoice of the company"):
        taken = session.scalars(select(Invoice.id).where(Invoice.tax_number == number, Invoice.id != besides)).first()
    if taken is not None:
        raise NumberTaken
    return number


def _notices(session: Session, invoice: Invoice) -> Sequence[InvoiceNotice]:
    """The notices that the invoice serves, in their order, locked, all of one buyer and waiting to be issued."""
    ids = [invoice.notice_id, *_named(session, invoice.further or "")]
    ids = list(dict.fromkeys(ids))
    session.execute(select(InvoiceNotice.id).where(InvoiceNotice.id.in_(ids)).order_by(InvoiceNotice.id).with_for_update())
    notices: list[InvoiceNotice] = [get_for(session, InvoiceNotice, ISSUE, one) for one in ids]
    for notice in notices:
        if notice.state not in WAITING_NOTICES:
            said = msg(
                "The notice “%(title)s” does not wait to be issued: it is “%(state)s”.", title=notice.title, state=notice.state.label
            )
            raise Conflict(said)
        if not notice.buyer:  # the customer was a person and has been erased meanwhile
            raise Conflict(
                msg(
                    "The notice “%(title)s” names no buyer any more. Please return it to whoever asked for the invoice.", title=notice.title
                )
            )
        if _buyer(notice) != _buyer(notices[0]):
            raise OtherBuyer(notice.number or "")
    return notices


def _named(session: Session, further: str) -> list[int]:
    numbers = numbers_in(further)
    found = dict(session.execute(select(InvoiceNotice.number, InvoiceNotice.id).where(InvoiceNotice.number.in_(numbers))).all())
    for number in numbers:
        if number not in found:
            raise BadInput(
                fields={"further": msg("There is no invoice notice with the number “%(number)s”. Please check it.", number=number[:40])}
            )
    return [found[number] for number in numbers]


def _buyer(notice: InvoiceNotice) -> tuple[Any, ...]:
    return notice.customer_id, notice.buyer, notice.buyer_tax_number, notice.kind, notice.tax_rate


def _shares(invoice: Invoice, notices: Sequence[InvoiceNotice], *, whole: bool) -> list[Decimal]:
    """How much of each notice goes on the invoice; its amount is filled in where nobody gave one."""
    rests = [notice.amount - notice.issued for notice in notices]
    total = sum(rests, ZERO)
    wanted = total if whole else invoice.amount
    if wanted <= 0:
        raise BadInput(fields={"amount": msg("The amount must be above 0. Please check it.")})
    if wanted > total:
        raise OverNotice(total)
    invoice.amount = wanted
    return spread(wanted, rests)


def _fill(session: Session, invoice: Invoice, notice: InvoiceNotice) -> None:
    """What the invoice copies of its first notice, its tax, and until when its salesperson has to be heard."""
    invoice.owner_id, invoice.department_id = notice.owner_id, notice.department_id
    invoice.contract_id, invoice.customer_id = notice.contract_id, notice.customer_id
    invoice.buyer, invoice.kind, invoice.tax_rate = notice.buyer, notice.kind, notice.tax_rate
    invoice.net, invoice.tax = split_tax(invoice.amount, notice.tax_rate.fraction)
    invoice.issued_on = past_day(invoice.issued_on, "issued_on")
    days: int = parameter(session, "billing.feedback_days", on=invoice.issued_on)
    invoice.feedback_due_on = invoice.issued_on + timedelta(days=days)


def _may_mend(session: Session, invoice: Invoice) -> None:
    get_for(session, Invoice, DELIVER, invoice.id)
    if invoice.state not in MENDABLE:
        raise Forbidden(LEFT)
