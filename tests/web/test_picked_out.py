"""Picked rows leave through the gate: bound to just these records, with the right, and nothing outside of scope."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qsl

import pytest

from core.exports.models import ExportRequest
from plugins.customers.models import Customer
from tests.plugins.conftest import Trade
from tests.web.test_bulk import picks
from tests.world import Browser, World

Clients = Callable[[str], Browser]


@pytest.fixture
def trade(world: World) -> Trade:
    """Customers on demand."""
    return Trade(world)


@pytest.fixture
def four(trade: Trade) -> list[Customer]:
    """Three customers of the east, and one of the west."""
    return [*(trade.customer("sales.east1") for _ in range(3)), trade.customer("sales.west1")]


def asked_in(page: str) -> str:
    """What the dialog sends on as the bound query."""
    found = re.search(r'name="asked" value="([^"]*)"', page)
    assert found is not None
    return unescape(found[1])


def test_just_the_picked_records_that_one_may_see_leave(client_for: Clients, world: World, four: list[Customer]) -> None:
    head = client_for("head.east")
    page = head.post("/customers/bulk/export", data={"id": picks(four[0], four[2], four[3]), "asked": "q=nothing&order=-name"})
    assert page.status_code == 200
    asked = asked_in(page.text)
    assert dict(parse_qsl(asked)) == {"order": "-name", "picked": f"{four[0].id}.{four[2].id}"}
    sent = head.post("/exports/new/customers", data={"asked": asked, "reason": "年度对账用", "format": "csv", "column-name": "1"})
    assert sent.status_code == 303
    with world.use_case("head.east") as session:
        kept = session.get(ExportRequest, int(sent.headers["Location"].rsplit("/", 1)[1]))
        assert kept is not None
        assert (kept.rows, ["picked", f"{four[0].id}.{four[2].id}"] in kept.asked) == (2, True)


def test_ids_of_others_written_by_hand_let_nothing_out(client_for: Clients, four: list[Customer]) -> None:
    head = client_for("head.east")
    sent = head.post("/exports/new/customers", data={"asked": f"picked={four[3].id}", "reason": "年度对账用", "format": "csv"})
    assert sent.status_code == 409
    assert head.post("/customers/bulk/export", data={"id": picks(four[3])}).status_code == 422
    assert head.get(f"/exports/new/customers?picked={four[0].id}.x").status_code == 400


def test_the_list_is_printed_as_a_pdf_unless_one_chooses_otherwise(client_for: Clients, four: list[Customer]) -> None:
    page = client_for("head.east").post("/customers/bulk/print_list", data={"id": picks(*four[:2])}).text
    assert re.search(r'value="pdf"[^>]*(selected|checked)', page)


def test_the_whole_of_a_list_leaves_by_its_conditions(client_for: Clients, four: list[Customer]) -> None:
    page = client_for("head.east").post("/customers/bulk/export", data={"whole": "1", "asked": "q=苏州&page=3"}).text
    assert dict(parse_qsl(asked_in(page))) == {"q": "苏州"}


def test_who_may_not_export_is_offered_nothing(client_for: Clients, four: list[Customer]) -> None:
    seller = client_for("sales.east1")
    assert "/customers/bulk/export" not in seller.get("/customers/").text
    assert "/customers/bulk/export" in client_for("head.east").get("/customers/").text
    assert seller.post("/customers/bulk/export", data={"id": picks(*four[:1])}).status_code == 403
