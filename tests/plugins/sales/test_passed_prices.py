"""What finance has passed with a quotation is not decided again when the same is ordered; what is cheaper or different is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from plugins.customers.models import Customer
from plugins.sales.errors import OrderedAlready
from plugins.sales.models import Order, Quotation
from plugins.sales.operations import (
    accept_quotation,
    approve_low_price,
    cancel_order,
    change_order,
    order_quotation,
    send_quotation,
    submit_order,
    submit_quotation,
)
from plugins.sales.rules.lines import is_same_deal
from plugins.sales.rules.orders import OrderState
from tests.access.test_presets import give
from tests.plugins.sales.conftest import FINANCE, HEAD, SELLER, Shop
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
LOW = {"code": "KY-75A", "quantity": Decimal(10), "discount": Decimal(70)}
FAIR = {"code": "GL-10", "quantity": Decimal(4), "discount": Decimal(100)}
"""Ten pieces far below the lowest discount, and filters at their full price."""


def passed(world: World, shop: Shop, customer: Customer) -> Quotation:
    """A quotation at a low price that finance has passed and the customer has accepted."""
    shop.product()
    shop.product(code="GL-10", name="过滤器", list_price=Decimal(100))
    quotation = shop.quotation(customer=customer, lines=[LOW, FAIR])
    with world.use_case(SELLER) as session:
        submit_quotation(session, quotation.id, None)
    with world.use_case(FINANCE) as session:
        approve_low_price(session, quotation.id, None)
    with world.use_case(SELLER) as session:
        send_quotation(session, quotation.id, None, way="fax")
        return accept_quotation(session, quotation.id, None)


def submitted(world: World, shop: Shop, customer: Customer, **values: Any) -> Order:
    """An order that its owner has handed in."""
    order = shop.order(customer=customer, **values)
    with world.use_case(SELLER) as session:
        return submit_order(session, order.id, None)


@pytest.mark.requirement("R-349", "R-217")
def test_an_order_of_what_finance_has_passed_needs_no_second_decision(world: World, shop: Shop, client_for: ClientFor) -> None:
    customer = shop.trade.customer()
    quotation, number = passed(world, shop, customer), shop.contract(customer).number
    with world.use_case(SELLER) as session:
        order = order_quotation(session, quotation.id, None)
        change_order(session, order.id, None, {"contract_number": number, "confirmation": "fax"})
        placed = submit_order(session, order.id, None)
    assert (placed.state, placed.price_passed_by_id) == (OrderState.EFFECTIVE, shop.trade.employee(FINANCE))
    assert placed.price_passed_at == quotation.price_passed_at
    page = client_for(SELLER).get(f"/orders/{placed.id}").text
    assert f"财务已随报价单 {quotation.number} 审批通过。" in page


@pytest.mark.requirement("R-349", "R-217")
@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ([LOW, FAIR], OrderState.EFFECTIVE),
        ([FAIR, LOW | {"discount": Decimal(75)}], OrderState.EFFECTIVE),  # dearer than what was passed
        ([LOW | {"discount": Decimal("69.99")}, FAIR], OrderState.PRICE_REVIEW),
        ([LOW | {"price": Decimal(999)}, FAIR], OrderState.PRICE_REVIEW),
        ([LOW | {"quantity": Decimal(2)}, FAIR], OrderState.PRICE_REVIEW),  # few pieces at the price of many
        ([LOW | {"quantity": Decimal(11)}, FAIR], OrderState.PRICE_REVIEW),
        ([LOW], OrderState.PRICE_REVIEW),
        ([LOW, FAIR, {"code": "KY-75A", "quantity": Decimal(1), "discount": Decimal(70)}], OrderState.PRICE_REVIEW),
    ],
)
def test_only_the_deal_that_was_passed_rests_on_the_decision(
    world: World, shop: Shop, lines: list[dict[str, Any]], state: OrderState
) -> None:
    customer = shop.trade.customer()
    quotation = passed(world, shop, customer)
    assert submitted(world, shop, customer, quotation=quotation.id, lines=lines).state is state


@pytest.mark.requirement("R-349")
def test_a_decision_holds_for_one_order_until_that_is_cancelled(world: World, shop: Shop) -> None:
    customer = shop.trade.customer()
    quotation = passed(world, shop, customer)
    first = submitted(world, shop, customer, quotation=quotation.id, lines=[LOW, FAIR])
    assert submitted(world, shop, customer, quotation=quotation.id, lines=[LOW, FAIR]).state is OrderState.PRICE_REVIEW
    with world.use_case(SELLER) as session:
        cancel_order(session, first.id, None, reason="客户改期")
        third = session.get(Order, first.id + 1)
        assert third is not None
        cancel_order(session, third.id, None, reason="重复")
    assert submitted(world, shop, customer, quotation=quotation.id, lines=[LOW, FAIR]).state is OrderState.EFFECTIVE


def test_a_low_price_that_nobody_had_to_pass_before_goes_to_finance(world: World, shop: Shop) -> None:
    customer = shop.trade.customer()
    shop.product()
    quotation = shop.quotation(customer=customer, lines=[LOW | {"discount": Decimal(90)}])
    with world.use_case(SELLER) as session:
        send_quotation(session, quotation.id, None, way="fax")
        accept_quotation(session, quotation.id, None)
    assert submitted(world, shop, customer, quotation=quotation.id, lines=[LOW]).state is OrderState.PRICE_REVIEW


def test_a_second_order_or_edition_is_refused_although_the_first_is_hidden(world: World, shop: Shop, client_for: ClientFor) -> None:
    """A colleague with whom the quotation is shared has made the first; the page says so instead of offering it."""
    customer = shop.trade.customer()
    quotation = passed(world, shop, customer)
    with world.use_case(HEAD) as session:
        order_quotation(session, quotation.id, None)
    give(world, SELLER, "salesperson")
    with pytest.raises(OrderedAlready), world.use_case(SELLER) as session:
        order_quotation(session, quotation.id, None)
    page = client_for(SELLER).get(f"/quotations/{quotation.id}").text
    assert f"/quotations/{quotation.id}/order" not in page
    assert "该报价单已生成订单" in page


@pytest.mark.parametrize(
    ("ordered", "same"),
    [
        ([(1, 2, 20), (2, 1, 5)], True),
        ([(2, 1, 5), (1, 1, 10), (1, 1, 10)], True),
        ([(1, 2, 21), (2, 1, 5)], True),
        ([(1, 2, 19), (2, 1, 7)], False),
        ([(1, 3, 30), (2, 1, 5)], False),
        ([(1, 2, 20)], False),
        ([(1, 2, 20), (2, 1, 5), (3, 1, 1)], False),
    ],
)
def test_a_deal_is_the_same_when_nothing_of_it_is_cheaper(ordered: list[tuple[int, int, int]], *, same: bool) -> None:
    typed = [
        [(product, Decimal(quantity), Decimal(amount)) for product, quantity, amount in goods]
        for goods in (ordered, [(1, 2, 20), (2, 1, 5)])
    ]
    assert is_same_deal(*typed) is same
