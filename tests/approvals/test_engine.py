"""The approval engine at work on contracts: who is asked, who may decide, and what becomes of it (R-062, R-362, R-370, R-489)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from core.access.administration import change_employee, let_go, set_day
from core.approvals import operations as do
from core.approvals.errors import (
    ApprovalNeeded,
    ChainChanged,
    ChangedSince,
    DecidedAlready,
    DecidedBefore,
    NoApprovalNeeded,
    NobodyLeft,
    NotRunning,
    OwnDocument,
    RunsAlready,
)
from core.approvals.models import ApprovalCase, ApprovalSeat, CaseState, Verdict
from core.approvals.operations import following
from core.approvals.queries import waiting_for
from core.audit.models import AuditRow
from core.extension.approving import Needs, Who
from core.kernel.acting import System, acting_as, actor
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict, Forbidden, NotFound
from core.organisation.models import Employee
from core.organisation.parameters import spec_called
from core.work.models import Notice
from plugins.contracts.models import Contract
from plugins.contracts.operations import change_contract, draft_contract, set_lines, sign_contract
from plugins.contracts.rules import ContractState
from tests.plugins.conftest import LINES, Trade
from tests.world import World

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
Make = Callable[..., Any]


def over_all(world: World, read: Callable[[Any], Any]) -> Any:
    """Something as it is stored, whoever may see it."""
    with acting_as(System("look", world.companies["qiheng"].id)):
        session = world.keguan.database.session()
        session.expunge_all()
        found = read(session)
        world.keguan.database.release()
    return found


def state(world: World, case: ApprovalCase) -> CaseState:
    return over_all(world, lambda session: session.get(ApprovalCase, case.id).state)


def inbox(world: World, account: str) -> list[int]:
    with world.reading(account) as session:
        return [case.id for case in session.scalars(waiting_for(actor()))]


def seated(world: World, case: ApprovalCase) -> set[str]:
    """Names of those who are asked now."""

    def read(session: Any) -> set[str]:
        asked = select(Employee.name).join(ApprovalSeat, ApprovalSeat.employee_id == Employee.id)
        return set(session.scalars(asked.where(ApprovalSeat.case_id == case.id, ApprovalSeat.verdict == Verdict.WAITING)))

    return over_all(world, read)


def leave(world: World, account: str) -> None:
    with world.use_case("security") as session:
        let_go(session, world.employees[account].id, on=today())


@pytest.mark.requirement("R-062")
def test_a_document_passes_its_steps_in_their_order_and_then_may_happen(
    world: World, trade: Trade, step: Make, set_chain: Make, submitted: Make, decide: Make
) -> None:
    contract = trade.contract()
    set_chain(step(Who.HEAD), step(Who.IN_CHARGE))
    with pytest.raises(ApprovalNeeded), world.use_case("contracts") as session:
        sign_contract(session, contract.id, None)
    case = submitted(contract)
    assert (inbox(world, "head.east"), inbox(world, "leader"), inbox(world, "head.west")) == ([case.id], [], [])
    decide("head.east", case, opinion="条款齐全")
    assert (inbox(world, "head.east"), inbox(world, "leader")) == ([], [case.id])
    with pytest.raises(ApprovalNeeded), world.use_case("contracts") as session:
        sign_contract(session, contract.id, None)
    decide("leader", case)
    assert state(world, case) is CaseState.APPROVED
    with world.use_case("contracts") as session:
        assert sign_contract(session, contract.id, None).state is ContractState.EFFECTIVE
    actions = over_all(
        world, lambda session: set(session.scalars(select(AuditRow.action).where(AuditRow.table_name == "core_approval_case")))
    )
    assert {"create", "approve", "use"} <= actions
    of_the_case = select(Notice).where(Notice.url.startswith("/approvals/")).order_by(Notice.id)
    told = over_all(world, lambda session: {one.employee_id: one.url for one in session.scalars(of_the_case)})
    assert {told[world.employees[one].id] for one in ("head.east", "leader", "sales.east1")} == {f"/approvals/{case.id}"}


@pytest.mark.requirement("R-489", "R-370")
def test_a_superior_is_asked_then_the_superior_of_that_one_then_the_head(
    world: World, step: Make, set_chain: Make, submitted: Make
) -> None:
    above = {"sales.east1": "sales.east2", "sales.east2": "finance"}
    for account, superior in above.items():
        with world.use_case("security") as session:
            change_employee(session, world.employees[account].id, None, {"superior": world.employees[superior].id})
    set_chain(step(Who.SUPERIOR))
    asked = []
    for leaver in ("sales.east2", "finance", None):
        asked.append(seated(world, submitted()))
        if leaver is not None:
            leave(world, leaver)
    assert asked == [{world.employees[account].name} for account in ("sales.east2", "finance", "head.east")]


@pytest.mark.requirement("R-362")
def test_only_amounts_from_the_limit_on_are_asked_about(world: World, trade: Trade, step: Make, set_chain: Make, submitted: Make) -> None:
    contract = trade.contract()
    set_chain(step(Who.HEAD, from_amount=Decimal("391200.01")))
    with pytest.raises(NoApprovalNeeded):
        submitted(contract)
    set_chain(step(Who.HEAD, from_amount=Decimal("391200.00")))
    assert submitted(contract).state is CaseState.RUNNING


@pytest.mark.requirement("R-370")
def test_the_substitute_comes_from_the_next_level_when_the_filler_is_the_head(
    world: World, trade: Trade, step: Make, set_chain: Make
) -> None:
    set_chain(step(Who.HEAD))
    customer = trade.customer()
    with world.use_case("head.east") as session:
        contract = draft_contract(session, {"title": "部长自己的合同", "customer": customer.id, "lines": LINES})
    with world.use_case("head.east") as session:
        case = do.submit_document(session, "contracts.signing", contract.id, None)
    assert seated(world, case) == {"顾远谋"}
    with pytest.raises(OwnDocument), world.use_case("head.east") as session:
        do.approve(session, case.id)


@pytest.mark.requirement("R-370")
def test_a_chain_that_asks_the_filler_or_the_owner_goes_upward(world: World, trade: Trade, step: Make, set_chain: Make) -> None:
    contract = trade.contract()
    set_chain(step("sales.east1", "head.east"))
    with world.use_case("head.east") as session:  # the head submits the salesperson's contract: neither of them decides
        case = do.submit_document(session, "contracts.signing", contract.id, None)
    assert seated(world, case) == {"顾远谋"}


@pytest.mark.requirement("R-370")
def test_nobody_signs_twice(world: World, step: Make, set_chain: Make, submitted: Make, decide: Make) -> None:
    set_chain(step("head.east"), step("head.east", "finance"))
    case = submitted()
    decide("head.east", case)
    assert seated(world, case) == {"尹正明"} or "陆东升" not in seated(world, case)
    with pytest.raises(DecidedBefore):
        decide("head.east", case)
    decide("finance", case)
    assert state(world, case) is CaseState.APPROVED


def test_a_chain_that_could_never_be_signed_is_refused_at_once(
    world: World, trade: Trade, step: Make, set_chain: Make, submitted: Make
) -> None:
    contract = trade.contract()
    set_chain(step("leader"), step("leader", title="再批"))
    leave(world, "head.east")
    with pytest.raises(NobodyLeft, match="再批"):
        submitted(contract)
    assert over_all(world, lambda session: session.scalars(select(ApprovalCase)).all()) == []


def test_side_by_side_all_or_any(world: World, step: Make, set_chain: Make, submitted: Make, decide: Make) -> None:
    set_chain(step("head.east", "finance", needs=Needs.ALL), step("contracts", "invoicing"))
    case = submitted()
    decide("finance", case)
    assert inbox(world, "head.east") == [case.id]
    assert inbox(world, "contracts") == []
    decide("head.east", case)
    decide("invoicing", case)
    assert (state(world, case), inbox(world, "contracts")) == (CaseState.APPROVED, [])


@pytest.mark.parametrize(("verb", "ended"), [(do.return_for_completion, CaseState.RETURNED), (do.reject, CaseState.REJECTED)])
def test_whoever_sends_back_says_why_and_the_filler_hears_it(
    world: World, step: Make, set_chain: Make, submitted: Make, decide: Make, verb: Make, ended: CaseState
) -> None:
    set_chain(step(Who.HEAD))
    case = submitted()
    with pytest.raises(BadInput):
        decide("head.east", case, verb)
    decide("head.east", case, verb, opinion="缺少验收条款")
    assert state(world, case) is ended
    heard = over_all(world, lambda session: [str(one.message) for one in session.scalars(select(Notice).order_by(Notice.id))])
    assert "缺少验收条款" in heard[-1]
    contract_id = case.record_id
    with world.use_case("sales.east1") as session:
        again = do.submit_document(session, "contracts.signing", contract_id, None)
    assert again.id != case.id


def test_what_is_withdrawn_is_decided_by_nobody(world: World, step: Make, set_chain: Make, submitted: Make, decide: Make) -> None:
    set_chain(step(Who.HEAD))
    case = submitted()
    with pytest.raises(RunsAlready), world.use_case("sales.east1") as session:
        do.submit_document(session, "contracts.signing", case.record_id, None)
    with pytest.raises(Forbidden), world.use_case("head.east") as session:
        do.withdraw(session, case.id)
    with world.use_case("sales.east1") as session:
        do.withdraw(session, case.id)
    with pytest.raises(NotRunning):
        decide("head.east", case)
    assert inbox(world, "head.east") == []


def test_the_second_of_two_deciders_reads_who_was_faster(world: World, step: Make, set_chain: Make, submitted: Make, decide: Make) -> None:
    set_chain(step("head.east", "finance"), step(Who.IN_CHARGE))
    case = submitted()
    decide("head.east", case)
    with pytest.raises(DecidedAlready, match="陆东升"):
        decide("finance", case)


def test_a_change_after_the_submission_is_approved_by_nobody(
    world: World, trade: Trade, step: Make, set_chain: Make, submitted: Make, decide: Make
) -> None:
    set_chain(step(Who.HEAD))
    contract = trade.contract()
    case = submitted(contract)
    with world.use_case("sales.east1") as session:
        change_contract(session, contract.id, None, {"main_terms": "另行约定"})
    with pytest.raises(ChangedSince):
        decide("head.east", case)
    with world.use_case("sales.east1") as session:
        do.withdraw(session, case.id)
    decide("head.east", submitted(contract))
    with world.use_case("sales.east1") as session:  # the same amount, other goods
        set_lines(session, contract.id, None, [{**LINES[0], "code": "KY-76"}, LINES[1]])
    with pytest.raises(ApprovalNeeded), world.use_case("contracts") as session:
        sign_contract(session, contract.id, None)


@pytest.mark.requirement("R-489")
def test_a_new_chain_never_touches_running_cases(
    world: World, trade: Trade, step: Make, set_chain: Make, submitted: Make, decide: Make
) -> None:
    set_chain(step(Who.HEAD))
    case = submitted()
    set_chain(step("finance"), step("leader"))
    assert seated(world, case) == {"陆东升"}
    decide("head.east", case)
    assert state(world, case) is CaseState.APPROVED
    assert seated(world, submitted(trade.contract(customer=trade.customer(name="无锡华东制造有限公司")))) == {"尹正明"}
    with pytest.raises(ChainChanged), world.use_case("security") as session:
        do.set_chain(session, "contracts.signing", 0, ())
    for account in ("admin", "head.east", "leader"):
        with pytest.raises(Forbidden), world.use_case(account) as session:
            do.set_chain(session, "contracts.signing", 2, ())


def test_a_case_of_somebody_who_leaves_goes_to_the_next_level_and_security_is_told(
    world: World, step: Make, set_chain: Make, submitted: Make, decide: Make
) -> None:
    set_chain(step(Who.HEAD))
    case = submitted()
    leave(world, "head.east")
    with acting_as(System("job", world.companies["qiheng"].id)), world.keguan.database.transaction() as session:
        do.follow_cases(session)
    assert seated(world, case) == {"顾远谋"}
    security = world.employees["security"].id
    told = over_all(world, lambda session: session.scalars(select(Notice).where(Notice.employee_id == security)).all())
    assert [one.url for one in told] == [""]  # the case itself is not opened to them
    leave(world, "leader")
    with acting_as(System("job", world.companies["qiheng"].id)), world.keguan.database.transaction() as session:
        do.follow_cases(session)
        do.follow_cases(session)
    assert seated(world, case) == set()
    told = over_all(world, lambda session: session.scalars(select(Notice).where(Notice.employee_id == security)).all())
    assert len(told) == 2


def test_a_stand_in_decides_while_somebody_is_away_and_sees_nothing_afterwards(
    world: World, step: Make, set_chain: Make, submitted: Make, decide: Make
) -> None:
    set_chain(step(Who.HEAD))
    first = submitted()
    taker = world.employees["head.west"].id
    with world.use_case("head.east") as session:
        away = do.delegate(session, taker=taker, first_on=today(), last_on=today() + timedelta(days=3), reason="出差")
    assert inbox(world, "head.west") == [first.id]
    with world.reading("head.west") as session:
        assert session.get(Contract, first.record_id) is not None
    with pytest.raises(BadInput), world.use_case("head.east") as session:
        do.delegate(session, taker=taker, first_on=today(), last_on=today())
    with world.use_case("head.east") as session:
        do.end_delegation(session, away.id)
    assert inbox(world, "head.west") == []
    with world.reading("head.west") as session:
        assert session.get(Contract, first.record_id) is None
    with pytest.raises(NotFound):
        decide("head.west", first)
    with world.use_case("head.east") as session:
        do.delegate(session, taker=taker, first_on=today(), last_on=today())
    decide("head.west", first)
    assert state(world, first) is CaseState.APPROVED
    with world.reading("head.west") as session:  # what one has signed one may look up
        assert session.get(Contract, first.record_id) is not None


@pytest.mark.requirement("R-062")
def test_whoever_is_asked_sees_exactly_that_record_and_only_to_read(
    world: World, trade: Trade, step: Make, set_chain: Make, submitted: Make, decide: Make
) -> None:
    set_chain(step("sales.west1", "service"))
    contract, other = trade.contract(), trade.contract(customer=trade.customer(name="无锡华东制造有限公司"))
    case = submitted(contract)
    for account in ("sales.west1", "service"):  # one with a narrow right on contracts, one with none
        with world.reading(account) as session:
            assert [one.id for one in session.scalars(select(Contract))] == [contract.id]
            assert session.get(Contract, other.id) is None
            assert [one.id for one in session.scalars(select(ApprovalCase))] == [case.id]
        with pytest.raises(Forbidden), world.use_case(account) as session:
            change_contract(session, contract.id, None, {"title": "别人的"})
    with world.reading("sales.east2") as session:
        assert session.scalars(select(ApprovalCase)).all() == []
    with pytest.raises(NotFound):
        decide("sales.east2", case)
    decide("service", case)
    with world.reading("service") as session:
        assert session.get(Contract, contract.id) is not None
    with world.reading("sales.west1") as session:  # was asked, has not decided
        assert session.get(Contract, contract.id) is None


def test_the_filler_reminds_but_not_too_often(world: World, step: Make, set_chain: Make, submitted: Make) -> None:
    set_chain(step(Who.HEAD))
    case = submitted()
    with world.use_case("sales.east1") as session:
        do.remind(session, case.id)
    with pytest.raises(Conflict), world.use_case("sales.east1") as session:
        do.remind(session, case.id)
    head = world.employees["head.east"].id
    told = over_all(world, lambda session: session.scalars(select(Notice).where(Notice.employee_id == head, Notice.url != "")).all())
    assert len([one for one in told if one.url == f"/approvals/{case.id}"]) == 2


BEFORE_THE_HOLIDAY = datetime(2026, 2, 13, 2, 0, tzinfo=UTC)  # ten in the morning of a Friday; Saturday is worked in place of a holiday


@pytest.mark.requirement("R-062")
def test_the_house_reminds_once_of_what_waits_longer_than_the_working_days_that_the_company_allows(
    world: World, step: Make, set_chain: Make, submitted: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Handed in before the Spring Festival of 2026, 15 to 23 February: of the two days one passes before it and one after."""
    set_chain(step(Who.HEAD))
    case = submitted()
    head = world.employees["head.east"].id
    assert spec_called("core.approval_days").default == 2
    with world.keguan.database.engine.begin() as connection:
        connection.execute(update(ApprovalCase.__table__).values(step_since=BEFORE_THE_HOLIDAY))

    def told_on(moment: datetime) -> int:
        monkeypatch.setattr(following, "now", lambda: moment)
        with acting_as(System("follow", world.companies["qiheng"].id)), world.keguan.database.transaction() as session:
            do.follow_cases(session)
        mine = select(Notice).where(Notice.employee_id == head, Notice.url == f"/approvals/{case.id}")
        return len(over_all(world, lambda session: session.scalars(mine).all()))

    due = datetime(2026, 2, 24, 2, 0, tzinfo=UTC)
    assert told_on(BEFORE_THE_HOLIDAY + timedelta(days=2, minutes=1)) == 1
    assert told_on(due - timedelta(minutes=1)) == 1
    with world.use_case("admin") as session:
        set_day(session, date(2026, 2, 24), working=False, note="公司放假")
    assert told_on(due + timedelta(minutes=1)) == 1
    assert told_on(due + timedelta(days=1, minutes=1)) == 2
    assert told_on(due + timedelta(days=9)) == 2


def test_the_system_itself_does_not_pass_by_an_approval(world: World, trade: Trade, step: Make, set_chain: Make) -> None:
    set_chain(step(Who.HEAD))
    contract = trade.contract()
    house = System("job", world.companies["qiheng"].id)
    with pytest.raises(ApprovalNeeded), acting_as(house), world.keguan.database.transaction() as session:
        sign_contract(session, contract.id, None, signer=contract.owner_id)
