"""A contract with money on it is not made void (issue of the regulation: what was paid stays accounted for)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.kernel.words import Message, msg
from plugins.billing.errors import HasMoney
from plugins.billing.models import InvoiceNotice
from plugins.billing.queries import allocated_to_contract, invoiced_of_contract
from plugins.billing.rules.states import WAITING_NOTICES
from plugins.contracts.public import EndingContract, lock_contract


def guard_ending(session: Session, ending: EndingContract) -> None:
    """Raise :class:`HasMoney` when a contract that is about to be void has receipts, invoices or notices that wait for the clerk.

    One that is terminated keeps them: what was delivered until then is still invoiced and paid.
    """
    if ending.how != "void":
        return
    with as_system(session, "a contract with money on it is not made void"):
        lock_contract(session, ending.id)
        found = _in_the_way(session, ending.id)
    if found is not None:
        raise HasMoney(found)


def _in_the_way(session: Session, contract_id: int) -> Message | None:
    if allocated_to_contract(session, contract_id) > 0:
        return msg("Receipts")
    if invoiced_of_contract(session, contract_id) != 0:
        return msg("Invoices")
    waiting = select(InvoiceNotice.id).where(InvoiceNotice.contract_id == contract_id, InvoiceNotice.state.in_(WAITING_NOTICES))
    return msg("Invoice notices") if session.scalars(waiting.limit(1)).first() is not None else None
