"""The catalogue: names that lead to one product, prices of the day, and who keeps them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.extension.exchange import ConvertedRow
from core.kernel.clock import today
from core.kernel.errors import BadInput, Forbidden, NotFound
from plugins.catalog.errors import InUse, NameTaken
from plugins.catalog.imports import write_products
from plugins.catalog.models import Price, Product, ProductLine
from plugins.catalog.operations import (
    change_price_list,
    change_product,
    create_line,
    create_price_list,
    create_product,
    delete_line,
    delete_price_list,
    delete_product,
    remove_price,
    set_price,
    write_price,
)
from plugins.catalog.public import price_for, product_summary, products_by_name, products_on_sale
from tests.world import World

KEEPER, SELLER = "head.east", "sales.east1"


def make_product(world: World, **values: Any) -> Product:
    """A product kept by the head of department."""
    given = {"code": "GTX-P", "name": "GTX Pro", "unit": "台", "list_price": Decimal("4821.00"), "aliases": "专业版，Pro 型", **values}
    with world.use_case(KEEPER) as session:
        return create_product(session, given)


@pytest.mark.requirement("R-100")
@pytest.mark.parametrize("name", ["GTX-P", "gtx pro", "GTXPro", "ＧＴＸ　ＰＲＯ", "专业版", "pro型"])
def test_a_product_is_found_by_every_name_whatever_its_case_and_spaces(world: World, name: str) -> None:
    product = make_product(world)
    with world.reading(SELLER) as session:
        assert products_by_name(session, [name, "unknown", ""]) == {name: product.id}


def test_a_name_leads_to_one_product_only(world: World) -> None:
    make_product(world)
    for field, value in (("code", "GTXPRO"), ("name", "gtx-p"), ("aliases", "新款，专业版")):
        with pytest.raises(NameTaken) as refused:
            make_product(world, **{"code": "X-1", "name": "别的产品", "aliases": "", field: value})
        assert list(refused.value.fields) == [field]


def test_a_renamed_product_is_no_longer_found_by_its_former_name(world: World) -> None:
    product = make_product(world)
    with world.use_case(KEEPER) as session:
        change_product(session, product.id, product.version, {"name": "GTX Pro 2", "aliases": "二代"})
    with world.reading(SELLER) as session:
        assert products_by_name(session, ["GTX Pro", "专业版", "二代"]) == {"二代": product.id}
    make_product(world, code="GTX-1", name="GTX Pro", aliases="")


def test_the_other_company_has_its_own_names(world: World) -> None:
    make_product(world)
    with world.use_case("head2") as session:
        mine = create_product(session, {"code": "GTX-P", "name": "GTX Pro", "list_price": Decimal(1)})
    with world.reading("sales2") as session:
        assert products_by_name(session, ["gtxpro"]) == {"gtxpro": mine.id}
        assert product_summary(session, mine.id).list_price == Decimal(1)


def test_a_salesperson_reads_the_catalogue_and_changes_nothing_in_it(world: World) -> None:
    product = make_product(world, lowest_discount=Decimal(85))
    with world.reading(SELLER) as session:
        found = product_summary(session, product.id)
    assert (found.code, found.unit, found.lowest_discount, found.active) == ("GTX-P", "台", Decimal(85), True)
    with pytest.raises(Forbidden), world.use_case(SELLER) as session:
        change_product(session, product.id, product.version, {"list_price": Decimal(1)})
    with pytest.raises(Forbidden), world.use_case(SELLER) as session:
        create_product(session, {"code": "X", "name": "X", "list_price": Decimal(1)})
    with pytest.raises(NotFound), world.reading(SELLER) as session:
        product_summary(session, 10**9)


@pytest.mark.parametrize(
    ("field", "value"), [("list_price", Decimal(-1)), ("lowest_discount", Decimal(0)), ("lowest_discount", Decimal(101))]
)
def test_prices_and_discounts_that_make_no_sense_are_refused(world: World, field: str, value: Decimal) -> None:
    with pytest.raises(BadInput) as refused:
        make_product(world, **{field: value})
    assert list(refused.value.fields) == [field]


def test_what_was_taken_off_sale_is_not_offered(world: World) -> None:
    make_product(world)
    make_product(world, code="OLD", name="旧型号", aliases="", active=False)
    with world.reading(SELLER) as session:
        assert [product.code for product in products_on_sale(session, 10)] == ["GTX-P"]


def test_the_price_of_the_day_comes_from_the_standard_list_that_began_last(world: World) -> None:
    product = make_product(world)
    day = today()
    spans = {"去年": (day - timedelta(days=400), day - timedelta(days=36), "4000"), "今年": (day - timedelta(days=30), None, "4500")}
    with world.use_case(KEEPER) as session:
        for name, (since, until, price) in spans.items():
            made = create_price_list(session, {"name": name, "valid_from": since, "valid_to": until})
            write_price(session, {"price_list": made.id, "product": product.id, "price": Decimal(price)})
        special = create_price_list(session, {"name": "大客户", "standard": False})
        write_price(session, {"price_list": special.id, "product": product.id, "price": Decimal(3900)})
    with world.reading(SELLER) as session:
        assert price_for(session, product.id, day) == Decimal("4500.00")
        assert price_for(session, product.id, day - timedelta(days=100)) == Decimal("4000.00")
        assert price_for(session, product.id, day - timedelta(days=33)) == Decimal("4821.00"), "between the lists the list price holds"
        assert price_for(session, product.id, day, special.id) == Decimal("3900.00")


def test_prices_are_changed_taken_out_and_go_with_their_list(world: World) -> None:
    product = make_product(world)
    with world.use_case(KEEPER) as session:
        found = create_price_list(session, {"name": "标准"})
        price = write_price(session, {"price_list": found.id, "product": product.id, "price": Decimal(10)})
    with world.use_case(KEEPER) as session:
        assert set_price(session, price.id, price.version, price=Decimal(12)).price == Decimal(12)
    with pytest.raises(BadInput, match="0"), world.use_case(KEEPER) as session:
        set_price(session, price.id, None, price=Decimal(-1))
    with pytest.raises(BadInput), world.use_case(KEEPER) as session:
        write_price(session, {"price_list": found.id, "product": product.id, "price": Decimal(11)})
    with pytest.raises(InUse), world.use_case(KEEPER) as session:
        delete_product(session, product.id, None)
    with world.use_case(KEEPER) as session:
        remove_price(session, price.id, None)
        write_price(session, {"price_list": found.id, "product": product.id, "price": Decimal(9)})
    with world.use_case(KEEPER) as session:
        delete_price_list(session, found.id, None)
    with world.use_case(KEEPER) as session:
        assert session.query(Price).count() == 0
        delete_product(session, product.id, None)
    with world.reading(SELLER) as session:
        assert products_by_name(session, ["GTX Pro"]) == {}


def test_a_list_does_not_end_before_it_begins(world: World) -> None:
    with world.use_case(KEEPER) as session:
        found = create_price_list(session, {"name": "标准", "valid_from": today()})
    with pytest.raises(BadInput) as refused, world.use_case(KEEPER) as session:
        change_price_list(session, found.id, found.version, {"valid_to": today() - timedelta(days=1)})
    assert list(refused.value.fields) == ["valid_to"]


def test_a_line_with_products_is_not_deleted_and_its_name_is_its_own(world: World) -> None:
    with world.use_case(KEEPER) as session:
        line = create_line(session, {"name": "空压机", "position": 1})
    make_product(world, line=line.id)
    with pytest.raises(InUse), world.use_case(KEEPER) as session:
        delete_line(session, line.id, line.version)
    with pytest.raises(NameTaken), world.use_case(KEEPER) as session:
        create_line(session, {"name": "空压机"})


def test_the_same_file_of_products_twice_changes_nothing(world: World) -> None:
    rows = [
        ConvertedRow(2, ("GTX Pro",), {"name": "GTX Pro", "line": "GTX", "list_price": Decimal(4821)}),
        ConvertedRow(3, ("GTXPro",), {"name": "MG Special", "line": "MG", "list_price": Decimal(55)}),
        ConvertedRow(4, ("bad",), {"name": "Bad", "list_price": Decimal(-5)}),
    ]
    states = []
    for _ in range(2):
        with world.use_case(KEEPER) as session:
            states.append([outcome.state for outcome in write_products(session, rows)])
    assert states == [["created", "created", "rejected"], ["unchanged", "unchanged", "rejected"]]
    with world.reading(SELLER) as session:
        assert {line.name for line in session.query(ProductLine)} == {"GTX", "MG"}
