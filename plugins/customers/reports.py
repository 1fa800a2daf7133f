"""What the desk and a customer's timeline show."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from sqlalchemy.orm import Session

from core.database.sessions import capped_counts
from core.extension.exchange import DeskTask, Figure, TimelineEntry
from core.kernel.acting import actor
from core.kernel.clock import today
from core.kernel.words import msg
from plugins.customers.models import Customer, Interaction
from plugins.customers.queries import latest_interactions, own_customers, own_due, waiting_for_review

ICONS = {"visit": "walk", "phone": "phone", "wechat": "brand-wechat", "email": "mail", "incoming": "door-enter"}


def timeline(session: Session, customer_id: int, limit: int) -> Sequence[TimelineEntry]:
    """The latest follow-ups of a customer."""
    return [_entry(interaction, name) for interaction, name in latest_interactions(session, customer_id, limit)]


def _entry(interaction: Interaction, name: str) -> TimelineEntry:
    return TimelineEntry(
        interaction.at,
        name,
        interaction.way.label,
        icon=ICONS[interaction.way],
        tone="run",
        body=interaction.content,
        url=url_for("InteractionsView.show", pk=interaction.id),
    )


def figures(session: Session) -> Sequence[Figure]:
    """The person's own customers, those whose next contact is due, and what waits for his or her review."""
    if not actor().may(Customer.__resource__, "read"):
        return ()
    asked = [own_customers(), own_due(today()), *([waiting_for_review()] if actor().may(Customer.__resource__, "review") else [])]
    labels = (msg("My customers"), msg("Contacts due"), msg("Waiting for my review"))
    doors = (
        url_for("CustomersView.list", owner=actor().employee_id),
        *(url_for("CustomersView.list", view=view) for view in ("due", "review")),
    )
    counts = capped_counts(session, asked)
    return [Figure(label, count, url=door) for label, (count, _), door in zip(labels, counts, doors, strict=False)]


def tasks(session: Session, limit: int) -> Sequence[DeskTask]:
    """Due contacts, longest overdue first, then customers to review, oldest first."""
    if not actor().may(Customer.__resource__, "read"):
        return ()
    found = [_contact_task(customer) for customer in session.scalars(own_due(today()).limit(limit))]
    if actor().may(Customer.__resource__, "review") and len(found) < limit:
        waiting = session.scalars(waiting_for_review().limit(limit - len(found)))
        found += [_review_task(customer) for customer in waiting]
    return found


def _contact_task(customer: Customer) -> DeskTask:
    return DeskTask(customer.name, url_for("CustomersView.show", pk=customer.id), customer.next_contact_on, customer.next_step or "")


def _review_task(customer: Customer) -> DeskTask:
    return DeskTask(str(msg("Review %(name)s", name=customer.name)), url_for("CustomersView.show", pk=customer.id))
