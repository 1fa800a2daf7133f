"""What the desk and a customer's timeline show."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for

from core.database.together import Counted, Kind, Told, ToldRow
from core.extension.exchange import DeskChart, DeskTask, Figure, TimelineEntry
from core.kernel.acting import actor
from core.kernel.clock import today
from core.kernel.words import msg
from plugins.customers.models import Customer
from plugins.customers.queries import contacts_due, own_customers, own_due, talks_of, to_review, waiting_for_review
from plugins.customers.rules import ContactWay

CHARTS = (DeskChart(msg("Customers by industry"), "customers", "industry", kind="pie"),)
ICONS = {
    "visit": "walk",
    "phone": "phone",
    "wechat": "brand-wechat",
    "email": "mail",
    "sms": "message",
    "chat": "messages",
    "fax": "printer",
    "incoming": "door-enter",
}

FOLLOW_UPS = Kind("follow-ups", msg("Follow-ups"))


def timeline(customer_id: int) -> Sequence[Told]:
    """The latest follow-ups of a customer."""
    return [Told(talks_of(customer_id), _talk, FOLLOW_UPS)]


def _talk(row: ToldRow) -> TimelineEntry:
    way, content, *_ = row.texts  # no way for whom that field is hidden from
    assert row.at is not None
    return TimelineEntry(
        row.at,
        row.who or "",
        ContactWay(way).label if way else msg("Follow-up"),
        icon=ICONS[way] if way else "message",
        tone="run",
        body=content or "",
        url=url_for("InteractionsView.show", pk=row.id),
    )


def figures() -> Sequence[Figure]:
    """The person's own customers, those whose next contact is due, and what waits for his or her review."""
    if not actor().may(Customer.__resource__, "read"):
        return ()
    found = [
        Figure(msg("My customers"), Counted(own_customers()), url=url_for("CustomersView.list", owner=actor().employee_id)),
        Figure(
            msg("Customers to contact"), Counted(own_due(today())), url=url_for("CustomersView.list", view="due", owner=actor().employee_id)
        ),
    ]
    if actor().may(Customer.__resource__, "review"):
        url = url_for("CustomersView.list", view="review")
        found.append(Figure(msg("Waiting for my review"), Counted(waiting_for_review()), url=url))
    return found


def tasks() -> Sequence[Told]:
    """Due contacts, longest overdue first, and customers to review, oldest first."""
    if not actor().may(Customer.__resource__, "read"):
        return ()
    due = [Told(contacts_due(today()), _contact_task, all=("customers", "due"))]
    return [*due, Told(to_review(), _review_task, all=("customers", "review"))] if actor().may(Customer.__resource__, "review") else due


def _contact_task(row: ToldRow) -> DeskTask:
    name, next_step, *_ = row.texts
    return DeskTask(name or "", url_for("CustomersView.show", pk=row.id), row.day, next_step or "")


def _review_task(row: ToldRow) -> DeskTask:
    return DeskTask(str(msg("Review %(name)s", name=row.texts[0])), url_for("CustomersView.show", pk=row.id))
