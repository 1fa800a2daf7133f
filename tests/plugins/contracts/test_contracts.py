"""Contracts: drafted, signed, handed over, mended, ended."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.access.administration import set_roles
from core.access.guard import open_for_writing
from core.access.models import Role
from core.audit.models import AuditRow
from core.database.search import search_ids
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from core.kernel.errors import BadInput, Forbidden, IllegalTransition, NotFound, StaleVersion
from core.work.models import Notice
from plugins.contracts.errors import CustomerNotReady, EntryNotDue, NothingToSign, NotOpen, TextNotDue
from plugins.contracts.models import Contract, ContractLine, DataReturn
from plugins.contracts.operations import (
    change_contract,
    complete_data,
    delete_contract,
    draft_contract,
    expire_contracts,
    hand_over_text,
    register_contract,
    return_for_data,
    set_lines,
    sign_contract,
    terminate_contract,
    void_contract,
)
from plugins.contracts.rules import ContractState
from plugins.customers.models import Customer
from plugins.customers.rules import CustomerState
from tests.plugins.conftest import Trade
from tests.world import World

CLERK = "contracts"


def sign(world: World, contract: Contract, by: str = CLERK, **values: Any) -> Contract:
    """The contract, signed."""
    with world.use_case(by) as session:
        return sign_contract(session, contract.id, None, **values)


@pytest.mark.requirement("R-104")
def test_a_draft_has_lines_and_their_sum_and_no_number(trade: Trade) -> None:
    contract = trade.contract(main_terms="预付三成")
    assert (contract.state, contract.number, contract.amount) == (ContractState.DRAFT, None, Decimal("391200.00"))
    assert contract.owner_id == trade.employee("sales.east1")


def test_a_contract_with_a_customer_that_may_not_be_seen_is_refused(trade: Trade, world: World) -> None:
    customer = trade.customer("sales.west1")
    for wanted in (customer.id, 999_999):
        with pytest.raises(NotFound), world.use_case("sales.east1") as session:
            draft_contract(session, {"title": "x", "customer": wanted})


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"name": ""}, "lines-1-name"),
        ({"quantity": Decimal(0)}, "lines-1-quantity"),
        ({"quantity": Decimal("0.00001")}, "lines-1-quantity"),
        ({"price": Decimal(-1)}, "lines-1-price"),
        ({"price": Decimal("1.001")}, "lines-1-price"),
        ({"price": Decimal("1e20")}, "lines-1-price"),
        ({"amount": Decimal(1)}, "lines-1-amount"),
        ({"alien": 1}, "lines-1-alien"),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_wrong_line_is_named_by_its_place(trade: Trade, world: World, line: dict[str, Any], field: str) -> None:
    contract = trade.contract()
    good = {"name": "空压机", "quantity": Decimal(1), "price": Decimal(10)}
    with pytest.raises(BadInput) as refused, world.use_case("sales.east1") as session:
        set_lines(session, contract.id, None, [good, good | line])
    assert set(refused.value.fields) == {field}


def test_lines_are_replaced_as_a_whole_and_the_amount_follows(trade: Trade, world: World) -> None:
    contract = trade.contract()
    with world.use_case("sales.east1") as session:
        changed = set_lines(
            session, contract.id, contract.version, [{"name": "滤芯", "quantity": Decimal("2.5"), "price": Decimal("0.03")}]
        )
        assert changed.amount == Decimal("0.08")
    with world.reading("sales.east1") as session:
        assert [(line.position, line.name, line.amount) for line in session.scalars(select(ContractLine))] == [(1, "滤芯", Decimal("0.08"))]


def test_whoever_changes_only_a_line_still_wins_over_an_older_page(trade: Trade, world: World) -> None:
    contract = trade.contract()
    same_sum = [{"name": "改名", "quantity": Decimal(1), "price": Decimal("391200.00")}]
    with world.use_case("sales.east1") as session:
        set_lines(session, contract.id, contract.version, same_sum)
    with pytest.raises(StaleVersion), world.use_case("sales.east1") as session:
        change_contract(session, contract.id, contract.version, {"title": "旧页面"})


def test_a_term_that_ends_before_it_starts_is_refused(trade: Trade, world: World) -> None:
    contract = trade.contract()
    with pytest.raises(BadInput) as refused, world.use_case("sales.east1") as session:
        change_contract(session, contract.id, None, {"starts_on": today(), "ends_on": today() - timedelta(days=1)})
    assert set(refused.value.fields) == {"ends_on"}


def test_a_draft_can_be_thrown_away_with_its_lines(trade: Trade, world: World) -> None:
    contract = trade.contract()
    with world.use_case("sales.east1") as session:
        delete_contract(session, contract.id, contract.version)
    with world.reading(CLERK) as session:
        assert session.scalars(select(Contract)).all() == []
        assert session.scalars(select(ContractLine)).all() == []


@pytest.mark.requirement("R-039")
@pytest.mark.requirement("R-104")
def test_signing_gives_the_number_and_notes_day_and_signer(trade: Trade, world: World) -> None:
    contract = trade.contract()
    signed = sign(world, contract, signer=trade.employee("sales.east1"))
    assert (signed.state, signed.signed_on, signed.signer_id) == (ContractState.EFFECTIVE, today(), trade.employee("sales.east1"))
    assert signed.number == f"HT-{today().year}-0001"


def test_numbers_have_no_gap_and_count_by_company_and_year(trade: Trade, world: World) -> None:
    customer = trade.customer()
    numbers = [sign(world, trade.contract(customer=customer)).number for _ in range(2)]
    refused = trade.contract(customer=customer, lines=[])
    with pytest.raises(NothingToSign):
        sign(world, refused)
    numbers.append(sign(world, trade.contract(customer=customer)).number)
    last_year = today().replace(month=1, day=1) - timedelta(days=1)
    numbers.append(sign(world, trade.contract(customer=customer), on=last_year).number)
    year = today().year
    assert numbers == [f"HT-{year}-0001", f"HT-{year}-0002", f"HT-{year}-0003", f"HT-{year - 1}-0001"]


def test_a_signing_that_fails_after_its_number_gives_the_number_again(trade: Trade, world: World) -> None:
    customer = trade.customer()
    contract = trade.contract(customer=customer)
    taken: list[str | None] = []

    def sign_and_fail() -> None:
        with world.use_case(CLERK) as session:
            taken.append(sign_contract(session, contract.id, None).number)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sign_and_fail()
    assert taken == [f"HT-{today().year}-0001"]
    assert sign(world, contract).number == f"HT-{today().year}-0001"


@pytest.mark.requirement("R-065", "R-167")
@pytest.mark.requirement("R-168")
def test_the_customer_cooperates_from_the_signing_on(trade: Trade, world: World) -> None:
    contract = trade.contract()
    sign(world, contract)
    with world.reading("sales.east1") as session:
        assert session.get(Customer, contract.customer_id).state == CustomerState.COOPERATING


@pytest.mark.requirement("R-334")
def test_a_contract_is_not_signed_while_the_customers_data_are_incomplete(trade: Trade, world: World) -> None:
    contract = trade.contract(customer=trade.customer(address=None, phone=None))
    with pytest.raises(CustomerNotReady) as refused:
        sign(world, contract)
    assert "Address, Telephone" in str(refused.value)


@pytest.mark.requirement("R-340")
def test_a_contract_is_not_signed_with_a_customer_that_was_not_approved(trade: Trade, world: World) -> None:
    contract = trade.contract(customer=trade.entered())
    with pytest.raises(CustomerNotReady):
        sign(world, contract)


def test_a_day_to_come_and_a_stranger_as_signer_are_refused(trade: Trade, world: World) -> None:
    contract = trade.contract()
    with pytest.raises(BadInput) as refused:
        sign(world, contract, on=today() + timedelta(days=1))
    assert set(refused.value.fields) == {"on"}
    with pytest.raises(BadInput) as refused:
        sign(world, contract, signer=trade.employee("sales2"))
    assert set(refused.value.fields) == {"signer"}


@pytest.mark.requirement("R-003")
@pytest.mark.parametrize(
    ("account", "error"), [("sales.east1", Forbidden), ("sales.west1", NotFound), ("head.west", NotFound), ("leader", Forbidden)]
)
def test_who_may_not_sign_does_not(trade: Trade, world: World, account: str, error: type[Exception]) -> None:
    contract = trade.contract("sales.east1")
    with pytest.raises(error):
        sign(world, contract, account)


@pytest.mark.requirement("R-003")
def test_a_project_manager_signs_and_hands_over_the_text_of_the_own_contract_and_of_no_other(trade: Trade, world: World) -> None:
    manager = "sales.east2"
    own, others = trade.contract(manager), trade.contract("sales.east1")
    with world.use_case("security") as session:
        role = session.scalars(select(Role).where(Role.preset == "project_manager")).one()
        set_roles(session, world.employees[manager].id, [role.id])
    signed = sign(world, own, manager)
    assert (signed.state, signed.signer_id) == (ContractState.EFFECTIVE, world.employees[manager].id)
    with world.use_case(manager) as session:
        assert hand_over_text(session, own.id, None).text_handed_by_id == world.employees[manager].id
    sign(world, others)
    for verb in (sign_contract, hand_over_text):
        with pytest.raises(NotFound), world.use_case(manager) as session:
            verb(session, others.id, None)


def test_a_signed_contract_is_neither_changed_nor_thrown_away_nor_signed_again(trade: Trade, world: World) -> None:
    contract = sign(world, trade.contract())
    for verb in (
        lambda session: change_contract(session, contract.id, None, {"title": "x"}),
        lambda session: set_lines(session, contract.id, None, []),
        lambda session: delete_contract(session, contract.id, None),
    ):
        with pytest.raises(NotOpen), world.use_case(CLERK) as session:
            verb(session)
    with pytest.raises(IllegalTransition):
        sign(world, contract)


@pytest.mark.requirement("R-222")
@pytest.mark.requirement("R-223")
def test_the_text_goes_to_the_clerk_who_confirms_the_entry(trade: Trade, world: World) -> None:
    contract = sign(world, trade.contract())
    with pytest.raises(EntryNotDue), world.use_case(CLERK) as session:
        register_contract(session, contract.id, None)
    with world.use_case("head.east") as session:
        handed = hand_over_text(session, contract.id, None)
        assert handed.text_handed_by_id == trade.employee("head.east")
    with pytest.raises(TextNotDue), world.use_case("head.east") as session:
        hand_over_text(session, contract.id, None)
    with world.use_case(CLERK) as session:
        assert register_contract(session, contract.id, None).registered_by_id == trade.employee(CLERK)


@pytest.mark.requirement("R-224")
@pytest.mark.requirement("R-334")
@pytest.mark.parametrize(("signed", "between", "after"), [(False, "returned", "draft"), (True, "incomplete", "effective")])
def test_missing_data_go_to_the_customer_manager_and_come_back(trade: Trade, world: World, signed: bool, between: str, after: str) -> None:
    contract = trade.contract()
    if signed:
        sign(world, contract)
    with world.use_case(CLERK) as session:
        assert return_for_data(session, contract.id, None, reason="缺少开票地址").state == between
    with world.reading("sales.east1") as session:
        (notice,) = [one for one in session.scalars(select(Notice)) if "缺少开票地址" in str(one.message)]
        assert notice.employee_id == trade.employee("sales.east1")
    with world.use_case("sales.east1") as session:
        assert complete_data(session, contract.id, None, answer="已补").state == after
    with world.reading(CLERK) as session:
        (tracked,) = session.scalars(select(DataReturn)).all()
        assert (tracked.asked_by_id, tracked.completed_by_id) == (trade.employee(CLERK), trade.employee("sales.east1"))
        assert (tracked.reason, tracked.answer) == ("缺少开票地址", "已补")


@pytest.mark.requirement("R-334")
def test_an_entry_is_not_confirmed_while_data_are_missing(trade: Trade, world: World) -> None:
    contract = sign(world, trade.contract())
    with world.use_case(CLERK) as session:
        hand_over_text(session, contract.id, None)
        return_for_data(session, contract.id, None, reason="缺少联系人")
    with pytest.raises(EntryNotDue), world.use_case(CLERK) as session:
        register_contract(session, contract.id, None)


def test_terminated_and_void_contracts_keep_their_numbers(trade: Trade, world: World) -> None:
    customer = trade.customer()
    ended, void = (sign(world, trade.contract(customer=customer)) for _ in range(2))
    with world.use_case(CLERK) as session:
        assert terminate_contract(session, ended.id, None, reason="项目取消").number == ended.number
        assert void_contract(session, void.id, None, reason="录入有误").number == void.number
    assert sign(world, trade.contract(customer=customer)).number == f"HT-{today().year}-0003"


def test_an_end_gives_its_reason_and_lies_after_the_signing(trade: Trade, world: World) -> None:
    contract = sign(world, trade.contract())
    for values, field in (({}, "reason"), ({"reason": "x", "on": today() - timedelta(days=1)}, "on")):
        with pytest.raises(BadInput) as refused, world.use_case(CLERK) as session:
            terminate_contract(session, contract.id, None, **values)  # type: ignore[arg-type]
        assert set(refused.value.fields) == {field}


def test_contracts_expire_the_day_after_their_term(trade: Trade, world: World) -> None:
    contract = sign(world, trade.contract(ends_on=today()))
    with acting_as(System("test", contract.company_id)), world.keguan.database.transaction() as session:
        assert expire_contracts(session, today()) == 0
        assert expire_contracts(session, today() + timedelta(days=1)) == 1
    with world.reading("sales.east1") as session:
        assert session.get(Contract, contract.id).state == ContractState.EXPIRED


@pytest.mark.requirement("R-342")
def test_contracts_and_their_lines_are_seen_by_scope(trade: Trade, world: World) -> None:
    trade.contract("sales.east1")
    everybody = {"sales.east1": 1, "head.east": 1, "leader": 1, CLERK: 1, "invoicing": 1}
    nobody = dict.fromkeys(("sales.east2", "sales.west1", "head.west", "service", "admin", "security", "auditor", "sales2"), 0)
    for account, seen in (everybody | nobody).items():
        with world.reading(account) as session:
            assert len(session.scalars(select(Contract)).all()) == seen, account
            assert len(session.scalars(select(ContractLine)).all()) == 2 * seen, account


def test_a_line_cannot_be_written_past_its_contract(trade: Trade, world: World) -> None:
    contract = trade.contract("sales.east1")

    def change_a_line() -> None:
        with world.use_case("leader") as session:
            session.scalars(select(ContractLine)).all()[0].price = Decimal(1)

    def add_a_line() -> None:
        with world.use_case("sales.west1") as session:
            session.add(
                ContractLine(contract_id=contract.id, position=1, name="x", quantity=Decimal(1), price=Decimal(1), amount=Decimal(1))
            )

    with pytest.raises(Forbidden):
        change_a_line()
    with pytest.raises(NotFound):
        add_a_line()


def test_a_contract_is_found_by_number_and_title(trade: Trade, world: World) -> None:
    contract = sign(world, trade.contract(title="二期厂房空压站"))
    for typed in ("空压站", "kyz", str(contract.number)):
        with world.reading("sales.east1") as session:
            assert session.scalars(select(Contract.id).where(Contract.id.in_(search_ids(session, Contract, typed)))).all() == [contract.id]


def test_the_trail_names_each_verb(trade: Trade, world: World) -> None:
    contract = sign(world, trade.contract())
    with world.use_case(CLERK) as session:
        void_contract(session, contract.id, None, reason="录入有误")
    with acting_as(System("test")):
        rows = world.keguan.database.session().scalars(
            select(AuditRow).where(AuditRow.table_name == "contracts_contract", AuditRow.record_id == contract.id).order_by(AuditRow.id)
        )
        actions = [row.action for row in rows]
    world.keguan.database.release()
    assert actions[0] == "create"
    assert {"sign", "void"} <= set(actions)


def test_opening_a_contract_by_hand_does_not_move_it_to_another_owner(trade: Trade, world: World) -> None:
    contract = trade.contract("sales.east1")

    def move_by_hand() -> None:
        with world.use_case(CLERK) as session:
            found = session.get(Contract, contract.id)
            open_for_writing(session, found)
            found.owner_id = trade.employee(CLERK)

    with pytest.raises(Forbidden):
        move_by_hand()
