"""What contracts show on a customer's page and on the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from flask import url_for
from sqlalchemy import func
from sqlalchemy.orm import Session

from core.database.sessions import capped_count
from core.extension.exchange import DeskTask, Figure, RelatedCount, TimelineEntry
from core.kernel.acting import actor
from core.kernel.clock import SHANGHAI
from core.kernel.words import msg
from plugins.contracts.models import Contract
from plugins.contracts.queries import latest_of_customer, of_customer, own_returns, signed_this_month, signed_value


def customer_counts(session: Session, customer_id: int) -> Sequence[RelatedCount]:
    """How many contracts the customer has, as a door to them."""
    if not actor().may(Contract.__resource__, "read"):
        return ()
    count, more = capped_count(session, of_customer(customer_id))
    return [RelatedCount(msg("Contracts"), "file-text", count, url_for("ContractsView.list", customer=customer_id), more)]


def customer_figures(session: Session, customer_id: int) -> Sequence[Figure]:
    """Value of the customer's signed contracts."""
    if not actor().may(Contract.__resource__, "read"):
        return ()
    value, running = signed_value(session, customer_id)
    note = msg("%(count)s in force", count=running)
    return [Figure(msg("Contract value (total)"), value, "money", note, url_for("ContractsView.list", customer=customer_id))]


def customer_timeline(session: Session, customer_id: int, limit: int) -> Sequence[TimelineEntry]:
    """Signings with the customer."""
    return [_signing(contract, name) for contract, name in latest_of_customer(session, customer_id, limit)]


def _signing(contract: Contract, name: str) -> TimelineEntry:
    assert contract.signed_on is not None
    return TimelineEntry(
        datetime.combine(contract.signed_on, time(12), SHANGHAI),
        name,
        msg("signed the contract %(number)s", number=contract.number),
        icon="writing-sign",
        tone="good",
        body=contract.title,
        url=url_for("ContractsView.show", pk=contract.id),
    )


def desk_figures(session: Session) -> Sequence[Figure]:
    """Value of what was signed this month, as far as the person sees."""
    if not actor().may(Contract.__resource__, "read"):
        return ()
    value = session.scalar(signed_this_month().with_only_columns(func.sum(Contract.amount)))
    return [Figure(msg("Signed this month"), value, "money", url=url_for("ContractsView.list", view="month"))]


def desk_tasks(session: Session, limit: int) -> Sequence[DeskTask]:
    """Contracts that wait for data from the person."""
    if not actor().may(Contract.__resource__, "read"):
        return ()
    waiting = session.execute(own_returns().limit(limit)).all()
    return [
        DeskTask(
            contract.title, url_for("ContractsView.show", pk=contract.id), returned.asked_at.astimezone(SHANGHAI).date(), returned.reason
        )
        for returned, contract in waiting
    ]
