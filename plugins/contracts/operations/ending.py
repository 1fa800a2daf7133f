"""How contracts end: terminated, void, or expired; the number stays in every case."""

from __future__ import annotations

from datetime import date
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for, open_for_writing
from core.audit.trail import name_action
from core.database.answers import needed_reason
from core.extension.calling import hooks
from core.kernel.clock import today
from core.kernel.errors import BadInput
from core.kernel.words import msg
from plugins.contracts.models import Contract, ScheduledPayment
from plugins.contracts.permissions import END
from plugins.contracts.public import EndingContract
from plugins.contracts.rules import LAPSING, LIFECYCLE, PART_CYCLE, ContractState


def terminate_contract(
    session: Session, record_id: int, version: int | None, *, reason: str | None = None, on: date | None = None
) -> Contract:
    """End a contract in force before its time, with effect ``on`` a day (today). Raises :class:`BadInput` for a day before its signing."""
    contract: Contract = get_for(session, Contract, END, record_id, version)
    name_action(session, contract, "terminate")
    after = LIFECYCLE.move(contract.state, "terminate")
    why, ended_on = needed_reason(reason), on or today()
    if contract.signed_on is not None and ended_on < contract.signed_on:
        raise BadInput(fields={"on": msg("This day lies before the signing. Please choose a later one.")})
    _announce(session, contract, "terminate")
    contract.state, contract.state_reason, contract.ended_on = after, why, ended_on
    _lapse(session, contract, "terminate")
    session.flush()
    return contract


def void_contract(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> Contract:
    """Make a contract void, as if it had never held; a number that it was given is not given again."""
    contract: Contract = get_for(session, Contract, END, record_id, version)
    name_action(session, contract, "void")
    after, why = LIFECYCLE.move(contract.state, "void"), needed_reason(reason)
    _announce(session, contract, "void")
    contract.state, contract.state_reason, contract.ended_on = after, why, today()
    _lapse(session, contract, "void")
    session.flush()
    return contract


def expire_contracts(session: Session, day: date, limit: int = 500) -> int:
    """Note that contracts whose term ended before ``day`` have expired; return how many, at most ``limit``."""
    with as_system(session, "the term of contracts has ended"):
        over = select(Contract).where(Contract.state == ContractState.EFFECTIVE, Contract.ends_on < day).order_by(Contract.id)
        found = session.scalars(over.limit(limit).with_for_update()).all()
        for contract in found:
            open_for_writing(session, contract)
            name_action(session, contract, "expire")
            contract.state = LIFECYCLE.move(contract.state, "expire")
            contract.ended_on = contract.ends_on
        session.flush()
    return len(found)


def _lapse(session: Session, contract: Contract, how: Literal["void", "terminate"]) -> None:
    """What the customer owes no more leaves every plan, board and sum."""
    mine = ScheduledPayment.contract_id == contract.id, ScheduledPayment.state.in_(LAPSING[how])
    with as_system(session, "parts of the payment schedule lapse with their contract"):  # all of them, whoever may see them
        parts = session.scalars(select(ScheduledPayment).where(*mine).order_by(ScheduledPayment.id)).all()
    for part in parts:
        open_for_writing(session, part)
        part.state = PART_CYCLE.move(part.state, "lapse")


def _announce(session: Session, contract: Contract, how: Literal["void", "terminate"]) -> None:
    """Ask the other plugins; whoever objects raises. The row is locked first, so that nothing is booked between question and end."""
    session.scalar(select(Contract.id).where(Contract.id == contract.id).with_for_update())
    hooks().crm_contracts_contract_ending(session=session, ending=EndingContract(contract.id, contract.number or "", how))
