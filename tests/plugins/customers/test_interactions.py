"""Contacts and follow-ups."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.kernel.clock import now, today
from core.kernel.errors import BadInput, Forbidden, NotFound
from plugins.customers.errors import ContactInUse
from plugins.customers.models import Contact, Customer, Interaction
from plugins.customers.operations import (
    add_contact,
    change_contact,
    change_interaction,
    remove_contact,
    remove_interaction,
    write_interaction,
)
from plugins.customers.rules import ContactWay
from tests.plugins.conftest import Trade
from tests.world import Browser, World


def _entries(page: str) -> list[tuple[str, str, bool]]:
    """What is told first and small of each entry of a calendar, and whether it can be moved."""
    events = page.split("data-event")[1:]
    words = [re.search(r'kg-cut">([^<]*)<small>([^<]*)</small>', one) for one in events]
    return [(found[1], found[2], "/day" in one) for found, one in zip(words, events, strict=True) if found is not None]


@pytest.mark.requirement("R-072")
def test_a_calendar_says_what_comes_next_and_only_that_is_moved(trade: Trade, world: World, client_for: Callable[[str], Browser]) -> None:
    customer, day = trade.customer(), today() + timedelta(days=1)
    with world.use_case("sales.east1") as session:
        write_interaction(session, {"customer": customer.id, "content": "先谈了价格", "next_on": day, "next_step": "寄样品"})
    browser = client_for("sales.east1")
    planned, done = (
        f"/interactions/calendar?customer={customer.id}&by=next_on&on={day}",
        f"/interactions/calendar?customer={customer.id}&by=at",
    )
    assert _entries(browser.get(planned).text) == [("寄样品", str(customer), True)]
    assert _entries(browser.get(done).text) == [("先谈了价格", str(customer), False)]
    assert ("寄样品", str(customer), True) in _entries(browser.get(f"/calendar/?on={day}").text)
    with world.use_case("sales.east1") as session:
        write_interaction(session, {"customer": customer.id, "content": "已寄出", "next_on": day + timedelta(days=1), "next_step": "回访"})
    moved = {step: movable for step, _, movable in _entries(browser.get(planned.replace("on=", "shape=month&on=", 1)).text)}
    assert moved.get("寄样品") is False  # what was planned then is a part of the log now


@pytest.mark.requirement("R-152")
@pytest.mark.requirement("R-383")
@pytest.mark.requirement("R-072")
def test_a_follow_up_keeps_who_wrote_it_and_moves_the_customers_last_and_next_contact(trade: Trade, world: World) -> None:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        contact = add_contact(session, {"customer": customer.id, "name": "刘建国"})
        written = write_interaction(
            session,
            {
                "customer": customer.id,
                "contact": contact.id,
                "way": "phone",
                "content": "确认方案",
                "result": "同意",
                "next_step": "送正式报价",
                "next_on": today() + timedelta(days=3),
            },
        )
        assert (written.person_id, written.way) == (trade.employee("sales.east1"), ContactWay.PHONE)
    with world.reading("sales.east1") as session:
        found = session.get(Customer, customer.id)
        assert (found.last_contact_at, found.next_contact_on, found.next_step) == (written.at, written.next_on, "送正式报价")


def test_a_follow_up_does_not_disturb_somebody_who_is_editing_the_customer(trade: Trade, world: World) -> None:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        write_interaction(session, {"customer": customer.id, "content": "电话"})
    with world.reading("sales.east1") as session:
        assert session.get(Customer, customer.id).version == customer.version


def test_an_older_follow_up_written_later_does_not_turn_the_clock_back(trade: Trade, world: World) -> None:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        latest = write_interaction(session, {"customer": customer.id, "content": "今天", "next_step": "报价"})
        write_interaction(session, {"customer": customer.id, "content": "补记", "at": now() - timedelta(days=5), "next_step": "旧"})
    with world.reading("sales.east1") as session:
        found = session.get(Customer, customer.id)
        assert (found.last_contact_at, found.next_step) == (latest.at, "报价")


def test_removing_the_last_follow_up_brings_the_one_before_back(trade: Trade, world: World) -> None:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        before = write_interaction(session, {"customer": customer.id, "content": "先", "at": now() - timedelta(days=5)})
        last = write_interaction(session, {"customer": customer.id, "content": "后"})
    with world.use_case("sales.east1") as session:
        remove_interaction(session, last.id, last.version)
    with world.reading("sales.east1") as session:
        assert session.get(Customer, customer.id).last_contact_at == before.at


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"next_on": "yesterday"}, "next_on"),
        ({"at": "tomorrow"}, "at"),
        ({"content": "  "}, "content"),
        ({"way": "telepathy"}, "way"),
        ({"person": 1}, "person"),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_follow_up_that_cannot_be_true_is_refused(trade: Trade, world: World, values: dict[str, object], field: str) -> None:
    customer = trade.customer()
    real = {"yesterday": today() - timedelta(days=1), "tomorrow": now() + timedelta(days=1)}
    given = {name: real.get(str(value), value) for name, value in values.items()}
    with pytest.raises(BadInput) as refused, world.use_case("sales.east1") as session:
        write_interaction(session, {"customer": customer.id, "content": "谈了", **given})
    assert set(refused.value.fields) == {field}


def test_a_contact_of_another_customer_is_refused(trade: Trade, world: World) -> None:
    one, other = trade.customer(), trade.customer()
    with world.use_case("sales.east1") as session:
        contact = add_contact(session, {"customer": other.id, "name": "刘建国"})
    with pytest.raises(BadInput) as refused, world.use_case("sales.east1") as session:
        write_interaction(session, {"customer": one.id, "contact": contact.id, "content": "谈了"})
    assert set(refused.value.fields) == {"contact"}


def test_a_customer_that_may_not_be_seen_is_as_one_that_does_not_exist(trade: Trade, world: World) -> None:
    customer = trade.customer("sales.west1")
    for wanted in (customer.id, 999_999):
        with pytest.raises(NotFound) as refused, world.use_case("sales.east1") as session:
            write_interaction(session, {"customer": wanted, "content": "谈了"})
        assert str(refused.value) == str(NotFound())


def test_only_the_writer_changes_a_follow_up(trade: Trade, world: World) -> None:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        written = write_interaction(session, {"customer": customer.id, "content": "谈了", "next_on": today()})
    with world.use_case("sales.east1") as session:
        change_interaction(session, written.id, written.version, {"result": "成功"})
    with pytest.raises(Forbidden), world.use_case("head.east") as session:
        change_interaction(session, written.id, None, {"result": "改写"})
    with pytest.raises(BadInput), world.use_case("sales.east1") as session:
        change_interaction(session, written.id, None, {"next_on": date(2020, 1, 1)})


@pytest.mark.requirement("R-157")
@pytest.mark.requirement("R-071")
def test_there_is_one_primary_contact_and_the_first_is_it(trade: Trade, world: World) -> None:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        first = add_contact(session, {"customer": customer.id, "name": "甲"})
        second = add_contact(session, {"customer": customer.id, "name": "乙", "mobile": "138 0000 0000"})
        assert (first.primary, second.primary) == (True, False)
    with world.use_case("sales.east1") as session:
        change_contact(session, second.id, second.version, {"primary": True})
    with world.reading("sales.east1") as session:
        assert [contact.name for contact in session.scalars(select(Contact).where(Contact.primary))] == ["乙"]


def test_a_contact_stays_with_its_customer(trade: Trade, world: World) -> None:
    one, other = trade.customer(), trade.customer()
    with world.use_case("sales.east1") as session:
        contact = add_contact(session, {"customer": one.id, "name": "甲"})
    with pytest.raises(BadInput), world.use_case("sales.east1") as session:
        change_contact(session, contact.id, None, {"customer": other.id})


@pytest.mark.requirement("R-157")
def test_a_contact_that_a_follow_up_names_is_not_removed(trade: Trade, world: World) -> None:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        named = add_contact(session, {"customer": customer.id, "name": "甲"})
        unused = add_contact(session, {"customer": customer.id, "name": "乙"})
        write_interaction(session, {"customer": customer.id, "contact": named.id, "content": "谈了"})
    with world.use_case("sales.east1") as session:
        remove_contact(session, unused.id, unused.version)
    with pytest.raises(ContactInUse), world.use_case("sales.east1") as session:
        remove_contact(session, named.id, None)


@pytest.mark.requirement("R-342")
def test_contacts_and_follow_ups_are_seen_exactly_as_far_as_their_customer(trade: Trade, world: World) -> None:
    customer = trade.customer("sales.east1")
    with world.use_case("sales.east1") as session:
        add_contact(session, {"customer": customer.id, "name": "甲"})
        write_interaction(session, {"customer": customer.id, "content": "谈了"})
    for account, seen in (
        ("sales.east1", 1),
        ("head.east", 1),
        ("leader", 1),
        ("sales.east2", 0),
        ("head.west", 0),
        ("admin", 0),
        ("sales2", 0),
    ):
        with world.reading(account) as session:
            assert len(session.scalars(select(Contact)).all()) == seen, account
            assert len(session.scalars(select(Interaction)).all()) == seen, account
