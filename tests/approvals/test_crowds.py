"""Two people decide in the same moment: one decision stands, the other person is told so in one sentence (R-062, R-370)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.approvals import operations as do
from core.approvals.errors import DecidedAlready, DecidedBefore, NotAsked, NotRunning
from core.approvals.models import ApprovalCase, ApprovalSeat, CaseState, Verdict
from core.kernel.acting import System, acting_as
from tests.crowds import all_at_once
from tests.world import World

Make = Callable[..., Any]
Verb = Callable[..., ApprovalCase]
ROUNDS = 4


def deciding(world: World, account: str, case_id: int, verb: Verb) -> Callable[[], None]:
    """What the person does; the page was opened before the others pressed their buttons."""

    def work() -> None:
        with world.use_case(account) as session:
            verb(session, case_id, opinion="已核对")

    return work


def stored(world: World, case_id: int) -> tuple[CaseState, int, list[Verdict]]:
    """State and step of the case, and what has been decided."""
    decided = select(ApprovalSeat.verdict).where(ApprovalSeat.case_id == case_id, ApprovalSeat.decided_by_id.is_not(None))
    with acting_as(System("look", world.companies["qiheng"].id)):
        session = world.keguan.database.session()
        case = session.get_one(ApprovalCase, case_id, populate_existing=True)
        found = (case.state, case.step, list(session.scalars(decided)))
        world.keguan.database.release()
    return found


@pytest.mark.requirement("R-062", "R-370")
def test_of_two_who_agree_at_once_one_decides_and_the_other_hears_who(world: World, step: Make, set_chain: Make, submitted: Make) -> None:
    set_chain(step("head.east", "finance"), step("leader"))
    for _ in range(ROUNDS):
        case = submitted().id
        (refused,) = all_at_once(world, [deciding(world, account, case, do.approve) for account in ("head.east", "finance")])
        assert isinstance(refused, DecidedAlready)
        assert stored(world, case) == (CaseState.RUNNING, 1, [Verdict.AGREED])


@pytest.mark.requirement("R-062", "R-370")
def test_of_one_who_agrees_and_one_who_rejects_the_first_counts(world: World, step: Make, set_chain: Make, submitted: Make) -> None:
    set_chain(step("head.east", "finance"))
    for _ in range(ROUNDS):
        case = submitted().id
        works = [deciding(world, "head.east", case, do.approve), deciding(world, "finance", case, do.reject)]
        (refused,) = all_at_once(world, works)
        assert isinstance(refused, NotRunning)
        state, _, decided = stored(world, case)
        assert (state, decided) in ((CaseState.APPROVED, [Verdict.AGREED]), (CaseState.REJECTED, [Verdict.REJECTED]))


@pytest.mark.requirement("R-370")
def test_a_button_pressed_twice_signs_once(world: World, step: Make, set_chain: Make, submitted: Make) -> None:
    set_chain(step("head.east"), step("leader"))
    for _ in range(ROUNDS):
        case = submitted().id
        (refused,) = all_at_once(world, [deciding(world, "head.east", case, do.approve)] * 2)
        assert isinstance(refused, DecidedBefore | NotAsked)
        assert stored(world, case) == (CaseState.RUNNING, 1, [Verdict.AGREED])


@pytest.mark.requirement("R-062")
def test_a_case_withdrawn_while_it_is_decided_is_either_withdrawn_or_decided(
    world: World, step: Make, set_chain: Make, submitted: Make
) -> None:
    set_chain(step("head.east"))
    for _ in range(ROUNDS):
        case = submitted().id

        def withdraw(case_id: int = case) -> None:
            with world.use_case("sales.east1") as session:
                do.withdraw(session, case_id)

        (refused,) = all_at_once(world, [withdraw, deciding(world, "head.east", case, do.approve)])
        assert isinstance(refused, NotRunning)
        state, _, decided = stored(world, case)
        assert (state, decided) in ((CaseState.APPROVED, [Verdict.AGREED]), (CaseState.WITHDRAWN, []))
