"""Figures, stat buttons and timeline entries on customers, contracts and the documents themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from flask import url_for
from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from core.access.field_rights import access_on
from core.access.guard import seen_here
from core.database.covering import OPEN
from core.database.together import Counted, Kind, Summed, Told, ToldRow, told
from core.database.types import Fen
from core.extension.exchange import Figure, RelatedCount, RelatedTable, TimelineEntry
from core.kernel.acting import Scope, acting, actor
from core.kernel.clock import SHANGHAI
from core.kernel.money import from_fen
from core.kernel.words import Message, msg
from core.organisation.models import Employee
from plugins.billing.errors import shown
from plugins.billing.models import Allocation, Invoice, InvoiceNotice, InvoiceSource, Receipt
from plugins.billing.permissions import AGEING, ALLOCATION, INVOICE, NOTICE, RECEIPT, STATEMENT
from plugins.billing.queries import kept, less
from plugins.billing.rules.money import in_capitals
from plugins.billing.rules.states import AllocationState, Delivery, InvoiceState
from plugins.contracts.public import CONTRACT_RESOURCE, contract_value
from plugins.customers.public import CUSTOMER_RESOURCE, agreed_credit

WITH_TAX = msg("Amount with tax")
TABLES: Mapping[str, Sequence[RelatedTable]] = {
    CUSTOMER_RESOURCE: (
        RelatedTable("invoices", msg("Invoices"), "invoices", "customer"),
        RelatedTable("receipts", msg("Receipts"), "receipts", "customer"),
        RelatedTable("invoice-titles", msg("Buyer's title data"), "invoice-titles", "customer"),
    ),
    CONTRACT_RESOURCE: (
        RelatedTable("invoice-notices", msg("Invoice notices"), "invoice-notices", "contract"),
        RelatedTable("contract-invoices", msg("Invoices"), "invoices", "contract"),
        RelatedTable("allocations", msg("Allocations"), "allocations", "contract"),
    ),
    NOTICE: (RelatedTable("notice-invoices", msg("Invoices"), "invoices", "notice"),),
    INVOICE: (RelatedTable("invoice-allocations", msg("Allocations"), "allocations", "invoice"),),
    RECEIPT: (RelatedTable("receipt-allocations", msg("Allocations"), "allocations", "receipt"),),
}
"""Tabs by the resource on whose records they stand."""


def counts(resource: str, record_id: int) -> Sequence[RelatedCount]:
    """How many invoices and receipts a customer has, as doors to them."""
    if resource != CUSTOMER_RESOURCE:
        return ()
    invoices = Counted(select(Invoice).where(Invoice.customer_id == record_id))
    receipts = Counted(select(Receipt).where(Receipt.customer_id == record_id))
    offered = (
        (INVOICE, RelatedCount(msg("Invoices"), "receipt-yuan", invoices, url_for("InvoicesView.list", customer=record_id))),
        (RECEIPT, RelatedCount(msg("Receipts"), "cash", receipts, url_for("ReceiptsView.list", customer=record_id))),
    )
    return [count for right, count in offered if actor().may(right, "read")]


def figures(session: Session, resource: str, record_id: int) -> Sequence[Figure]:
    """Money of a customer, a contract, a notice, an invoice or a receipt, as far as the person who acts may see it."""
    return _FIGURES[resource](session, record_id) if resource in _FIGURES else ()


def _of_customer(session: Session, customer_id: int) -> Sequence[Figure]:
    who = actor()
    if not (who.may(INVOICE, "read") and who.may(RECEIPT, "read")):
        return ()
    invoiced = select(func.sum(Invoice.amount)).where(Invoice.customer_id == customer_id, Invoice.state != InvoiceState.VOID)
    received = select(kept()).where(Receipt.customer_id == customer_id)
    url = url_for("StatementsView.statement", customer=customer_id) if who.may(STATEMENT, "read") else ""
    counted = url_for("InvoicesView.list", customer=customer_id, state=[one.value for one in InvoiceState if one is not InvoiceState.VOID])
    owed = less(invoiced, received, owed=True)
    return [
        Figure(msg("Invoiced"), Summed(invoiced), "money", url=counted),
        Figure(msg("Invoiced and not paid"), Summed(owed), "money", url=url),
        *_credit_left(session, customer_id, owed),
    ]


def _credit_left(session: Session, customer_id: int, owed: Select[Any]) -> Sequence[Figure]:
    """What the customer may still owe, below 0 where that is too much already; nothing of one with whom nothing was agreed.

    For whoever sees all invoices and receipts of the company: a part of them would promise more than there is.
    """
    who, agreed = actor(), agreed_credit(session, customer_id)
    if agreed is None or not all({Scope.COMPANY, Scope.ALL} & who.scopes(right, "read") for right in (INVOICE, RECEIPT)):
        return ()
    return [Figure(msg("Credit left"), Summed(less(select(literal(agreed, Fen())), owed)), "money")]


def _of_contract(_: Session, contract_id: int) -> Sequence[Figure]:
    who = actor()
    if not (who.may(INVOICE, "read") and who.may(ALLOCATION, "read")):
        return ()
    invoiced = select(func.sum(InvoiceSource.amount)).join(Invoice, Invoice.id == InvoiceSource.invoice_id)
    invoiced = invoiced.where(InvoiceSource.contract_id == contract_id, Invoice.state != InvoiceState.VOID)
    active = Allocation.contract_id == contract_id, Allocation.state == AllocationState.ACTIVE
    received = select(func.sum(Allocation.amount)).where(*active)
    url = url_for("AgeingView.parts", by="contract", key=contract_id) if who.may(AGEING, "read") else ""
    # An invoice may be for several contracts; what of it is for this one stands on its notices.
    notices = url_for("InvoiceNoticesView.list", contract=contract_id) if who.may(NOTICE, "read") else ""
    allocations = url_for("AllocationsView.list", contract=contract_id, state=AllocationState.ACTIVE.value)
    return [
        Figure(msg("Invoiced"), Summed(invoiced), "money", url=notices),
        Figure(msg("Received"), Summed(received), "money", url=allocations),
        Figure(
            msg("Still to be paid"),
            Summed(less(contract_value(contract_id), received, unknown=True, owed=True)),
            "money",
            url=url,
            unknown=True,
        ),
    ]


def _of_notice(session: Session, notice_id: int) -> Sequence[Figure]:
    amount, issued = _readable(session, InvoiceNotice, notice_id, "amount", "issued")
    left = None if amount is None or issued is None else amount - issued
    return [_in_words(amount), Figure(msg("Left to issue"), left, "money")]


def _of_invoice(session: Session, invoice_id: int) -> Sequence[Figure]:
    return [_in_words(_readable(session, Invoice, invoice_id, "amount")[0])]


def _of_receipt(session: Session, receipt_id: int) -> Sequence[Figure]:
    amount, rest = _readable(session, Receipt, receipt_id, "amount", "rest")
    return [_in_words(amount, msg("Received amount")), Figure(msg("Open balance"), rest, "money")]


def _readable(session: Session, model: type[Invoice | InvoiceNotice | Receipt], record_id: int, *names: str) -> Sequence[Decimal | None]:
    """Amounts of the document whose page is being made, so nothing is asked again; None for what may not be read."""
    document = seen_here(session, model, record_id)
    return [getattr(document, name) if access_on(acting(), document, name) in OPEN else None for name in names]


def _in_words(amount: Decimal | None, label: Message = WITH_TAX) -> Figure:
    """The amount with its words; nothing of either for whoever may not read it."""
    return Figure(label, amount, "money", None if amount is None else msg("Amount in words: %(words)s", words=in_capitals(amount)))


_FIGURES = {
    CUSTOMER_RESOURCE: _of_customer,
    CONTRACT_RESOURCE: _of_contract,
    NOTICE: _of_notice,
    INVOICE: _of_invoice,
    RECEIPT: _of_receipt,
}


def timeline(resource: str, record_id: int) -> Sequence[Told]:
    """Receipts on a customer's timeline: money that came in, with the state of delivery, latest first (R-232)."""
    if resource != CUSTOMER_RESOURCE or not actor().may(RECEIPT, "read"):
        return ()
    rows = told(Receipt.id, Receipt.amount, Receipt.delivery, day=Receipt.received_on, who=Employee.name)
    rows = rows.join(Employee, Employee.id == Receipt.owner_id).where(Receipt.customer_id == record_id)
    return [Told(rows.order_by(Receipt.received_on.desc(), Receipt.id.desc()), _came_in, Kind("receipts", msg("Receipts")))]


def _came_in(row: ToldRow) -> TimelineEntry:
    fen, delivery, *_ = row.texts
    assert row.day is not None
    return TimelineEntry(
        datetime.combine(row.day, time(12), SHANGHAI),
        row.who or "",
        msg("Money came in") if fen is None else msg("%(amount)s came in", amount=shown(from_fen(int(fen)))),
        icon="cash",
        tone="good",
        body=str(Delivery(delivery or Delivery.UNKNOWN).label),
        url=url_for("ReceiptsView.show", pk=row.id),
    )
