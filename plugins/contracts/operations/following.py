"""Open contracts follow their customer at a handover (R-165)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, handing_over, open_for_writing
from core.audit.trail import name_action
from plugins.contracts.models import Contract
from plugins.contracts.rules import OPEN
from plugins.customers.public import CustomerHandedOver


def follow_customer(session: Session, handover: CustomerHandedOver) -> int:
    """Give what the former owner had not signed yet to the new owner; signed contracts stay where they are. Return how many moved."""
    with as_system(session, "open contracts follow their customer"):
        found = session.scalars(select(Contract).where(handover.reaches(Contract), Contract.state.in_(OPEN))).all()
        with handing_over(session):
            for contract in found:
                open_for_writing(session, contract)
                name_action(session, contract, "hand_over")
                contract.owner_id, contract.department_id = handover.owner_id, handover.department_id
    return len(found)
