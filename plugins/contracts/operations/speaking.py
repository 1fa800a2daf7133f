"""Oral contracts: entered at once, confirmed in writing later (R-226, R-337)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, authorise, get_for
from core.access.people import active_employee, holders
from core.audit.trail import name_action
from core.database.answers import needed_reason
from core.database.changes import apply_changes, make_record
from core.kernel.acting import employee_id
from core.kernel.clock import local, now, today
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.organisation.parameters import parameter
from core.organisation.working_days import add_working_days
from core.work.notices import notify
from plugins.contracts.errors import NotTheWrittenContract, OralFixed
from plugins.contracts.models import Contract, OralContract
from plugins.contracts.permissions import CONFIRM
from plugins.contracts.rules import ORAL_CYCLE, OralState


def record_oral_contract(session: Session, values: Mapping[str, Any]) -> OralContract:
    """Enter what was agreed by word of mouth; it belongs to whoever enters it, and the contract administrators are told.

    What is entered more working days after the agreement than the parameter ``contracts.oral_days`` allows is marked as late.
    """
    authorise(OralContract, "create")
    oral: OralContract = make_record(OralContract, values)
    _check(session, oral, today())
    session.add(oral)
    session.flush()
    _tell_of_entry(session, oral)
    return oral


def take_oral_agreement(session: Session, agreement: Any) -> OralContract:
    """Enter the oral contract that after-sales made on a service request; it belongs to whoever agreed to it. Once per request and subject.

    ``agreement`` has ``request_id``, ``customer_id``, ``subject``, ``amount`` in yuan, ``agreed_on`` and ``agreed_by_id``.
    """
    with as_system(session, "after-sales made an oral contract"):
        known = select(OralContract).where(OralContract.request_id == agreement.request_id, OralContract.subject == agreement.subject)
        if (found := session.scalars(known).first()) is not None:
            return found
        who = active_employee(session, agreement.agreed_by_id, "agreed_by")
        oral: OralContract = make_record(
            OralContract,
            {
                "subject": agreement.subject,
                "customer": agreement.customer_id,
                "amount": agreement.amount,
                "agreed_on": agreement.agreed_on,
                "agreed_by": who.id,
            },
        )
        oral.request_id, oral.origin = agreement.request_id, msg("Service request")
        oral.owner_id, oral.department_id = who.id, who.department_id
        _check(session, oral, today())
        session.add(oral)
        session.flush()
        _tell_of_entry(session, oral)
    return oral


def change_oral_contract(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> OralContract:
    """Change an oral contract that waits for its confirmation; raises :class:`OralFixed` afterwards."""
    oral: OralContract = get_for(session, OralContract, "update", record_id, version)
    if oral.state != OralState.OPEN:
        raise OralFixed(oral.state.label)
    with session.no_autoflush:
        apply_changes(oral, changes)
        _check(session, oral, local(oral.created_at).date())
    session.flush()
    return oral


def confirm_in_writing(session: Session, record_id: int, version: int | None, *, contract: int) -> OralContract:
    """Link the written contract that confirms an oral one; raises :class:`NotTheWrittenContract` for a draft or another customer's."""
    oral: OralContract = get_for(session, OralContract, CONFIRM, record_id, version)
    oral.state = ORAL_CYCLE.move(oral.state, "confirm")
    written: Contract = get_for(session, Contract, "read", contract)
    if written.number is None or written.customer_id != oral.customer_id:
        raise NotTheWrittenContract
    oral.contract_id, oral.confirmed_at = written.id, now()
    session.flush()
    return oral


def withdraw_oral_contract(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> OralContract:
    """Say that what was agreed by word of mouth does not hold any more; nobody has to confirm it, and who would have had to is told."""
    oral: OralContract = get_for(session, OralContract, "update", record_id, version)
    name_action(session, oral, "withdraw")
    oral.state, oral.state_reason = ORAL_CYCLE.move(oral.state, "withdraw"), needed_reason(reason)
    session.flush()
    _tell(session, oral, msg("The oral contract %(subject)s was withdrawn: %(reason)s", subject=oral.subject, reason=oral.state_reason))
    return oral


def _check(session: Session, oral: OralContract, entered_on: date) -> None:
    if oral.amount <= 0:
        raise BadInput(fields={"amount": msg("The amount must be above 0. Please check it.")})
    if oral.agreed_on > today():
        raise BadInput(fields={"agreed_on": msg("This day is in the future. Please choose today or an earlier day.")})
    active_employee(session, oral.agreed_by_id, "agreed_by")
    oral.late = entered_on > add_working_days(session, oral.agreed_on, parameter(session, "contracts.oral_days"))


def _tell_of_entry(session: Session, oral: OralContract) -> None:
    _tell(session, oral, msg("An oral contract waits for its confirmation in writing: %(subject)s", subject=oral.subject))


def _tell(session: Session, oral: OralContract, said: Message) -> None:
    with as_system(session, "who confirms oral contracts in writing"):
        clerks = holders(session, "contract_administrator")
    for clerk in clerks:
        if clerk.id != employee_id():
            notify(session, clerk.id, said, f"/oral-contracts/{oral.id}")
