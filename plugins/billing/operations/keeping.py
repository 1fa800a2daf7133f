"""What the law keeps of invoices and money although the person whom they are about is erased (R-462).

Vouchers of accounting are kept for 30 years from the end of the year they belong to (Measures for the Administration of Accounting
Archives, 2015, annex 1); the company may set another number of years. An invoice is one with its buyer, and so is the notice and the title
data by which it can be corrected; a notice without an invoice and title data that no invoice used are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.extension.exchange import Kept, KeptByLaw
from core.kernel.words import Message, msg
from core.organisation.parameters import parameter
from plugins.billing.models import Invoice, InvoiceNotice, InvoiceSource, InvoiceTitle, Receipt

YEARS = "billing.voucher_years"
ISSUED = msg("The law on accounting archives keeps issued invoices with their buyer.")
RECEIVED = msg("The law on accounting archives keeps vouchers of money received.")


def invoices_kept(session: Session, ids: Sequence[int]) -> Mapping[int, Kept]:
    """Every invoice, void and red-letter ones as well."""
    asked = select(Invoice.id, Invoice.issued_on).where(Invoice.id.in_(ids))
    return _kept(session, session.execute(asked), ISSUED)


def notices_kept(session: Session, ids: Sequence[int]) -> Mapping[int, Kept]:
    """Notices that an invoice serves, as long as the last of them."""
    asked = select(InvoiceSource.notice_id, func.max(Invoice.issued_on)).join(Invoice, Invoice.id == InvoiceSource.invoice_id)
    return _kept(session, session.execute(asked.where(InvoiceSource.notice_id.in_(ids)).group_by(InvoiceSource.notice_id)), ISSUED)


def titles_kept(session: Session, ids: Sequence[int]) -> Mapping[int, Kept]:
    """Title data that stand on an invoice, as long as the last of them."""
    title = InvoiceNotice.invoice_title_id
    asked = select(title, func.max(Invoice.issued_on)).join(InvoiceSource, InvoiceSource.notice_id == InvoiceNotice.id)
    rows = session.execute(asked.join(Invoice, Invoice.id == InvoiceSource.invoice_id).where(title.in_(ids)).group_by(title))
    return _kept(session, rows, ISSUED)


def receipts_kept(session: Session, ids: Sequence[int]) -> Mapping[int, Kept]:
    """Every receipt: the voucher is that of the bank."""
    return _kept(session, session.execute(select(Receipt.id, Receipt.received_on).where(Receipt.id.in_(ids))), RECEIVED)


def _kept(session: Session, rows: Iterable[Any], why: Message) -> dict[int, Kept]:
    """By id of ``rows``, each with the day of the voucher behind it."""
    years: int = parameter(session, YEARS)
    return {record_id: Kept(why, date(day.year + years, 12, 31)) for record_id, day in rows}


KEPT = (
    KeptByLaw(Invoice, invoices_kept),
    KeptByLaw(InvoiceNotice, notices_kept),
    KeptByLaw(InvoiceTitle, titles_kept),
    KeptByLaw(Receipt, receipts_kept),
)
