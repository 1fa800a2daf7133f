"""A list in groups: counts and sums of what one sees, one statement, none by what one may not read."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from plugins.customers.operations import create_customer
from tests.conformance.statements import counted
from tests.plugins.conftest import trade
from tests.plugins.sales.conftest import SELLER, Shop, shop
from tests.world import Browser, World

__all__ = ["shop", "trade"]

ClientFor = Callable[[str], Browser]


def groups(page: str) -> dict[str, int]:
    """Label and count of each group."""
    return {
        label: int(number) for label, number in re.findall(r'<td><a class="name"[^>]*>([^<]*)</a></td><td class="kg-num">(\d+)</td>', page)
    }


@pytest.mark.requirement("R-483")
def test_two_people_group_the_same_list_and_each_counts_the_own_records(world: World, client_for: ClientFor) -> None:
    for account, names in (("sales.east1", ("一", "二")), ("sales.east2", ("三",))):
        with world.use_case(account) as session:
            for name in names:
                create_customer(session, {"name": name, "industry": "machinery"})
    found = {who: groups(client_for(who).get("/customers/?group=owner").text) for who in ("sales.east1", "sales.east2", "head.east")}
    assert found["sales.east1"] == {"苏晓晨": 2}
    assert found["sales.east2"] == {"吴佳宁": 1}
    assert found["head.east"] == {"苏晓晨": 2, "吴佳宁": 1}


def test_grouping_costs_no_more_than_the_list(world: World, client_for: ClientFor) -> None:
    with world.use_case("sales.east1") as session:
        create_customer(session, {"name": "一"})
    client, engine = client_for("sales.east1"), world.keguan.database.engine
    client.get("/customers/?group=owner")
    with counted(engine) as listed:
        client.get("/customers/?order=-id")
    with counted(engine) as grouped:
        client.get("/customers/?group=owner")
    assert len(grouped) <= len(listed) + 1


def test_a_list_is_grouped_by_its_filters_alone(client_for: ClientFor) -> None:
    client = client_for("sales.east1")
    answers = [client.get(f"/customers/?group={name}").status_code for name in ("industry", "name", "tax_number", "nonsense")]
    assert answers == [200, 400, 400, 400]


DOOR = re.compile(r'<a href="[^"]*?(/opportunities/\?[^"]*)">(\d+ 条记录未计入[^<]*)</a>')


@pytest.mark.requirement("R-483")
@pytest.mark.parametrize("asked", ["/opportunities/?view=all&group=state", "/opportunities/chart?view=all&by=state&measure=amount"])
def test_sums_of_groups_and_of_charts_say_what_they_leave_out_and_lead_there(client_for: ClientFor, shop: Shop, asked: str) -> None:
    known, vague = shop.opportunity(title="已估价"), shop.opportunity(title="未估价", amount=None)
    browser = client_for(SELLER)
    doors = DOOR.findall(browser.get(asked).text)
    assert [words for _, words in doors] == ["1 条记录未计入“预计金额”合计"]
    listed = browser.get(unescape(doors[0][0])).text
    assert f"/opportunities/{vague.id}" in listed
    assert f"/opportunities/{known.id}" not in listed


def test_a_list_in_groups_begins_a_record_beside_its_title(client_for: ClientFor, shop: Shop) -> None:
    shop.opportunity()
    bar = client_for(SELLER).get("/opportunities/?view=all&group=state").text.partition("kg-titlebar")[2].partition("kg-filters")[0]
    assert "/opportunities/add" in bar


def test_a_list_of_nothing_has_no_groups(client_for: ClientFor, shop: Shop) -> None:
    page = client_for(SELLER).get("/opportunities/?view=all&group=state&q=nothing-is-called-so").text
    assert groups(page) == {}


def test_a_chart_that_counts_and_a_sum_of_everything_leave_nothing_out(client_for: ClientFor, shop: Shop) -> None:
    shop.opportunity(title="已估价")
    browser = client_for(SELLER)
    assert "未计入" not in browser.get("/opportunities/?view=all&group=state").text
    shop.opportunity(title="未估价", amount=None)
    assert "未计入" not in browser.get("/opportunities/chart?view=all&by=state").text


def test_of_many_groups_the_largest_are_shown_and_the_total_is_that_of_all(
    world: World, client_for: ClientFor, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.web.lists.groups.MOST", 1)
    for customer in (shop.trade.customer(SELLER, name="甲"), shop.trade.customer(SELLER, name="乙")):
        shop.opportunity(customer=customer.id)
    page = client_for(SELLER).get("/opportunities/?view=all&group=customer").text
    assert len(groups(page)) == 1
    assert "仅显示最大的 1 个分组，总计包含全部分组。" in page
    total = page.partition("<tfoot>")[2].partition("</tfoot>")[0]
    assert '<td class="kg-num kg-b">2</td>' in total
    assert "¥100,000" in total
