"""What the story leaves in the figures: every question of a report is a list drawn by one of its fields, for whoever may see it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from core.kernel.clock import today
from plugins.customers.operations import change_customer
from tests.charted import drawn
from tests.scenarios.story import ADMINISTRATOR, HEAD, LEADER, SELLER, SERVICE, Story
from tests.world import Browser

ClientFor = Callable[[str], Browser]
MONTH, YEAR = f"{today():%Y-%m}", f"{today():%Y}"
QUARTER = f"{today().year} Q{(today().month + 2) // 3}"
BUYER = "苏州恒锐精密机械有限公司"
SALE = 347_600.0
DEPARTMENT = "华东销售部"

pytestmark = pytest.mark.parametrize("story", ["verbs"], indirect=True)


def told(browser: Browser, asked: str) -> list[tuple[str, float]]:
    """Name and value of every part of the chart."""
    return drawn(browser.get(asked).text)


def name(story: Story, account: str) -> str:
    """The name of the person behind the account."""
    return str(story.world.employees[account].name)


@pytest.mark.requirement("R-390")
def test_contracts_invoices_and_receipts_by_period_department_salesperson_and_customer(told_story: Story, client_for: ClientFor) -> None:
    clerk, seller = client_for(ADMINISTRATOR), name(told_story, SELLER)
    for each, label in (("month", MONTH), ("quarter", QUARTER), ("year", YEAR)):
        assert told(clerk, f"/contracts/chart?by=signed_on&measure=amount&each={each}") == [(label, SALE)]
        assert told(clerk, f"/receipts/chart?by=received_on&measure=amount&each={each}") == [(label, 200_000.0)]
        assert told(clerk, f"/invoices/chart?by=issued_on&measure=amount&each={each}") == [(label, 208_560.0)]
    for path, amount in (("contracts", SALE), ("receipts", 200_000.0), ("invoices", 208_560.0)):
        for by, label in (("owner", seller), ("department", DEPARTMENT), ("customer", BUYER)):
            assert told(clerk, f"/{path}/chart?by={by}&measure=amount") == [(label, amount)]
        assert told(client_for("sales.west1"), f"/{path}/chart?by=owner&measure=amount") == []


@pytest.mark.requirement("R-393", "R-395", "R-396", "R-436")
def test_a_head_sees_who_was_followed_by_whom_how_and_when(told_story: Story, client_for: ClientFor) -> None:
    head, seller = client_for(HEAD), name(told_story, SELLER)
    for by, label in (("person", seller), ("customer", BUYER), ("at", MONTH)):
        assert told(head, f"/interactions/chart?by={by}") == [(label, 1.0)]
    customers, projects = head.get("/customers/").text, head.get("/projects/").text
    assert all(word in customers for word in (BUYER, seller, "最近跟进"))
    assert all(word in projects for word in ("二期空压站安装", seller))
    assert told(head, "/opportunities/chart?by=owner&measure=amount&state=won") == [(seller, SALE)]
    assert told(client_for("head.west"), "/interactions/chart?by=person") == []


@pytest.mark.requirement("R-404", "R-411", "R-416")
def test_business_by_stage_period_person_customer_and_source(told_story: Story, client_for: ClientFor) -> None:
    leader, seller = client_for(LEADER), name(told_story, SELLER)
    for by, label in (("state", "赢单"), ("owner", seller), ("customer", BUYER), ("closed_on", MONTH), ("source", "未填写")):
        assert told(leader, f"/opportunities/chart?by={by}&measure=amount") == [(label, SALE)]
    for by, label in (("state", "已生效"), ("owner", seller), ("customer", BUYER), ("effective_on", MONTH), ("kind", "库存订单")):
        assert told(leader, f"/orders/chart?by={by}&measure=amount") == [(label, 148_800.0)]


@pytest.mark.requirement("R-398", "R-405", "R-409", "R-410")
def test_what_the_customers_are_composed_of(told_story: Story, client_for: ClientFor) -> None:
    change = {"industry": "manufacturing", "region": "江苏", "star_grade": 4, "source": "referral"}
    with told_story.world.use_case(SELLER) as session:
        change_customer(session, told_story.ids["customer"], None, change)
    for by, label in (
        *(("industry", "制造业"), ("region", "江苏"), ("star_grade", "4"), ("source", "转介绍")),
        *(("kind", "企业客户"), ("state", "合作中"), ("owner", name(told_story, SELLER))),
    ):
        assert told(client_for(LEADER), f"/customers/chart?by={by}") == [(label, 1.0)]


@pytest.mark.requirement("R-406", "R-412", "R-426")
def test_service_by_kind_channel_handler_state_period_and_opinion(told_story: Story, client_for: ClientFor) -> None:
    complaint = {"title": "送货迟了三天", "customer": told_story.ids["customer"], "kind": "complaint", "channel": "letter"}
    told_story.way.create(SERVICE, "service-requests", complaint)
    leader = client_for(LEADER)
    for by, parts in (
        ("kind", {"投诉": 1.0, "未填写": 1.0}),
        ("channel", {"电话": 1.0, "信函": 1.0}),
        ("state", {"已受理": 1.0, "已归档": 1.0}),
        ("satisfaction", {"满意": 1.0, "未填写": 1.0}),
        ("owner", {name(told_story, SERVICE): 2.0}),
        ("received_at", {MONTH: 2.0}),
    ):
        assert dict(told(leader, f"/service-requests/chart?by={by}")) == parts
    assert told(leader, "/service-requests/chart?by=channel&kind=complaint") == [("信函", 1.0)]


@pytest.mark.requirement("R-435", "R-466")
def test_a_leader_finds_the_figures_of_the_house_on_the_desk(told_story: Story, client_for: ClientFor) -> None:
    leader, places = client_for(LEADER), {}
    for place, address in re.findall(r'id="(chart-\d+)" hx-get="([^"]*)"', leader.get("/").text):
        path = re.sub(r"^/c/[\w-]+", "", unescape(address))
        places[path.split("/")[1]] = leader.get(path, headers={"HX-Request": "true", "HX-Target": place}).status_code
    assert places == dict.fromkeys(("customers", "opportunities", "contracts", "receipts", "service-requests"), 200)
