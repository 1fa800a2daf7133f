"""One verb for many records: only for what one sees, through the noun's verb, with one way back (house rule: nothing else is touched)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.administration import set_parameter
from core.audit.models import AuditRow
from core.kernel.acting import System, acting_as
from core.kernel.clock import now
from core.web.bulk import running
from core.web.bulk.models import BulkItem, BulkRun, BulkState, Outcome
from core.work.claims import requeue_expired
from core.work.models import Job
from core.work.running import run_due_jobs
from plugins.customers.models import Customer
from tests.plugins.conftest import Trade
from tests.sizes import sized
from tests.world import Browser, World

Clients = Callable[[str], Browser]
MANY = sized(60, 8_800)


@pytest.fixture
def trade(world: World) -> Trade:
    """Customers on demand."""
    return Trade(world)


@pytest.fixture
def mine(trade: Trade) -> list[Customer]:
    """Three customers of sales.east1."""
    return [trade.customer("sales.east1") for _ in range(3)]


def picks(*customers: Customer) -> list[str]:
    """What the boxes of the list send."""
    return [f"{one.id}-{one.version}" for one in customers]


def change(browser: Browser, customers: list[Customer], field: str, value: str, **more: str) -> Any:
    """Change one field of the customers."""
    return browser.post(f"/customers/bulk/change?field={field}", data={"id": picks(*customers), "step": "run", field: value, **more})


def held(world: World, field: str) -> dict[int, Any]:
    """The field of every customer, as it is stored."""
    with acting_as(System("test")), Session(world.keguan.database.engine) as session:
        return {one.id: getattr(one, field) for one in session.scalars(select(Customer))}


def runs(world: World) -> list[BulkRun]:
    """All orders."""
    with acting_as(System("test")), Session(world.keguan.database.engine) as session:
        return list(session.scalars(select(BulkRun).order_by(BulkRun.id)))


def became(world: World, run_id: int) -> dict[int, Outcome]:
    """What became of each record of the order."""
    with acting_as(System("test")), Session(world.keguan.database.engine) as session:
        return {one.record_id: one.outcome for one in session.scalars(select(BulkItem).where(BulkItem.run_id == run_id))}


def test_the_bar_offers_fields_and_verbs_that_one_has(client_for: Clients, mine: list[Customer]) -> None:
    page = client_for("sales.east1").get("/customers/").text
    assert f'value="{mine[0].id}-{mine[0].version}"' in page
    assert "/customers/bulk/change?field=industry" in page
    assert "/customers/bulk/share" in page
    assert "field=name" not in page
    assert "field=phone" not in page
    reader = client_for("auditor").get("/customers/").text
    assert "/customers/bulk/" not in reader


def test_a_few_are_changed_at_once_and_taken_back_in_one_step(client_for: Clients, world: World, mine: list[Customer]) -> None:
    browser, before = client_for("sales.east1"), held(world, "city")
    asked = browser.post("/customers/bulk/change?field=city", data={"id": picks(*mine)})
    assert asked.status_code == 200
    assert "3" in asked.text
    assert held(world, "city") == before
    assert change(browser, mine, "city", "苏州").status_code == 303
    assert {held(world, "city")[one.id] for one in mine} == {"苏州"}
    run = runs(world)[-1]
    assert (run.state, run.total) == (BulkState.DONE, 3)
    back = browser.post(f"/bulk/{run.id}/undo")
    assert back.status_code == 303
    assert held(world, "city") == before
    assert browser.post(f"/bulk/{run.id}/undo").status_code == 409


def test_each_record_has_one_row_in_the_trail_and_all_carry_one_key(client_for: Clients, world: World, mine: list[Customer]) -> None:
    change(client_for("sales.east1"), mine, "city", "苏州")
    key = runs(world)[-1].key
    with acting_as(System("test")), Session(world.keguan.database.engine) as session:
        rows: Any = session.scalars(select(AuditRow).where(AuditRow.table_name == "customers_customer")).all()
        marked = [row.record_id for row in rows if json.loads(row.changes).get("bulk") == key]
    assert sorted(marked) == sorted(one.id for one in mine)


@pytest.mark.requirement("R-441")
def test_records_of_a_colleague_among_the_picks_are_neither_changed_nor_told(
    client_for: Clients, world: World, trade: Trade, mine: list[Customer]
) -> None:
    theirs = trade.customer("sales.west1")
    browser = client_for("sales.east1")
    asked = browser.post("/customers/bulk/change?field=city", data={"id": picks(*mine, theirs)})
    assert "3" in asked.text
    assert theirs.name not in asked.text
    change(browser, [*mine, theirs], "city", "苏州")
    assert held(world, "city")[theirs.id] == theirs.city
    assert theirs.id not in became(world, runs(world)[-1].id)
    alone = change(browser, [theirs], "city", "苏州")
    never = browser.post("/customers/bulk/change?field=city", data={"id": "987654321-1", "step": "run", "city": "苏州"})
    assert alone.status_code == never.status_code == 422
    assert held(world, "city")[theirs.id] == theirs.city


def test_an_order_is_seen_by_whoever_gave_it_alone(client_for: Clients, world: World, mine: list[Customer]) -> None:
    change(client_for("sales.east1"), mine, "city", "苏州")
    run = runs(world)[-1]
    assert client_for("sales.east1").get(f"/bulk/{run.id}").status_code == 200
    for other in ("sales.east2", "head.east", "admin", "sales2"):
        assert client_for(other).get(f"/bulk/{run.id}").status_code == 404
        assert client_for(other).post(f"/bulk/{run.id}/undo").status_code == 404


def test_what_somebody_has_changed_meanwhile_is_left_and_named(
    client_for: Clients, world: World, trade: Trade, mine: list[Customer]
) -> None:
    head = client_for("head.east")
    head.post(f"/customers/{mine[0].id}/edit", data={"version": str(mine[0].version), "city": "无锡"})
    done = change(client_for("sales.east1"), mine, "city", "苏州")
    run = runs(world)[-1]
    assert done.headers["Location"].endswith(f"/bulk/{run.id}")
    assert [held(world, "city")[one.id] for one in mine] == ["无锡", "苏州", "苏州"]
    page = client_for("sales.east1").get(f"/bulk/{run.id}").text
    assert mine[0].name in page
    assert "他人" in page


def test_the_way_back_leaves_what_was_changed_since(client_for: Clients, world: World, mine: list[Customer]) -> None:
    browser = client_for("sales.east1")
    change(browser, mine, "city", "苏州")
    run = runs(world)[-1]
    version = held(world, "version")[mine[1].id]
    client_for("head.east").post(f"/customers/{mine[1].id}/edit", data={"version": str(version), "city": "无锡"})
    browser.post(f"/bulk/{run.id}/undo")
    assert [held(world, "city")[one.id] for one in mine] == [mine[0].city, "无锡", mine[2].city]
    assert became(world, runs(world)[-1].id)[mine[1].id] is Outcome.REFUSED


def test_the_way_back_closes_after_the_hours_that_the_company_has_set(client_for: Clients, world: World, mine: list[Customer]) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, "core.bulk_undo_hours", 0)
    browser = client_for("sales.east1")
    change(browser, mine, "city", "苏州")
    assert browser.post(f"/bulk/{runs(world)[-1].id}/undo").status_code == 409


def test_a_wrong_value_is_told_beside_the_question_and_nothing_begins(client_for: Clients, world: World, mine: list[Customer]) -> None:
    browser = client_for("sales.east1")
    assert change(browser, mine, "settlement", "no such word").status_code in (303, 422)
    wrong = browser.post("/customers/bulk/share", data={"id": picks(*mine), "step": "run", "employee": "", "mode": "read"})
    assert wrong.status_code == 422
    assert runs(world) == [] or all(run.what != "share" for run in runs(world))


def test_a_verb_that_is_not_for_many_or_not_for_one_is_refused(client_for: Clients, world: World, mine: list[Customer]) -> None:
    browser = client_for("sales.east1")
    data = {"id": picks(*mine), "step": "run", "name": "同名", "owner": "1", "reason": "r"}
    assert browser.post("/customers/bulk/change?field=name", data=data).status_code == 403
    assert browser.post("/customers/bulk/change?field=nothing", data=data).status_code == 404
    assert browser.post("/customers/bulk/frobnicate", data=data).status_code == 404
    assert browser.post("/customers/bulk/approve", data=data).status_code == 403
    assert runs(world) == []


def test_an_act_runs_for_many_and_what_does_not_allow_it_is_listed(client_for: Clients, world: World, mine: list[Customer]) -> None:
    browser = client_for("sales.east1")
    employee = world.employees["sales.east2"].id
    done = browser.post(
        "/customers/bulk/share", data={"id": picks(*mine), "step": "run", "employee": str(employee), "mode": "read", "until": ""}
    )
    assert done.status_code == 303
    assert set(became(world, runs(world)[-1].id).values()) == {Outcome.CHANGED}
    assert client_for("sales.east2").get(f"/customers/{mine[0].id}").status_code == 200


def test_many_are_deleted_as_far_as_they_may_be(client_for: Clients, world: World, trade: Trade, mine: list[Customer]) -> None:
    trade.contract("sales.east1", mine[0])
    who = next(name for name in ("sales.east1", "head.east") if world.actor(name).may("customers.customer", "delete"))
    done = client_for(who).post("/customers/bulk/delete", data={"id": picks(*mine), "step": "run"})
    assert done.status_code == 303
    assert [one.id in held(world, "city") for one in mine] == [True, False, False]
    assert became(world, runs(world)[-1].id)[mine[0].id] is Outcome.REFUSED


@pytest.mark.requirement("R-164")
def test_a_key_field_of_many_asks_for_the_reason_where_the_company_demands_one(
    client_for: Clients, world: World, mine: list[Customer]
) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, "core.reason_for_key_changes", True)
    browser = client_for("sales.east1")
    assert change(browser, mine, "star_grade", "4").status_code == 422
    assert change(browser, mine, "star_grade", "4", change_reason="重新分类").status_code == 303


class TestMany:
    """The whole of a list, as a job."""

    @pytest.fixture
    def all_of_them(self, world: World, trade: Trade) -> dict[int, Any]:
        """Many customers of sales.east1, by id with their city, and one of a colleague."""
        trade.customer("sales.west1")
        for _ in range(MANY):
            trade.customer("sales.east1")
        return held(world, "city")

    def order(self, browser: Browser, value: str) -> int:
        done = browser.post(
            "/customers/bulk/change?field=city", data={"whole": "1", "asked": "page=2&size=20", "step": "run", "city": value}
        )
        assert done.status_code == 303
        found = re.search(r"/bulk/(\d+)$", done.headers["Location"])
        assert found is not None
        return int(found[1])

    @pytest.mark.usefixtures("all_of_them")
    def test_the_list_says_how_many_the_whole_is(self, client_for: Clients) -> None:
        browser = client_for("sales.east1")
        assert f"{MANY:,}" in browser.get("/customers/").text
        asked = browser.post("/customers/bulk/change?field=city", data={"whole": "1", "asked": ""})
        assert f"{MANY:,}" in asked.text

    def test_a_job_that_is_killed_half_way_is_brought_to_the_same_end(
        self,
        application: Flask,
        client_for: Clients,
        world: World,
        all_of_them: dict[int, Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        browser, keguan = client_for("sales.east1"), world.keguan
        seen = {one for one, owner in held(world, "owner_id").items() if owner == world.employees["sales.east1"].id}
        run_id = self.order(browser, "苏州")
        assert browser.get(f"/bulk/{run_id}").status_code == 200
        monkeypatch.setattr(running, "_take", killed_after(2, running._take))
        with pytest.raises(SystemExit):
            run_due_jobs(keguan.database, keguan.registry)
        keguan.database.release()
        monkeypatch.undo()
        half = [city for city in held(world, "city").values() if city == "苏州"]
        assert len(half) == 2 * running.PORTION
        set_free(world)
        run_due_jobs(keguan.database, keguan.registry)
        cities = held(world, "city")
        assert {one for one, city in cities.items() if city == "苏州"} == seen
        assert set(became(world, run_id).values()) == {Outcome.CHANGED}
        back = browser.post(f"/bulk/{run_id}/undo")
        assert back.status_code == 303
        run_due_jobs(keguan.database, keguan.registry)
        assert held(world, "city") == all_of_them

    @pytest.mark.usefixtures("all_of_them")
    def test_a_stopped_job_changes_nothing_more(self, client_for: Clients, world: World) -> None:
        browser = client_for("sales.east1")
        run_id = self.order(browser, "苏州")
        assert browser.post(f"/bulk/{run_id}/cancel").status_code == 303
        run_due_jobs(world.keguan.database, world.keguan.registry)
        assert "苏州" not in held(world, "city").values()
        assert browser.post(f"/bulk/{run_id}/cancel").status_code == 409


def killed_after(portions: int, take: Callable[..., None]) -> Callable[..., None]:
    """``take`` in a process that is killed when so many portions are done."""
    left = [portions]

    def one_more(*arguments: Any) -> None:
        if not left[0]:
            raise SystemExit(9)
        left[0] -= 1
        take(*arguments)

    return one_more


def set_free(world: World) -> None:
    """The lease of whoever was killed has expired."""

    requeue_expired(world.keguan.database, now() + timedelta(hours=1))
    with acting_as(System("test")), Session(world.keguan.database.engine) as session:
        for job in session.scalars(select(Job)):
            job.run_after = now()
        session.commit()
