"""What a customer's page and an opportunity's page tell of sales."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from flask import url_for
from sqlalchemy import func, select

from core.database.together import Counted, Kind, Summed, Told, ToldRow
from core.extension.exchange import Figure, RelatedCount, RelatedTable, TimelineEntry
from core.kernel.acting import actor
from core.kernel.clock import SHANGHAI
from core.kernel.words import Message, msg
from plugins.sales.models import Opportunity, Order, Project, ProjectProposal, Quotation
from plugins.sales.queries.work import (
    closed_of_customer,
    entries_of_project,
    of_customer,
    open_of_customer,
    orders_of_customer,
    quotations_of_customer,
    reached_of_project,
)
from plugins.sales.rules.opportunities import OpportunityState
from plugins.sales.rules.quotations import QuotationState

KINDS: tuple[tuple[Any, Message, str, str], ...] = (
    (Opportunity, msg("Opportunities"), "target", "OpportunitiesView.list"),
    (Quotation, msg("Quotations"), "tag", "QuotationsView.list"),
    (Order, msg("Sales orders"), "truck-delivery", "OrdersView.list"),
    (Project, msg("Projects"), "briefcase", "ProjectsView.list"),
)

MADE_FROM: tuple[tuple[Any, Message, str, str], ...] = (
    (Quotation, msg("Quotations"), "tag", "QuotationsView.list"),
    (Order, msg("Sales orders"), "truck-delivery", "OrdersView.list"),
    (ProjectProposal, msg("Project proposals"), "file-certificate", "ProjectProposalsView.list"),
)

CUSTOMER_TABLES = (
    RelatedTable("opportunities", msg("Opportunities"), "opportunities", "customer"),
    RelatedTable("quotations", msg("Quotations"), "quotations", "customer"),
    RelatedTable("orders", msg("Sales orders"), "orders", "customer"),
    RelatedTable("projects", msg("Projects"), "projects", "customer"),
)
OPPORTUNITY_TABLES = (RelatedTable("quotations", msg("Quotations"), "quotations", "opportunity"),)


def customer_counts(customer_id: int) -> Sequence[RelatedCount]:
    """How many opportunities, quotations, orders and projects the customer has, as doors to them."""
    return [
        RelatedCount(label, icon, Counted(of_customer(model, customer_id)), url_for(endpoint, customer=customer_id))
        for model, label, icon, endpoint in KINDS
        if actor().may(model.__resource__, "read")
    ]


def opportunity_counts(opportunity_id: int) -> Sequence[RelatedCount]:
    """Quotations, orders and project proposals that were made from the opportunity."""
    return [
        RelatedCount(
            label,
            icon,
            Counted(select(model).where(model.opportunity_id == opportunity_id)),
            url_for(endpoint, opportunity=opportunity_id),
        )
        for model, label, icon, endpoint in MADE_FROM
        if actor().may(model.__resource__, "read")
    ]


def quotation_counts(quotation_id: int) -> Sequence[RelatedCount]:
    """Orders that rest on the quotation, and the edition that takes its place."""
    offered = (
        (Order, msg("Sales orders"), "truck-delivery", Order.quotation_id, url_for("OrdersView.list", quotation=quotation_id)),
        (Quotation, msg("Newer versions"), "copy", Quotation.former_id, url_for("QuotationsView.list", former=quotation_id)),
    )
    return [
        RelatedCount(label, icon, Counted(select(model).where(column == quotation_id)), url)
        for model, label, icon, column, url in offered
        if actor().may(model.__resource__, "read")
    ]


def customer_figures(customer_id: int) -> Sequence[Figure]:
    """What may still be sold to the customer."""
    if not actor().may(Opportunity.__resource__, "read"):
        return ()
    door = url_for("OpportunitiesView.list", customer=customer_id, state="open")
    in_progress = open_of_customer(customer_id)
    value = Summed(in_progress.with_only_columns(func.sum(Opportunity.amount)))
    return [Figure(msg("Opportunities under way"), value, "money", msg("%(count)s under way"), door, noted={"count": Counted(in_progress)})]


def customer_timeline(customer_id: int) -> Sequence[Told]:
    """Opportunities won and lost, quotations sent and answered, orders that came into force."""
    offered = (
        (Opportunity, Told(closed_of_customer(customer_id), _closing, Kind("opportunities", msg("Opportunities")))),
        (Quotation, Told(quotations_of_customer(customer_id, Quotation.sent_on), _quoting, Kind("quotations", msg("Quotations")))),
        (Quotation, Told(quotations_of_customer(customer_id, Quotation.answered_on), _answering, Kind("quotations", msg("Quotations")))),
        (Order, Told(orders_of_customer(customer_id), _ordering, Kind("orders", msg("Sales orders")))),
    )
    return [told for model, told in offered if actor().may(model.__resource__, "read")]


def project_timeline(project_id: int) -> Sequence[Told]:
    """What was done for a project, and its milestones that were reached."""
    entries = Told(entries_of_project(project_id), _entry, Kind("entries", msg("Progress")))
    return [entries, Told(reached_of_project(project_id), _milestone, Kind("milestones", msg("Milestones")))]


def _entry(row: ToldRow) -> TimelineEntry:
    content, progress, *_ = row.texts
    assert row.at is not None
    what = msg("registered progress") if progress is None else msg("registered progress: %(progress)s%%", progress=progress)
    return TimelineEntry(row.at, row.who or "", what, icon="progress-check", tone="run", body=content or "")


def _milestone(row: ToldRow) -> TimelineEntry:
    url = url_for("MilestonesView.show", pk=row.id)
    return TimelineEntry(_noon(row.day), row.texts[0] or "", msg("was reached"), icon="flag", tone="good", url=url)


def _closing(row: ToldRow) -> TimelineEntry:
    title, state, *_ = row.texts
    won = state == OpportunityState.WON
    return TimelineEntry(
        _noon(row.day),
        row.who or "",
        msg("won an opportunity") if won else msg("lost an opportunity"),
        icon="trophy" if won else "thumb-down",
        tone="good" if won else "bad",
        body=title or "",
        url=url_for("OpportunitiesView.show", pk=row.id),
    )


def _quoting(row: ToldRow) -> TimelineEntry:
    return _quoted(row, msg("sent the quotation %(number)s", number=row.texts[1]), "send", "run")


def _answering(row: ToldRow) -> TimelineEntry:
    if row.texts[2] == QuotationState.ACCEPTED:
        return _quoted(row, msg("noted that the quotation %(number)s was accepted", number=row.texts[1]), "thumb-up", "good")
    return _quoted(row, msg("noted that the quotation %(number)s was declined", number=row.texts[1]), "thumb-down", "bad")


def _quoted(row: ToldRow, what: Message, icon: str, tone: str) -> TimelineEntry:
    url = url_for("QuotationsView.show", pk=row.id)
    return TimelineEntry(_noon(row.day), row.who or "", what, icon=icon, tone=tone, body=row.texts[0] or "", url=url)


def _ordering(row: ToldRow) -> TimelineEntry:
    title, number, *_ = row.texts
    return TimelineEntry(
        _noon(row.day),
        row.who or "",
        msg("took the order %(number)s", number=number),
        icon="truck-delivery",
        tone="run",
        body=title or "",
        url=url_for("OrdersView.show", pk=row.id),
    )


def _noon(day: date | None) -> datetime:
    """Days stand in the timeline at noon: they know no hour."""
    assert day is not None
    return datetime.combine(day, time(12), SHANGHAI)
