"""An invoice notice before it is sent: drafted, changed, its lines set, thrown away (R-108, R-227)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.database.changes import apply_changes, clean_values, make_record
from core.database.lines import Lines, clean_lines, delete_with_lines, keep_lines, parted
from core.kernel.errors import BadInput
from core.kernel.money import line_amount, yuan
from core.kernel.words import msg
from plugins.billing.errors import NoticeFixed, NotInvoiceable
from plugins.billing.models import InvoiceNotice, InvoiceTitle, NoticeLine
from plugins.billing.operations.titles import title_for
from plugins.billing.rules.money import ZERO, split_tax
from plugins.billing.rules.states import OPEN_NOTICES
from plugins.contracts.public import ContractSummary, contract_summary, schedule_of

MOST_LINES = 100
NAMES = ("name", "part_number", "unit", "quantity", "price")


def draft_notice(session: Session, values: Mapping[str, Any]) -> InvoiceNotice:
    """Draft a notice for the contract ``values["contract"]``; ``values["lines"]`` may hold its lines as the form has them.

    It belongs to whoever drafts it; the buyer's data are copied. Raises :class:`BadInput`, :class:`NotInvoiceable` for a contract that is
    not signed or has ended, and :class:`NotFound` for one that the person may not see.
    """
    authorise(InvoiceNotice, "create")
    own, lines = parted(values)
    notice: InvoiceNotice = make_record(InvoiceNotice, own)
    notice.customer_id = _invoiced(session, notice).customer_id
    copy_buyer(session, notice)
    session.add(notice)
    session.flush()  # the kind and the rate that nobody chose are there from now on
    _write_lines(session, notice, lines or ())
    return notice


def change_notice(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> InvoiceNotice:
    """Change the given fields of a notice that is not sent, and its lines when ``changes["lines"]`` is given.

    Raises :class:`NoticeFixed`, :class:`NotInvoiceable` for another contract that is not signed or has ended.
    """
    notice: InvoiceNotice = get_for(session, InvoiceNotice, "update", record_id, version)
    if notice.state not in OPEN_NOTICES:
        raise NoticeFixed(notice.state.label)
    own, lines = parted(changes)
    with session.no_autoflush:
        apply_changes(notice, own)
        if "contract" in own:
            notice.customer_id = _invoiced(session, notice).customer_id
        if {"contract", "invoice_title"} & set(own):
            copy_buyer(session, notice)
        _sum_up(notice, notice.amount)
    if lines is not None:
        _write_lines(session, notice, lines)
    session.flush()
    return notice


def delete_notice(session: Session, record_id: int, version: int | None) -> None:
    """Throw away a notice that was never sent and has no number."""
    notice: InvoiceNotice = get_for(session, InvoiceNotice, "delete", record_id, version)
    if notice.state not in OPEN_NOTICES or notice.number:
        raise NoticeFixed(notice.state.label)
    delete_with_lines(session, NoticeLine, notice)


def _invoiced(session: Session, notice: InvoiceNotice) -> ContractSummary:
    """The contract of a notice, which has to be one that can be invoiced."""
    contract = contract_summary(session, notice.contract_id)
    if not contract.open:
        raise NotInvoiceable
    return contract


def copy_buyer(session: Session, notice: InvoiceNotice) -> None:
    """Copy the chosen or proposed title data, as they are now, into the notice."""
    with session.no_autoflush:
        title = title_for(session, notice.customer_id, notice.invoice_title_id)
    notice.invoice_title_id = title.id if title is not None else None
    for own, name in BUYER.items():
        setattr(notice, own, getattr(title, name) if title is not None else None)


BUYER: Mapping[str, str] = {
    "buyer": "name",
    "buyer_tax_number": "tax_number",
    "buyer_bank": "bank",
    "buyer_account": "account",
    "buyer_address": "address",
    "buyer_phone": "phone",
}
"""Field of the notice to field of :class:`InvoiceTitle`."""
assert set(BUYER.values()) <= set(InvoiceTitle.fields())


def _sum_up(notice: InvoiceNotice, amount: Decimal) -> None:
    notice.amount = amount
    notice.net, notice.tax = split_tax(amount, notice.tax_rate.fraction)


def _write_lines(session: Session, notice: InvoiceNotice, lines: Lines) -> None:
    """Replace the lines of a notice that a verb has opened; its sums follow."""
    clean = clean_lines(lines, _clean_line, most=MOST_LINES)
    parts = {part.position for part in schedule_of(session, notice.contract_id)} if clean else set()
    for number, values in enumerate(clean):
        if values["part_number"] is not None and values["part_number"] not in parts:
            raise BadInput(fields={f"lines-{number}-part_number": msg("The payment schedule has no such part. Please check it.")})
    _sum_up(notice, yuan(sum((values["amount"] for values in clean), ZERO)))
    keep_lines(session, NoticeLine, notice, [{**values, "part_id": None} for values in clean])  # the part itself is taken up on sending


def _clean_line(line: Mapping[str, Any]) -> dict[str, Any]:
    values = clean_values(NoticeLine, dict.fromkeys(NAMES) | dict(line), partial=True)
    wrong = {"quantity": msg("The quantity must be above 0.")} if values["quantity"] <= 0 else {}
    if values["price"] <= 0:
        wrong["price"] = msg("The price must be above 0. Please check it.")
    if wrong:
        raise BadInput(fields=wrong)
    return values | {"amount": yuan(line_amount(values["quantity"], values["price"]))}
