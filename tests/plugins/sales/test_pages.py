"""Sales on screen and in REST: what a person sees and does there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from core.access.administration import set_roles
from core.access.roles import create_role
from core.kernel.clock import today
from plugins.sales.models import Opportunity
from plugins.sales.operations import (
    add_competitor,
    change_opportunity,
    hand_over_opportunity,
    submit_order,
    submit_proposal,
    win_opportunity,
    write_entry,
)
from tests.plugins.sales.conftest import FINANCE, HEAD, SELLER, Shop
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]


@pytest.mark.requirement("R-066", "R-163", "R-478")
def test_the_customers_page_leads_to_opportunities_orders_and_projects(client_for: ClientFor, world: World, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    shop.opportunity(customer=customer.id, amount=Decimal("50000.00"))
    order = shop.order(customer=customer)
    with world.use_case(SELLER) as session:
        submit_order(session, order.id, None)
    browser = client_for(SELLER)
    page = browser.get(f"/customers/{customer.id}").text
    assert "¥50,000.00" in page
    for path, text in (("opportunities", "二期空压站"), ("orders", "首批供货"), ("timeline", f"XS-{today().year}-0001")):
        assert text in browser.get(f"/customers/{customer.id}?tab={path}").text, path
        assert path == "timeline" or f"/{path}/?customer={customer.id}" in page


def test_an_opportunity_is_created_in_the_form_won_on_its_page_and_leads_to_its_order(
    client_for: ClientFor, world: World, shop: Shop
) -> None:
    shop.product()
    customer = shop.trade.customer()
    browser = client_for(SELLER)
    form = {"title": "新线配套", "customer": str(customer.id), "lines-0-code": "KY-75A", "lines-0-quantity": "2", "lines-0-discount": "90"}
    saved = browser.post("/opportunities/add", data=form)
    assert saved.status_code == 303, saved.text
    record_id = int(saved.headers["Location"].rsplit("/", 1)[1])
    assert browser.post(f"/opportunities/{record_id}/win", data={"version": "2", "reason": ""}).status_code == 422
    page = browser.get(f"/opportunities/{record_id}").text
    version = page.partition('name="version" value="')[2].partition('"')[0]
    assert browser.post(f"/opportunities/{record_id}/win", data={"version": version, "reason": "price"}).status_code == 303
    won = browser.get(f"/opportunities/{record_id}").text
    assert "¥1,800.00" in won
    assert "赢单" in won
    number = shop.contract(customer).number
    order = {"title": "首批", "customer": str(customer.id), "opportunity": str(record_id), "contract_number": number, "kind": "stock"}
    assert browser.post("/orders/add", data=order).status_code == 303
    assert f"/orders/?opportunity={record_id}" in browser.get(f"/opportunities/{record_id}").text


@pytest.mark.requirement("R-200", "R-375")
@pytest.mark.parametrize("verb", ["win", "lose"])
@pytest.mark.parametrize("way", ["page", "board", "rest"])
def test_whoever_wins_or_loses_may_name_the_competitor_on_page_board_and_by_rest(
    client_for: ClientFor, token_client_for: ClientFor, world: World, shop: Shop, way: str, verb: str
) -> None:
    opportunity, browser, program = shop.opportunity(), client_for(SELLER), token_client_for(SELLER)
    with world.use_case(SELLER) as session:
        rival = add_competitor(session, {"name": "海川动力"}).id
    there = f"/opportunities/{opportunity.id}"
    given = {"version": str(opportunity.version), "reason": "price", "competitor": str(rival)}
    if way == "rest":
        wrong = program.post(f"/api/v1{there}/{verb}", json={**given, "competitor": rival + 1})
        assert (wrong.status_code, list(wrong.get_json()["fields"])) == (422, ["competitor"])
        assert program.post(f"/api/v1{there}/{verb}", json={**given, "competitor": rival}).status_code == 200
    else:
        asked = browser.get(f"{there}/ask/{verb}" if way == "board" else there).text
        form = asked.partition(f'action="/c/qiheng{there}/{verb}"')[2].partition("</form>")[0]
        assert 'name="competitor"' in form
        assert browser.post(f"{there}/{verb}", data=given | ({"next": "board", "ask": "1"} if way == "board" else {})).status_code == 303
    with world.reading(SELLER) as session:
        assert session.get(Opportunity, opportunity.id).competitor_id == rival
    assert "海川动力" in browser.get(there).text


@pytest.mark.requirement("R-037")
def test_operations_staff_see_every_order_of_the_company_and_change_none(
    client_for: ClientFor, token_client_for: ClientFor, world: World, shop: Shop
) -> None:
    shop.product()
    orders = {shop.order(by, shop.trade.customer(by)).id for by in (SELLER, "sales.east2")}
    with world.use_case("security") as session:
        role = create_role(session, world.keguan.registry, "", None, "operations_staff")
        set_roles(session, world.employees["service"].id, [role.id])
    program = token_client_for("service")
    assert {row["id"] for row in program.get("/api/v1/orders/").get_json()["result"]} == orders
    for one in orders:
        assert "首批供货" in client_for("service").get(f"/orders/{one}").text
        assert program.post(f"/api/v1/orders/{one}/submit", json={"version": 1}).status_code == 403
    assert program.get("/api/v1/quotations/").status_code == 403


@pytest.mark.requirement("R-441")
def test_whoever_has_the_opportunity_but_not_its_customer_reads_the_name_and_no_more(
    client_for: ClientFor, token_client_for: ClientFor, world: World, shop: Shop
) -> None:
    customer = shop.trade.customer(address="苏州市吴中区金枫南路 1368 号")
    opportunity = shop.opportunity(customer=customer.id)
    with world.use_case(HEAD) as session:
        hand_over_opportunity(session, opportunity.id, None, owner=shop.trade.employee("sales.east2"), reason="分工")
    browser = client_for("sales.east2")
    for path in ("/opportunities/?view=all", f"/opportunities/{opportunity.id}"):
        page = browser.get(path).text
        assert customer.name in page
        assert f"/customers/{customer.id}" not in page
        assert "金枫南路" not in page
    assert browser.get(f"/customers/{customer.id}").status_code == 404
    shown = token_client_for("sales.east2").get(f"/api/v1/opportunities/{opportunity.id}").json["result"]
    assert (shown["customer"], shown["customer_name"]) == (None, customer.name)
    form = browser.get(f"/opportunities/{opportunity.id}/edit")
    assert form.status_code == 200
    with world.use_case("sales.east2") as session:
        change_opportunity(session, opportunity.id, None, {"customer": customer.id, "next_step": "上门"})


def test_saved_views_hold_what_they_say(client_for: ClientFor, world: World, shop: Shop) -> None:
    customer = shop.trade.customer().id
    shop.opportunity(customer=customer, title="逾期的", expected_on=today() - timedelta(days=3))
    won = shop.opportunity(customer=customer, title="本月成交")
    with world.use_case(SELLER) as session:
        win_opportunity(session, won.id, None, reason="price")
    browser = client_for(SELLER)
    views = {view: browser.get(f"/opportunities/?view={view}").text for view in ("mine", "open", "overdue", "still", "won", "archive")}
    assert {view for view, text in views.items() if "逾期的" in text} == {"mine", "open", "overdue"}
    assert {view for view, text in views.items() if "本月成交" in text} == {"won"}


@pytest.mark.parametrize(("account", "title"), [(FINANCE, "首批供货"), (HEAD, "空压站改造")])
def test_the_desk_tells_who_has_to_decide(client_for: ClientFor, world: World, shop: Shop, account: str, title: str) -> None:
    shop.product()
    order = shop.order(lines=[{"code": "KY-75A", "quantity": Decimal(1), "discount": Decimal(50)}])
    proposal = shop.proposal()
    with world.use_case(SELLER) as session:
        submit_order(session, order.id, None)
        submit_proposal(session, proposal.id, None)
    assert title in client_for(account).get("/").text


@pytest.mark.requirement("R-173")
def test_the_desk_tells_a_seller_what_is_due(client_for: ClientFor, shop: Shop) -> None:
    shop.opportunity(title="等待回访", next_on=today(), next_step="电话回访")
    page = client_for(SELLER).get("/").text
    assert "电话回访" in page
    assert "¥50,000" in page


def test_the_projects_page_tells_its_progress(client_for: ClientFor, world: World, shop: Shop) -> None:
    project = shop.project()
    with world.use_case(SELLER) as session:
        write_entry(session, {"project": project.id, "content": "主机就位", "progress": 60})
    page = client_for(SELLER).get(f"/projects/{project.id}?tab=timeline").text
    assert "主机就位" in page
    assert "60%" in page


@pytest.mark.requirement("R-465")
@pytest.mark.requirement("R-220")
def test_programs_drive_an_order_by_its_verbs(token_client_for: ClientFor, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    number = shop.contract(customer).number
    program = token_client_for(SELLER)
    body = {"title": "API 订单", "customer": customer.id, "contract_number": number, "confirmation": "email"}
    made = program.post("/api/v1/orders/", json={**body, "lines": [{"code": "ky-75a", "quantity": "2"}]})
    assert made.status_code == 201, made.text
    assert made.json["result"]["lines"][0]["price"] == "1000.00"
    order_id = made.json["id"]
    submitted = program.post(f"/api/v1/orders/{order_id}/submit", json={"version": made.json["result"]["version"]})
    assert submitted.json["result"]["state"] == "effective"
    closed = program.post(f"/api/v1/orders/{order_id}/close", json={"version": submitted.json["result"]["version"], "reason": "nothing"})
    assert (closed.status_code, list(closed.json["fields"])) == (422, ["reason"])


def test_a_plus_says_that_it_opens_a_tab_where_no_drawer_is_left_over_the_form(client_for: ClientFor) -> None:
    def told(place: str) -> list[tuple[bool, bool]]:
        """Of each "+": whether it opens over the form, and whether it says that it opens a tab."""
        page = client_for(SELLER).get("/opportunities/add", headers={"HX-Request": "true", "HX-Target": place} if place else {}).text
        found = re.findall(r"<a [^>]*data-create-for=[^>]*>", page)
        return sorted({('hx-target="#over"' in one, '（新标签页）" aria-label=' in one) for one in found})

    assert [told(place) for place in ("", "drawer", "over")] == [[(True, False)], [(True, False)], [(False, True)]]
