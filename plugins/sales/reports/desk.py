"""What sales show on the desk: own figures, and what the person has to do next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from flask import url_for

from core.database.together import Told, ToldRow
from core.extension.exchange import DeskChart, DeskFigure, DeskTask
from core.kernel.acting import actor
from core.kernel.clock import months_ago, today
from core.kernel.words import Message, msg
from plugins.sales.models import Order, Quotation
from plugins.sales.permissions import APPROVE_DISCOUNT, MILESTONE, OPPORTUNITY, ORDER, PROPOSAL, QUOTATION
from plugins.sales.queries.work import (
    own_due,
    own_milestones,
    own_unanswered,
    proposals_waiting,
    waiting_for_others,
)
from plugins.sales.rules.opportunities import Warned
from plugins.sales.rules.orders import COUNTED, OrderState
from plugins.sales.rules.quotations import QuotationState

SOON = timedelta(days=3)
"""So long before a quotation expires its owner is reminded to ask for the answer."""


def desk_figures() -> Sequence[DeskFigure]:
    """Opportunities in progress, what was won and what was ordered."""
    counted = [one.value for one in COUNTED]
    return [
        DeskFigure(msg("Opportunities under way"), "opportunities", "amount", {"state": "open"}),
        DeskFigure(msg("Opportunities won"), "opportunities", "amount", {"state": "won"}, "closed_on"),
        DeskFigure(msg("Orders in force"), "orders", "amount", {"state": counted}, "effective_on"),
    ]


def desk_charts() -> Sequence[DeskChart]:
    """The pipeline, who won how much, and month by month for a year."""
    won, year = {"state": "won"}, {"closed_on_from": months_ago(11).isoformat()}
    return [
        DeskChart(msg("Opportunities under way by stage"), "opportunities", "stage", "amount", "funnel", {"state": "open"}),
        DeskChart(msg("Won by owner"), "opportunities", "owner", "amount", "bar", won, day="closed_on"),
        DeskChart(msg("Won month by month"), "opportunities", "closed_on", "amount", "line", won | year),
    ]


def desk_tasks() -> Sequence[Told]:
    """What waits for a decision of the person, and what is due of the person's own work."""
    offered = (
        (
            QUOTATION,
            APPROVE_DISCOUNT,
            waiting_for_others(Quotation, QuotationState.PRICE_REVIEW),
            partial(_waiting, "QuotationsView", msg("Approve the price")),
            ("quotations", "finance"),
        ),
        (
            ORDER,
            APPROVE_DISCOUNT,
            waiting_for_others(Order, OrderState.PRICE_REVIEW),
            partial(_waiting, "OrdersView", msg("Approve the price")),
            ("orders", "finance"),
        ),
        (
            ORDER,
            "review",
            waiting_for_others(Order, OrderState.IN_REVIEW),
            partial(_waiting, "OrdersView", msg("Order review")),
            ("orders", "review"),
        ),
        (
            PROPOSAL,
            "review",
            proposals_waiting(),
            partial(_waiting, "ProjectProposalsView", msg("Project proposal")),
            ("project-proposals", "review"),
        ),
        (OPPORTUNITY, "update", own_due(today()), _opportunity, ("opportunities", "mine")),
        (QUOTATION, "update", own_unanswered(today() + SOON), _quotation, ("quotations", "waiting")),
        (MILESTONE, "read", own_milestones(today()), _milestone, ("milestones", "ahead")),
    )
    return [Told(rows, tell, all=whole) for resource, verb, rows, tell, whole in offered if actor().may(resource, verb)]


def _waiting(view: str, note: Message, row: ToldRow) -> DeskTask:
    return DeskTask(row.texts[0] or "", url_for(f"{view}.show", pk=row.id), None, str(note))


def _opportunity(row: ToldRow) -> DeskTask:
    title, next_step, warned, *_ = row.texts
    note = next_step or (str(Warned(warned).label) if warned else "")
    return DeskTask(title or "", url_for("OpportunitiesView.show", pk=row.id), row.day, note)


def _quotation(row: ToldRow) -> DeskTask:
    note = msg("Ask for the answer to the quotation %(number)s", number=row.texts[1])
    return DeskTask(row.texts[0] or "", url_for("QuotationsView.show", pk=row.id), row.day, str(note))


def _milestone(row: ToldRow) -> DeskTask:
    name, project, *_ = row.texts
    return DeskTask(name or "", url_for("MilestonesView.show", pk=row.id), row.day, project or "")
