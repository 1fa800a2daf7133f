"""The buyer's title data of a customer: added, changed, removed; one of them is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for, open_for_writing
from core.database.changes import apply_changes, make_record
from core.database.sessions import one
from core.kernel.errors import BadInput, Conflict
from core.kernel.words import msg
from plugins.billing.models import InvoiceNotice, InvoiceTitle
from plugins.billing.rules.documents import is_tax_number
from plugins.customers.public import customer_summary


def add_title(session: Session, values: Mapping[str, Any]) -> InvoiceTitle:
    """Add title data to the customer ``values["customer"]``; the first ones are proposed.

    Raises :class:`BadInput` for a tax number that is none, :class:`NotFound` for a customer that one may not see.
    """
    authorise(InvoiceTitle, "create")
    title: InvoiceTitle = make_record(InvoiceTitle, values)
    customer_summary(session, title.customer_id)
    _check(title)
    if not _others(session, title):
        title.proposed = True
    session.add(title)
    session.flush()
    _only_proposed(session, title)
    return title


def change_title(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> InvoiceTitle:
    """Change title data; notices and invoices that copied them stay as they are."""
    title: InvoiceTitle = get_for(session, InvoiceTitle, "update", record_id, version)
    if changes.get("customer", title.customer_id) != title.customer_id:
        raise BadInput(fields={"customer": msg("Title data stay with their customer. Please add new ones to the other customer.")})
    with session.no_autoflush:
        apply_changes(title, changes)
        _check(title)
    session.flush()
    _only_proposed(session, title)
    return title


def remove_title(session: Session, record_id: int, version: int | None) -> None:
    """Remove title data that no notice uses; raises :class:`Conflict` otherwise."""
    title: InvoiceTitle = get_for(session, InvoiceTitle, "delete", record_id, version)
    if session.scalar(select(InvoiceNotice.id).where(InvoiceNotice.invoice_title_id == record_id).limit(1)):
        raise Conflict(msg("Invoice notices use these title data, so they cannot be removed. Please change them instead."))
    session.delete(title)
    session.flush()


def title_for(session: Session, customer_id: int, title_id: int | None) -> InvoiceTitle | None:
    """The chosen title data of the customer, else the proposed ones; None where the customer has none.

    Raises :class:`BadInput` when the chosen ones are another customer's.
    """
    if title_id is None:
        wanted = select(InvoiceTitle).where(InvoiceTitle.customer_id == customer_id)
        return session.scalars(wanted.order_by(InvoiceTitle.proposed.desc(), InvoiceTitle.id).limit(1)).one_or_none()
    title: InvoiceTitle = one(session, select(InvoiceTitle).where(InvoiceTitle.id == title_id))
    if title.customer_id != customer_id:
        raise BadInput(fields={"invoice_title": msg("These title data belong to another customer. Please choose others.")})
    return title


def _check(title: InvoiceTitle) -> None:
    if title.tax_number is None:
        return
    title.tax_number = title.tax_number.upper().replace(" ", "")
    if not is_tax_number(title.tax_number):
        said = msg("A tax number has 15, 17, 18 or 20 digits and capital letters. Please check it.")
        raise BadInput(fields={"tax_number": said})


def _others(session: Session, title: InvoiceTitle) -> list[InvoiceTitle]:
    wanted = select(InvoiceTitle).where(InvoiceTitle.customer_id == title.customer_id)
    return [other for other in session.scalars(wanted) if other is not title]


def _only_proposed(session: Session, title: InvoiceTitle) -> None:
    """Whatever is proposed now takes the mark from the others."""
    for other in _others(session, title) if title.proposed else ():
        if other.proposed:
            open_for_writing(session, other)
            other.proposed = False
    session.flush()
