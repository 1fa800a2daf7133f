"""Questions about contracts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.database.sessions import one
from core.kernel.acting import actor
from core.kernel.clock import today
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import msg
from core.organisation.models import Employee
from plugins.contracts.models import Contract, DataReturn
from plugins.contracts.rules import RUNNING, SIGNED


def active_employee(session: Session, employee_id: int, field: str) -> Employee:
    """An employee of the company who has not left; raises :class:`BadInput` for ``field`` otherwise."""
    try:
        employee: Employee = one(session, select(Employee).where(Employee.id == employee_id))
    except NotFound as error:
        raise BadInput(fields={field: msg("This colleague does not exist. Please choose another.")}) from error
    if employee.left_on is not None and employee.left_on <= today():
        raise BadInput(fields={field: msg("%(name)s has left the company. Please choose another colleague.", name=employee.name)})
    return employee


def of_customer(customer_id: int) -> Select[Contract]:
    """Contracts with a customer, newest first."""
    return select(Contract).where(Contract.customer_id == customer_id).order_by(Contract.id.desc())


def signed_value(session: Session, customer_id: int) -> tuple[Decimal | None, int]:
    """Sum of the signed contracts (yuan) that the person who acts may see, and how many are in force; None when there is none."""
    value = func.sum(Contract.amount).filter(Contract.state.in_(SIGNED))
    running = func.count(Contract.id).filter(Contract.state.in_(RUNNING))
    found = session.execute(select(value, running).where(Contract.customer_id == customer_id)).one()
    return found[0], int(found[1])


def signed_this_month() -> Select[Contract]:
    """Contracts that were signed in the present month and hold."""
    return select(Contract).where(Contract.signed_on >= today().replace(day=1), Contract.state.in_(SIGNED))


def own_returns() -> Select[DataReturn, Contract]:
    """(open return, its contract) that the person who acts has to complete, oldest first."""
    return (
        select(DataReturn, Contract)
        .join(Contract, Contract.id == DataReturn.contract_id)
        .where(DataReturn.manager_id == actor().employee_id, DataReturn.completed_at.is_(None))
        .order_by(DataReturn.asked_at)
    )


def latest_of_customer(session: Session, customer_id: int, limit: int) -> Sequence[tuple[Contract, str]]:
    """Signed contracts of a customer with the signer's name, latest first."""
    statement = (
        select(Contract, Employee.name)
        .join(Employee, Employee.id == Contract.signer_id)
        .where(Contract.customer_id == customer_id, Contract.signed_on.is_not(None))
        .order_by(Contract.signed_on.desc(), Contract.id.desc())
        .limit(limit)
    )
    return [(contract, name) for contract, name in session.execute(statement).all()]
