"""What is open follows its customer at a handover (R-165)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.access.guard import as_system, handing_over, open_for_writing
from core.audit.trail import name_action
from plugins.billing.models import Invoice, InvoiceNotice, Receipt
from plugins.billing.rules.states import AWAITING_FEEDBACK, OPEN_NOTICES, UNBOOKED, WAITING_NOTICES
from plugins.customers.public import CustomerHandedOver


def follow_customer(session: Session, handover: CustomerHandedOver) -> int:
    """Give notices, invoices and receipts that are not finished to the new owner; what is done stays. Return how many moved."""
    with as_system(session, "open notices, invoices and receipts follow their customer"):
        found = [record for model, still in _open().items() for record in session.scalars(_of(model, still, handover)).all()]
        with handing_over(session):
            for record in found:
                open_for_writing(session, record)
                name_action(session, record, "hand_over")
                record.owner_id, record.department_id = handover.owner_id, handover.department_id
    return len(found)


def _open() -> dict[Any, ColumnElement[bool]]:
    return {
        InvoiceNotice: InvoiceNotice.state.in_((*OPEN_NOTICES, *WAITING_NOTICES)),
        Invoice: Invoice.state.in_((*AWAITING_FEEDBACK, *UNBOOKED)),
        Receipt: Receipt.rest > 0,
    }


def _of(model: Any, still: ColumnElement[bool], handover: CustomerHandedOver) -> Any:
    return select(model).where(handover.reaches(model), still).order_by(model.id)
