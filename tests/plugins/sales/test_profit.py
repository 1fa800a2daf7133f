"""The minimum gross profit: set by the manager of a project or by the company, held by quotations and orders, told without the cost."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from core.access.administration.parameters import set_parameter
from core.database.covering import may_write
from core.kernel.acting import FieldAccess
from core.kernel.clock import today
from core.kernel.errors import BadInput, Forbidden, NotFound
from core.kernel.words import Message
from plugins.catalog.models import Product
from plugins.catalog.operations import change_product, create_product
from plugins.catalog.public import costs_of, may_see_costs
from plugins.sales.errors import PriceNotPassed
from plugins.sales.models import Order
from plugins.sales.operations import approve_discount, change_project, create_project, send_quotation, submit_order, submit_quotation
from plugins.sales.rules.orders import OrderState
from plugins.sales.rules.profit import Minimum, Profit, needed, profit_of, shortfall
from plugins.sales.rules.quotations import QuotationState
from tests.access.test_presets import give
from tests.field_rights import state
from tests.plugins.sales.conftest import FINANCE, HEAD, SELLER, Shop
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
LINES = [{"code": "KY-75A", "quantity": Decimal(2), "discount": Decimal(90)}]
"""Two pieces at 900 yuan that cost 750: a gross profit of 300 yuan, one sixth of the amount."""

PROFIT = "<span>毛利</span>"
"""The figure of a document; its menu says the word as well."""


def priced(shop: Shop, cost: str | None = "750.00") -> Product:
    """A product at 1,000 yuan that costs the company 750."""
    return shop.product(cost_price=Decimal(cost) if cost else None)


def company_asks(world: World, rate: int) -> None:
    """The company asks for a minimum rate from today on."""
    with world.use_case("admin") as session:
        set_parameter(session, "sales.least_profit_rate", rate, starts_on=today())


def submitted(world: World, order: Order) -> Order:
    """The order, handed in by its owner."""
    with world.use_case(SELLER) as session:
        return submit_order(session, order.id, None)


@pytest.mark.requirement("R-348")
@pytest.mark.parametrize(("rate", "state"), [(0, OrderState.EFFECTIVE), (16, OrderState.EFFECTIVE), (17, OrderState.PRICE_REVIEW)])
def test_an_order_below_the_minimum_of_the_company_goes_to_finance(world: World, shop: Shop, rate: int, state: OrderState) -> None:
    priced(shop)
    company_asks(world, rate)
    order = submitted(world, shop.order(lines=LINES))
    assert order.state is state
    if state is OrderState.PRICE_REVIEW:
        assert order.price_doubt == Message("The gross profit is below the minimum of %(rate)s%% of the amount.", {"rate": "17"})
        with pytest.raises(Forbidden), world.use_case(HEAD) as session:
            approve_discount(session, order.id, None)
        with world.use_case(FINANCE) as session:
            assert approve_discount(session, order.id, None).state is OrderState.EFFECTIVE


@pytest.mark.requirement("R-348", "R-003")
@pytest.mark.parametrize(
    ("asked", "state"),
    [
        ({"least_profit_rate": Decimal(20)}, OrderState.PRICE_REVIEW),
        ({"least_profit_rate": Decimal("16.6")}, OrderState.EFFECTIVE),
        ({"least_profit": Decimal("300.01")}, OrderState.PRICE_REVIEW),
        ({"least_profit": Decimal("300.00")}, OrderState.EFFECTIVE),
        ({"least_profit_rate": Decimal(0)}, OrderState.EFFECTIVE),
    ],
)
def test_the_manager_of_a_project_sets_what_its_orders_have_to_bring(
    world: World, shop: Shop, asked: dict[str, Decimal], state: OrderState
) -> None:
    priced(shop)
    company_asks(world, 50)  # the project asks for something else
    customer = shop.trade.customer()
    proposal = shop.approved(customer=customer.id)
    with world.use_case(SELLER) as session:  # its manager
        project = create_project(session, {"title": "空压站改造", "proposal": proposal.id})
        change_project(session, project.id, None, asked)
    order = shop.order(customer=customer, project=project.id, lines=LINES)
    assert submitted(world, order).state is state


@pytest.mark.requirement("R-348")
def test_who_names_no_project_is_held_to_that_of_the_opportunity(world: World, shop: Shop) -> None:
    priced(shop)
    customer = shop.trade.customer()
    opportunity = shop.opportunity(customer=customer.id)
    proposal = shop.approved(customer=customer.id, opportunity=opportunity.id)
    with world.use_case(SELLER) as session:
        create_project(session, {"title": "改造", "proposal": proposal.id, "least_profit": Decimal(301)})
    order = shop.order(customer=customer, opportunity=opportunity.id, lines=LINES)
    assert submitted(world, order).state is OrderState.PRICE_REVIEW


@pytest.mark.requirement("R-348")
def test_a_quotation_below_the_minimum_is_not_sent_before_finance_has_passed_it(world: World, shop: Shop) -> None:
    priced(shop)
    company_asks(world, 17)
    quotation = shop.quotation(lines=LINES)
    with pytest.raises(PriceNotPassed, match="17%"), world.use_case(SELLER) as session:
        send_quotation(session, quotation.id, None, way="fax")
    with world.use_case(SELLER) as session:
        assert submit_quotation(session, quotation.id, None).state is QuotationState.PRICE_REVIEW


def test_what_nobody_knows_the_cost_of_is_not_judged(world: World, shop: Shop) -> None:
    priced(shop, None)
    company_asks(world, 90)
    assert submitted(world, shop.order(lines=LINES)).state is OrderState.EFFECTIVE


def test_both_reasons_are_told_together(world: World, shop: Shop) -> None:
    priced(shop)
    company_asks(world, 20)
    order = submitted(world, shop.order(lines=[{"code": "KY-75A", "quantity": Decimal(1), "discount": Decimal(80)}]))
    assert str(order.price_doubt).count("below") == 2


@pytest.mark.parametrize("wrong", [{"least_profit_rate": Decimal(100)}, {"least_profit_rate": Decimal(-1)}, {"least_profit": Decimal(-1)}])
def test_a_minimum_that_makes_no_sense_is_refused(world: World, shop: Shop, wrong: dict[str, Decimal]) -> None:
    project = shop.project()
    with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
        change_project(session, project.id, None, wrong)
    assert set(refused.value.fields) == set(wrong)


def test_a_document_names_a_project_of_its_customer(world: World, shop: Shop) -> None:
    priced(shop)
    project, other = shop.project(), shop.trade.customer(name="别的客户有限公司")
    for make in (shop.order, shop.quotation):
        with pytest.raises(BadInput) as refused:
            make(customer=other, project=project.id)
        assert list(refused.value.fields) == ["project"]


@pytest.mark.requirement("R-348", "R-442")
def test_what_goods_cost_is_told_to_those_who_keep_prices_and_to_nobody_else(
    client_for: ClientFor, token_client_for: ClientFor, world: World, shop: Shop
) -> None:
    product = priced(shop, "751.37")
    company_asks(world, 10)
    order, quotation = submitted(world, shop.order(lines=LINES)), shop.quotation(lines=LINES)
    give(world, SELLER, "salesperson")
    own = f"/products/{product.id}"
    pages = (own, "/products/", f"/orders/{order.id}", f"/quotations/{quotation.id}", f"{own}?tab=history")
    for page in pages:
        told = client_for(SELLER).get(page).text
        assert ("751.37" in told, PROFIT in told, "成本价" in told) == (False, False, False), page
    assert "cost_price" not in token_client_for(SELLER).get(f"/api/v1/products/{product.id}").json["result"]
    assert "751.37" in client_for(HEAD).get(f"/products/{product.id}").text
    for page in pages[2:4]:
        told = client_for(HEAD).get(page).text
        assert PROFIT in told, page
        assert "¥297.26" in told, page
    assert token_client_for(HEAD).get(f"/api/v1/products/{product.id}").json["result"]["cost_price"] == "751.37"


@pytest.mark.requirement("R-442")
@pytest.mark.parametrize("hidden", ["amount", "quantity"])
def test_who_may_see_costs_but_not_the_lines_is_told_no_profit(client_for: ClientFor, world: World, shop: Shop, hidden: str) -> None:
    priced(shop)
    order, quotation = submitted(world, shop.order(lines=LINES)), shop.quotation(lines=LINES)
    for table in ("sales_order_line", "sales_quotation_line"):
        state(world, "department_head", {(table, hidden): FieldAccess.NONE})
    for page in (f"/orders/{order.id}", f"/quotations/{quotation.id}"):
        answer = client_for(HEAD).get(page)
        assert (answer.status_code, PROFIT in answer.text) == (200, False), page


@pytest.mark.requirement("R-442")
def test_whoever_may_not_know_the_cost_can_neither_write_it_nor_ask_for_it(client_for: ClientFor, world: World, shop: Shop) -> None:
    product = priced(shop)
    give(world, "sales.east2", "salesperson")
    with world.reading("sales.east2") as session:
        assert not may_see_costs()
        assert costs_of(session, [product.id]) == {product.id: Decimal("750.00")}  # rules decide by it
    with world.reading(FINANCE):
        assert may_see_costs()
    with world.use_case(HEAD) as session:
        assert change_product(session, product.id, None, {"cost_price": Decimal(700)}).cost_price == Decimal(700)
    with pytest.raises((Forbidden, NotFound)), world.use_case("sales.east2") as session:
        create_product(session, {"code": "X", "name": "X", "list_price": Decimal(1), "cost_price": Decimal(1)})
    assert client_for("sales.east2").get("/products/?order=cost_price").status_code == 400


@pytest.mark.requirement("R-442")
def test_the_security_administrator_opens_the_cost_to_a_further_role_to_read_it(client_for: ClientFor, world: World, shop: Shop) -> None:
    product = priced(shop, "751.37")
    give(world, SELLER, "salesperson")
    state(world, "salesperson", {("catalog_product", "cost_price"): FieldAccess.READ})
    assert "751.37" in client_for(SELLER).get(f"/products/{product.id}").text
    with world.reading(SELLER):
        assert may_see_costs()
        assert not may_write(world.actor(SELLER), Product, "cost_price")


def test_the_project_minimum_is_seen_by_its_members_and_stands_in_the_history(client_for: ClientFor, world: World, shop: Shop) -> None:
    project = shop.project()
    with world.use_case(SELLER) as session:
        change_project(session, project.id, None, {"least_profit_rate": Decimal("17.5")})
    page = client_for(SELLER).get(f"/projects/{project.id}?tab=history").text
    assert "最低毛利率" in page


@pytest.mark.requirement("R-348")
@pytest.mark.parametrize(
    ("revenue", "cost", "rate", "amount", "short"),
    [
        ("100.00", "85.00", "15", None, False),
        ("100.00", "85.01", "15", None, True),
        ("0.03", "0.02", "33.3333", None, False),
        ("0.03", "0.02", "33.3334", None, True),
        ("100.00", "70.00", None, "30.00", False),
        ("100.00", "70.01", None, "30.00", True),
        ("100.00", "120.00", "0", None, True),
        ("9999999999999.99", "9999999999999.98", None, "0.01", False),
        ("100.00", "10.00", "95", "50.00", True),
        ("100.00", "200.00", None, None, False),
    ],
)
def test_a_profit_is_compared_exactly(revenue: str, cost: str, rate: str | None, amount: str | None, short: bool) -> None:
    profit = Profit(Decimal(revenue), Decimal(cost))
    minimum = Minimum(Decimal(rate) if rate else None, Decimal(amount) if amount else None)
    assert (shortfall(profit, minimum) is not None) is short


def test_lines_without_a_known_cost_are_left_out_of_the_profit() -> None:
    lines = [(Decimal("900.00"), Decimal(2), Decimal("300.00")), (Decimal("500.00"), Decimal(1), None)]
    assert profit_of(lines) == Profit(Decimal("900.00"), Decimal("600.00"))
    assert profit_of(lines[1:]) is None
    assert profit_of([(Decimal(0), Decimal(1), Decimal(1))]) is None
    found = profit_of(lines)
    assert found is not None
    assert (found.amount, found.rate, needed(found, Minimum(Decimal("33.333")))) == (Decimal("300.00"), Decimal("33.3"), Decimal("300.00"))
