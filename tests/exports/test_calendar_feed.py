"""A calendar feed leaves through the gate: approved by another, own days alone, and dead the moment that anything no longer holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import User
from icalendar import Calendar
from sqlalchemy import delete, select, update

from core.access.identities import account_of, digest
from core.access.models import Grant
from core.audit.models import AuditRow
from core.exports.feeds import begin_feed
from core.exports.models import ExportRequest, FeedDay
from core.exports.operations import stop_export, withdraw_export
from core.exports.states import ExportFormat, ExportState
from core.kernel.acting import System, acting_as
from core.kernel.clock import SHANGHAI, now, today
from core.kernel.errors import Conflict, Forbidden, KeguanError
from core.kernel.words import msg
from core.organisation.models import Employee
from core.switchboard.operations import switch_module
from core.web.agenda import Entry
from core.web.exporting.ical import NUMBER, calendar_of
from plugins.customers.models import Customer, Interaction
from plugins.customers.operations import write_interaction
from plugins.customers.rules import ContactWay, Review
from tests.exports.conftest import Gate
from tests.world import Browser

Clients = Callable[[str], Browser]
NAME = "甲；乙,丙\\丁;电话13812345678"
WISH = {"source": "calendar", "form": ExportFormat.ICS, "reason": "在手机上看日程"}


@pytest.fixture
def client(application: Flask) -> Browser:
    """Somebody's calendar program, which knows nothing but the address."""
    return Browser(application, application.response_class, use_cookies=True)


@pytest.fixture
def days(gate: Gate) -> Gate:
    """A head has two customers, one of a name in which everything is escaped, a seller another; each with a next contact."""
    with acting_as(System("test")), gate.world.keguan.database.transaction() as session:
        head, seller = gate.world.employees["head.east"], gate.world.employees["sales.east1"]
        found = session.scalars(select(Customer).where(Customer.name.like("苏州%")).order_by(Customer.id).limit(3)).all()
        for one, name, owner in zip(found, (NAME, "普通客户", "销售的客户"), (head, head, seller), strict=True):
            one.name, one.owner_id, one.department_id, one.review = name, owner.id, owner.department_id, Review.APPROVED
        owned = [(one.id, owner) for one, owner in zip(found, ("head.east", "head.east", "sales.east1"), strict=True)]
    for customer_id, account in owned:
        said = {"content": "谈过", "next_on": today() + timedelta(days=2), "next_step": "打电话 13812345678"}
        with gate.world.use_case(account) as session:
            write_interaction(session, {"customer": customer_id, "way": ContactWay.PHONE, **said})
    return gate


def token_of(gate: Gate, **more: object) -> str:
    """The token of a feed that went all the way."""
    one = gate.ask(**{**WISH, **more})
    gate.approve(one)
    with gate.world.use_case("head.east") as session:
        return begin_feed(session, one, session.get_one(ExportRequest, one).version)


def fetched(anybody: Browser, token: str) -> tuple[int, Calendar | None]:
    answer = anybody.get(f"/feeds/{token}.ics", company=None)
    assert "Set-Cookie" not in answer.headers
    return answer.status_code, Calendar.from_ical(answer.data) if answer.status_code == 200 else None


@pytest.mark.requirement("R-343", "R-444")
def test_own_days_leave_as_days_with_names_and_without_numbers(days: Gate, client: Browser) -> None:
    status, calendar = fetched(client, token_of(days))
    assert (status, calendar is not None) == (200, True)
    assert calendar is not None
    events = {str(one["SUMMARY"]): one for one in calendar.walk("VEVENT")}
    assert len(events) == 2
    assert any("甲；乙,丙\\丁;电话•••" in name for name in events), events
    assert not any(word in name for name in events for word in ("13812345678", "谈过", "销售的客户"))
    assert all(type(one["DTSTART"].dt) is date and one["DTSTART"].dt == today() + timedelta(days=2) for one in events.values())
    assert all(one["DTEND"].dt - one["DTSTART"].dt == timedelta(days=1) for one in events.values())
    told = {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "TRANSP", "SUMMARY", "CLASS"}
    assert all({*one} == told for one in events.values()), "no further property tells anything"
    assert days.world.employees["head.east"].name in str(calendar["X-WR-CALDESC"])


def test_an_entry_keeps_its_identifier_when_it_changes(days: Gate, client: Browser) -> None:
    token = token_of(days)
    before = {str(one["UID"]) for one in _events(client, token)}
    with acting_as(System("test")), days.world.keguan.database.transaction() as session:
        for one in session.scalars(select(Interaction)):
            one.next_on = one.customer.next_contact_on = today() + timedelta(days=5)
    assert {str(one["UID"]) for one in _events(client, token)} == before
    assert len(before) == 2


def _events(client: Browser, token: str) -> list[object]:
    calendar = fetched(client, token)[1]
    assert calendar is not None
    return list(calendar.walk("VEVENT"))


@pytest.mark.parametrize("written", ["13812345678", "+86 138 1234 5678", "0512-67001234", "400-820-1234"])
def test_telephone_numbers_are_taken_out_of_titles_and_document_numbers_stay(written: str) -> None:
    assert NUMBER.sub("", f"回电{written}。") == "回电。"
    assert NUMBER.sub("", "合同 HT-2026-000123 20261128") == "合同 HT-2026-000123 20261128"


def closed(gate: Gate, one: int) -> None:
    _write(gate, update(User.__table__).where(User.__table__.c.username == "head.east").values(active=False))


def left(gate: Gate, one: int) -> None:
    head = gate.world.employees["head.east"].id
    _write(gate, update(Employee.__table__).where(Employee.__table__.c.id == head).values(left_on=today() - timedelta(days=1)))


def robbed(gate: Gate, one: int) -> None:
    _write(gate, delete(Grant.__table__).where(Grant.__table__.c.verb == "export"))


def switched_off(gate: Gate, one: int) -> None:
    with acting_as(System("test", 1)), gate.world.keguan.database.transaction() as session:
        for name in reversed(gate.world.keguan.registry.names):
            switch_module(session, gate.world.keguan.registry, 1, name, on=False)


def new_password(gate: Gate, one: int) -> None:
    with acting_as(System("test")), gate.world.keguan.database.transaction() as session:
        user = session.scalars(select(User.id).where(User.username == "head.east")).one()
        account_of(session, user).epoch += 1


def withdrawn(gate: Gate, one: int) -> None:
    with gate.world.use_case("head.east") as session:
        withdraw_export(session, one, session.get_one(ExportRequest, one).version)


def stopped(gate: Gate, one: int) -> None:
    with gate.world.use_case("leader") as session:
        stop_export(session, one, session.get_one(ExportRequest, one).version)


def past(gate: Gate, one: int) -> None:
    _write(gate, update(ExportRequest.__table__).values(expires_at=now() - timedelta(seconds=1)))


def further_kinds(gate: Gate, one: int) -> None:
    _write(gate, update(ExportRequest.__table__).values(columns=["interactions", "contracts"]))


def _write(gate: Gate, statement: object) -> None:
    with gate.world.keguan.database.engine.begin() as connection:
        connection.execute(statement)  # type: ignore[call-overload]  # any statement


ENDS = {
    "the account is closed": closed,
    "the person has left": left,
    "the right is taken": robbed,
    "the modules are switched off": switched_off,
    "a new password": new_password,
    "the person ends it": withdrawn,
    "whoever approves ends it": stopped,
    "its time is over": past,
    "other kinds than approved": further_kinds,
}


@pytest.mark.requirement("R-343", "R-444")
@pytest.mark.parametrize("case", ENDS)
def test_a_feed_is_dead_at_once(days: Gate, client: Browser, case: str) -> None:
    token = token_of(days, columns=("interactions",))
    assert len(_events(client, token)) == 2
    with days.world.reading("head.east") as session:
        one = int(session.scalars(select(ExportRequest.id)).one())
    ENDS[case](days, one)
    assert fetched(client, token)[0] == 404


@pytest.mark.requirement("R-343")
def test_it_is_asked_for_like_any_export_and_begun_once(days: Gate, client: Browser) -> None:
    with pytest.raises(Forbidden, match="calendar"):
        days.ask("sales.east1", **WISH)
    one = days.ask(**WISH)
    assert days.stored(one).state is ExportState.WAITING
    with days.world.use_case("head.east") as session, pytest.raises(Conflict, match="not approved"):
        begin_feed(session, one, session.get_one(ExportRequest, one).version)
    with pytest.raises(KeguanError):
        days.approve(one, "head.east")
    days.approve(one)
    with pytest.raises(Forbidden):
        days.make(one)
    other = days.ask(**WISH)
    days.approve(other)
    with days.world.use_case("leader") as session, pytest.raises(Forbidden):
        begin_feed(session, other, session.get_one(ExportRequest, other).version)
    token = token_of(days)
    stored = days.stored(other + 1)
    assert stored.token == digest(token).hex()
    assert stored.expires_at is not None
    assert timedelta(days=89) < stored.expires_at - now() <= timedelta(days=90)
    with days.world.use_case("head.east") as session, pytest.raises(Conflict):
        begin_feed(session, stored.id, stored.version)
    assert fetched(client, "x" * 43)[0] == 404
    assert fetched(client, "x" * 4000)[0] == 404


@pytest.mark.requirement("R-444", "R-445")
def test_fetches_are_counted_limited_and_one_row_of_a_day_stands_in_the_trail(days: Gate, client: Browser) -> None:
    days.set(calendar_feed_fetches_per_day=3)
    token = token_of(days)
    assert [fetched(client, token)[0] for _ in range(5)] == [200, 200, 200, 429, 429]
    with days.world.reading("head.east") as session:
        assert session.execute(select(FeedDay.fetches, FeedDay.entries)).all() == [(3, 2)]
    with days.world.reading("auditor") as session:
        rows = session.execute(select(AuditRow.who, AuditRow.changes).where(AuditRow.action == "export")).all()
    assert [who for who, _ in rows] == [days.world.employees["head.east"].name]
    assert '"interactions"' in rows[0].changes
    assert token not in rows[0].changes


@pytest.mark.requirement("R-343")
def test_what_a_feed_tells_counts_as_read(days: Gate, client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.exports.reading.FREE", 1)
    monkeypatch.setattr("core.exports.reading.parameter", lambda session, name: 1)
    assert fetched(client, token_of(days))[0] == 403


@pytest.mark.requirement("R-343")
def test_a_cookie_changes_nothing_and_the_language_is_that_of_the_person(days: Gate, client_for: Clients) -> None:
    token = token_of(days)
    others = client_for("sales.west1")
    assert len(_events(others, token)) == 2


@pytest.mark.requirement("R-343", "R-444")
def test_from_the_calendar_to_the_address_and_its_end_on_the_desk(days: Gate, client_for: Clients, client: Browser) -> None:
    head, leader, seller = client_for("head.east"), client_for("leader"), client_for("sales.east1")
    assert "/exports/new/calendar" in head.get("/calendar/").text
    assert "/exports/new/calendar" not in seller.get("/calendar/").text
    asked = head.get("/exports/new/calendar").text
    assert "日期种类" in asked
    assert 'name="file_name"' not in asked, "a feed has no file whose name could be asked for"
    assert 'type="hidden" name="format" value="ics"' in asked, "and one format"
    form = {"reason": "在手机上看日程", "format": "ics", "column-interactions": "1", "column-interactions-shown": "1"}
    answer = head.post("/exports/new/calendar", data=form)
    assert answer.status_code == 303, answer.text
    one = "/exports/" + answer.headers["Location"].rsplit("/", 1)[1]
    number = one.rsplit("/", 1)[1]
    assert "跟进记录" in leader.get(one).text
    assert leader.post(f"{one}/approve", data={"version": "1"}).status_code == 303
    version = days.stored(int(number)).version
    given = head.post(f"/feeds/{number}", data={"version": str(version)})
    assert given.status_code == 200, given.text
    address = given.text.split('id="fresh-key" value="')[1].split('"')[0]
    assert len(_events(client, urlsplit(address).path.rsplit("/", 1)[1].removesuffix(".ics"))) == 2
    shown = head.get(one)
    assert (shown.status_code, address.rsplit("/", 1)[1] in shown.text) == (200, False)
    assert "今天取用次数" in shown.text
    assert head.post(f"/feeds/{number}", data={"version": str(version)}).status_code == 409
    assert seller.post(f"/feeds/{number}/end", data={"version": str(days.stored(int(number)).version)}).status_code == 404
    assert leader.post(f"/feeds/{number}/end", data={"version": str(days.stored(int(number)).version)}).status_code == 303
    assert days.stored(int(number)).state is ExportState.STOPPED


def test_a_moment_stands_at_the_time_of_the_company(days: Gate) -> None:
    noun, who = days.world.keguan.nouns.by_path["interactions"], days.world.actor("head.east")
    at = datetime(2026, 11, 28, 9, 30, tzinfo=SHANGHAI)
    entry = Entry(noun, "next_on", 7, at.date(), at, "客户", "", 1, None, "", movable=False, late=False)
    written = calendar_of([entry], who, msg("Done.")).decode()
    assert "DTSTART;TZID=Asia/Shanghai:20261128T093000" in written
    assert "BEGIN:VTIMEZONE" in written
