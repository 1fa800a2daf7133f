"""Comments and changes of many records by programs: the verbs, scope and rights of the pages (issue 5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.work.running import run_due_jobs
from plugins.customers.models import Customer
from tests.plugins.conftest import Trade
from tests.web.test_bulk import held
from tests.world import Browser, World

Clients = Callable[[str], Browser]


@pytest.fixture
def trade(world: World) -> Trade:
    """Customers on demand."""
    return Trade(world)


def picked(*customers: Customer) -> list[dict[str, int]]:
    return [{"id": one.id, "version": one.version} for one in customers]


def ordered(program: Browser, verb: str, **sent: Any) -> Any:
    return program.post(f"/api/v1/customers/bulk/{verb}", json=sent)


def test_many_are_changed_and_taken_back(token_client_for: Clients, world: World, trade: Trade) -> None:
    mine = [trade.customer() for _ in range(2)]
    program = token_client_for("sales.east1")
    answer = ordered(program, "change", records=picked(*mine), values={"city": "杭州"})
    assert answer.status_code == 201, answer.json
    assert answer.json["result"]["counts"] == {"waiting": 0, "changed": 2, "asked": 0, "unchanged": 0, "refused": 0}
    assert set(held(world, "city").values()) == {"杭州"}
    undone = program.post(f"/api/v1/bulk/{answer.json['id']}/undo", json={})
    assert (undone.status_code, undone.json["result"]["undoes"]) == (201, answer.json["id"])
    assert set(held(world, "city").values()) == {None}
    again = program.post(f"/api/v1/bulk/{answer.json['id']}/undo", json={})
    assert again.status_code == 409


def test_what_was_changed_meanwhile_is_left_and_told(token_client_for: Clients, world: World, trade: Trade) -> None:
    one, other = trade.customer(), trade.customer()
    program = token_client_for("sales.east1")
    stale = [{"id": one.id, "version": one.version + 5}, *picked(other)]
    told = ordered(program, "change", records=stale, values={"city": "杭州"}).json["result"]
    assert (told["counts"]["changed"], [entry["id"] for entry in told["refused"]]) == (1, [one.id])
    assert told["refused"][0]["reason"]


def test_records_of_others_are_neither_changed_nor_told(token_client_for: Clients, world: World, trade: Trade) -> None:
    mine, theirs = trade.customer(), trade.customer("sales.west1")
    program = token_client_for("sales.east1")
    told = ordered(program, "change", records=picked(mine, theirs), values={"city": "杭州"}).json
    assert (told["result"]["total"], told["result"]["refused"]) == (1, [])
    assert held(world, "city")[theirs.id] is None
    assert ordered(program, "delete", records=picked(theirs)).status_code == 422
    for who, method in (("sales.west1", "get"), ("leader", "get")):
        assert getattr(token_client_for(who), method)(f"/api/v1/bulk/{told['id']}").status_code == 404


def test_what_is_not_for_many_is_refused(token_client_for: Clients, trade: Trade) -> None:
    mine = trade.customer()
    program = token_client_for("sales.east1")
    answers = {
        403: [("change", {"values": {"name": "甲"}}), ("approve", {})],
        404: [("change", {"values": {"nothing": 1}}), ("change", {}), ("frobnicate", {})],
        400: [("delete", {"version": 1}), ("change", {"records": {}}), ("delete", {"records": [{"id": True, "version": 1}]})],
        422: [("change", {"values": {"star_grade": "many"}}), ("change", {"values": {"city": "甲", "region": "乙"}})],
    }
    for status, asked in answers.items():
        for verb, sent in asked:
            whole = {"records": picked(mine), **sent} if verb != "delete" else sent
            assert ordered(program, verb, **whole).status_code == status, (verb, sent)


def test_the_whole_of_a_list_is_done_by_a_job(token_client_for: Clients, world: World, trade: Trade) -> None:
    mine, theirs = trade.customer(city="苏州"), trade.customer("sales.west1", city="苏州")
    program = token_client_for("sales.east1")
    answer = ordered(program, "change", whole=True, query="q=恒锐", values={"city": "杭州"})
    assert (answer.status_code, answer.json["result"]["state"]) == (202, "running"), answer.json
    run_due_jobs(world.keguan.database, world.keguan.registry)
    assert program.get(f"/api/v1/bulk/{answer.json['id']}").json["result"]["counts"]["changed"] == 1
    assert (held(world, "city")[mine.id], held(world, "city")[theirs.id]) == ("杭州", "苏州")
    assert program.post(f"/api/v1/bulk/{answer.json['id']}/cancel", json={}).status_code == 409


def test_comments_are_written_read_and_told(token_client_for: Clients, world: World, trade: Trade) -> None:
    customer = trade.customer()
    program, address = token_client_for("sales.east1"), f"/api/v1/customers/{customer.id}/comments"
    head = world.employees["head.east"]
    first = program.post(address, json={"text": "先发样品", "mentioned": [head.id]})
    second = program.post(address, json={"text": "已发"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["result"]["mentioned"] == [{"id": head.id, "text": head.name}]
    told = token_client_for("head.east").get(address).json
    assert [(one["text"], one["author"]["text"]) for one in told["result"]] == [
        (text, world.employees["sales.east1"].name) for text in ("已发", "先发样品")
    ]
    assert program.get(f"{address}?before={second.json['id']}").json["ids"] == [first.json["id"]]


def test_comments_of_what_one_does_not_see_are_not_there(token_client_for: Clients, world: World, trade: Trade) -> None:
    address = f"/api/v1/customers/{trade.customer().id}/comments"
    stranger, writer = token_client_for("sales.west1"), token_client_for("sales.east1")
    assert {stranger.get(address).status_code, stranger.post(address, json={"text": "甲"}).status_code} == {404}
    wrong = ({"text": "", "mentioned": []}, {"text": "甲", "mentioned": [world.employees["sales.west1"].id]})
    assert [writer.post(address, json=one).status_code for one in wrong] == [422, 422]
    malformed = ({"text": 1}, {"text": "甲", "mentioned": ["1"]}, {"text": "甲", "more": 1})
    assert [writer.post(address, json=one).status_code for one in malformed] == [400] * 3
    assert writer.get(f"{address}?before=x").status_code == 400


def test_a_browser_needs_its_token_and_the_description_names_the_routes(client_for: Clients, trade: Trade) -> None:
    customer = trade.customer()
    browser = client_for("sales.east1")
    paths = browser.get("/api/v1/_openapi").json["paths"]
    assert {"/api/v1/customers/{pk}/comments", "/api/v1/customers/bulk/{verb}", "/api/v1/bulk/{pk}"} <= set(paths)
    assert "delete" in paths["/api/v1/customers/bulk/{verb}"]["post"]["parameters"][0]["schema"]["enum"]
    for address, sent in ((f"customers/{customer.id}/comments", {"text": "甲"}), ("customers/bulk/delete", {"records": picked(customer)})):
        refused = browser.post(f"/api/v1/{address}", json=sent, headers={"X-CSRFToken": "wrong"})
        assert refused.status_code == 400, refused.text
