"""The project proposal on screen."""

from __future__ import annotations

from core.database.fields import Field
from core.kernel.acting import actor
from core.kernel.words import Message, msg
from core.web.nouns import Act, Begins, Group, Noun, SavedView, Shown, while_allowed
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.sales import operations
from plugins.sales.models import Project, ProjectProposal
from plugins.sales.rules.projects import EDITABLE, PROPOSAL_CYCLE, ProposalState


def _fixed(proposal: ProjectProposal) -> Message | None:
    return None if proposal.state in EDITABLE else msg("A submitted proposal can no longer be changed.")


def _not_mine(proposal: ProjectProposal) -> Message | None:
    if actor().employee_id in (proposal.submitted_by_id, proposal.owner_id):
        return msg("Somebody else decides about your own proposal.")
    return while_allowed(PROPOSAL_CYCLE, "approve")(proposal)


def _not_approved(proposal: ProjectProposal) -> Message | None:
    return None if proposal.state is ProposalState.APPROVED else msg("The proposal has not been approved.")


ACTS = (
    Act("submit", msg("Submit"), operations.submit_proposal, "update", "send", (), while_allowed(PROPOSAL_CYCLE, "submit")),
    Act(
        "approve",
        msg("Approve"),
        operations.approve_proposal,
        "review",
        "check",
        (Field("text", msg("Opinion"), "note", max_length=500),),
        _not_mine,
    ),
    Act(
        "reject",
        msg("Reject"),
        operations.reject_proposal,
        "review",
        "x",
        (Field("text", msg("Reason"), "reason", required=True, max_length=500),),
        _not_mine,
    ),
    Act(
        "create_project",
        msg("Create the project"),
        operations.create_from_proposal,
        "update",
        "briefcase",
        (),
        _not_approved,
        begins=Begins(Project, "proposal", msg("This proposal has its project already.")),
    ),
)

PROPOSALS = Noun(
    plugin="sales",
    model=ProjectProposal,
    path="project-proposals",
    alike=("title",),
    title=msg("Project proposal"),
    plural=msg("Project proposals"),
    icon="file-certificate",
    columns=(
        Shown("title", ColumnKind.NAME, CardPlace.NAME),
        Shown("customer"),
        Shown("state", place=CardPlace.STATE),
        Shown("amount", place=CardPlace.SUM),
        Shown("owner", place=CardPlace.OWNER),
        Shown("submitted_at", place=CardPlace.LAST),
    ),
    groups=(
        Group(msg("Project proposal"), ("title", "customer", "opportunity", "amount", "cost", "starts_on", "ends_on")),
        Group(msg("Reasons and plan"), ("reason", "plan")),
        Group(msg("Review"), ("submitted_by", "submitted_at", "reviewed_by", "reviewed_at", "review_note"), folded=True),
    ),
    order="-id",
    filters=("state", "customer", "owner", "opportunity"),
    facts=("customer", "owner"),
    tags=("state",),
    figures=("amount",),
    create=operations.create_proposal,
    change=operations.change_proposal,
    delete=operations.delete_proposal,
    why_fixed=_fixed,
    create_label=msg("New project proposal"),
    acts=ACTS,
    views=(
        SavedView("mine", msg("Mine"), lambda: ProjectProposal.owner_id == actor().employee_id),
        SavedView("review", msg("Waiting for review"), lambda: ProjectProposal.state == ProposalState.SUBMITTED, calls=True),
    ),
    files=True,
    empty=msg("A project begins with a proposal: why it is worthwhile, what it brings, what it costs."),
    steps={
        "create_project": msg("created the project"),
    },
)


class ProjectProposalsView(RecordView):
    """List, page, form and verbs of project proposals."""

    noun = PROPOSALS
