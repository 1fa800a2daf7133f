"""Quotations on screen, on paper and in REST."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from core.kernel.clock import today
from plugins.sales.operations import send_quotation
from tests.plugins.sales.conftest import FINANCE, SELLER, Shop
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]


def version_in(page: str) -> str:
    """The version that the buttons of a page send."""
    return page.partition('name="version" value="')[2].partition('"')[0]


@pytest.mark.requirement("R-097", "R-212", "R-154")
def test_a_quotation_is_written_in_the_form_sent_accepted_and_ordered_on_its_page(client_for: ClientFor, world: World, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    browser = client_for(SELLER)
    form = {
        "title": "空压站报价",
        "customer": str(customer.id),
        "lines-0-code": "KY-75A",
        "lines-0-quantity": "2",
        "lines-0-discount": "90",
    }
    saved = browser.post("/quotations/add", data=form)
    assert saved.status_code == 303, saved.text
    address = saved.headers["Location"]
    page = browser.get(address).text
    assert browser.post(f"{address}/send", data={"version": version_in(page), "way": ""}).status_code == 422
    for verb, asked, says in (
        ("send", {"way": "fax"}, "已发出"),
        ("accept", {"answer": "同意"}, "已接受"),
        ("order", {}, "/orders/?quotation="),
    ):
        version = version_in(browser.get(address).text)
        assert browser.post(f"{address}/{verb}", data={"version": version, **asked}).status_code == 303, verb
        assert says in browser.get(address).text, verb
    assert f"BJ-{today().year}-0001" in browser.get(address).text


@pytest.mark.requirement("R-066", "R-097")
def test_customer_and_opportunity_lead_to_their_quotations(client_for: ClientFor, world: World, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    opportunity = shop.opportunity(customer=customer.id)
    quotation = shop.quotation(customer=customer, opportunity=opportunity.id)
    with world.use_case(SELLER) as session:
        send_quotation(session, quotation.id, None, way="email")
    browser = client_for(SELLER)
    assert f"/quotations/?customer={customer.id}" in browser.get(f"/customers/{customer.id}").text
    assert f"/quotations/?opportunity={opportunity.id}" in browser.get(f"/opportunities/{opportunity.id}").text
    for path in (f"/customers/{customer.id}?tab=quotations", f"/opportunities/{opportunity.id}?tab=quotations"):
        assert "空压站报价" in browser.get(path).text, path
    assert f"发出报价单 BJ-{today().year}-0001" in browser.get(f"/customers/{customer.id}?tab=timeline").text
    assert "空压站报价" in browser.get("/quotations/board").text
    assert "空压站报价" in browser.get("/quotations/?view=waiting").text
    assert f'/quotations/{quotation.id}"' in browser.get("/search/?find=空压站报价").text


@pytest.mark.requirement("R-097", "R-154")
def test_a_quotation_is_printed_as_its_form_with_lines_and_terms(client_for: ClientFor, shop: Shop) -> None:
    shop.product()
    quotation = shop.quotation(terms="现货，三天内发出")
    printed = client_for(SELLER).post(f"/quotations/{quotation.id}/form", data={"reason": "传真给客户"})
    assert (printed.status_code, printed.mimetype, printed.data[:5]) == (200, "application/pdf", b"%PDF-")


@pytest.mark.requirement("R-349")
def test_what_waits_for_finance_stands_on_its_desk_and_is_passed_there(client_for: ClientFor, world: World, shop: Shop) -> None:
    shop.product()
    quotation = shop.quotation(lines=[{"code": "KY-75A", "quantity": Decimal(1), "discount": Decimal(50)}])
    seller, finance = client_for(SELLER), client_for(FINANCE)
    address = f"/quotations/{quotation.id}"
    refused = seller.post(f"{address}/send", data={"version": version_in(seller.get(address).text), "way": "fax"})
    assert (refused.status_code, "请您先定稿" in refused.text) == (409, True)
    assert seller.post(f"{address}/submit", data={"version": version_in(seller.get(address).text)}).status_code == 303
    assert "财务正在审核报价的价格" in seller.get(f"{address}/edit").text
    assert address in finance.get("/").text
    assert finance.post(f"{address}/approve_discount", data={"version": version_in(finance.get(address).text)}).status_code == 303
    assert "待发出" in seller.get(address).text
    assert "报价尚未发出，请先退回草稿" in seller.get(f"{address}/edit").text
    with world.use_case(SELLER) as session:
        send_quotation(session, quotation.id, None, way="fax")
    assert "客户手中的报价保持原样" in seller.get(f"{address}/edit").text


@pytest.mark.requirement("R-097")
def test_rest_writes_a_quotation_with_its_lines_and_runs_its_verbs(token_client_for: ClientFor, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    program = token_client_for(SELLER)
    lines = [{"code": "KY-75A", "quantity": "2", "discount": "95"}]
    made = program.post("/api/v1/quotations/", json={"title": "接口报价", "customer": customer.id, "lines": lines})
    assert made.status_code == 201, made.text
    number = made.json["id"]
    found = program.get(f"/api/v1/quotations/{number}").json["result"]
    assert (found["amount"], found["state"]) == ("1900.00", "draft")
    sent = program.post(f"/api/v1/quotations/{number}/send", json={"version": found["version"], "way": "fax"})
    assert sent.status_code == 200, sent.text
    assert program.get(f"/api/v1/quotations/{number}").json["result"]["state"] == "sent"
