"""Personal information: the trail holds none of it, a dossier is whole, an erasure leaves nothing, a hold keeps (PIPL 45 to 47)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from core.access.administration import set_parameter
from core.audit.models import AsideValue, AuditRow
from core.audit.verification import Problem, verify_rows
from core.extension.calling import registry
from core.extension.exchange import Task
from core.kernel.acting import System, acting_as
from core.kernel.clock import now, today
from core.kernel.errors import BadInput, Conflict, Forbidden, NotFound
from core.privacy.dossier import dossier, find_people, person_models
from core.privacy.erasing import erase_person, fingerprint
from core.privacy.holding import place_hold, release_hold
from core.privacy.models import Erasure
from core.privacy.retention import DAYS, due_people, erase_due
from core.testing.world import World
from core.web.formats import day
from plugins.customers.models import Contact, Customer
from plugins.customers.operations import add_contact, change_contact, write_interaction
from plugins.service.models import DispatchOrder
from tests.plugins.conftest import Trade

MOBILE, EMAIL, NAME = "13987654321", "zhuo.bufan@example.com", "卓不凡"
CANARIES = (MOBILE, EMAIL, NAME)
TABLE = "customers_contact"


@pytest.fixture
def trade(world: World) -> Trade:
    """Customers on demand."""
    return Trade(world)


@pytest.fixture
def contact(world: World, trade: Trade) -> int:
    """A contact of sales.east1 with everything, whose mobile has been changed once, and a follow-up with him."""
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        made = add_contact(session, {"customer": customer.id, "name": NAME, "mobile": "13900000000", "email": EMAIL})
        write_interaction(session, {"customer": customer.id, "contact": made.id, "way": "phone", "content": "谈了交货期"})
        made_id = int(made.id)
    with world.use_case("sales.east1") as session:
        change_contact(session, made_id, None, {"mobile": MOBILE})
    return made_id


def rows_of_database(world: World) -> str:
    """Every row of every table, as text; what an erasure must have left nothing in."""
    with world.keguan.database.engine.connect() as connection:
        names = [table for table in inspect(connection).get_table_names() if not table.startswith("ab_")]
        return "\n".join(str(connection.execute(text(f"SELECT * FROM {name}")).all()) for name in names)


def altered(world: World) -> tuple[Problem, ...]:
    """What of the trail, and beside it, is not as it was written."""
    with Session(world.keguan.database.engine) as session:
        return tuple(verify_rows(session, world.keguan.settings.audit_key).problems)


@pytest.mark.requirement("R-445")
def test_the_trail_itself_holds_no_personal_value(world: World, contact: int) -> None:
    with Session(world.keguan.database.engine) as session:
        rows = session.execute(select(AuditRow.changes, AuditRow.subject).where(AuditRow.table_name == TABLE)).all()
        assert rows
        for changes, subject in rows:
            assert not any(canary in changes + subject for canary in CANARIES)
        assert session.scalar(select(func.count(AsideValue.id))) >= 4
    assert altered(world) == ()


def test_the_history_of_the_record_still_tells_it_to_whom_it_may(world: World, contact: int, client_for: Any) -> None:
    page = client_for("sales.east1").get(f"/contacts/{contact}?tab=history").text
    assert "139****4321" in page
    assert MOBILE not in re.sub(r"<aside.*?</aside>", "", page, flags=re.DOTALL)


@pytest.mark.requirement("R-462")
def test_a_dossier_is_whole_and_kept_in_the_trail(world: World, contact: int) -> None:
    with world.reading("leader") as session:
        found = dossier(session, TABLE, contact)
    told = json.dumps([dict(part.values) for part in found.parts], ensure_ascii=False, default=str)
    assert all(canary in told for canary in CANARIES)
    assert {part.model.__tablename__ for part in found.parts} >= {TABLE, "customers_interaction"}
    with Session(world.keguan.database.engine) as session:
        assert session.scalar(select(AuditRow.who).where(AuditRow.action == "dossier")) == world.actor("leader").name


def test_a_dossier_finds_the_copy_of_a_telephone_in_another_plugin(world: World, contact: int, dispatch: int) -> None:
    with world.reading("leader") as session:
        found = dossier(session, TABLE, contact)
    assert ("service_dispatch", dispatch) in {(part.model.__tablename__, part.record.id) for part in found.own}


@pytest.fixture
def dispatch(world: World, trade: Trade, contact: int) -> int:
    """A dispatch order that carries the mobile of the contact, written as the house would."""
    customer = trade.customer("sales.west1", name="另一家公司")
    company = world.companies["qiheng"].id
    with acting_as(System("test", company)), world.keguan.database.transaction() as session:
        from plugins.service.models import ServiceRequest

        owner = {"owner_id": world.employees["service"].id, "department_id": world.employees["service"].department_id}
        request = ServiceRequest(company_id=company, title="修理", customer_id=customer.id, received_at=now(), **owner)
        session.add(request)
        session.flush()
        order = DispatchOrder(
            company_id=company, title="上门", request_id=request.id, customer_id=customer.id, starts_at=now(), ends_at=now(), **owner
        )
        order.contact_phone = MOBILE
        session.add(order)
        session.flush()
        return int(order.id)


@pytest.mark.requirement("R-445")
@pytest.mark.requirement("R-462")
def test_an_erasure_leaves_nothing_and_the_trail_verifies(world: World, contact: int, dispatch: int) -> None:
    with world.use_case("leader") as session:
        certificate = erase_person(session, TABLE, contact, None, "本人要求")
        assert certificate.records == 2
        assert certificate.values >= 4
    left = rows_of_database(world)
    assert not [canary for canary in (*CANARIES, "13900000000") if canary in left]
    assert altered(world) == ()
    with Session(world.keguan.database.engine) as session:
        stored = session.scalars(select(Erasure)).one()
        assert stored.fingerprint == fingerprint(stored)
        assert stored.fingerprint in (session.scalar(select(AuditRow.changes).where(AuditRow.action == "person_erased")) or "")


def test_an_erasure_says_no_in_one_sentence_and_changes_nothing(world: World, contact: int) -> None:
    with world.use_case("leader") as session:
        placed = place_hold(session, TABLE, contact, "诉讼")
        hold = placed.id
        assert placed.placed_by_id == world.employees["leader"].id
    before = rows_of_database(world)
    for reason, refusal in (("本人要求", Conflict), ("", BadInput)):
        with pytest.raises(refusal), world.use_case("leader") as session:
            erase_person(session, TABLE, contact, None, reason)
    with pytest.raises(Forbidden), world.use_case("head.east") as session:
        erase_person(session, TABLE, contact, None, "想删")
    with pytest.raises(NotFound), world.use_case("leader") as session:
        erase_person(session, TABLE, 987_654, None, "没有此人")
    assert rows_of_database(world) == before
    with world.use_case("leader") as session:
        release_hold(session, hold)
    with world.use_case("leader") as session:
        erase_person(session, TABLE, contact, None, "本人要求")
    with pytest.raises(Conflict), world.use_case("leader") as session:
        erase_person(session, TABLE, contact, None, "再来一次")


def test_the_retention_job_erases_whom_nothing_concerns_any_more(world: World, contact: int) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, DAYS, 30, today())
    with world.reading("leader") as session:
        assert not due_people(session)
    _age(world, timedelta(days=31))
    with world.reading("leader") as session:
        assert [(one.record_id, one.held) for one in due_people(session)] == [(contact, False)]
    company = world.companies["qiheng"].id
    with acting_as(System("background jobs", company)), world.keguan.database.transaction() as session:
        task = Task(1, "core.erase_due_people", company, {}, frozenset(registry().names), lambda *_: None)
        assert erase_due(session, task) == 1
    assert MOBILE not in rows_of_database(world)


def test_a_hold_keeps_the_retention_job_away(world: World, contact: int) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, DAYS, 30, today())
    with world.use_case("leader") as session:
        place_hold(session, TABLE, contact, "诉讼")
    _age(world, timedelta(days=31))
    with world.reading("leader") as session:
        assert [one.held for one in due_people(session)] == [True]


@pytest.mark.requirement("R-445")
def test_held_people_do_not_keep_the_others_from_being_erased(
    world: World, trade: Trade, contact: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many of them as one run erases, and longer unused than the one who is free to go."""
    monkeypatch.setattr("core.privacy.retention.AT_ONCE", 2)
    with world.use_case("admin") as session:
        set_parameter(session, DAYS, 30, today())
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        held = [int(add_contact(session, {"customer": customer.id, "name": f"旧人{number}"}).id) for number in range(3)]
    for one in held:
        with world.use_case("leader") as session:
            place_hold(session, TABLE, one, "诉讼")
    _age(world, timedelta(days=31))
    with world.keguan.database.engine.begin() as connection:
        older = Contact.__table__.c.id.in_(held)
        connection.execute(Contact.__table__.update().where(older).values(updated_at=now() - timedelta(days=90)))
    with world.reading("leader") as session:
        assert [one.held for one in due_people(session, 3)] == [True, True, True]
    company = world.companies["qiheng"].id
    with acting_as(System("background jobs", company)), world.keguan.database.transaction() as session:
        task = Task(1, "core.erase_due_people", company, {}, frozenset(registry().names), lambda *_: None)
        assert erase_due(session, task) == 1
    assert MOBILE not in rows_of_database(world)


def _age(world: World, by: timedelta) -> None:
    """Make every record of the customers older."""
    with world.keguan.database.engine.begin() as connection:
        for table in (Contact.__table__, Contact.metadata.tables["customers_interaction"]):
            connection.execute(table.update().values(updated_at=now() - by))


def test_people_are_found_by_name_and_whole_telephone_alone(world: World, contact: int) -> None:
    for words, hits in ((NAME, 1), (MOBILE, 1), (MOBILE[:8], 0), ("", 0)):
        with world.use_case("leader") as session:
            assert len(find_people(session, words)) == hits, words


def test_the_desk_serves_a_person_from_the_search_to_the_certificate(world: World, contact: int, client_for: Any) -> None:
    leader = client_for("leader")
    assert leader.get("/privacy/").status_code == 200
    assert NAME in leader.post("/privacy/", data={"text": NAME}).text
    page = leader.get(f"/privacy/{TABLE}/{contact}").text
    assert MOBILE in page
    assert "他人在跟进记录等文字内容中写到的姓名不会自动查找" in page
    held = leader.post(f"/privacy/{TABLE}/{contact}/hold", data={"reason": "诉讼"})
    assert held.status_code == 303
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    sent = {"reason": "本人要求", "version": version[1], "typed": NAME}
    refused = leader.post(f"/privacy/{TABLE}/{contact}/erase", data=sent)
    assert refused.status_code == 409
    assert "诉讼" in refused.text
    assert client_for("head.east").get(f"/privacy/{TABLE}/{contact}").status_code == 403


def test_nobody_is_erased_whose_name_was_not_typed(world: World, contact: int, client_for: Any) -> None:
    leader, address = client_for("leader"), f"/privacy/{TABLE}/{contact}"
    page = leader.get(address).text
    assert f"请您输入“{NAME}”确认" in page
    assert re.search(r'<input [^>]*name="typed"[^>]* required', page)
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    for typed in ("", NAME[:-1], "%(name)s"):
        refused = leader.post(f"{address}/erase", data={"reason": "本人要求", "version": version, "typed": typed})
        assert refused.status_code == 422
        assert f"您输入的姓名与“{NAME}”不一致，未删除任何内容。" in refused.text
    assert leader.post(f"{address}/erase", data={"reason": "本人要求", "version": version}).status_code == 422
    assert NAME in leader.get(address).text
    done = leader.post(f"{address}/erase", data={"reason": "本人要求", "version": version, "typed": f" {NAME} "})
    assert done.status_code == 303, done.text
    assert NAME not in leader.get(address).text


def test_a_dossier_tells_records_by_name_and_values_as_pages_do(world: World, contact: int, client_for: Any) -> None:
    with world.use_case("sales.east1") as session:
        customer = session.get_one(Contact, contact).customer_id
        told = {"customer": customer, "contact": contact, "way": "phone", "content": "约好送样机。", "next_on": today() + timedelta(days=3)}
        write_interaction(session, told)
    page = client_for("leader").get(f"/privacy/{TABLE}/{contact}").text.partition('id="main"')[2]
    assert re.search(r'<div class="kg-b">约好送样机。 <span class="kg-tag[^>]*>跟进记录</span>', page)
    assert (today() + timedelta(days=3)).isoformat() not in page
    assert f"下次联系：{day(today() + timedelta(days=3), today())}" in page
    assert "2 条涉及此人的记录作为业务凭据保留，其中的姓名显示为“（已删除）”。" in page
    assert "。；" not in page


def test_whoever_sees_a_held_person_at_work_reads_the_name(world: World, contact: int, client_for: Any) -> None:
    with world.use_case("leader") as session:
        place_hold(session, TABLE, contact, "诉讼")
    page = client_for("leader").get("/privacy/").text.partition('id="main"')[2]
    assert NAME in page
    assert f"第 {contact} 号" not in page


def test_somebody_of_the_other_company_finds_nobody(world: World, contact: int, client_for: Any) -> None:
    assert client_for("admin2").get(f"/privacy/{TABLE}/{contact}").status_code == 403


def test_every_plugin_with_people_is_served() -> None:
    assert {Contact, Customer} <= set(person_models())
