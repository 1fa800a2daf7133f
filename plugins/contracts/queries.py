"""Questions about contracts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from core.access.criteria import visible
from core.approvals.queries import in_approval
from core.database.together import told
from core.database.types import Fen
from core.extension.calling import hooks
from core.kernel.acting import actor
from core.organisation.models import Employee
from plugins.contracts.models import Contract, ContractLine, DataReturn, OralContract, ScheduledPayment
from plugins.contracts.permissions import SIGN
from plugins.contracts.public import ReceivedMoney
from plugins.contracts.rules import COUNTED, RUNNING, SIGNED, ContractState, OralState


def of_customer(customer_id: int) -> Select[Contract]:
    """Contracts with a customer, newest first."""
    return select(Contract).where(Contract.customer_id == customer_id).order_by(Contract.id.desc())


def signed_value(customer_id: int) -> Select[Any]:
    """Sum of the customer's signed contracts (yuan); NULL when there is none."""
    value = func.sum(Contract.amount)
    return select(value).where(Contract.customer_id == customer_id, Contract.state.in_(SIGNED))


def running_of_customer(customer_id: int) -> Select[Contract]:
    """The customer's contracts in force."""
    return select(Contract).where(Contract.customer_id == customer_id, Contract.state.in_(RUNNING))


def lines_signed(customer_id: int) -> Select[Any]:
    """Lines of the customer's signed contracts with id, number and day of each, the last signed first."""
    asked: Any = select(ContractLine, Contract.id, Contract.number, Contract.signed_on)
    signed = and_(Contract.customer_id == customer_id, Contract.state.in_(SIGNED), Contract.signed_on.is_not(None))
    lines: Select[Any] = asked.join(Contract, Contract.id == ContractLine.contract_id).where(signed)
    return lines.order_by(Contract.signed_on.desc(), Contract.id.desc(), ContractLine.position)


# What the desk and the timelines tell: rows for ``told``, whose first text is the title.


def own_returns() -> Select[Any]:
    """Open returns that the person who acts has to complete, oldest first; the second text is the reason."""
    rows = told(Contract.id, Contract.title, DataReturn.reason, at=DataReturn.asked_at)
    mine = (DataReturn.manager_id == actor().employee_id) & DataReturn.completed_at.is_(None)
    return rows.join(Contract, Contract.id == DataReturn.contract_id).where(mine).order_by(DataReturn.asked_at)


def to_sign() -> Select[Any]:
    """Drafts that are ready and that the person who acts may sign, oldest first (R-222)."""
    return told(Contract.id, Contract.title).where(ready_to_sign(), visible(Contract, actor(), SIGN)).order_by(Contract.id)


def ready_to_sign() -> ColumnElement[bool]:
    """Drafts with an amount about which nobody has to decide at the moment."""
    return and_(Contract.state == ContractState.DRAFT, Contract.amount > 0, ~in_approval(Contract, actor()))


def texts_to_hand_over() -> Select[Any]:
    """Signed contracts that the person who acts signed or owns, whose text nobody handed over, oldest first (R-222)."""
    mine = or_(Contract.owner_id == actor().employee_id, Contract.signer_id == actor().employee_id)
    rows = told(Contract.id, Contract.title, day=Contract.signed_on)
    return rows.where(mine, Contract.state.in_(RUNNING), Contract.text_handed_at.is_(None)).order_by(Contract.signed_on)


def entries_to_confirm() -> Select[Any]:
    """Contracts whose text is there and whose entry nobody confirmed, oldest first (R-223)."""
    waiting = and_(Contract.text_handed_at.is_not(None), Contract.registered_at.is_(None), Contract.state == ContractState.EFFECTIVE)
    return told(Contract.id, Contract.title, at=Contract.text_handed_at).where(waiting).order_by(Contract.text_handed_at)


def own_oral_contracts() -> Select[Any]:
    """What the person who acts agreed by word of mouth and nobody confirmed in writing, oldest first (R-226)."""
    mine = and_(OralContract.owner_id == actor().employee_id, OralContract.state == OralState.OPEN)
    return told(OralContract.id, OralContract.subject, day=OralContract.agreed_on).where(mine).order_by(OralContract.agreed_on)


def signings_with(customer_id: int) -> Select[Any]:
    """Signed contracts of a customer with the signer's name, latest first: number and title."""
    rows = told(Contract.id, Contract.number, Contract.title, day=Contract.signed_on, who=Employee.name)
    signed = rows.join(Employee, Employee.id == Contract.signer_id).where(
        Contract.customer_id == customer_id, Contract.signed_on.is_not(None)
    )
    return signed.order_by(Contract.signed_on.desc(), Contract.id.desc())


# What is paid of a payment schedule: others know it, if anybody does.


def paid_of_part() -> ColumnElement[Any] | None:
    """How much is paid of a part of a schedule (yuan), for statements over :class:`ScheduledPayment`; None where nobody knows of money.

    Money that names the part is for it. What names none, or one that a supplement has replaced, pays the parts in the order of their days.
    """
    known: ReceivedMoney | None = hooks().crm_contracts_money_received()
    if known is None:
        return None
    part, money = ScheduledPayment, known.rows.subquery()
    own = func.coalesce(
        select(func.sum(money.c.amount)).where(money.c.part_id == part.id).correlate(part).scalar_subquery(),
        0,
    )
    whole = select(func.sum(money.c.amount)).where(money.c.contract_id == part.contract_id).correlate(part).scalar_subquery()
    loose = func.coalesce(whole, 0) - _named(money, every=True)
    other: Any = aliased(ScheduledPayment)
    until = select(func.sum(other.amount)).where(*_before(other)).correlate(part).scalar_subquery()
    before = func.coalesce(until, 0) - _named(money)
    over, open_rest = loose - before, part.amount - own
    spread = case((over <= 0, 0), (over >= open_rest, open_rest), else_=over)
    return type_coerce(case((part.state.in_(COUNTED), own + spread), else_=own), Fen())


def _named(money: Any, *, every: bool = False) -> ColumnElement[Any]:
    """What was paid on parts by name: ``every`` part of the contract that holds, else those that come first."""
    other: Any = aliased(ScheduledPayment)
    asked = select(func.sum(money.c.amount)).join(other, other.id == money.c.part_id)
    meant = (other.contract_id == ScheduledPayment.contract_id, other.state.in_(COUNTED)) if every else _before(other)
    return func.coalesce(asked.where(*meant).correlate(ScheduledPayment).scalar_subquery(), 0)


def _before(other: Any) -> tuple[ColumnElement[bool], ...]:
    """Parts of the same schedule that are paid before the one that is asked about."""
    earlier = or_(other.due_on < ScheduledPayment.due_on, and_(other.due_on == ScheduledPayment.due_on, other.id < ScheduledPayment.id))
    return other.contract_id == ScheduledPayment.contract_id, other.state.in_(COUNTED), earlier
