"""The statement of account of a customer: what was invoiced, what was paid, what is left (R-233)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.kernel.words import Message, msg
from plugins.billing.models import Invoice, Receipt, Refund
from plugins.billing.rules.money import ZERO
from plugins.billing.rules.states import InvoiceState
from plugins.customers.public import customer_summary


@dataclass(frozen=True)
class Entry:
    """One line: ``debit`` is what the customer owes more, ``credit`` what it owes less (yuan), ``balance`` what it owes then."""

    day: date
    what: Message
    number: str
    url: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    balance: Decimal = ZERO


@dataclass(frozen=True)
class Statement:
    """What a customer owes at the beginning and at the end of a period, and every document between (yuan)."""

    customer_id: int
    customer: str
    since: date
    until: date
    opening: Decimal
    entries: Sequence[Entry]

    @property
    def debit(self) -> Decimal:
        """Invoiced in the period, refunds included."""
        return sum((entry.debit for entry in self.entries), ZERO)

    @property
    def credit(self) -> Decimal:
        """Received in the period."""
        return sum((entry.credit for entry in self.entries), ZERO)

    @property
    def closing(self) -> Decimal:
        """What is left at the end."""
        return self.opening + self.debit - self.credit


def statement_of(session: Session, customer_id: int, since: date, until: date) -> Statement:
    """The statement from ``since`` to ``until``, both included, of what the person who acts may see.

    Raises :class:`NotFound` for a customer that he or she may not see.
    """
    customer = customer_summary(session, customer_id)
    opening = _opening(session, customer_id, since)
    entries = sorted(_entries(session, customer_id, since, until), key=lambda entry: (entry.day, entry.number))
    return Statement(customer_id, customer.name, since, until, opening, _balanced(opening, entries))


def _balanced(opening: Decimal, entries: Sequence[Entry]) -> list[Entry]:
    found, balance = [], opening
    for entry in entries:
        balance += entry.debit - entry.credit
        found.append(Entry(entry.day, entry.what, entry.number, entry.url, entry.debit, entry.credit, balance))
    return found


def _opening(session: Session, customer_id: int, since: date) -> Decimal:
    sums = (
        _invoices(customer_id).where(Invoice.issued_on < since).with_only_columns(func.sum(Invoice.amount)),
        _receipts(customer_id).where(Receipt.received_on < since).with_only_columns(func.sum(Receipt.amount)),
        _refunds(customer_id).where(Refund.refunded_on < since).with_only_columns(func.sum(Refund.amount)),
    )
    row: Any = session.execute(select(*(one.scalar_subquery() for one in sums))).one()
    return (row[0] or ZERO) - (row[1] or ZERO) + (row[2] or ZERO)


def _entries(session: Session, customer_id: int, since: date, until: date) -> Iterator[Entry]:
    for invoice in session.scalars(_invoices(customer_id).where(Invoice.issued_on.between(since, until))):
        red = invoice.amount < 0
        url = url_for("InvoicesView.show", pk=invoice.id)
        yield Entry(invoice.issued_on, msg("Red-letter invoice") if red else msg("Invoice"), invoice.tax_number, url, debit=invoice.amount)
    for receipt in session.scalars(_receipts(customer_id).where(Receipt.received_on.between(since, until))):
        url = url_for("ReceiptsView.show", pk=receipt.id)
        yield Entry(receipt.received_on, msg("Receipt"), receipt.number or "", url, credit=receipt.amount)
    asked = _refunds(customer_id).where(Refund.refunded_on.between(since, until)).with_only_columns(Refund, Receipt.number)
    for refund, number in session.execute(asked).all():
        url = url_for("ReceiptsView.show", pk=refund.receipt_id)
        yield Entry(refund.refunded_on, msg("Refund"), number or "", url, debit=refund.amount)


def _invoices(customer_id: int) -> Select[Any]:
    return select(Invoice).where(Invoice.customer_id == customer_id, Invoice.state != InvoiceState.VOID)


def _receipts(customer_id: int) -> Select[Any]:
    return select(Receipt).where(Receipt.customer_id == customer_id)


def _refunds(customer_id: int) -> Select[Any]:
    return select(Refund).join(Receipt, Receipt.id == Refund.receipt_id).where(Receipt.customer_id == customer_id)
