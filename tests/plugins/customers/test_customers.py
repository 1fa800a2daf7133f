"""Entering, changing and deleting customers."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.database.search import search_ids
from core.kernel.errors import BadInput, Forbidden, NotFound, StaleVersion
from plugins.customers.errors import CodeTaken, HasRecords
from plugins.customers.models import Customer
from plugins.customers.operations import add_contact, change_customer, create_customer, delete_customer
from plugins.customers.queries import possible_duplicates
from plugins.customers.rules import CustomerState, Review
from tests.plugins.conftest import Trade
from tests.world import Browser, World


@pytest.mark.requirement("R-064")
def test_a_new_customer_belongs_to_whoever_enters_it_and_waits_for_review(trade: Trade) -> None:
    customer = trade.entered(industry="专用设备制造", region="江苏", discount=Decimal("92.5"), star_grade=4)
    assert customer.owner_id == trade.employee("sales.east1")
    assert (customer.state, customer.review) == (CustomerState.PENDING, Review.PENDING)
    assert customer.code is not None
    assert customer.code.startswith("KH-")


def test_codes_are_counted_and_given_ones_are_kept(trade: Trade) -> None:
    first, own, second = trade.entered(), trade.entered(code="A-1"), trade.entered()
    assert own.code == "A-1"
    assert first.code is not None
    assert second.code is not None
    assert int(second.code[-5:]) == int(first.code[-5:]) + 1


def test_a_code_is_refused_even_when_its_customer_may_not_be_seen(trade: Trade) -> None:
    trade.entered("sales.west1", code="A-1")
    with pytest.raises(CodeTaken) as refused:
        trade.entered("sales.east1", code="A-1")
    assert set(refused.value.fields) == {"code"}


def test_a_counted_code_passes_over_one_that_a_colleague_has_given_by_hand(trade: Trade) -> None:
    first = trade.entered()
    assert first.code is not None
    year, number = first.code[3:7], int(first.code[-5:])
    trade.entered("sales.west1", code=f"KH-{year}-{number + 1:05d}")
    assert trade.entered().code == f"KH-{year}-{number + 2:05d}"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 121}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "a\ud800b"}, "name"),
        ({"star_grade": 6}, "star_grade"),
        ({"discount": Decimal("100.1")}, "discount"),
        ({"discount": Decimal("0.12345")}, "discount"),
        ({"credit_limit": Decimal("-0.01")}, "credit_limit"),
        ({"kind": "alien"}, "kind"),
        ({"email": "nobody"}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"credit_code": "913205060000000000"}, "credit_code"),
        ({"state": "cooperating"}, "state"),
        ({"owner": 1}, "owner"),
        ({"last_contact_at": None}, "last_contact_at"),
        ({"company_id": 2}, "company_id"),
        ({"listed_on": "2026-02-31"}, "listed_on"),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_wrong_value_is_refused_under_its_field(trade: Trade, values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        trade.entered(**values)
    assert set(refused.value.fields) == {field}


def test_every_wrong_field_is_named_at_once(trade: Trade) -> None:
    with pytest.raises(BadInput) as refused:
        trade.entered(name="", email="x", kind="y")
    assert set(refused.value.fields) == {"name", "email", "kind"}


def test_a_four_byte_character_is_kept(trade: Trade, world: World) -> None:
    customer = trade.entered(name="𠮷野家😀", note="第一行\n第二行")
    with world.reading("sales.east1") as session:
        found = session.get(Customer, customer.id)
        assert (found.name, found.note) == ("𠮷野家😀", "第一行\n第二行")


@pytest.mark.requirement("R-156")
def test_a_change_touches_only_what_is_given(trade: Trade, world: World) -> None:
    customer = trade.entered(industry="轴承", region="江苏")
    with world.use_case("sales.east1") as session:
        change_customer(session, customer.id, customer.version, {"region": None, "city": "无锡"})
    with world.reading("sales.east1") as session:
        found = session.get(Customer, customer.id)
        assert (found.industry, found.region, found.city, found.name) == ("轴承", None, "无锡", customer.name)


def test_the_second_editor_is_told_that_somebody_was_first(trade: Trade, world: World) -> None:
    customer = trade.entered()
    with world.use_case("sales.east1") as session:
        change_customer(session, customer.id, customer.version, {"city": "苏州"})
    with pytest.raises(StaleVersion) as refused, world.use_case("sales.east1") as session:
        change_customer(session, customer.id, customer.version, {"city": "无锡"})
    assert refused.value.theirs["city"] == "苏州"


def test_a_customer_keeps_a_code(trade: Trade, world: World) -> None:
    customer = trade.entered()
    with pytest.raises(BadInput), world.use_case("sales.east1") as session:
        change_customer(session, customer.id, None, {"code": ""})


@pytest.mark.requirement("R-342")
def test_a_salesperson_cannot_open_or_change_a_colleagues_customer(trade: Trade, world: World) -> None:
    customer = trade.entered("sales.east1")
    with world.reading("sales.east2") as session:
        assert session.get(Customer, customer.id) is None
        assert session.scalars(select(Customer)).all() == []
    with pytest.raises(NotFound), world.use_case("sales.east2") as session:
        change_customer(session, customer.id, None, {"city": "无锡"})


@pytest.mark.parametrize("account", ["admin", "security", "auditor"])
def test_administrators_see_no_customer_and_enter_none(trade: Trade, world: World, account: str) -> None:
    trade.entered()
    with world.reading(account) as session:
        assert session.scalars(select(Customer)).all() == []
    with pytest.raises(Forbidden), world.use_case(account) as session:
        create_customer(session, {"name": "x"})


def test_the_other_company_sees_nothing_and_counts_for_itself(trade: Trade, world: World) -> None:
    mine = trade.entered()
    with world.use_case("sales2") as session:
        theirs = create_customer(session, {"name": "别家客户"})
    assert theirs.code == mine.code
    with world.reading("sales2") as session:
        assert [customer.name for customer in session.scalars(select(Customer))] == ["别家客户"]


@pytest.mark.requirement("R-156")
def test_a_customer_without_records_can_be_deleted(trade: Trade, world: World) -> None:
    customer = trade.entered()
    with world.use_case("sales.east1") as session:
        delete_customer(session, customer.id, customer.version)
    with world.reading("head.east") as session:
        assert session.get(Customer, customer.id) is None
        assert session.scalars(select(Customer).where(Customer.id.in_(search_ids(session, Customer, "恒锐")))).all() == []


@pytest.mark.requirement("R-449")
def test_a_customer_with_contacts_is_not_deleted(trade: Trade, world: World) -> None:
    customer = trade.entered()
    with world.use_case("sales.east1") as session:
        add_contact(session, {"customer": customer.id, "name": "刘建国"})
    with pytest.raises(HasRecords), world.use_case("sales.east1") as session:
        delete_customer(session, customer.id, None)


def test_a_customer_with_contracts_is_not_deleted_by_a_plugin_that_knows_no_contracts(trade: Trade, world: World) -> None:
    contract = trade.contract()
    with pytest.raises(HasRecords), world.use_case("head.east") as session:
        delete_customer(session, contract.customer_id, None)


@pytest.mark.requirement("R-016")
@pytest.mark.requirement("R-339")
def test_the_duplicate_hint_tells_of_a_colleagues_customer_only_what_c01_declares(trade: Trade, world: World) -> None:
    trade.customer("sales.west1", name="苏州恒锐精密机械有限公司")
    with world.reading("sales.east1") as session:
        (hint,) = possible_duplicates(session, name="苏州恒锐精密机械")
    assert (hint.name, hint.owner, hint.department, hint.record_id) == ("苏州恒锐精密机械有限公司", "马**", "西部销售部", None)
    assert set(vars(hint)) == {"name", "owner", "department", "last_contact_at", "record_id"}


@pytest.mark.requirement("R-339")
@pytest.mark.parametrize("clue", [{"credit_code": "91110000600037341l"}, {"phone": "010-1234"}, {"name": "北京某某机械股份有限公司"}])
def test_duplicates_are_found_by_name_credit_code_and_telephone(trade: Trade, world: World, clue: dict[str, str]) -> None:
    mine = trade.entered(name="北京某某机械", credit_code="91110000600037341L", phone="010-1234")
    with world.reading("sales.east1") as session:
        (hint,) = possible_duplicates(session, **clue)
    assert (hint.record_id, hint.owner) == (mine.id, "苏晓晨")


def test_a_short_piece_of_a_name_does_not_list_other_peoples_customers(trade: Trade, world: World) -> None:
    trade.entered("sales.west1")
    with world.reading("sales.east1") as session:
        assert possible_duplicates(session, name="苏州") == []
        assert possible_duplicates(session, name="") == []


@pytest.mark.parametrize("typed", ["恒锐", "hengrui", "szhr", "恒锐 机械", "KH-"])
def test_the_name_search_finds_a_customer_within_scope_only(trade: Trade, world: World, typed: str) -> None:
    customer = trade.entered("sales.east1")
    for account, found in (("sales.east1", [customer.id]), ("sales.east2", []), ("head.east", [customer.id]), ("sales2", [])):
        with world.reading(account) as session:
            assert session.scalars(select(Customer.id).where(Customer.id.in_(search_ids(session, Customer, typed)))).all() == found


def test_the_name_search_follows_a_change_of_the_name(trade: Trade, world: World) -> None:
    customer = trade.entered()
    with world.use_case("sales.east1") as session:
        change_customer(session, customer.id, None, {"name": "无锡联创轴承"})
    with world.reading("sales.east1") as session:
        for typed, found in (("联创", [customer.id]), ("恒锐", []), ("((((", []), ('"', [])):
            assert session.scalars(select(Customer.id).where(Customer.id.in_(search_ids(session, Customer, typed)))).all() == found


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_star_grade_is_chosen_and_what_was_typed_instead_of_it_is_kept(
    trade: Trade, world: World, client_for: Callable[[str], Browser]
) -> None:
    customer, browser = trade.customer(star_grade=4), client_for("sales.east1")
    asked = f"/customers/{customer.id}/edit"

    def offered(page: str) -> list[tuple[str, str]]:
        select_box = page.partition('name="star_grade"')[2].partition("</select>")[0]
        return re.findall(r'<option value="([^"]+)"( selected)?>', select_box)

    page = browser.get(asked).text
    assert "selected>4 ★★★★</option>" in page
    assert offered(page) == [("1", ""), ("2", ""), ("3", ""), ("4", " selected"), ("5", "")]
    sent = {"version": str(customer.version), "name": customer.name, "kind": customer.kind.value}
    refused = browser.post(asked, data={**sent, "star_grade": "9"}).text
    assert "星级须为 1 至 5 的整数" in refused
    assert offered(refused)[-1] == ("9", " selected")
    assert browser.post(asked, data={**sent, "star_grade": "2"}).status_code == 303
    with world.reading("sales.east1") as session:
        assert session.get(Customer, customer.id).star_grade == 2
