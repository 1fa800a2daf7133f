"""What contracts show on a customer's page and on the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial

from flask import url_for
from sqlalchemy import select, type_coerce
from sqlalchemy.orm import Session

from core.database.covering import OPEN, access_to
from core.database.together import Counted, Kind, Summed, Told, ToldRow
from core.database.types import Fen
from core.extension.exchange import DeskChart, DeskFigure, DeskTask, Figure, RelatedCount, RelatedTable, TimelineEntry
from core.kernel.acting import acting, actor
from core.kernel.clock import SHANGHAI, months_ago
from core.kernel.words import msg
from core.organisation.parameters import parameter
from core.organisation.working_days import add_working_days
from plugins.contracts.models import Contract, ContractLine, OralContract, ScheduledPayment, Supplement
from plugins.contracts.permissions import HAND_TEXT, REGISTER, SIGN
from plugins.contracts.public import AgreedPrice
from plugins.contracts.queries import (
    entries_to_confirm,
    lines_signed,
    of_customer,
    own_oral_contracts,
    own_returns,
    paid_of_part,
    running_of_customer,
    signed_value,
    signings_with,
    texts_to_hand_over,
    to_sign,
)
from plugins.contracts.rules import SIGNED
from plugins.customers.public import CUSTOMER_RESOURCE

DueDay = Callable[[date], date]
OPPORTUNITY = "sales.opportunity"
"""Whose records become contracts, where sales is on; known by its name alone."""


def prices_agreed(session: Session, customer_id: int, limit: int) -> Sequence[AgreedPrice]:
    """The last ``limit`` prices that the customer has signed, as far as the person may read such contracts and their prices."""
    if not actor().may(Contract.__resource__, "read") or any(
        access_to(acting(), ContractLine, one) not in OPEN for one in ("price", "quantity")
    ):
        return ()
    return [
        AgreedPrice(
            *(line.code, line.name, line.unit, line.quantity, line.price, None, day),
            number or "",
            msg("Contract"),
            url_for("ContractsView.show", pk=contract_id),
        )
        for line, contract_id, number, day in session.execute(lines_signed(customer_id).limit(limit))
    ]


def related_counts(session: Session, resource: str, record_id: int) -> Sequence[RelatedCount]:
    """Doors from a customer, and from a won opportunity, to their contracts."""
    if not actor().may(Contract.__resource__, "read"):
        return ()
    if resource == CUSTOMER_RESOURCE:
        return customer_counts(record_id)
    return _drafted_counts(session, record_id) if resource == OPPORTUNITY else ()


def related_tables(resource: str) -> Sequence[RelatedTable]:
    """Tabs on customers and supplements."""
    if resource == CUSTOMER_RESOURCE:
        return [
            RelatedTable("contracts", msg("Contracts"), "contracts", "customer"),
            RelatedTable("oral-contracts", msg("Oral contracts"), "oral-contracts", "customer"),
        ]
    if resource == Supplement.__resource__:
        return [RelatedTable("scheduled-payments", msg("Payment schedule"), "scheduled-payments", "supplement")]
    return ()


def _drafted_counts(session: Session, opportunity_id: int) -> Sequence[RelatedCount]:
    found = session.scalar(select(Contract.id).where(Contract.opportunity_id == opportunity_id))
    return [RelatedCount(msg("Contract"), "file-text", 1, url_for("ContractsView.show", pk=found))] if found is not None else ()


def customer_counts(customer_id: int) -> Sequence[RelatedCount]:
    """How many contracts the customer has, as a door to them."""
    url = url_for("ContractsView.list", customer=customer_id)
    return [RelatedCount(msg("Contracts"), "file-text", Counted(of_customer(customer_id)), url)]


def customer_figures(customer_id: int) -> Sequence[Figure]:
    """Value of the customer's signed contracts."""
    if not actor().may(Contract.__resource__, "read"):
        return ()
    url = url_for("ContractsView.list", customer=customer_id, state=[state.value for state in SIGNED])
    value, running = Summed(signed_value(customer_id)), Counted(running_of_customer(customer_id))
    return [Figure(msg("Contract value (total)"), value, "money", msg("%(count)s in force"), url, noted={"count": running})]


def part_figures(part_id: int) -> Sequence[Figure]:
    """What is paid of a part of a payment schedule, and what is not, where that is known."""
    paid = paid_of_part()
    if paid is None or access_to(actor(), ScheduledPayment, "amount") not in OPEN:
        return ()
    part = ScheduledPayment.id == part_id
    rest = type_coerce(ScheduledPayment.amount - paid, Fen())
    return [
        Figure(msg("Paid"), Summed(select(paid).where(part)), "money"),
        Figure(msg("Outstanding"), Summed(select(rest).where(part)), "money"),
    ]


def customer_timeline(customer_id: int) -> Sequence[Told]:
    """Signings with the customer."""
    return [Told(signings_with(customer_id), _signing, Kind("contracts", msg("Contracts")))]


def _signing(row: ToldRow) -> TimelineEntry:
    number, title, *_ = row.texts
    assert row.day is not None
    return TimelineEntry(
        datetime.combine(row.day, time(12), SHANGHAI),
        row.who or "",
        msg("signed the contract %(number)s", number=number),
        icon="writing-sign",
        tone="good",
        body=title or "",
        url=url_for("ContractsView.show", pk=row.id),
    )


def desk_figures() -> Sequence[DeskFigure]:
    """Value of what was signed, and what is left to be paid of what is due."""
    late = {"mine": "late_mine", "department": "late_department", "all": "late"}
    return [
        DeskFigure(msg("Contracts signed"), "contracts", "amount", {"state": [one.value for one in SIGNED]}, "signed_on"),
        DeskFigure(msg("Overdue payments"), "scheduled-payments", "unpaid", views=late, late=True),
    ]


def desk_charts() -> Sequence[DeskChart]:
    """What was signed in twelve months, month by month."""
    return [
        DeskChart(msg("Signed month by month"), "contracts", "signed_on", "amount", "line", {"signed_on_from": months_ago(11).isoformat()})
    ]


def desk_tasks(session: Session) -> Sequence[Told]:
    """What waits for the person: data to complete, drafts to sign, texts to hand over or to enter, agreements to put in writing."""
    offered = (
        (Contract, "read", own_returns(), _returned, ("contracts", "returned")),
        (Contract, SIGN, to_sign(), _signing_task, ("contracts", "sign")),
        (Contract, HAND_TEXT, texts_to_hand_over(), partial(_text, _by(session, "text_days")), ("contracts", "running")),
        (Contract, REGISTER, entries_to_confirm(), partial(_entry, _by(session, "entry_days")), ("contracts", "entry")),
        (OralContract, "read", own_oral_contracts(), partial(_writing, _days(session, "writing_days")), ("oral-contracts", "open")),
    )
    return [Told(rows, tell, all=whole) for model, verb, rows, tell, whole in offered if actor().may(model.__resource__, verb)]


def _returned(row: ToldRow) -> DeskTask:
    assert row.at is not None
    return _task(row, row.at.astimezone(SHANGHAI).date(), row.texts[1] or "")


def _signing_task(row: ToldRow) -> DeskTask:
    return DeskTask(row.texts[0] or "", url_for("ContractsView.show", pk=row.id), note=str(msg("Sign the contract")))


def _text(due: DueDay, row: ToldRow) -> DeskTask:
    assert row.day is not None
    return _task(row, due(row.day), str(msg("Hand over the text")))


def _entry(due: DueDay, row: ToldRow) -> DeskTask:
    assert row.at is not None
    return _task(row, due(row.at.astimezone(SHANGHAI).date()), str(msg("Confirm the entry")))


def _writing(within: timedelta, row: ToldRow) -> DeskTask:
    assert row.day is not None
    return DeskTask(row.texts[0] or "", url_for("OralContractsView.show", pk=row.id), row.day + within, str(msg("Confirm in writing")))


def _task(row: ToldRow, due: date, note: str) -> DeskTask:
    return DeskTask(row.texts[0] or "", url_for("ContractsView.show", pk=row.id), due, note)


def _by(session: Session, name: str) -> DueDay:
    """From the day on which a duty began to the one by which it is to be done, in working days."""
    number = parameter(session, f"contracts.{name}")
    return lambda day: add_working_days(session, day, number)


def _days(session: Session, name: str) -> timedelta:
    return timedelta(days=parameter(session, f"contracts.{name}"))
