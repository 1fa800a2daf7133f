"""What helps to find the price that keeps an old customer: what it paid before, as far as the person who quotes may see it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.extension.calling import registry
from core.kernel.acting import FieldAccess
from core.kernel.words import msg
from plugins.sales.models import Quotation
from plugins.sales.operations import accept_quotation, send_quotation, submit_order
from plugins.sales.public import EarlierPrice
from plugins.sales.rules.prices import OF_ONE_PRODUCT, worth_telling
from tests.access.test_presets import give
from tests.field_rights import state
from tests.plugins.sales.conftest import HEAD, SELLER, Shop
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
NONE = "还没有给该客户报过价"


def quoted(world: World, shop: Shop, customer: object, discount: int, *, taken: bool = False) -> Quotation:
    """A quotation that the customer has, and perhaps has accepted."""
    lines = [{"code": "KY-75A", "quantity": Decimal(2), "discount": Decimal(discount)}]
    quotation = shop.quotation(customer=customer, lines=lines)
    with world.use_case(SELLER) as session:
        send_quotation(session, quotation.id, None, way="fax")
        return accept_quotation(session, quotation.id, None) if taken else quotation


def beside(browser: Browser, page: str) -> str:
    """What stands below the lines of ``page`` once it has been fetched."""
    found = re.search(r'<div hx-get="([^"]*/quotations/beside[^"]+)" hx-trigger="load"', browser.get(page).text)
    assert found is not None
    address = html.unescape(found[1])
    return browser.get(address[address.index("/quotations/") :], headers={"HX-Request": "true", "HX-Target": "beside"}).text


@pytest.mark.requirement("R-213")
def test_a_quotation_shows_what_the_customer_was_quoted_ordered_and_signed_before(client_for: ClientFor, world: World, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    before = quoted(world, shop, customer, 88, taken=True)
    order = shop.order(customer=customer, lines=[{"code": "KY-75A", "quantity": Decimal(3), "discount": Decimal(91)}])
    with world.use_case(SELLER) as session:
        submit_order(session, order.id, None)
    own = shop.quotation(customer=customer)
    page = beside(client_for(SELLER), f"/quotations/{own.id}")
    assert "历史价格" in page
    for price in ("880.00", "910.00", "186,000.00"):  # of the quotation, the order and the contract
        assert price in page, price
    for door in (f"/quotations/{before.id}", f"/orders/{order.id}", f"/contracts/{order.contract_id}"):
        assert f'{door}">' in page, door
    assert "接受的报价单" in page  # behaviour
    assert "¥391,200.00" in page  # value: what it has signed


@pytest.mark.requirement("R-213")
def test_the_form_shows_them_for_the_customer_that_it_names_and_asks_anew_when_that_changes(
    client_for: ClientFor, world: World, shop: Shop
) -> None:
    shop.product()
    customer, other = shop.trade.customer(), shop.trade.customer(name="无锡联创轴承有限公司")
    quoted(world, shop, customer, 88)
    browser = client_for(SELLER)
    assert "880.00" in beside(browser, f"/quotations/add?customer={customer.id}")
    assert "880.00" in beside(browser, f"/quotations/{shop.quotation(customer=customer).id}/edit")
    fresh = browser.get("/quotations/add").text
    assert '/quotations/beside" hx-trigger="change from:closest form' in fresh
    assert 'hx-trigger="load"' not in fresh  # nothing is known yet
    part = {"HX-Request": "true", "HX-Target": "beside"}
    assert "880.00" in browser.get(f"/quotations/beside?customer={customer.id}&lines-0-code=KY-75A", headers=part).text
    assert NONE in browser.get(f"/quotations/beside?customer={other.id}", headers=part).text
    for nothing in ("", "?customer=", "?customer=x", "?customer=987654321", "?customer=²"):
        answer = browser.get(f"/quotations/beside{nothing}", headers=part)
        assert (answer.status_code, "历史价格" in answer.text) == (200, False), nothing


@pytest.mark.requirement("R-213")
def test_nobody_learns_a_price_of_a_document_that_he_may_not_see(client_for: ClientFor, world: World, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    quoted(world, shop, customer, 88)
    part = {"HX-Request": "true", "HX-Target": "beside"}
    for account, seen in ((SELLER, True), (HEAD, True), ("sales.east2", False), ("sales.west1", False)):
        assert ("880.00" in client_for(account).get(f"/quotations/beside?customer={customer.id}", headers=part).text) is seen, account


@pytest.mark.requirement("R-213", "R-442")
def test_whoever_may_not_read_prices_of_quotations_is_told_none_of_them(client_for: ClientFor, world: World, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    quoted(world, shop, customer, 88)
    give(world, SELLER, "salesperson")
    state(world, "salesperson", {("sales_quotation_line", "discount"): FieldAccess.NONE})
    page = client_for(SELLER).get(f"/quotations/beside?customer={customer.id}").text
    assert "880.00" not in page
    assert NONE in page


def test_where_contracts_are_off_their_prices_are_not_told(world: World, shop: Shop) -> None:
    heard = registry().manager.hook.crm_sales_earlier_prices.get_hookimpls()
    assert [one.plugin_name for one in heard] == ["contracts"]


def _price(code: str, ago: int) -> EarlierPrice:
    day = date(2026, 6, 30) - timedelta(days=ago)
    return EarlierPrice(code, code, None, Decimal(1), Decimal(ago + 1), None, day, "BJ", msg("Quotation"), "/")


def test_prices_of_the_named_products_come_first_and_of_each_only_the_newest_few() -> None:
    prices = [_price("A", ago) for ago in range(9)] + [_price("B", 20), _price("C", 30)]
    told = worth_telling(prices, {"C"}, 20)
    assert [one.code for one in told] == ["C", *["A"] * OF_ONE_PRODUCT, "B"]
    assert [one.price for one in told if one.code == "A"] == [Decimal(number) for number in range(1, OF_ONE_PRODUCT + 1)]
    assert worth_telling(prices, (), 2) == prices[:2]
