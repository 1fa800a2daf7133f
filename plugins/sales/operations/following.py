"""What is open follows its customer at a handover (R-165)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, handing_over, open_for_writing
from core.audit.trail import name_action
from plugins.customers.public import CustomerHandedOver
from plugins.sales.models import Opportunity, Order, ProjectProposal, Quotation
from plugins.sales.operations.pricing import note_doubt
from plugins.sales.rules.opportunities import OpportunityState
from plugins.sales.rules.orders import OrderState
from plugins.sales.rules.projects import EDITABLE
from plugins.sales.rules.quotations import IN_PROGRESS


def follow_customer(session: Session, handover: CustomerHandedOver) -> int:
    """Give what the former owner of the customer has in progress to the new one: opportunities, quotations, draft orders and
    draft proposals.

    Closed opportunities, orders and projects stay where they are. Return how many moved.
    """
    with as_system(session, "what is in progress follows its customer"):
        found = [
            *_of(session, Opportunity, handover, Opportunity.state == OpportunityState.OPEN),
            *_of(session, Quotation, handover, Quotation.state.in_(IN_PROGRESS)),
            *_of(session, Order, handover, Order.state == OrderState.DRAFT),
            *_of(session, ProjectProposal, handover, ProjectProposal.state.in_(EDITABLE)),
        ]
        with handing_over(session):
            for record in found:
                open_for_writing(session, record)
                name_action(session, record, "hand_over")
                record.owner_id, record.department_id = handover.owner_id, handover.department_id
                if isinstance(record, Opportunity):
                    note_doubt(session, record)  # another person may have another minimum
    return len(found)


def _of(session: Session, model: Any, handover: CustomerHandedOver, still: Any) -> list[Any]:
    return list(session.scalars(select(model).where(handover.reaches(model), still)))
