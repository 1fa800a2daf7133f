"""What holds for service without a database: deadlines, life cycles, numbers, overlaps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from core.kernel.clock import SHANGHAI
from core.kernel.errors import IllegalTransition
from plugins.service.rules import (
    CODE_LISTS,
    DISPATCH_CYCLE,
    OPEN,
    PARAMETERS,
    REQUEST_CYCLE,
    SENT,
    DispatchState,
    Hours,
    RequestState,
    answer_deadline,
    dispatch_number,
    overlap,
    part_amounts,
    request_number,
)

NINE_TO_SIX = Hours(9, 18)


def workday(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5


def at(text: str) -> datetime:
    """A moment of Shanghai's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.requirement("R-491")
@pytest.mark.requirement("R-377")
@pytest.mark.parametrize(
    ("came_in", "hours", "due"),
    [
        ("2026-11-18 10:00", 4, "2026-11-18 14:00"),
        ("2026-11-18 17:00", 4, "2026-11-19 12:00"),
        ("2026-11-18 06:30", 4, "2026-11-18 13:00"),
        ("2026-11-18 20:00", 1, "2026-11-19 10:00"),
        ("2026-11-20 17:30", 1, "2026-11-23 09:30"),
        ("2026-11-21 12:00", 9, "2026-11-23 18:00"),
        ("2026-11-18 09:00", 9, "2026-11-18 18:00"),
        ("2026-11-18 09:00", 20, "2026-11-20 11:00"),
    ],
    ids=["same day", "over night", "before opening", "after closing", "over the weekend", "on a Saturday", "a whole day", "several days"],
)
def test_the_clock_of_an_answer_runs_only_while_the_company_is_open(came_in: str, hours: int, due: str) -> None:
    assert answer_deadline(at(came_in), hours, NINE_TO_SIX, workday) == at(due)


def test_a_deadline_is_told_in_utc() -> None:
    assert answer_deadline(at("2026-11-18 10:00"), 4, NINE_TO_SIX, workday).tzinfo == UTC


def test_a_calendar_without_a_working_day_still_gives_a_deadline() -> None:
    assert answer_deadline(at("2026-11-18 10:00"), 4, NINE_TO_SIX, lambda day: False) > at("2027-11-18 10:00")


@pytest.mark.requirement("R-244")
def test_a_request_goes_from_taken_in_to_archived_and_no_step_is_left_out() -> None:
    state = RequestState.RECEIVED
    way = [state]
    for verb in ("assign", "start", "dispatch", "come_back", "finish", "record_feedback", "close", "archive"):
        state = REQUEST_CYCLE.move(state, verb)
        way.append(state)
    assert [one.value for one in way] == [
        *("received", "assigned", "in_progress", "dispatched", "in_progress"),
        *("handled", "answered", "closed", "archived"),
    ]


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        ("received", "start"),
        ("received", "finish"),
        ("assigned", "close"),
        ("dispatched", "finish"),
        ("closed", "hand_on"),
        ("archived", "reopen"),
    ],
)
def test_a_step_too_early_or_too_late_is_refused_with_its_reason(state: str, verb: str) -> None:
    with pytest.raises(IllegalTransition, match="is not possible while the state is"):
        REQUEST_CYCLE.move(RequestState(state), verb)


@pytest.mark.requirement("R-377")
def test_no_verb_leaves_an_open_request_without_a_handler() -> None:
    """Whoever has it, every open state knows a way to somebody else, but for those in which the customer speaks."""
    for state in set(OPEN) - {RequestState.ANSWERED}:
        verbs = {step.verb for step in REQUEST_CYCLE.allowed(state)}
        assert verbs & {"assign", "take_over", "hand_on"}, state


@pytest.mark.requirement("R-246")
def test_a_dispatch_order_is_issued_accepted_carried_out_and_done() -> None:
    state = DispatchState.PLANNED
    for verb in ("issue", "accept", "arrive", "finish"):
        state = DISPATCH_CYCLE.move(state, verb)
    assert state == DispatchState.DONE
    for verb in ("cancel", "send_back", "issue"):
        with pytest.raises(IllegalTransition):
            DISPATCH_CYCLE.move(state, verb)


def test_an_order_that_came_back_is_issued_again() -> None:
    for state in SENT:
        assert DISPATCH_CYCLE.move(DISPATCH_CYCLE.move(state, "send_back"), "issue") == DispatchState.ISSUED


def test_somebody_on_site_is_not_called_off() -> None:
    with pytest.raises(IllegalTransition):
        DISPATCH_CYCLE.move(DispatchState.ON_SITE, "cancel")


@pytest.mark.parametrize(("shift", "both"), [(-3, False), (-2, True), (0, True), (2, True), (3, False)])
def test_two_spans_overlap_when_they_share_a_moment(shift: int, both: bool) -> None:
    one = (at("2026-11-18 09:00"), at("2026-11-18 12:00"))
    other = tuple(moment + timedelta(hours=shift) for moment in one)
    assert overlap(one, (other[0], other[1])) is both


def test_numbers_and_amounts_as_they_are_printed() -> None:
    assert (request_number(2026, 42), dispatch_number(2026, 42)) == ("FW-2026-00042", "PG-2026-0042")
    assert part_amounts([(Decimal("1.5"), Decimal("0.33")), (Decimal(2), Decimal(460))]) == [Decimal("0.50"), Decimal("920.00")]


def test_what_a_company_may_set_says_where_it_comes_from() -> None:
    assert all(one.source and one.name.startswith("service.") for one in PARAMETERS)
    assert [one.name for one in CODE_LISTS] == ["service.kind"]
