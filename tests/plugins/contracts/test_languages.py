"""Where a contract came from is told to each reader in the language of the reader; parts of a plan begin in nobody's language."""

from __future__ import annotations

import csv
import html
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from core.audit.models import AuditRow
from core.database.sentences import BEGINS, said
from core.exports.states import ExportFormat
from core.kernel.clock import today
from core.kernel.words import Message, msg
from plugins.contracts.models import Contract
from plugins.contracts.operations import draft_from_deal, take_oral_agreement
from plugins.contracts.rules import shares_of, titles_of
from tests.exports.conftest import Gate
from tests.plugins.conftest import Trade
from tests.plugins.contracts.test_hearing import Deal, deal
from tests.plugins.contracts.test_oral_contracts import SERVICE, Agreement
from tests.world import Browser, World

__all__ = ["deal"]
Clients = Callable[[str], Browser]
BOTH_WAYS = pytest.mark.parametrize(("writer", "reader"), [("en", "zh_CN"), ("zh_CN", "en")])


@pytest.fixture
def in_words(application: Flask) -> Callable[[Message, str], str]:
    """A sentence in one of the languages."""

    def say(sentence: Message, language: str) -> str:
        with application.test_request_context("/"), force_locale(language):
            return str(sentence)

    return say


def speaking(client_for: Clients, account: str, language: str) -> Browser:
    """The browser of a person who has chosen the language."""
    browser = client_for(account)
    assert browser.post("/account/language", data={"language": language}).status_code == 303
    return browser


@BOTH_WAYS
@pytest.mark.requirement("R-203")
def test_the_origin_of_a_won_opportunity_is_told_in_the_language_of_the_reader(
    application: Flask,
    world: World,
    deal: Deal,
    client_for: Clients,
    token_client_for: Clients,
    in_words: Any,
    writer: str,
    reader: str,
) -> None:
    with application.app_context(), force_locale(writer), world.use_case("sales.east1") as session:
        made = draft_from_deal(session, deal).id
    origin = msg("Opportunity: %(title)s", title=deal.title)
    mine, other = in_words(origin, reader), in_words(origin, writer)
    browser = speaking(client_for, "sales.east1", reader)
    for address in (f"/contracts/{made}", "/contracts/?columns=origin"):
        page = html.unescape(browser.get(address).text)
        assert mine in page, address
        assert other not in page, address
        assert BEGINS not in page, address
    program = token_client_for("sales.east1")
    assert program.get(f"/api/v1/contracts/{made}").get_json()["result"]["origin"] == mine
    with world.reading("auditor") as session:
        row = session.scalars(select(AuditRow).where(AuditRow.table_name == "contracts_contract", AuditRow.action == "create")).one()
    assert str(said(json.loads(row.changes)["origin"][1])) == str(origin)
    page = html.unescape(speaking(client_for, "auditor", reader).get(f"/audit-rows/{row.id}").text)
    assert (mine in page, other in page) == (True, False)


@BOTH_WAYS
def test_an_export_tells_the_origin_in_the_language_of_whoever_takes_it(
    application: Flask, world: World, deal: Deal, in_words: Any, writer: str, reader: str
) -> None:
    with application.app_context(), force_locale(writer), world.use_case("sales.east1") as session:
        draft_from_deal(session, deal)
    with application.app_context():
        path = Gate(world).file(source="contracts", form=ExportFormat.CSV, columns=("title", "origin"), language=reader)
    with path.open(encoding="utf-8-sig", newline="") as file:
        told = [row for row in csv.reader(file) if deal.title in row[0]]
    assert in_words(msg("Opportunity: %(title)s", title=deal.title), reader) in told[0][1]


@BOTH_WAYS
@pytest.mark.requirement("R-226")
def test_the_origin_of_an_oral_contract_is_told_in_the_language_of_the_reader(
    application: Flask, world: World, trade: Trade, client_for: Clients, in_words: Any, writer: str, reader: str
) -> None:
    agreement = Agreement(7, trade.customer().id, "上门更换温控阀", Decimal("1200.00"), today(), trade.employee(SERVICE))
    with application.app_context(), force_locale(writer), world.use_case(SERVICE) as session:
        made = take_oral_agreement(session, agreement).id
    page = speaking(client_for, "contracts", reader).get(f"/oral-contracts/{made}").text
    shown = page.replace("\n", "")
    assert f">{in_words(msg('Service request'), reader)}<" in shown
    assert f">{in_words(msg('Service request'), writer)}<" not in shown


@pytest.mark.parametrize("reader", ["en", "zh_CN"])
def test_an_origin_that_was_stored_as_words_in_former_times_is_told_as_it_stands(
    world: World, deal: Deal, client_for: Clients, reader: str
) -> None:
    with world.use_case("sales.east1") as session:
        made = draft_from_deal(session, deal).id
    with world.keguan.database.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE contracts_contract SET origin = 'Opportunity: 二期 {{1}}' WHERE id = {int(made)}")
    assert "Opportunity: 二期 {1}" in html.unescape(speaking(client_for, "sales.east1", reader).get(f"/contracts/{made}").text)


def test_the_longest_title_of_an_opportunity_fits_into_the_origin(world: World, deal: Deal) -> None:
    title = '"' * 160
    with world.use_case("sales.east1") as session:
        made = draft_from_deal(session, replace(deal, title=title)).id
    with world.reading("sales.east1") as session:
        origin: Any = session.get_one(Contract, made).origin
    assert origin.text == "Opportunity: %(title)s"
    assert origin.params["title"].rstrip("…") == title[: len(origin.params["title"]) - 1]


@pytest.mark.parametrize(
    ("shares", "titles"),
    [("30, 60, 10", ["1/3 · 30%", "2/3 · 60%", "3/3 · 10%"]), ("100", ["1/1 · 100%"]), ("33.5 66.5", ["1/2 · 33.5%", "2/2 · 66.5%"])],
)
def test_a_part_of_a_plan_is_called_by_its_number_and_share(shares: str, titles: list[str]) -> None:
    assert titles_of(shares_of(shares)) == titles
