"""Orders: on a contract in force, past finance and the review, closed or cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from core.access.administration.parameters import set_parameter
from core.access.guard import get_for
from core.extension.calling import registry
from core.extension.hookspecs import hookimpl
from core.kernel.acting import acting_as
from core.kernel.clock import today
from core.kernel.errors import BadInput, Forbidden, IllegalTransition
from core.work.attachments import attach, attachments_of
from core.work.notices import notices
from plugins.contracts.operations import terminate_contract
from plugins.sales.errors import CustomerNotApproved, NoSuchContract, NotDraft, NothingOrdered, OwnDocument
from plugins.sales.models import Order, OrderLine
from plugins.sales.operations import (
    approve_discount,
    approve_review,
    cancel_order,
    change_order,
    close_order,
    create_order,
    delete_order,
    lose_opportunity,
    refuse_discount,
    return_order,
    submit_order,
)
from plugins.sales.public import ContractFound
from plugins.sales.rules.lines import is_too_cheap, net_price
from plugins.sales.rules.orders import OrderKind, OrderState, gate
from tests.plugins.sales.conftest import FINANCE, HEAD, SELLER, Shop
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]

CHEAP = [{"code": "KY-75A", "quantity": Decimal(1), "discount": Decimal("84.99")}]


def submitted(world: World, shop: Shop, **values: Any) -> Order:
    """An order that its owner has handed in."""
    shop.product()
    order = shop.order(**values)
    with world.use_case(SELLER) as session:
        return submit_order(session, order.id, order.version)


@pytest.mark.requirement("R-098", "R-220")
def test_a_stock_order_at_a_fair_price_is_in_force_at_once_under_the_next_number(world: World, shop: Shop) -> None:
    order = submitted(world, shop)
    assert (order.state, order.effective_on, order.amount) == (OrderState.EFFECTIVE, today(), Decimal("2000.00"))
    assert order.number == f"XS-{today().year}-0001"
    second = shop.order(customer=None)
    with world.use_case(SELLER) as session:
        assert submit_order(session, second.id, None).number == f"XS-{today().year}-0002"


@pytest.mark.requirement("R-214", "R-330")
@pytest.mark.parametrize("how", ["unknown", "another customer's", "ended"])
def test_an_order_names_a_contract_in_force_with_its_customer(world: World, shop: Shop, how: str) -> None:
    shop.product()
    customer = shop.trade.customer()
    other = shop.trade.customer(name="无锡联创轴承有限公司") if how == "another customer's" else customer
    contract = shop.contract(other)
    if how == "ended":
        with world.use_case("contracts") as session:
            terminate_contract(session, contract.id, None, reason="取消")
    number = "HT-1999-0001" if how == "unknown" else contract.number
    with pytest.raises(NoSuchContract) as refused:
        shop.order(customer=customer, contract_number=number)
    assert list(refused.value.fields) == ["contract_number"]


@pytest.mark.requirement("R-330")
def test_without_a_contract_number_an_order_stays_a_draft(world: World, shop: Shop) -> None:
    shop.product()
    order = shop.order(contract_number=None)
    with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
        submit_order(session, order.id, None)
    assert list(refused.value.fields) == ["contract_number"]
    with world.reading(SELLER) as session:
        assert session.get(Order, order.id).state is OrderState.DRAFT


@pytest.mark.requirement("R-330")
def test_a_contract_that_ended_after_the_draft_was_written_is_refused_on_submission(world: World, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    contract = shop.contract(customer)
    order = shop.order(customer=customer, contract_number=contract.number)
    with world.use_case("contracts") as session:
        terminate_contract(session, contract.id, None, reason="取消")
    with pytest.raises(NoSuchContract), world.use_case(SELLER) as session:
        submit_order(session, order.id, None)


@pytest.mark.requirement("R-330")
@pytest.mark.parametrize(("required", "number", "taken"), [(True, "客户合同 88", True), (True, None, False), (False, None, True)])
def test_where_contracts_are_off_the_number_is_text_and_the_parameter_says_whether_it_may_be_empty(
    world: World, shop: Shop, required: bool, number: str | None, taken: bool
) -> None:
    shop.product()
    customer = shop.trade.customer()
    with world.use_case("admin") as session:
        set_parameter(session, "sales.require_contract", required, starts_on=today())
    who = world.actor(SELLER)
    alone = replace(who, modules=who.modules - {"contracts", "billing"})
    with acting_as(alone), world.keguan.database.transaction() as session:
        order = create_order(session, {"title": "首批", "customer": customer.id, "confirmation": "fax", "contract_number": number})
        change_order(session, order.id, None, {"lines": [{"code": "KY-75A", "quantity": Decimal(1)}]})
    with acting_as(alone), world.keguan.database.transaction() as session:
        refused = None
        try:
            submit_order(session, order.id, None)
        except BadInput as error:
            refused = error.fields
    assert (refused is None) is taken, refused
    assert taken or list(refused or ()) == ["contract_number"]


@pytest.mark.requirement("R-029")
@pytest.mark.requirement("R-217", "R-353", "R-349")
def test_a_price_below_the_lowest_waits_for_finance_and_nobody_else_lets_it_pass(world: World, shop: Shop) -> None:
    order = submitted(world, shop, lines=CHEAP)
    assert (order.state, order.effective_on) == (OrderState.PRICE_REVIEW, None)
    with world.reading(FINANCE) as session:
        assert any(notice.url.startswith("/approvals/") for notice in notices(session))
    for account in (SELLER, HEAD):
        with pytest.raises(Forbidden), world.use_case(account) as session:
            approve_discount(session, order.id, None)
    with world.use_case(FINANCE) as session:
        passed = approve_discount(session, order.id, None)
    assert (passed.state, passed.price_passed_by_id) == (OrderState.EFFECTIVE, shop.trade.employee(FINANCE))
    with world.reading(SELLER) as session:
        assert any(str(passed.number) in str(notice.message) for notice in notices(session))


def test_a_lowered_price_is_no_way_round_the_lowest_discount(world: World, shop: Shop) -> None:
    order = submitted(world, shop, lines=[{"code": "KY-75A", "quantity": Decimal(1), "price": Decimal(849)}])
    assert order.state is OrderState.PRICE_REVIEW


@pytest.mark.requirement("R-217")
def test_finance_sends_a_price_back_with_a_reason_and_the_mended_order_keeps_its_number(world: World, shop: Shop) -> None:
    order = submitted(world, shop, lines=CHEAP)
    with pytest.raises(BadInput), world.use_case(FINANCE) as session:
        refuse_discount(session, order.id, None, reason=" ")
    with world.use_case(FINANCE) as session:
        back = refuse_discount(session, order.id, None, reason="毛利不足")
    assert (back.state, back.state_reason) == (OrderState.DRAFT, "毛利不足")
    with pytest.raises(NotDraft), world.use_case(SELLER) as session:
        delete_order(session, order.id, None)
    with world.use_case(SELLER) as session:
        change_order(session, order.id, None, {"lines": [{"code": "KY-75A", "quantity": Decimal(1)}]})
    with world.use_case(SELLER) as session:
        again = submit_order(session, order.id, None)
    assert (again.state, again.number, again.state_reason) == (OrderState.EFFECTIVE, order.number, None)


@pytest.mark.requirement("R-216", "R-352")
def test_made_to_order_goods_wait_for_the_review(world: World, shop: Shop) -> None:
    order = submitted(world, shop, kind="made_to_order")
    assert (order.state, order.effective_on) == (OrderState.IN_REVIEW, None)
    with pytest.raises(Forbidden), world.use_case(SELLER) as session:
        approve_review(session, order.id, None)
    with world.reading(HEAD) as session:
        assert any(notice.url == f"/orders/{order.id}" for notice in notices(session))
    with world.use_case(HEAD) as session:
        back = return_order(session, order.id, None, reason="缺少图纸")
    assert back.state is OrderState.DRAFT
    with world.use_case(SELLER) as session:
        submit_order(session, order.id, None)
    with world.use_case(HEAD) as session:
        passed = approve_review(session, order.id, None)
    assert (passed.state, passed.reviewed_by_id) == (OrderState.EFFECTIVE, shop.trade.employee(HEAD))


@pytest.mark.requirement("R-352", "R-353")
def test_cheap_and_made_to_order_goes_to_finance_first_and_then_to_the_review(world: World, shop: Shop) -> None:
    order = submitted(world, shop, kind="made_to_order", lines=CHEAP)
    with world.use_case(FINANCE) as session:
        assert approve_discount(session, order.id, None).state is OrderState.IN_REVIEW
    with world.use_case(HEAD) as session:
        assert approve_review(session, order.id, None).state is OrderState.EFFECTIVE


@pytest.mark.requirement("R-370")
def test_nobody_reviews_an_order_of_his_own(world: World, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    number = shop.contract(customer).number
    order = shop.order(by=HEAD, customer=customer, contract_number=number, kind="made_to_order")
    with world.use_case(HEAD) as session:
        submit_order(session, order.id, None)
    with pytest.raises(OwnDocument), world.use_case(HEAD) as session:
        approve_review(session, order.id, None)


@pytest.mark.requirement("R-218")
def test_an_order_says_how_the_customer_confirmed_it(world: World, shop: Shop) -> None:
    shop.product()
    order = shop.order(confirmation=None)
    with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
        submit_order(session, order.id, None)
    assert list(refused.value.fields) == ["confirmation"]
    with world.use_case(SELLER) as session:
        assert change_order(session, order.id, None, {"confirmation": "传真"}).confirmation == "fax"


@pytest.mark.requirement("R-215")
def test_an_order_carries_the_agreement_that_it_rests_on_for_whoever_sees_the_order(world: World, shop: Shop) -> None:
    shop.product()
    order = shop.order(confirmation="fax")
    with world.use_case(SELLER) as session:
        attach(session, session.get(Order, order.id), "传真采购协议.pdf", BytesIO(b"%PDF-1.4\n%%EOF\n"))
        submit_order(session, order.id, None)
    for account, files in ((SELLER, ["传真采购协议.pdf"]), (FINANCE, ["传真采购协议.pdf"]), ("sales.west1", None)):
        with world.reading(account) as session:
            seen = session.get(Order, order.id)
            assert (seen and [file.name for file in attachments_of(session, seen)]) == files


@pytest.mark.requirement("R-158")
@pytest.mark.requirement("R-351")
def test_an_order_without_amount_and_one_of_a_customer_not_reviewed_are_not_submitted(world: World, shop: Shop) -> None:
    shop.product()
    empty = shop.order(lines=[])
    with pytest.raises(NothingOrdered), world.use_case(SELLER) as session:
        submit_order(session, empty.id, None)
    entered = shop.trade.entered(SELLER, name="待审核客户有限公司")
    order = shop.order(customer=entered, contract_number=None)
    with pytest.raises(CustomerNotApproved), world.use_case(SELLER) as session:
        submit_order(session, order.id, None)


@pytest.mark.requirement("R-203")
def test_an_order_from_an_opportunity_takes_its_lines(world: World, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    opportunity = shop.opportunity(customer=customer.id, lines=[{"code": "KY-75A", "quantity": Decimal(4), "discount": Decimal(90)}])
    order = shop.order(customer=customer, opportunity=opportunity.id, lines=[])
    assert order.amount == opportunity.amount == Decimal("3600.00")
    with world.reading(SELLER) as session:
        line = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).one()
        assert (line.quantity, line.discount, line.lowest_discount) == (4, 90, 85)
    with pytest.raises(BadInput) as refused:
        shop.order(customer=shop.trade.customer(name="别的客户"), opportunity=opportunity.id)
    assert list(refused.value.fields) == ["opportunity"]


@pytest.mark.requirement("R-220", "R-098")
def test_an_order_in_force_is_closed_for_a_reason_or_cancelled_and_then_changes_no_more(world: World, shop: Shop) -> None:
    order = submitted(world, shop)
    with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
        close_order(session, order.id, None, reason=None)
    assert list(refused.value.fields) == ["reason"]
    with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
        close_order(session, order.id, None, reason="delivered", on=today() + timedelta(days=1))
    assert list(refused.value.fields) == ["on"]
    with world.use_case(SELLER) as session:
        closed = close_order(session, order.id, None, reason="全部交付")
    assert (closed.state, closed.close_reason, closed.closed_on) == (OrderState.CLOSED, "delivered", today())
    for verb, arguments in ((cancel_order, {"reason": "x"}), (submit_order, {}), (close_order, {"reason": "delivered"})):
        with pytest.raises(IllegalTransition), world.use_case(SELLER) as session:
            verb(session, order.id, None, **arguments)
    with pytest.raises(NotDraft), world.use_case(SELLER) as session:
        change_order(session, order.id, None, {"title": "x"})


def test_a_cancelled_order_tells_its_owner_and_its_number_is_not_given_again(world: World, shop: Shop) -> None:
    order = submitted(world, shop)
    with world.use_case(HEAD) as session:
        cancel_order(session, order.id, None, reason="重复下单")
    with world.reading(SELLER) as session:
        assert any("重复下单" in str(notice.message) for notice in notices(session))
    other = shop.order(customer=None)
    with world.use_case(SELLER) as session:
        assert submit_order(session, other.id, None).number == f"XS-{today().year}-0002"


def test_a_draft_is_changed_and_thrown_away(world: World, shop: Shop) -> None:
    shop.product()
    order = shop.order()
    with world.use_case(SELLER) as session:
        changed = change_order(session, order.id, None, {"title": "第二批", "lines": [{"code": "KY-75A", "quantity": Decimal(1)}]})
    assert changed.amount == Decimal("1000.00")
    with world.use_case(SELLER) as session:
        delete_order(session, order.id, None)
    with world.reading(SELLER) as session:
        assert session.scalars(select(OrderLine)).all() == []


@pytest.mark.requirement("R-006", "R-214")
def test_after_sales_enters_orders_for_any_customer_and_finance_only_reads(world: World, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    order = shop.order(by="service", customer=customer, contract_number=shop.contract(customer).number)
    with world.use_case("service") as session:
        assert submit_order(session, order.id, None).state is OrderState.EFFECTIVE
    with pytest.raises(Forbidden), world.use_case(FINANCE) as session:
        get_for(session, Order, "update", order.id)


@pytest.mark.parametrize(
    ("kind", "cheap", "price", "review", "state"),
    [
        (OrderKind.STOCK, False, False, False, OrderState.EFFECTIVE),
        (OrderKind.STOCK, True, False, False, OrderState.PRICE_REVIEW),
        (OrderKind.STOCK, True, True, False, OrderState.EFFECTIVE),
        (OrderKind.MADE_TO_ORDER, True, False, False, OrderState.PRICE_REVIEW),
        (OrderKind.MADE_TO_ORDER, True, True, False, OrderState.IN_REVIEW),
        (OrderKind.MADE_TO_ORDER, False, False, True, OrderState.EFFECTIVE),
    ],
)
def test_the_gates_of_an_order(kind: OrderKind, cheap: bool, price: bool, review: bool, state: OrderState) -> None:
    assert gate(kind, cheap=cheap, price_passed=price, review_passed=review) is state


@pytest.mark.parametrize(
    ("net", "lowest", "cheap"), [("850.00", "85", False), ("849.99", "85", True), ("0.01", None, False), ("1200", "100", False)]
)
def test_a_price_is_too_low_below_the_lowest_share_of_the_list_price(net: str, lowest: str | None, cheap: bool) -> None:
    assert is_too_cheap(Decimal(net), Decimal(1000), Decimal(lowest) if lowest else None) is cheap


def test_a_discount_is_rounded_to_fen_by_the_unit() -> None:
    assert net_price(Decimal("333.33"), Decimal("92.5")) == Decimal("308.33")
    assert net_price(Decimal("99.99"), None) == Decimal("99.99")


def test_the_first_plugin_that_knows_a_contract_number_answers(world: World, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()

    class Keeper:
        """Another keeper of contracts, asked before the first one."""

        @hookimpl
        def crm_sales_contract_numbered(self, session: Any, number: str) -> ContractFound | None:
            return ContractFound(77, "K-1", customer.id, open=True, amount=Decimal(500_000)) if number == "k-1" else None

    keeper = Keeper()
    registry().manager.register(keeper)
    try:
        foreign = shop.order(customer=customer, contract_number="k-1")
        own = shop.order(customer=customer)
    finally:
        registry().manager.unregister(keeper)
    assert (foreign.contract_number, foreign.contract_id) == ("K-1", 77)
    assert str(own.contract_number).startswith("HT-")


@pytest.mark.requirement("R-334")
@pytest.mark.requirement("R-351")
@pytest.mark.parametrize("tab", ["orders", "contracts"])
def test_a_customer_is_offered_orders_and_contracts_once_it_is_reviewed(shop: Shop, client_for: ClientFor, tab: str) -> None:
    entered, reviewed = shop.trade.entered(SELLER, name="待审核客户有限公司"), shop.trade.customer(SELLER)
    offered = [
        f"/{tab}/add?customer={customer.id}" in client_for(SELLER).get(f"/customers/{customer.id}?tab={tab}").text
        for customer in (entered, reviewed)
    ]
    assert offered == [False, True]


def test_a_lost_opportunity_gets_no_new_order_and_no_new_quotation_until_it_is_reopened(
    world: World, shop: Shop, client_for: ClientFor
) -> None:
    shop.product()
    customer = shop.trade.customer(SELLER)
    opportunity = shop.opportunity(customer=customer.id)
    page, door = f"/opportunities/{opportunity.id}?tab=quotations", f"/quotations/add?opportunity={opportunity.id}"
    earlier = shop.order(customer=customer, opportunity=opportunity.id)
    assert door in client_for(SELLER).get(page).text
    with world.use_case(SELLER) as session:
        lose_opportunity(session, opportunity.id, None, reason="price")
    assert door not in client_for(SELLER).get(page).text
    with pytest.raises(BadInput) as refused:
        shop.order(customer=customer, opportunity=opportunity.id)
    assert set(refused.value.fields) == {"opportunity"}
    with world.use_case(SELLER) as session:
        change_order(session, earlier.id, None, {"title": "首批供货一"})
