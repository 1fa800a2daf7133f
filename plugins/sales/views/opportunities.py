"""The opportunity on screen."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_

from core.database.fields import Field
from core.kernel.acting import actor
from core.kernel.clock import today
from core.kernel.words import Message, msg
from core.web.dues import Due
from core.web.nouns import Act, Group, Noun, SavedView, Shown, while_allowed
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.sales import operations
from plugins.sales.models import Opportunity, OpportunityLine
from plugins.sales.operations.lines import TYPED
from plugins.sales.permissions import CLOSE, REOPEN
from plugins.sales.queries.products import products_offered
from plugins.sales.rules.opportunities import CLOSED, LIFECYCLE, OpportunityState, Warned
from plugins.sales.views.steps import BAR, BOARD

OPEN = OpportunityState.OPEN
EXPECTED = Due("expected_on", {"state": (OPEN,)}, mark=Warned.OVERDUE)
ON = Field("date", msg("Closed on"), "on")
NOTE = Field("text", msg("Note on closing"), "note", max_length=500)


def _fixed(opportunity: Opportunity) -> Message | None:
    return None if opportunity.state is OPEN else msg("A closed opportunity can no longer be changed.")


def _not_reopened(opportunity: Opportunity) -> Message | None:
    if opportunity.archived_at is not None:
        return msg("It is in the archive.")
    return while_allowed(LIFECYCLE, "reopen")(opportunity)


def _not_archived(opportunity: Opportunity) -> Message | None:
    if opportunity.archived_at is not None:
        return msg("It is in the archive already.")
    return None if opportunity.state in CLOSED else msg("Only what is won or lost is archived.")


def customer_told(record: Opportunity) -> str:
    """The customer as far as the reader sees it, else the name that the opportunity keeps (C-01)."""
    return str(record.customer) if record.customer is not None else record.customer_name or ""


def _mine_open() -> ColumnElement[bool]:
    return and_(Opportunity.owner_id == actor().employee_id, Opportunity.state == OPEN)


def _under_way() -> ColumnElement[bool]:
    return Opportunity.state == OPEN


def _won_this_month() -> ColumnElement[bool]:
    return and_(Opportunity.state == OpportunityState.WON, Opportunity.closed_on >= today().replace(day=1))


RIVAL = Field("reference", msg("Competitor"), "competitor", target="sales_competitor")
ACTS = (
    Act(
        "advance",
        msg("Move to a stage"),
        operations.advance_opportunity,
        "update",
        "arrow-right",
        (Field("reference", msg("Stage"), "stage", required=True, target="sales_stage"),),
        _fixed,
        back=operations.take_back_stage,
    ),
    Act(
        "win",
        msg("Win"),
        operations.win_opportunity,
        CLOSE,
        "trophy",
        (
            Field("code", msg("Why it was won"), "reason", required=True, max_length=60, code_list="sales.won_reason"),
            RIVAL,
            ON,
            NOTE,
        ),
        while_allowed(LIFECYCLE, "win"),
    ),
    Act(
        "lose",
        msg("Lose"),
        operations.lose_opportunity,
        CLOSE,
        "thumb-down",
        (
            Field("code", msg("Why it was lost"), "reason", required=True, max_length=60, code_list="sales.lost_reason"),
            RIVAL,
            ON,
            NOTE,
        ),
        while_allowed(LIFECYCLE, "lose"),
    ),
    Act("reopen", msg("Reopen"), operations.reopen_opportunity, REOPEN, "refresh", (), _not_reopened),
    Act(
        "archive",
        msg("Archive"),
        operations.archive_opportunity,
        "update",
        "box",
        (),
        _not_archived,
        back=operations.take_out_of_archive,
    ),
    Act(
        "hand_over",
        msg("Hand over"),
        operations.hand_over_opportunity,
        "hand_over",
        "user-share",
        (
            Field("reference", msg("Owner"), "owner", required=True, target="core_employee"),
            Field("text", msg("Reason"), "reason", required=True, max_length=500),
        ),
        _fixed,
        back=operations.hand_opportunity_back,
    ),
)

OPPORTUNITIES = Noun(
    plugin="sales",
    model=Opportunity,
    path="opportunities",
    alike=("title",),
    title=msg("Opportunity"),
    plural=msg("Opportunities"),
    icon="target",
    columns=(
        Shown("title", ColumnKind.NAME, CardPlace.NAME),
        Shown("customer"),
        Shown("stage", place=CardPlace.LAST),
        Shown("state", place=CardPlace.STATE),
        Shown("amount", place=CardPlace.SUM),
        Shown("chance", quiet=True),
        Shown("expected_on"),
        Shown("owner", place=CardPlace.OWNER),
        Shown("touched_at", quiet=True),
    ),
    groups=(
        Group(
            msg("Opportunity"),
            (*("title", "customer", "contact", "amount", "price_doubt", "chance"), *("expected_on", "next_step", "next_on", "source")),
        ),
        Group(msg("Need"), ("description",)),
        Group(msg("Progress"), ("stage", "staged_on", "opened_on", "touched_at")),
        Group(
            msg("Closing"),
            ("closed_on", "won_reason", "lost_reason", "competitor", "close_note", "archived_at", "external_number"),
            folded=True,
        ),
    ),
    order="-id",
    filters=("state", "stage", "customer", "owner", "warned", "expected_on", "closed_on", "source", "lost_reason"),
    facts=("customer_name", "stage", "owner"),
    tags=("state", "warned"),
    figures=("amount",),
    archived="archived_at",
    next_step=("next_on", "next_step"),
    due=(Due("next_on", {"state": (OPEN,)}), EXPECTED),
    create=operations.create_opportunity,
    change=operations.change_opportunity,
    delete=operations.delete_opportunity,
    why_fixed=_fixed,
    create_label=msg("New opportunity"),
    acts=ACTS,
    bar=BAR,
    board=BOARD,
    steps={
        "warn": msg("warned that nothing moves"),
        "advance": msg("moved it to another stage"),
        "win": msg("marked it as won"),
        "lose": msg("marked it as lost"),
        "unarchive": msg("took it out of the archive"),
    },
    opens_with="open",
    views=(
        SavedView("mine", msg("Mine under way"), _mine_open, order=EXPECTED.name),
        SavedView("open", msg("Under way"), _under_way, order=EXPECTED.name),
        SavedView("overdue", msg("Past expected date"), lambda: EXPECTED.late(Opportunity), order=EXPECTED.name, calls=True),
        SavedView("still", msg("Stalled"), lambda: and_(Opportunity.state == OPEN, Opportunity.warned == Warned.STILL), calls=True),
        SavedView("won", msg("Won this month"), _won_this_month),
        SavedView("archive", msg("Archive"), lambda: Opportunity.archived_at.is_not(None)),
    ),
    lines=("lines", TYPED),
    line_model=OpportunityLine,
    line_offers=products_offered,
    files=True,
    told={"customer": customer_told},
    empty=msg("Possible sales are tracked here, from the first talk to the deal. Create the first opportunity of a customer."),
)


class OpportunitiesView(RecordView):
    """List, board, page, form and verbs of opportunities."""

    noun = OPPORTUNITIES
