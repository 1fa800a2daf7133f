"""Tags: put on by whoever may change a record, seen by whoever sees it, on every kind of record of business (issue 5, lists)."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.administration.code_lists import change_entry
from core.audit.models import AuditRow
from core.kernel.acting import System, acting_as
from core.organisation.code_lists import entries
from core.web.nouns import Noun
from core.web.tagging import has_tags
from core.work.models import Tagging
from core.work.tags import MOST_TAGS, TAGS
from plugins.customers.models import Customer
from plugins.customers.operations import delete_customer
from tests.plugins.conftest import Trade
from tests.web.test_bulk import picks, runs
from tests.world import Browser, World

Clients = Callable[[str], Browser]


@pytest.fixture
def trade(world: World) -> Trade:
    """Customers on demand."""
    return Trade(world)


@pytest.fixture
def mine(trade: Trade) -> list[Customer]:
    """Three customers of sales.east1."""
    return [trade.customer("sales.east1", name=name) for name in ("华星精密", "海川重工", "明远电机")]


def tagged(world: World) -> set[tuple[str, int, str]]:
    """Every tag on every record, as it is stored."""
    with acting_as(System("test")), Session(world.keguan.database.engine) as session:
        return {(one.table_name, one.record_id, one.tag) for one in session.scalars(select(Tagging))}


def rows(world: World, record: Customer) -> list[AuditRow]:
    """What the trail says of tags of the record."""
    with acting_as(System("test")), Session(world.keguan.database.engine) as session:
        asked = select(AuditRow).where(AuditRow.record_id == record.id, AuditRow.table_name == "customers_customer")
        return [one for one in session.scalars(asked.order_by(AuditRow.id)) if one.action in ("tag", "untag")]


def tag(browser: Browser, record: Customer, word: str, verb: str = "tag") -> Any:
    return browser.post(f"/customers/{record.id}/{verb}", data={"tag": word, "version": str(record.version)})


def test_every_kind_of_record_of_business_that_is_changed_can_be_tagged(world: World, application: Flask) -> None:
    nouns: list[Noun] = list(application.extensions["keguan"].nouns.by_path.values())
    offered = {noun.path for noun in nouns if noun.act("tag") is not None and noun.act("untag") is not None}
    assert offered == {noun.path for noun in nouns if has_tags(noun)}
    assert {noun.plugin for noun in nouns if noun.plugin != "core"} == {noun.plugin for noun in nouns if has_tags(noun)}


def test_a_tag_stands_on_the_record_in_the_list_in_rest_and_in_the_history(world: World, client_for: Clients, mine: list[Customer]) -> None:
    client = client_for("sales.east1")
    assert tag(client, mine[0], "risk").status_code == 303
    assert tag(client, mine[0], "年底拜访").status_code == 303
    page = client.get(f"/customers/{mine[0].id}").text
    head = page[: page.index('role="tablist"')]
    assert ("有风险" in head, "年底拜访" in head) == (True, True)
    listed = client.get("/customers/").text
    assert re.search(r"<th[^>]*>.*?标签.*?</th>", listed, re.DOTALL)
    assert "年底拜访" in listed[listed.index("<tbody") :]
    assert client.get(f"/api/v1/customers/{mine[0].id}").json["result"]["tags"] == ["risk", "年底拜访"]
    history = client.get(f"/customers/{mine[0].id}?tab=history").text
    assert "年底拜访" in history[history.index('role="tablist"') :]
    assert [(one.action, one.employee_id) for one in rows(world, mine[0])] == [("tag", world.employees["sales.east1"].id)] * 2


def test_a_list_is_asked_by_tags_and_by_none(client_for: Clients, mine: list[Customer]) -> None:
    client = client_for("sales.east1")
    tag(client, mine[0], "risk")
    tag(client, mine[1], "key")
    found = {asked: {one["id"] for one in client.get(f"/api/v1/customers/?{asked}").json["result"]} for asked in ASKED}
    first, second, third = (one.id for one in mine)
    assert found == {
        "tag=risk": {first},
        "tag=risk&tag=key": {first, second},
        "tag=-": {third},
        "tag=-&tag=key": {second, third},
        "tag=x": set(),
    }
    page = client.get("/customers/?tag=risk").text
    assert (mine[0].name in page, mine[1].name in page) == (True, False)
    assert re.search(r"标签.*有风险", page, re.DOTALL)


ASKED = ("tag=risk", "tag=risk&tag=key", "tag=-", "tag=-&tag=key", "tag=x")


def test_a_tag_is_offered_to_be_taken_off_where_there_is_one(client_for: Clients, mine: list[Customer]) -> None:
    client, page = client_for("sales.east1"), f"/customers/{mine[0].id}"
    assert f"{page}/untag" not in client.get(page).text
    tag(client, mine[0], "risk")
    assert f"{page}/untag" in client.get(page).text
    tag(client, mine[0], "risk", "untag")
    assert f"{page}/untag" not in client.get(page).text


def test_a_word_is_the_same_tag_whatever_its_case_and_width(world: World, client_for: Clients, mine: list[Customer]) -> None:
    client = client_for("sales.east1")
    for word in ("VIP 客户", "vip 客户", "ＶＩＰ　客户", "  VIP  客户 "):
        assert tag(client, mine[0], word).status_code == 303, word
    assert tagged(world) == {("customers_customer", mine[0].id, "VIP_客户")}
    assert len(rows(world, mine[0])) == 1
    with world.reading("sales.east1") as session:
        assert [str(one.label) for one in entries(session, TAGS)].count("VIP 客户") == 1


def test_a_tag_is_renamed_by_the_administrator_and_one_that_is_switched_off_is_refused(
    world: World, client_for: Clients, mine: list[Customer]
) -> None:
    client = client_for("sales.east1")
    tag(client, mine[0], "年底拜访")
    with world.use_case("admin") as session:
        change_entry(session, TAGS, "年底拜访", None, {"chinese": "年终拜访", "aliases": "岁末拜访"})
    assert "年终拜访" in client.get(f"/customers/{mine[0].id}").text
    assert tag(client, mine[1], "岁末拜访").status_code == 303  # another word for it is the same tag
    assert {code for _, _, code in tagged(world)} == {"年底拜访"}
    with world.use_case("admin") as session:
        change_entry(session, TAGS, "年底拜访", None, {"active": False})
    refused = tag(client, mine[2], "年终拜访")
    assert refused.status_code == 422
    assert "已停用" in refused.text
    assert tag(client, mine[0], "年底拜访", "untag").status_code == 303  # what is on a record can still be taken off


@pytest.mark.parametrize("word", ["", "   ", "很" * 21, "a\x00b"])
def test_what_is_no_short_word_is_refused_with_a_sentence(world: World, client_for: Clients, mine: list[Customer], word: str) -> None:
    assert tag(client_for("sales.east1"), mine[0], word).status_code == 422
    assert tagged(world) == set()


def test_a_record_has_a_handful_of_tags(world: World, client_for: Clients, mine: list[Customer]) -> None:
    client = client_for("sales.east1")
    for number in range(MOST_TAGS):
        assert tag(client, mine[0], f"第{number}").status_code == 303
    assert tag(client, mine[0], "再来").status_code == 422
    assert len(tagged(world)) == MOST_TAGS


def test_only_who_may_change_a_record_tags_it_and_only_who_sees_it_sees_its_tags(
    world: World, client_for: Clients, mine: list[Customer]
) -> None:
    tag(client_for("sales.east1"), mine[0], "只有我知道")
    assert tag(client_for("sales.east2"), mine[0], "risk").status_code == 404  # does not see it
    leader = client_for("leader")
    assert leader.get(f"/customers/{mine[0].id}").status_code == 200
    assert tag(leader, mine[0], "risk").status_code in (403, 404)  # sees it, and may not change it
    assert "只有我知道" in leader.get(f"/customers/{mine[0].id}").text
    other = client_for("sales.west1")
    assert other.get("/api/v1/customers/?tag=只有我知道").json["result"] == []
    assert other.get(f"/api/v1/customers/{mine[0].id}").status_code == 404
    assert len(tagged(world)) == 1


def test_many_are_tagged_in_one_step_with_a_row_each_and_one_undo(world: World, client_for: Clients, mine: list[Customer]) -> None:
    client = client_for("sales.east1")
    tag(client, mine[0], "watch")
    assert client.post("/customers/bulk/tag", data={"id": picks(*mine), "step": "run", "tag": "watch"}).status_code == 303
    assert {number for _, number, _ in tagged(world)} == {one.id for one in mine}
    assert [len(rows(world, one)) for one in mine] == [1, 1, 1]  # the first one had it already
    assert client.post(f"/bulk/{runs(world)[0].id}/undo").status_code == 303
    assert tagged(world) == {("customers_customer", mine[0].id, "watch")}
    assert [[one.action for one in rows(world, record)] for record in mine] == [["tag"], ["tag", "untag"], ["tag", "untag"]]


def test_taking_tags_off_many_is_undone_but_for_what_was_changed_since(world: World, client_for: Clients, mine: list[Customer]) -> None:
    client = client_for("sales.east1")
    for one in mine:
        tag(client, one, "watch")
    client.post("/customers/bulk/untag", data={"id": picks(*mine), "step": "run", "tag": "watch"})
    assert tagged(world) == set()
    tag(client, mine[0], "watch")
    client.post(f"/bulk/{runs(world)[0].id}/undo")
    assert {number for _, number, _ in tagged(world)} == {one.id for one in mine}
    assert [len(rows(world, one)) for one in mine] == [3, 3, 3]


def test_many_are_tagged_only_as_far_as_one_may_change_them(world: World, client_for: Clients, trade: Trade, mine: list[Customer]) -> None:
    foreign = trade.customer("sales.west1")
    client_for("sales.east1").post("/customers/bulk/tag", data={"id": picks(mine[0], foreign), "step": "run", "tag": "watch"})
    assert tagged(world) == {("customers_customer", mine[0].id, "watch")}


def test_tags_go_in_rest_too_and_an_export_is_bound_to_them(world: World, client_for: Clients, mine: list[Customer]) -> None:
    client = client_for("sales.east1")
    answer = client.post(f"/api/v1/customers/{mine[0].id}/tag", json={"tag": "key", "version": mine[0].version})
    assert (answer.status_code, answer.json["result"]["tags"]) == (200, ["key"])
    asked = client_for("head.east").get("/exports/new/customers?tag=key")
    assert asked.status_code == 200
    assert re.search(r"标签.*重点", asked.text, re.DOTALL)


def test_a_record_that_gets_the_id_of_a_deleted_one_has_not_its_tags(world: World, client_for: Clients, trade: Trade) -> None:
    client, first = client_for("sales.east1"), trade.customer("sales.east1")
    tag(client, first, "risk")
    with world.use_case("sales.east1") as session:
        delete_customer(session, first.id, None)
    second = trade.customer("sales.east1")
    assert client.get(f"/api/v1/customers/{second.id}").json["result"]["tags"] == []
    assert client.get("/api/v1/customers/?tag=risk").json["result"] == []
    assert tag(client, second, "risk").status_code == 303
    assert client.get(f"/api/v1/customers/{second.id}").json["result"]["tags"] == ["risk"]


def test_a_list_is_grouped_by_tags_with_a_door_to_each_and_a_total_that_counts_once(client_for: Clients, mine: list[Customer]) -> None:
    client = client_for("sales.east1")
    tag(client, mine[0], "risk")
    tag(client, mine[0], "key")
    tag(client, mine[1], "risk")
    page = client.get("/customers/?view=all&group=tag").text
    told = {label: (unescape(door), int(number)) for door, label, number in GROUP.findall(page)}
    assert {label: number for label, (_, number) in told.items()} == {"有风险": 2, "重点": 1, "无标签": 1}
    assert '<td class="kg-num kg-b">3</td>' in page
    assert "总计只计一次" in page
    for label, (door, number) in told.items():
        query = door.partition("?")[2].replace("view=all", "")
        assert len(client.get(f"/api/v1/customers/?{query}").json["result"]) == number, label
    narrowed = client.get("/customers/?tag=risk&group=tag").text
    assert [(label, number) for _, label, number in GROUP.findall(narrowed)] == [("有风险", "2")]
    assert "group=tag" in client.get("/customers/?view=all").text


GROUP = re.compile(r'<td><a class="name" href="([^"]*)"[^>]*>([^<]*)</a></td><td class="kg-num">(\d+)</td>')
