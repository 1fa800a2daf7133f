"""The payment schedule on screen: a tab of its contract, and a list of what comes due."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import ColumnElement, and_, exists, select

from core.kernel.acting import actor
from core.kernel.clock import today
from core.kernel.money import to_fen
from core.kernel.words import Message, msg
from core.organisation.models import Employee
from core.web import formats
from core.web.dues import Due, Progress
from core.web.nouns import Act, Dated, Group, Noun, SavedView, Shown, while_allowed
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.contracts import operations
from plugins.contracts.models import Contract, ScheduledPayment
from plugins.contracts.permissions import RELEASE
from plugins.contracts.queries import paid_of_part
from plugins.contracts.rules import ASKED_FOR, COUNTED, OPEN, PART_CYCLE, PAYABLE, ContractState, PartState
from plugins.contracts.views.asked import in_days


def _contract_in(states: tuple[ContractState, ...]) -> ColumnElement[bool]:
    return exists(select(Contract.id).where(Contract.id == ScheduledPayment.contract_id, Contract.state.in_(states)))


def _in_state(state: PartState) -> ColumnElement[bool]:
    return and_(ScheduledPayment.state == state, _contract_in(PAYABLE))


def _late_of(owned: ColumnElement[bool]) -> ColumnElement[bool]:
    """Past due, of contracts whose owner is asked for: a part has none of its own."""
    return and_(DUE.late(ScheduledPayment), exists(select(Contract.id).where(Contract.id == ScheduledPayment.contract_id, owned)))


def _late_of_department() -> ColumnElement[bool]:
    departments = sorted({actor().department_id, *actor().subtree})
    return _late_of(Contract.owner_id.in_(select(Employee.id).where(Employee.department_id.in_(departments))))


def _due_soon() -> ColumnElement[bool]:
    coming = ScheduledPayment.due_on.between(today(), in_days("payment_days"))
    return and_(ScheduledPayment.state.in_(COUNTED), coming, _contract_in(PAYABLE), DUE.undone(ScheduledPayment))


def _unmet() -> ColumnElement[bool]:
    return and_(_in_state(PartState.WAITING), ScheduledPayment.due_on < today())


def _settled(contract: Contract) -> Message | None:
    return None if contract.state in OPEN else msg("The payment schedule of a signed contract is changed by a supplement.")


def _signed(part: ScheduledPayment) -> Message | None:
    return _settled(part.contract)


def _not_due(part: ScheduledPayment) -> Message | None:
    if part.contract.state not in PAYABLE:
        return msg("The contract is not signed, or it has ended.")
    return while_allowed(PART_CYCLE, "release")(part)


def _paid(done: Decimal, whole: Decimal) -> Message:
    if done >= whole:
        return msg("paid in full")
    paid, rest = (formats.money(to_fen(amount), exact=True) for amount in (done, whole - done))
    return msg("%(paid)s paid, %(rest)s outstanding", paid=paid, rest=rest)


PAID = Progress("paid", "unpaid", "amount", paid_of_part, _paid, msg("Paid"), msg("Outstanding"), msg("Paid in full"))
DUE = Due("due_on", ASKED_FOR, PAID)
SCHEDULED_PAYMENTS = Noun(
    plugin="contracts",
    model=ScheduledPayment,
    path="scheduled-payments",
    title=msg("Scheduled payment"),
    plural=msg("Payment schedule"),
    icon="calendar-due",
    columns=(
        Shown("title", ColumnKind.NAME, CardPlace.NAME),
        Shown("contract", place=CardPlace.OWNER),
        Shown("amount", place=CardPlace.SUM),
        Shown("due_on", place=CardPlace.LAST),
        Shown("state", place=CardPlace.STATE),
        Shown("released_by"),
    ),
    groups=(
        Group(msg("Scheduled payment"), ("contract", "title", "amount", "due_on", "released_by")),
        Group(msg("Invoicing"), ("position", "invoiceable_on", "milestone", "supplement")),
    ),
    order="due_on",
    about="contract",
    filters=("state", "contract", "due_on"),
    due=(DUE,),
    dated=(Dated("due_on", lambda: ScheduledPayment.state.in_((PartState.PLANNED, *COUNTED))),),
    facts=("contract", "due_on"),
    tags=("state",),
    figures=("amount",),
    create=operations.add_payment,
    why_not_from={"contract": _settled},
    change=operations.change_payment,
    delete=operations.remove_payment,
    why_fixed=_signed,
    create_label=msg("New scheduled payment"),
    acts=(Act("release", msg("Make invoiceable"), operations.release_payment, RELEASE, "check", (), _not_due),),
    views=(
        SavedView("invoiceable", msg("Invoiceable"), lambda: _in_state(PartState.INVOICEABLE)),
        SavedView("soon", msg("Due soon"), _due_soon, calls=True),
        SavedView("late", msg("Past due"), lambda: DUE.late(ScheduledPayment), calls=True),
        SavedView("late_mine", msg("Past due: mine"), lambda: _late_of(Contract.owner_id == actor().employee_id)),
        SavedView("late_department", msg("Past due: my department"), _late_of_department),
        SavedView("unmet", msg("Due date passed, condition not met"), _unmet, calls=True),
    ),
    empty=msg("Payments that customers owe under contracts are listed here, part by part."),
    steps={
        "release": msg("made it invoiceable"),
        "agree": msg("agreed it with the customer"),
        "replace": msg("replaced it by a supplement"),
        "lapse": msg("ended it with its contract"),
    },
)


class ScheduledPaymentsView(RecordView):
    """List, page, form and verb of scheduled payments."""

    noun = SCHEDULED_PAYMENTS
