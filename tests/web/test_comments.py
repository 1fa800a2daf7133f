"""Comments: read and written by whoever sees the record, and nobody who does not see it is offered, mentioned or told."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select

from core.access.guard import as_system
from core.audit.models import AuditRow
from core.work.models import Comment, Notice
from plugins.customers.models import Customer
from plugins.customers.operations import share_customer
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Clients = Callable[[str], Browser]
ALONE = {"HX-Request": "true", "HX-Target": "tab-body"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes.fromhex(
    "0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c636001000000050001a5f645400000000049454e44ae426082".replace(
        " ", ""
    )
)


@pytest.fixture
def customer(world: World) -> Customer:
    return Trade(world).customer("sales.east1")


def offered(browser: Browser, customer: Customer, text: str = "") -> set[str]:
    return {one["text"] for one in browser.get(f"/customers/{customer.id}/mentionable?q={text}").json["items"]}


def write(browser: Browser, customer: Customer, text: str, *mentioned: int, **more: object) -> int:
    form = {"text": text, "mentioned": [str(one) for one in mentioned], **more}
    return browser.post(f"/customers/{customer.id}/comments", data=form).status_code


def names(world: World, *accounts: str) -> set[str]:
    return {world.employees[account].name for account in accounts}


def test_only_colleagues_who_see_the_record_are_offered(client_for: Clients, world: World, customer: Customer) -> None:
    found = offered(client_for("sales.east1"), customer)
    assert names(world, "head.east") <= found
    assert not found & names(world, "sales.west1", "head.west", "sales2", "head2")
    assert offered(client_for("sales.east1"), customer, world.employees["head.east"].name) == names(world, "head.east")
    assert offered(client_for("sales.east1"), customer, world.employees["sales.west1"].name) == set()


def test_whoever_does_not_see_the_record_is_offered_nobody(client_for: Clients, world: World, customer: Customer) -> None:
    for account in ("sales.west1", "sales2"):
        assert client_for(account).get(f"/customers/{customer.id}/mentionable").status_code == 404
        assert write(client_for(account), customer, "Hello") == 404


@pytest.mark.requirement("R-209")
def test_a_mentioned_colleague_gets_a_notice_that_leads_to_the_comment(client_for: Clients, world: World, customer: Customer) -> None:
    assert write(client_for("sales.east1"), customer, "请看一下", Trade(world).employee("head.east")) == 303
    head = client_for("head.east")
    page = head.get("/notices/").text
    assert f"{world.employees['sales.east1'].name} 提到了您" in page
    address = re.search(r'action="/c/qiheng(/notices/\d+/read)"', page)
    assert address is not None
    place, _, anchor = head.post(address[1]).location.partition("#")
    assert place.endswith(f"/customers/{customer.id}?tab=timeline")
    entry = rf'<li id="{anchor}">(?:(?!</li>).)*请看一下'
    assert re.search(entry, head.get(f"/customers/{customer.id}?tab=timeline", headers=ALONE).text, re.DOTALL)
    assert "请看一下" in head.get(f"/customers/{customer.id}?tab=timeline", headers=ALONE).text


@pytest.mark.parametrize("account", ["sales.west1", "head.west", "sales2"])
def test_somebody_who_may_not_see_the_record_is_refused_and_not_told(
    client_for: Clients, world: World, customer: Customer, account: str
) -> None:
    form = {"text": "Do you know this one?", "mentioned": [str(Trade(world).employee("head.east")), str(Trade(world).employee(account))]}
    answer = client_for("sales.east1").post(f"/customers/{customer.id}/comments", data=form, query_string={"tab": "timeline"})
    assert answer.status_code == 422
    assert "Do you know this one?" in answer.text  # what was typed is still there
    with world.reading("sales.east1") as session, as_system(session, "test"):
        assert not [one for one in session.scalars(select(Notice)) if "mentioned" in one.message.text]
        assert session.scalars(select(Comment)).all() == []


def test_a_colleague_with_whom_the_record_is_shared_may_be_mentioned(client_for: Clients, world: World, customer: Customer) -> None:
    with world.use_case("head.east") as session:
        share_customer(session, customer.id, None, employee=Trade(world).employee("sales.west1"))
    assert names(world, "sales.west1") <= offered(client_for("sales.east1"), customer, world.employees["sales.west1"].name)
    assert write(client_for("sales.east1"), customer, "Welcome", Trade(world).employee("sales.west1")) == 303


def test_an_empty_comment_is_refused_and_a_long_one_too(client_for: Clients, customer: Customer) -> None:
    assert write(client_for("sales.east1"), customer, "  \n ") == 422
    assert write(client_for("sales.east1"), customer, "长" * 2_001) == 422
    assert write(client_for("sales.east1"), customer, "Hello", file=(BytesIO(b"MZ"), "virus.exe")) == 422


def test_a_picture_comes_with_the_comment_in_one_step(client_for: Clients, customer: Customer) -> None:
    browser = client_for("sales.east1")
    assert write(browser, customer, "See the picture", file=(BytesIO(PNG), "screen.png")) == 303
    page = browser.get(f"/customers/{customer.id}?tab=timeline", headers=ALONE).text
    assert len(re.findall("screen.png", page)) == 1
    assert "screen.png" in browser.get(f"/customers/{customer.id}?tab=timeline&kind=files", headers=ALONE).text
    assert "screen.png" in browser.get(f"/customers/{customer.id}?tab=files", headers=ALONE).text


def test_a_comment_stands_in_the_trail(client_for: Clients, world: World, customer: Customer) -> None:
    write(client_for("sales.east1"), customer, "Said once")
    with world.reading("sales.east1") as session, as_system(session, "test"):
        row = session.scalars(select(AuditRow).where(AuditRow.table_name == "core_comment")).one()
    assert (row.action, row.who) == ("create", world.employees["sales.east1"].name)


def test_comments_of_a_record_that_one_does_not_see_are_not_there(client_for: Clients, customer: Customer) -> None:
    write(client_for("sales.east1"), customer, "Between us")
    assert "Between us" not in client_for("sales.west1").get(f"/customers/{customer.id}?tab=timeline").text
