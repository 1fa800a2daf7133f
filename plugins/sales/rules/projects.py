"""States of project proposals and projects (R-096, R-204, R-324)."""

from __future__ import annotations

from datetime import date

from core.kernel.choices import Choice
from core.kernel.lifecycle import Lifecycle, Transition
from core.kernel.words import msg


class ProposalState(Choice):
    """Where a project proposal stands."""

    DRAFT = "draft", msg("Draft"), "idle"
    SUBMITTED = "submitted", msg("Waiting for review"), "wait"
    APPROVED = "approved", msg("Approved"), "good"
    REJECTED = "rejected", msg("Rejected"), "bad"


class ProjectState(Choice):
    """Where a project stands."""

    RUNNING = "running", msg("Under way"), "run"
    FINISHED = "finished", msg("Finished"), "good"
    STOPPED = "stopped", msg("Stopped"), "bad"


_P = ProposalState
PROPOSAL_CYCLE = Lifecycle(
    _P.DRAFT,
    (
        Transition("submit", (_P.DRAFT, _P.REJECTED), _P.SUBMITTED, msg("Submit")),
        Transition("approve", (_P.SUBMITTED,), _P.APPROVED, msg("Approve")),
        Transition("reject", (_P.SUBMITTED,), _P.REJECTED, msg("Reject")),
    ),
)
_R = ProjectState
PROJECT_CYCLE = Lifecycle(
    _R.RUNNING,
    (
        Transition("finish", (_R.RUNNING,), _R.FINISHED, msg("Finish")),
        Transition("stop", (_R.RUNNING,), _R.STOPPED, msg("Stop")),
        Transition("resume", (_R.STOPPED,), _R.RUNNING, msg("Resume")),
    ),
)
EDITABLE = (_P.DRAFT, _P.REJECTED)
"""A proposal that nobody reviews at the moment."""


def days_are_sound(starts_on: date | None, ends_on: date | None) -> bool:
    """Whether something does not end before it starts; an open side is sound."""
    return starts_on is None or ends_on is None or starts_on <= ends_on


def is_progress(percentage: int | None) -> bool:
    """Whether it can be the progress of a project in per cent."""
    return percentage is None or 0 <= percentage <= 100
