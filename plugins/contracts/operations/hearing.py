"""What contracts do when other plugins say that something has happened; nothing of them is imported."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.kernel.words import msg
from core.work.notices import notify
from plugins.contracts.models import Contract
from plugins.contracts.operations.drafting import write_lines
from plugins.contracts.operations.telling import tell_signers_unless_asked
from plugins.contracts.public import FoundContract
from plugins.contracts.rules import RUNNING


def draft_from_deal(session: Session, deal: Any) -> Contract:
    """Draft the contract of a won opportunity for its owner, with the lines it has; once per opportunity.

    ``deal`` has ``opportunity_id``, ``title``, ``customer_id``, ``owner_id``, ``department_id``, ``amount`` in yuan, and ``lines`` of
    ``code``, ``name``, ``unit``, ``quantity``, ``price``. A deal without lines becomes one line over its amount.
    """
    with as_system(session, "a won opportunity becomes a contract"):
        known = session.scalars(select(Contract).where(Contract.opportunity_id == deal.opportunity_id)).first()
        if known is not None:
            return known
        contract = Contract(
            title=deal.title[:160],
            customer_id=deal.customer_id,
            owner_id=deal.owner_id,
            department_id=deal.department_id,
            origin=msg("Opportunity: %(title)s", title=deal.title),
            opportunity_id=deal.opportunity_id,
        )
        session.add(contract)
        session.flush()
        open_for_writing(session, contract)
        write_lines(session, contract, _lines(deal))
        notify(
            session, contract.owner_id, msg("A contract has been drafted for %(title)s.", title=contract.title), f"/contracts/{contract.id}"
        )
    tell_signers_unless_asked(session, contract)
    return contract


def find_by_number(session: Session, number: str) -> FoundContract | None:
    """The contract with ``number``, also one that the person who acts may not see: an order needs to know only whose it is."""
    with as_system(session, "an order names its contract"):
        contract = session.scalars(select(Contract).where(Contract.number == number)).one_or_none()
    if contract is None:
        return None
    return FoundContract(
        contract.id, number, contract.customer_id, contract.state in RUNNING, amount=contract.amount, signed_on=contract.signed_on
    )


def _lines(deal: Any) -> list[dict[str, Any]]:
    lines = [
        {"code": line.code, "name": line.name, "unit": line.unit, "quantity": line.quantity, "price": line.price} for line in deal.lines
    ]
    return lines or [{"name": deal.title[:160], "quantity": 1, "price": deal.amount}]
