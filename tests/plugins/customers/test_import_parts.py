"""Contacts and follow-ups come in by files that name their customer by its code (R-157, R-475)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.extension.exchange import ConvertedRow, ImportTarget, Outcome
from core.kernel.acting import acting_as
from core.kernel.clock import SHANGHAI, today
from core.kernel.errors import BadInput, KeguanError
from core.work.import_fields import offer_of
from plugins.customers.imports import CONTACTS, INTERACTIONS
from plugins.customers.models import Contact, Customer, Interaction
from plugins.customers.operations import add_contact
from plugins.customers.rules import ContactWay
from tests.plugins.conftest import Trade
from tests.world import World


@pytest.fixture
def code(trade: Trade) -> str:
    """The code of an approved customer of the salesperson in the east."""
    trade.customer(code="HD")
    return "HD"


def rows_of(key: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[ConvertedRow]:
    """Rows as the import hands them over, from line 2 on."""
    return [ConvertedRow(number, tuple(row.get(name) for name in key), row) for number, row in enumerate(rows, 2)]


def written(world: World, target: ImportTarget, *rows: Mapping[str, Any], by: str = "sales.east1", key: int = 0) -> list[Outcome]:
    """What becomes of the rows of one batch."""
    with world.use_case(by) as session:
        return list(target.write(session, rows_of(target.keys[key], rows)))


def told(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    return [(one.state, one.field) for one in outcomes]


@pytest.mark.requirement("R-157")
@pytest.mark.requirement("R-475")
def test_contacts_are_found_again_by_customer_and_name(world: World, code: str) -> None:
    file = [
        {"customer": code, "name": "王伟", "mobile": "13800000001", "entered_on": date(2019, 5, 6)},
        {"customer": code, "name": "李娜", "position": "采购经理"},
    ]
    assert told(written(world, CONTACTS, *file)) == [("created", "")] * 2
    assert told(written(world, CONTACTS, *file)) == [("unchanged", "")] * 2
    file[1]["position"] = "采购总监"
    assert told(written(world, CONTACTS, *file)) == [("unchanged", ""), ("updated", "")]
    with world.reading("sales.east1") as session:
        found = {one.name: one for one in session.scalars(select(Contact))}
        assert (found["王伟"].primary, found["王伟"].created_at.astimezone(SHANGHAI).date()) == (True, date(2019, 5, 6))
        assert (found["李娜"].position, found["李娜"].customer.code) == ("采购总监", code)


def test_a_row_that_cannot_be_taken_is_rejected_alone_and_says_at_which_field(world: World, code: str) -> None:
    rows = (
        {"customer": "nowhere", "name": "甲"},
        {"customer": code, "name": "乙", "email": "none"},
        {"customer": code, "name": "丙", "entered_on": today() + timedelta(days=1)},
        {"customer": code},
        {"customer": code, "name": "丁"},
    )
    expected = [("rejected", name) for name in ("customer", "email", "entered_on", "name")]
    assert told(written(world, CONTACTS, *rows)) == [*expected, ("created", "")]


def test_two_of_one_name_are_told_apart_on_their_pages_alone(world: World, code: str) -> None:
    with world.use_case("sales.east1") as session:
        for _ in range(2):
            add_contact(session, {"customer": session.scalars(select(Customer.id)).one(), "name": "王伟"})
    assert told(written(world, CONTACTS, {"customer": code, "name": "王伟", "position": "厂长"})) == [("rejected", "name")]


def test_nobody_brings_a_contact_to_a_customer_of_others_nor_changes_one(world: World, code: str) -> None:
    row = {"customer": code, "name": "王伟"}
    assert told(written(world, CONTACTS, row, by="sales.west1")) == [("rejected", "customer")]
    written(world, CONTACTS, row)
    with pytest.raises(KeguanError):
        written(world, CONTACTS, {**row, "position": "厂长"}, by="leader")


@pytest.mark.requirement("R-157")
def test_follow_ups_keep_their_time_and_who_had_them(world: World, code: str) -> None:
    at = datetime(2024, 5, 6, 6, 30, tzinfo=UTC)
    file = [{"customer": code, "at": at, "content": "看样品", "way": ContactWay.PHONE, "person": "吴佳宁"}]
    assert told(written(world, INTERACTIONS, *file)) == [("created", "")]
    assert told(written(world, INTERACTIONS, *file)) == [("unchanged", "")]
    with world.reading("sales.east1") as session:
        kept = session.scalars(select(Interaction)).one()
        assert (kept.at, kept.person.name, kept.way) == (at, "吴佳宁", ContactWay.PHONE)
        assert kept.customer.last_contact_at == at
    assert told(written(world, INTERACTIONS, {**file[0], "person": "没有人"})) == [("rejected", "person")]


def test_what_the_verb_refuses_takes_the_batch_back_with_the_name_of_the_field(world: World, code: str) -> None:
    row = {"customer": code, "at": datetime.now(UTC) + timedelta(days=2), "content": "还没有"}
    with pytest.raises(BadInput) as refused:
        written(world, INTERACTIONS, row)
    assert refused.value.message.text == "%(field)s: %(reason)s"
    with world.reading("sales.east1") as session:
        assert session.scalars(select(Interaction)).all() == []


def test_two_follow_ups_of_one_time_are_told_apart_by_their_text(world: World, code: str) -> None:
    at = datetime(2024, 5, 6, 4, tzinfo=UTC)
    rows = [{"customer": code, "at": at, "content": text} for text in ("上午谈价格", "下午看样品")]
    for state in ("created", "unchanged"):
        assert told(written(world, INTERACTIONS, *rows, key=1)) == [(state, "")] * 2


def test_the_fields_follow_from_the_declaration(world: World) -> None:
    with acting_as(world.actor("sales.east1")):
        offered = offer_of(INTERACTIONS).fields
        assert set(offered) == {"customer", "content", "way", "at", "result", "next_step", "next_on", "person"}
        assert str(offered["customer"].help) == "As its field “Customer code” says."
