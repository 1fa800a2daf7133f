"""An invoice notice before it is sent: drafted, changed, its lines set, thrown away (R-108, R-227)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.database.changes import apply_changes, clean_values, make_record
from core.kernel.clock import now
from core.kernel.errors import BadInput
from core.kernel.money import line_amount, yuan
from core.kernel.words import Message, msg
from plugins.billing.errors import NoticeFixed
from plugins.billing.models import InvoiceNotice, InvoiceTitle, NoticeLine
from plugins.billing.operations.titles import title_for
from plugins.billing.rules.money import ZERO, split_tax
from plugins.billing.rules.states import OPEN_NOTICES
from plugins.contracts.public import contract_summary, schedule_of

Lines = Sequence[Mapping[str, Any]]
MOST_LINES = 100
NAMES = ("name", "part_number", "unit", "quantity", "price")


def draft_notice(session: Session, values: Mapping[str, Any]) -> InvoiceNotice:
    """Draft a notice for the contract ``values["contract"]``; ``values["lines"]`` may hold its lines as the form has them.

    It belongs to whoever drafts it; the buyer's data are copied. Raises :class:`BadInput`, and :class:`NotFound` for a contract that one
    may not see.
    """
    authorise(InvoiceNotice, "create")
    own, lines = _parted(values)
    notice: InvoiceNotice = make_record(InvoiceNotice, own)
    notice.customer_id = contract_summary(session, notice.contract_id).customer_id
    copy_buyer(session, notice)
    session.add(notice)
    session.flush()  # the kind and the rate that nobody chose are there from now on
    _write_lines(session, notice, lines or ())
    return notice


def change_notice(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> InvoiceNotice:
    """Change the given fields of a notice that is not sent, and its lines when ``changes["lines"]`` is given.

    Raises :class:`NoticeFixed`.
    """
    notice: InvoiceNotice = get_for(session, InvoiceNotice, "update", record_id, version)
    if notice.state not in OPEN_NOTICES:
        raise NoticeFixed(notice.state.label)
    own, lines = _parted(changes)
    with session.no_autoflush:
        apply_changes(notice, own)
        if "contract" in own:
            notice.customer_id = contract_summary(session, notice.contract_id).customer_id
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
    for line in lines_of(session, notice):
        session.delete(line)
    session.flush()
    session.delete(notice)
    session.flush()


def lines_of(session: Session, notice: InvoiceNotice) -> Sequence[NoticeLine]:
    """Lines in their order."""
    wanted = select(NoticeLine).where(NoticeLine.notice_id == notice.id).order_by(NoticeLine.position, NoticeLine.id)
    return session.scalars(wanted).all()


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


def _parted(values: Mapping[str, Any]) -> tuple[dict[str, Any], Lines | None]:
    own = dict(values)
    return own, own.pop("lines", None)


def _sum_up(notice: InvoiceNotice, amount: Decimal) -> None:
    notice.amount = amount
    notice.net, notice.tax = split_tax(amount, notice.tax_rate.fraction)


def _write_lines(session: Session, notice: InvoiceNotice, lines: Lines) -> None:
    """Lines keep their identity by position, so that the trail tells what changed in which line."""
    clean = _clean_lines(lines)
    parts = {part.position for part in schedule_of(session, notice.contract_id)} if clean else set()
    stored = list(lines_of(session, notice))
    for position, values in enumerate(clean, 1):
        line = stored[position - 1] if position <= len(stored) else NoticeLine(notice_id=notice.id)
        part = values["part_number"]
        if part is not None and part not in parts:
            raise BadInput(fields={f"lines-{position - 1}-part_number": msg("The payment schedule has no such part. Please check it.")})
        for name, value in {**values, "position": position, "part_id": None}.items():  # the part itself is taken up on sending
            setattr(line, name, value)
        session.add(line)
    for surplus in stored[len(clean) :]:
        session.delete(surplus)
    _sum_up(notice, yuan(sum((values["amount"] for values in clean), ZERO)))
    notice.updated_at = now()  # also when the amount stays: whoever has the notice open must not overwrite these lines
    session.flush()


def _clean_lines(lines: Lines) -> list[dict[str, Any]]:
    if len(lines) > MOST_LINES:
        raise BadInput(fields={"lines": msg("A notice has at most %(limit)s lines.", limit=MOST_LINES)})
    clean: list[dict[str, Any]] = []
    wrong: dict[str, Message] = {}
    for number, line in enumerate(lines):
        try:
            clean.append(_clean_line(line))
        except BadInput as error:
            wrong |= {f"lines-{number}-{name}": sentence for name, sentence in error.fields.items()}
    if wrong:
        raise BadInput(fields=wrong)
    return clean


def _clean_line(line: Mapping[str, Any]) -> dict[str, Any]:
    values = clean_values(NoticeLine, dict.fromkeys(NAMES) | dict(line), partial=True)
    wrong = {"quantity": msg("The quantity must be above 0.")} if values["quantity"] <= 0 else {}
    if values["price"] <= 0:
        wrong["price"] = msg("The price must be above 0.")
    if wrong:
        raise BadInput(fields=wrong)
    return values | {"amount": yuan(line_amount(values["quantity"], values["price"]))}
