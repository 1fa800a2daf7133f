"""States of an opportunity, its chance, and when it needs somebody (R-092, R-197 to R-200)."""

from __future__ import annotations

from datetime import date

from core.kernel.choices import Choice
from core.kernel.lifecycle import Lifecycle, Transition
from core.kernel.words import Message, msg


class OpportunityState(Choice):
    """Whether an opportunity is still worked on, and how it ended."""

    OPEN = "open", msg("Under way"), "run"
    WON = "won", msg("Won"), "good"
    LOST = "lost", msg("Lost"), "bad"


class Warned(Choice):
    """Why an opportunity or a project needs its owner (R-199, R-325)."""

    STILL = "still", msg("Stalled"), "wait"
    OVERDUE = "overdue", msg("Past expected date"), "bad"


class Tone(Choice):
    """The colour of a stage."""

    IDLE = "idle", msg("Grey"), "idle"
    RUN = "run", msg("Blue"), "run"
    WAIT = "wait", msg("Amber"), "wait"
    GOOD = "good", msg("Green"), "good"
    BAD = "bad", msg("Red"), "bad"


_S = OpportunityState
LIFECYCLE = Lifecycle(
    _S.OPEN,
    (
        Transition("win", (_S.OPEN,), _S.WON, msg("Win")),
        Transition("lose", (_S.OPEN,), _S.LOST, msg("Lose")),
        Transition("reopen", (_S.LOST,), _S.OPEN, msg("Reopen")),
    ),
)
"""What was won stays won: a contract may rest on it."""


def why_no_document(state: OpportunityState) -> Message | None:
    """Why no quotation and no order is begun for an opportunity in ``state``; None where one may be."""
    return msg("This opportunity was lost. Please reopen it first.") if state is _S.LOST else None


CLOSED = (_S.WON, _S.LOST)
"""Worked on no more: may be put into the archive (R-200)."""
CERTAIN = 100
"""Chance of what is won, in per cent."""
STAGES: tuple[tuple[str, int, Tone, str], ...] = (
    ("初步接触", 10, Tone.IDLE, "First contact"),
    ("需求确认", 25, Tone.RUN, "Needs confirmed"),
    ("方案报价", 50, Tone.RUN, "Proposal and quote"),
    ("商务谈判", 75, Tone.WAIT, "Negotiation"),
    ("待签约", 90, Tone.GOOD, "Ready to sign"),
)
"""Stages that a company starts with: name, chance in per cent, colour, English name. From then on they are words of the company."""
PIPELINE, PIPELINE_ENGLISH = "标准销售流程", "Standard sales process"
"""Names of the pipeline that a company starts with."""


def is_chance(percentage: int | None) -> bool:
    """Whether it can be a chance in per cent; none has not been judged yet."""
    return percentage is None or 0 <= percentage <= CERTAIN


def warning(expected_on: date | None, touched_on: date, still_since: date, day: date) -> Warned | None:
    """What to warn of on ``day``: the expected day is over, or nothing has happened since before ``still_since``; None for nothing."""
    if expected_on is not None and expected_on < day:
        return Warned.OVERDUE
    return Warned.STILL if touched_on < still_since else None
