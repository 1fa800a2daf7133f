"""Project proposals: written, submitted, decided by the head (R-204, R-324)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.audit.trail import name_action
from core.database.answers import clean_reason, needed_reason
from core.database.changes import apply_changes, make_record
from core.kernel.acting import actor, employee_id
from core.kernel.clock import now
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from plugins.sales.errors import InUse, NotDraft, OwnDocument
from plugins.sales.models import Opportunity, ProjectProposal
from plugins.sales.operations.asking import tell
from plugins.sales.queries.people import heads
from plugins.sales.rules.projects import EDITABLE, PROPOSAL_CYCLE, days_are_sound


def create_proposal(session: Session, values: Mapping[str, Any]) -> ProjectProposal:
    """Write a project proposal; it belongs to whoever writes it."""
    authorise(ProjectProposal, "create")
    proposal: ProjectProposal = make_record(ProjectProposal, values)
    with session.no_autoflush:
        _check(session, proposal)
    session.add(proposal)
    session.flush()
    return proposal


def change_proposal(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> ProjectProposal:
    """Change the given fields of a proposal that nobody reviews; raises :class:`NotDraft` otherwise."""
    proposal = _editable(session, "update", record_id, version)
    with session.no_autoflush:
        apply_changes(proposal, changes)
        _check(session, proposal)
    session.flush()
    return proposal


def delete_proposal(session: Session, record_id: int, version: int | None) -> None:
    """Throw away a proposal that was not approved."""
    session.delete(_editable(session, "delete", record_id, version))
    try:
        session.flush()
    except IntegrityError as error:
        raise InUse from error


def submit_proposal(session: Session, record_id: int, version: int | None) -> ProjectProposal:
    """Hand the proposal to the head of the department."""
    proposal: ProjectProposal = get_for(session, ProjectProposal, "update", record_id, version)
    name_action(session, proposal, "submit")
    proposal.state = PROPOSAL_CYCLE.move(proposal.state, "submit")
    proposal.submitted_at, proposal.submitted_by_id = now(), employee_id()
    proposal.reviewed_by_id = proposal.reviewed_at = proposal.review_note = None
    session.flush()
    others = [head for head in heads(session, proposal.department_id) if head != employee_id()]
    tell(session, others, msg("The project proposal %(title)s waits for your review.", title=proposal.title), _url(proposal))
    return proposal


def approve_proposal(session: Session, record_id: int, version: int | None, *, note: str | None = None) -> ProjectProposal:
    """Let the project be created; raises :class:`OwnDocument` for who submitted it."""
    proposal = _decide(session, record_id, version, "approve", clean_reason(note, "note"))
    tell(session, [proposal.owner_id], msg("Your project proposal %(title)s was approved.", title=proposal.title), _url(proposal))
    return proposal


def reject_proposal(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> ProjectProposal:
    """Send the proposal back with a reason; it may be mended and submitted again."""
    proposal = _decide(session, record_id, version, "reject", needed_reason(reason))
    said = msg("Your project proposal %(title)s was rejected: %(reason)s", title=proposal.title, reason=proposal.review_note)
    tell(session, [proposal.owner_id], said, _url(proposal))
    return proposal


def _decide(session: Session, record_id: int, version: int | None, verb: str, note: str | None) -> ProjectProposal:
    proposal: ProjectProposal = get_for(session, ProjectProposal, "review", record_id, version)
    name_action(session, proposal, verb)
    if actor().employee_id in (proposal.submitted_by_id, proposal.owner_id):
        raise OwnDocument
    proposal.state = PROPOSAL_CYCLE.move(proposal.state, verb)
    proposal.reviewed_by_id, proposal.reviewed_at, proposal.review_note = employee_id(), now(), note
    session.flush()
    return proposal


def _editable(session: Session, verb: str, record_id: int, version: int | None) -> ProjectProposal:
    proposal: ProjectProposal = get_for(session, ProjectProposal, verb, record_id, version)
    if proposal.state not in EDITABLE:
        raise NotDraft(proposal.state.label)
    return proposal


def _check(session: Session, proposal: ProjectProposal) -> None:
    wrong: dict[str, Message] = {}
    if not days_are_sound(proposal.starts_on, proposal.ends_on):
        wrong["ends_on"] = msg("The project ends before it starts. Please check both days.")
    for name in ("amount", "cost"):
        if (getattr(proposal, name) or 0) < 0:
            wrong[name] = msg("The amount must not be below 0. Please check it.")
    opportunity = session.get(Opportunity, proposal.opportunity_id) if proposal.opportunity_id is not None else None
    if opportunity is not None and opportunity.customer_id != proposal.customer_id:
        wrong["opportunity"] = msg("This opportunity is with another customer. Please choose one of this customer.")
    if wrong:
        raise BadInput(fields=wrong)


def _url(proposal: ProjectProposal) -> str:
    return f"/project-proposals/{proposal.id}"
