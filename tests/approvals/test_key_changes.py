"""A change of key fields that the company wants approved: asked for, decided, and done by the same verb (R-058, R-164, R-354)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.administration import let_go, set_parameter
from core.access.guard import as_system, get_for
from core.access.reasons import DEMANDED
from core.approvals import operations as do
from core.approvals.chains import chain_of, kind_called
from core.approvals.errors import ChangedSince, DecidedAlready, NotRunning, NotTheirsAnyMore, OwnDocument, WaitsAlready
from core.approvals.key_changes import NeedsApproval
from core.approvals.models import ApprovalCase, CaseState, KeyChange
from core.approvals.operations import Change, change_or_ask
from core.audit.history import changes_of
from core.audit.models import AuditRow
from core.extension.approving import CHANGED, Needs, Step
from core.kernel.clock import today
from core.kernel.errors import BadInput, NotFound, StaleVersion
from plugins.customers.models import Customer
from plugins.customers.operations import change_customer
from plugins.sales.operations import change_opportunity, create_opportunity
from tests.approvals.test_engine import inbox, over_all, state
from tests.plugins.conftest import Trade
from tests.world import World

Make = Callable[..., Any]
KIND, FILLER, HEAD = "customers.change_customer", "sales.east1", "head.east"
WISH = {"name": "苏州恒远机械有限公司", "discount": Decimal(85)}


@pytest.fixture
def set_change_chain(world: World) -> Make:
    """Let the security administrator say who approves changes of customers."""

    def set_it(*steps: Step) -> None:
        with world.use_case("security") as session:
            do.set_chain(session, KIND, chain_of(session, kind_called(KIND)).number, steps)

    return set_it


def ask(world: World, customer: Any, values: dict[str, Any] | None = None, reason: str = "更名", account: str = FILLER) -> ApprovalCase:
    """What pages and REST do."""
    wanted = values or WISH
    with world.act(account):
        version = stored(world, customer).version
        change = Change(Customer, customer.id, version, wanted, reason)
        done, case = change_or_ask(world.keguan.database, change, lambda session: change_customer(session, customer.id, version, wanted))
    assert done is None
    assert case is not None
    return case


def stored(world: World, customer: Any) -> Customer:
    found: Customer = over_all(world, lambda session: session.get(Customer, customer.id))
    return found


def rows(world: World, customer: Any) -> list[AuditRow]:
    with Session(world.keguan.database.engine) as session:
        mine = (AuditRow.table_name == "customers_customer", AuditRow.record_id == customer.id)
        return list(session.scalars(select(AuditRow).where(*mine).order_by(AuditRow.id)))


def test_without_a_chain_a_key_field_is_changed_at_once(world: World, trade: Trade) -> None:
    customer = trade.customer()
    with world.use_case(FILLER) as session:
        change_customer(session, customer.id, None, WISH)
    assert stored(world, customer).name == WISH["name"]


@pytest.mark.requirement("R-164", "R-354")
def test_a_change_waits_and_is_done_by_the_verb_once_approved(world: World, trade: Trade, step: Make, set_change_chain: Make) -> None:
    customer = trade.customer()
    set_change_chain(step(HEAD), step("leader"))
    before = stored(world, customer)
    case = ask(world, customer)
    assert (stored(world, customer).name, stored(world, customer).version) == (before.name, before.version)
    wish = over_all(world, lambda session: session.scalars(select(KeyChange).where(KeyChange.case_id == case.id)).one())
    assert wish.changes["name"] == [before.name, WISH["name"]]
    assert (wish.seen, wish.reason, inbox(world, HEAD)) == (before.version, "更名", [case.id])
    with pytest.raises((OwnDocument, NotFound)), world.use_case(FILLER) as session:
        do.approve(session, case.id)
    with world.use_case(HEAD) as session:
        do.approve(session, case.id)
    assert stored(world, customer).name == before.name
    with world.use_case("leader") as session:
        do.approve(session, case.id)
    now = stored(world, customer)
    assert (now.name, now.discount, state(world, case)) == (WISH["name"], 85, CaseState.APPROVED)
    row = rows(world, customer)[-1]
    names = [world.employees[one].name for one in (HEAD, "leader")]
    assert (row.action, row.reason, row.approved_by) == ("update", "更名", " / ".join(names))
    assert (row.employee_id, changes_of(row)["name"]) == (world.employees[FILLER].id, [before.name, WISH["name"]])


@pytest.mark.requirement("R-164")
@pytest.mark.parametrize("verb", [do.reject, do.return_for_completion, do.withdraw])
def test_what_is_not_approved_changes_nothing(world: World, trade: Trade, step: Make, set_change_chain: Make, verb: Make) -> None:
    customer = trade.customer()
    set_change_chain(step(HEAD))
    before = stored(world, customer)
    case = ask(world, customer)
    with world.use_case(FILLER if verb is do.withdraw else HEAD) as session:
        verb(session, case.id, **({} if verb is do.withdraw else {"opinion": "不属实"}))
    now = stored(world, customer)
    assert (now.name, now.discount, now.version) == (before.name, before.discount, before.version)
    assert ask(world, customer).id != case.id, "it may be asked for again"


def test_every_door_below_the_web_is_refused_as_a_whole(world: World, trade: Trade, step: Make, set_change_chain: Make) -> None:
    customer = trade.customer()
    set_change_chain(step(HEAD))
    before = stored(world, customer)
    with pytest.raises(NeedsApproval, match=r"needs approval|需要审批"), world.use_case(FILLER) as session:
        change_customer(session, customer.id, None, {**WISH, "city": "无锡"})
    with pytest.raises(NeedsApproval), world.use_case(FILLER) as session:
        get_for(session, Customer, "update", customer.id).name = "直接写入"
    now = stored(world, customer)
    assert (now.name, now.city, now.version) == (before.name, before.city, before.version)
    with world.use_case(FILLER) as session:  # what is no key field needs nobody
        change_customer(session, customer.id, None, {"city": "无锡"})
    assert stored(world, customer).city == "无锡"


def test_one_change_waits_at_a_time_and_a_second_one_is_told(world: World, trade: Trade, step: Make, set_change_chain: Make) -> None:
    customer = trade.customer()
    set_change_chain(step(HEAD))
    ask(world, customer)
    with pytest.raises(WaitsAlready):
        ask(world, customer, {"discount": Decimal(70)})


@pytest.mark.requirement("R-354")
def test_a_record_that_was_changed_meanwhile_is_not_overwritten(world: World, trade: Trade, step: Make, set_change_chain: Make) -> None:
    customer = trade.customer()
    set_change_chain(step(HEAD))
    case = ask(world, customer)
    with world.use_case(FILLER) as session:
        change_customer(session, customer.id, None, {"city": "无锡"})
    before = stored(world, customer)
    with pytest.raises(ChangedSince), world.use_case(HEAD) as session:
        do.approve(session, case.id)
    now = stored(world, customer)
    assert (now.name, now.version, state(world, case)) == (before.name, before.version, CaseState.RUNNING)


def test_a_version_that_was_never_seen_is_told_before_anybody_is_asked(
    world: World, trade: Trade, step: Make, set_change_chain: Make
) -> None:
    customer = trade.customer()
    set_change_chain(step(HEAD))
    version = stored(world, customer).version - 1
    change = Change(Customer, customer.id, version, WISH)
    with pytest.raises(StaleVersion), world.act(FILLER):
        change_or_ask(world.keguan.database, change, lambda session: change_customer(session, customer.id, version, WISH))
    assert over_all(world, lambda session: session.scalars(select(KeyChange)).all()) == []


def test_two_deciders_at_once_change_the_record_once(world: World, trade: Trade, step: Make, set_change_chain: Make) -> None:
    customer = trade.customer()
    set_change_chain(step(HEAD, "leader", needs=Needs.ANY))
    case = ask(world, customer)
    with world.use_case("leader") as session:
        do.approve(session, case.id)
    with pytest.raises((NotRunning, DecidedAlready)), world.use_case(HEAD) as session:
        do.approve(session, case.id)
    assert [row.approved_by for row in rows(world, customer) if row.approved_by] == [world.employees["leader"].name]


@pytest.mark.requirement("R-489")
def test_a_chain_may_ask_for_some_fields_alone(world: World, trade: Trade, step: Make, set_change_chain: Make) -> None:
    customer = trade.customer()
    set_change_chain(step(HEAD, field=CHANGED, value="discount"))
    with world.use_case(FILLER) as session:
        change_customer(session, customer.id, None, {"name": WISH["name"]})
    with pytest.raises(NeedsApproval), world.use_case(FILLER) as session:
        change_customer(session, customer.id, None, {"discount": Decimal(85)})
    with pytest.raises(BadInput):
        set_change_chain(step(HEAD, field=CHANGED, value="city"))


def test_a_limit_looks_at_the_sum_before_and_after(world: World, trade: Trade, step: Make) -> None:
    with world.use_case("security") as session:
        do.set_chain(session, "sales.change_opportunity", 0, [step(HEAD, from_amount=Decimal(1000))])
    customer = trade.customer()
    with world.use_case(FILLER) as session:
        opportunity = create_opportunity(session, {"title": "泵站改造", "customer": customer.id, "amount": Decimal(500)})
    with world.use_case(FILLER) as session:
        change_opportunity(session, opportunity.id, None, {"amount": Decimal(900)})
    with pytest.raises(NeedsApproval), world.use_case(FILLER) as session:
        change_opportunity(session, opportunity.id, None, {"amount": Decimal(1000)})


def test_whoever_asks_never_decides_the_next_level_does(world: World, trade: Trade, step: Make, set_change_chain: Make) -> None:
    customer = trade.customer()
    set_change_chain(step(FILLER))
    case = ask(world, customer)
    assert (inbox(world, FILLER), inbox(world, HEAD)) == ([], [case.id])


def test_whoever_has_left_changes_nothing_by_a_late_approval(world: World, trade: Trade, step: Make, set_change_chain: Make) -> None:
    customer = trade.customer()
    set_change_chain(step(HEAD))
    case = ask(world, customer, account="sales.east1")
    with world.use_case("security") as session:
        let_go(session, world.employees[FILLER].id, on=today())
    with pytest.raises(NotTheirsAnyMore), world.use_case(HEAD) as session:
        do.approve(session, case.id)
    assert stored(world, customer).name != WISH["name"]


def test_a_reason_is_demanded_before_anybody_is_asked(world: World, trade: Trade, step: Make, set_change_chain: Make) -> None:
    customer = trade.customer()
    set_change_chain(step(HEAD))
    with world.use_case("admin") as session:
        set_parameter(session, DEMANDED, True, today())
    with pytest.raises(BadInput, match=r"why this is changed|为什么"):
        ask(world, customer, reason="")
    assert ask(world, customer).note == "更名"


def test_what_was_wished_about_somebody_erased_is_forgotten(world: World, trade: Trade, step: Make, set_change_chain: Make) -> None:
    customer = trade.customer()
    set_change_chain(step(HEAD))
    case = ask(world, customer)
    with world.use_case(FILLER) as session, as_system(session, "a test"):
        do.forget_wishes(session, "customers_customer", customer.id)
    wish = over_all(world, lambda session: session.scalars(select(KeyChange).where(KeyChange.case_id == case.id)).one())
    assert (wish.given, wish.changes) == ({}, {})
