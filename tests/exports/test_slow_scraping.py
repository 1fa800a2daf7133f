"""Slow scraping is an export too: too many different customers in a day ask for the password, then stop (security C2)."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from core.access.models import Role
from core.access.roles import set_grants
from core.audit.models import AuditRow
from core.exports.reading import Level, confirm, note_seen
from core.exports.settings import FILES_CONFIRM_AFTER, FILES_STOP_AFTER
from core.exports.sightings import Reader, SightingsFile
from core.exports.sightings_redis import SightingsRedis
from core.kernel.acting import Scope
from core.kernel.clock import today
from core.work.attachments import attach
from core.work.models import Notice
from plugins.customers.models import Customer
from plugins.customers.operations import add_contact, change_customer, create_customer, write_interaction
from plugins.customers.rules import Review
from tests.exports.conftest import Gate
from tests.sizes import sized
from tests.world import PASSWORD, Browser

Clients = Callable[[str], Browser]
CONFIRM, STOP, THERE = 30, 50, 80
SCRAPERS = sized(6, 200)


@pytest.fixture
def many(gate: Gate) -> Gate:
    """Eighty customers, and a company that asks after thirty and stops after fifty."""
    with gate.world.use_case("sales.east1") as session:
        for number in range(THERE - 30):
            create_customer(session, {"name": f"很多客户{number:02d}号"})
    gate.set(reading_confirm_after=CONFIRM, reading_stop_after=STOP)
    return gate


def ids_of(gate: Gate) -> list[int]:
    with gate.world.reading("head.east") as session:
        return list(session.scalars(select(Customer.id).order_by(Customer.id)))


def pages(browser: Browser, program: Browser, ids: list[int]) -> Iterator[Any]:
    """Every page of a customer, one after the other."""
    yield from (browser.get(f"/customers/{one}") for one in ids)


def lists(browser: Browser, program: Browser, ids: list[int]) -> Iterator[Any]:
    """The list, page by page."""
    yield from (browser.get(f"/customers/?page={number}&size=20") for number in range(1, 6))


def rest(browser: Browser, program: Browser, ids: list[int]) -> Iterator[Any]:
    """REST, list and records."""
    yield from (program.get(f"/api/v1/customers/?q=(page:{number},page_size:10)") for number in range(9))
    yield from (program.get(f"/api/v1/customers/{one}") for one in ids)


def search(browser: Browser, program: Browser, ids: list[int]) -> Iterator[Any]:
    """The search of the top bar, for ever more texts."""
    yield from (browser.get(f"/search/?find={number:02d}号") for number in range(50))
    yield from (browser.get(f"/search/?find=第{number}机械厂") for number in range(22))


def choices(browser: Browser, program: Browser, ids: list[int]) -> Iterator[Any]:
    """What a form offers while one types."""
    yield from (browser.get(f"/customers/choices?q=客户&page={number}") for number in range(1, 6))
    yield from (browser.get(f"/customers/choices?page={number}") for number in range(1, 6))


WAYS = (pages, lists, rest, search, choices)


def names_in(gate: Gate, text: str, known: dict[str, int]) -> set[int]:
    return {number for name, number in known.items() if name in text}


@pytest.mark.requirement("R-346")
@pytest.mark.requirement("R-343")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", range(SCRAPERS))
def test_no_scraper_sees_more_than_the_company_allows(many: Gate, client_for: Clients, token_client_for: Clients, seed: int) -> None:
    chance = random.Random(seed)
    browser, program, ids = client_for("head.east"), token_client_for("head.east"), ids_of(many)
    chance.shuffle(ids)
    with many.world.reading("head.east") as session:
        known = {name: number for number, name in session.execute(select(Customer.id, Customer.name))}
    ways = [way(browser, program, ids) for way in (WAYS[seed % len(WAYS)], *(chance.sample(WAYS, 1) if seed >= len(WAYS) else ()))]
    seen: set[int] = set()
    refused = confirmed = 0
    while ways:
        way = chance.choice(ways)
        answer = next(way, None)
        if answer is None:
            ways.remove(way)
            continue
        seen |= names_in(many, answer.text, known)
        if answer.status_code in (303, 403, 429):
            assert "权限" not in answer.text, "refused for another reason"
            refused += 1
            assert len(seen) <= (STOP if confirmed else CONFIRM)
            if not confirmed:
                confirmed = browser.post("/account/confirm/", data={"password": PASSWORD}).status_code == 303
    assert refused > 0
    assert len(seen) <= STOP
    with many.world.reading("security") as session:
        told = [str(one.message) for one in session.scalars(select(Notice))]
    assert any("30" in one for one in told), told


def told_by_groups(ids: list[int]) -> Iterator[str]:
    """What parts are grouped by: names and numbers, no record of its own."""
    yield "/contacts/?group=customer"


def told_by_filters(ids: list[int]) -> Iterator[str]:
    """The chips above a list name whatever is picked, also where nothing is found."""
    yield from (f"/contacts/?q=nobody&customer={one}" for one in ids)


def told_by_conditions(ids: list[int]) -> Iterator[str]:
    """As the chips of filters."""
    yield from (f"/contacts/?q=nobody&where=customer.is.{','.join(map(str, ids[start : start + 10]))}" for start in range(0, len(ids), 10))


def told_by_days(ids: list[int]) -> Iterator[str]:
    """The calendar tells a follow-up with the name of its customer."""
    yield "/calendar/?whose=department"


def told_by_hints(ids: list[int]) -> Iterator[str]:
    """What a form tells while a name is typed."""
    yield from (f"/customers/hint?name=很多客户{number:02d}号" for number in range(THERE - 30))


def told_beside_parts(ids: list[int]) -> Iterator[str]:
    """Contacts that a search finds stand there with the name of their customer."""
    yield from (f"/search/?find=Lin{number:02d}" for number in range(THERE - 30))


@pytest.mark.requirement("R-343", "R-346")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_name_that_is_told_beside_other_records_is_seen_as_well(
    many: Gate, client_for: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = ids_of(many)
    with many.world.use_case("security") as session:
        role = session.scalars(select(Role).where(Role.preset == "department_head")).one()
        set_grants(session, many.world.keguan.registry, role.id, role.version, {("customers.customer", "create"): Scope.COMPANY})
    reviewed = update(Customer.__table__).values(review=Review.APPROVED)
    with many.world.keguan.database.engine.begin() as connection:
        connection.execute(reviewed)
    with many.world.use_case("sales.east1") as session:
        known = {one.name: one.id for one in session.scalars(select(Customer).where(Customer.name.contains("号")))}
        for place, (_, number) in enumerate(sorted(known.items())):
            add_contact(session, {"customer": number, "name": f"Lin{place:02d}"})
            write_interaction(session, {"customer": number, "content": "谈过", "next_on": today(), "next_step": "再谈"})
    browser = client_for("head.east")
    for way in (told_by_groups, told_by_filters, told_by_conditions, told_by_days, told_by_hints, told_beside_parts):
        monkeypatch.setattr("core.exports.sightings._sightings", [SightingsFile(tmp_path / f"{way.__name__}.db")])
        seen, refused = set[int](), 0
        for address in way(ids):
            answer = browser.get(address)
            assert answer.status_code in (200, 303), address
            seen |= names_in(many, answer.text, known)
            refused += answer.status_code == 303
            if refused > 2:
                break
        assert refused > 0, f"{way.__name__}: nothing was counted"
        assert len(seen) <= CONFIRM, way.__name__


@pytest.mark.requirement("R-343", "R-445")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_whoever_has_to_stop_uncovers_nothing_more_and_reads_nothing_by_changing(
    many: Gate, client_for: Clients, token_client_for: Clients
) -> None:
    """To uncover is asked by POST, and a change is answered with the record: neither is a way around the limit."""
    with many.world.use_case("sales.east1") as session:
        for one in session.scalars(select(Customer)):
            change_customer(session, one.id, None, {"phone": f"0512-7788 {one.id:04d}"})
    browser, program, ids = client_for("head.east"), token_client_for("head.east"), ids_of(many)
    assert browser.post("/account/confirm/", data={"password": PASSWORD}).status_code == 303
    for one in ids[:STOP]:
        assert browser.get(f"/customers/{one}").status_code == 200
    later, number = ids[STOP], f"0512-7788 {ids[STOP]:04d}"
    asked = f"/customers/{later}/uncover/phone"
    for answer in (browser.post(asked), browser.post(asked, headers={"HX-Request": "1"}), program.post(f"/api/v1{asked}")):
        assert (answer.status_code, number in answer.text) == (429, False)
    with many.world.reading("head.east") as session:
        version = session.get_one(Customer, later).version
    changed = program.put(f"/api/v1/customers/{later}", json={"version": version, "city": "苏州"})
    assert (changed.status_code, changed.json["id"]) == (200, later)
    assert "result" not in changed.json
    assert f"0512-7788 {ids[0]:04d}" in browser.post(f"/customers/{ids[0]}/uncover/phone").text, "what was seen costs nothing"
    with many.world.reading("head.east") as session:
        assert session.get_one(Customer, later).city == "苏州"


@pytest.mark.requirement("R-343")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_password_opens_the_list_again_a_wrong_one_does_not_and_what_was_seen_stays_open(many: Gate, client_for: Clients) -> None:
    browser = client_for("head.east")
    assert browser.get("/customers/?size=20").status_code == 200
    asked = browser.get("/customers/?size=20&page=2")
    assert asked.status_code == 303
    assert "/account/confirm/?next=" in asked.headers["Location"]
    assert browser.get("/customers/?size=20").status_code == 200
    assert browser.get("/").status_code == 200
    wrong = browser.post("/account/confirm/", data={"password": "not-this-one"})
    assert (wrong.status_code, "这不是您的密码" in wrong.text) == (422, True)
    assert browser.get("/customers/?size=20&page=2").status_code == 303
    right = browser.post("/account/confirm/", data={"password": PASSWORD, "next": "/c/qiheng/customers/?page=2"})
    assert right.headers["Location"].endswith("/c/qiheng/customers/?page=2")
    assert browser.get("/customers/?size=20&page=2").status_code == 200
    assert browser.get("/customers/?size=20&page=4").status_code == 429


@pytest.mark.requirement("R-343")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_without_a_word_of_the_company_it_is_500_records_and_2000(gate: Gate) -> None:
    """The thresholds as they are delivered; only the numbers of records are made up."""
    database, who, table = gate.world.keguan.database, gate.world.actor("head.east"), Customer.__tablename__

    def seen(most: int) -> Level | None:
        with gate.world.act("head.east"):
            return note_seen(database.session(), database, who, {table: set(range(1, most + 1))})

    assert [seen(500), seen(501), seen(500)] == [None, Level.CONFIRM, None]
    with gate.world.use_case("head.east") as session:
        confirm(session, who)
    assert [seen(501), seen(2_000), seen(2_001), seen(2_000)] == [None, None, Level.STOP, None]
    with gate.world.reading("security") as session:
        told = " ".join(str(one.message) for one in session.scalars(select(Notice)))
    assert all(number in told for number in ("500", "2000")), told


@pytest.mark.requirement("R-343")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("way", ["pages", "inside pages", "REST"])
def test_files_loaded_in_a_loop_ask_for_the_password_then_stop(
    gate: Gate, client_for: Clients, token_client_for: Clients, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    gate.set(files_confirm_after=20, files_stop_after=22)
    monkeypatch.setattr("core.exports.reading.FREE", 2)  # what no company asks about; twenty files would be long in coming
    monkeypatch.setattr("core.exports.reading.parameter", lambda session, name: {FILES_CONFIRM_AFTER: 3, FILES_STOP_AFTER: 5}[name])
    one = ids_of(gate)[0]
    with gate.world.use_case("sales.east1") as session:
        customer = session.get(Customer, one)
        files = [attach(session, customer, f"图纸{number}.txt", BytesIO(f"第{number}张".encode())).id for number in range(7)]
    browser, program = client_for("head.east"), token_client_for("head.east")

    def load(file_id: int) -> int:
        base = f"/customers/{one}/files/{file_id}"
        answer = program.get(f"/api/v1{base}") if way == "REST" else browser.get(base + ("?inline=1" if way == "inside pages" else ""))
        status, text = answer.status_code, answer.data.decode()
        answer.close()
        assert ("张" in text) == (status == 200)
        return int(status)

    asked = 403 if way == "REST" else 303
    assert [load(file_id) for file_id in files[:4]] == [200, 200, 200, asked]
    assert load(files[0]) == 200, "what was seen costs nothing"
    assert browser.post("/account/confirm/", data={"password": PASSWORD}).status_code == 303
    assert [load(file_id) for file_id in files[3:6]] == [200, 200, 429]
    with gate.world.reading("security") as session:
        told = [str(notice.message) for notice in session.scalars(select(Notice))]
    assert len(told) == 2, told
    with gate.world.reading("auditor") as session:
        levels = [json.loads(row.changes) for row in session.scalars(select(AuditRow).where(AuditRow.action == "heavy_reading"))]
    assert [(row["kind"], row["level"]) for row in levels] == [("core_attachment", "confirm"), ("core_attachment", "stop")]


def test_a_list_over_rest_ends_where_the_company_says(many: Gate, token_client_for: Clients) -> None:
    program = token_client_for("head.east")
    assert program.get("/api/v1/products/?q=(page:9,page_size:100)").status_code in (200, 403)
    deep = program.get("/api/v1/customers/?q=(page:10,page_size:100)")
    assert (deep.status_code, "1000" in deep.json["message"]) == (403, True)


@pytest.fixture(params=["file", pytest.param("redis", marks=pytest.mark.redis)])
def sightings(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Both places where sightings are counted."""
    file = SightingsFile(tmp_path / "sightings.db")
    if request.param == "file":
        return file
    import os

    redis = SightingsRedis(os.environ.get("KEGUAN_TEST_REDIS", "redis://127.0.0.1:6379/15"), file)
    redis._redis.flushdb()
    return redis


def test_sightings_count_what_is_new_and_nothing_that_is_refused(sightings: Any) -> None:
    ann, bob = Reader(1, 1), Reader(1, 2)
    assert sightings.note(ann, "a", [1, 2, 3], 5).seen == 3
    assert sightings.note(ann, "a", [3, 2], 5).seen == 3
    assert sightings.note(ann, "a", [4, 5, 6], 5) == sightings.note(ann, "a", [7, 8, 9], 5)
    assert sightings.note(ann, "a", [4, 5, 6], 5).refused
    assert not sightings.note(ann, "a", [1], 5).refused
    assert not sightings.note(ann, "b", [1, 2, 3], 3).refused
    assert sightings.note(bob, "a", [9], 5).seen == 1
    assert sightings.flag(ann, "told")
    assert not sightings.flag(ann, "told")
    assert sightings.flagged(ann, "told")
    assert not sightings.flagged(bob, "told")


@pytest.mark.requirement("R-343", "R-346")
@pytest.mark.parametrize("sightings", [pytest.param("redis", marks=pytest.mark.redis)], indirect=True)
def test_two_windows_that_ask_for_the_same_in_one_moment_are_both_refused(sightings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first one takes back, the second one must not have found counted; a file is written by one at a time anyhow."""
    other, ann, meanwhile = sightings._redis, Reader(1, 1), []
    taking_back = other.srem

    def second(*taken: Any) -> Any:
        monkeypatch.undo()
        meanwhile.append(sightings.note(ann, "a", [4, 5, 6], 5))
        return taking_back(*taken)

    assert sightings.note(ann, "a", [1, 2, 3], 5).seen == 3
    monkeypatch.setattr(other, "srem", second)
    assert sightings.note(ann, "a", [4, 5, 6], 5).refused
    assert all(one.refused for one in (*meanwhile, sightings.note(ann, "a", [4, 5, 6], 5)))
