"""A customer that is a natural person: found, told, held, erased and forgotten like any other, while a company beside it is no person."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from core.access.administration import set_parameter
from core.audit.models import AuditRow
from core.audit.verification import verify_rows
from core.database.records import PersonWhen
from core.extension.calling import registry
from core.extension.check_people import check_people
from core.extension.exchange import Task
from core.kernel.acting import System, acting_as
from core.kernel.clock import now, today
from core.kernel.errors import BadInput, Conflict, NotFound, StartRefused
from core.privacy.dossier import ERASED, dossier, find_people
from core.privacy.erasing import erase_person
from core.privacy.holding import place_hold
from core.privacy.retention import DAYS, due_people, erase_due
from core.testing.world import World
from plugins.billing.models import InvoiceTitle
from plugins.billing.operations import add_title
from plugins.customers.models import Contact, Customer
from plugins.customers.operations import add_contact, change_customer, create_customer
from tests.plugins.conftest import Trade

TABLE = "customers_customer"
NAME, PHONE, EMAIL, ID_NUMBER = "温青青", "13987650088", "wen.qingqing@example.com", "11010519491231002X"
CANARIES = (NAME, PHONE, EMAIL, ID_NUMBER, "13900000077")
OTHER = "常州东方机电有限公司"


@pytest.fixture
def trade(world: World) -> Trade:
    """Customers on demand."""
    return Trade(world)


@pytest.fixture
def person(world: World) -> int:
    """A personal customer of sales.east1 with everything, whose telephone has been changed once."""
    values = {"name": NAME, "kind": "person", "phone": "13900000077", "email": EMAIL, "id_number": ID_NUMBER.lower(), "address": "苏州市"}
    with world.use_case("sales.east1") as session:
        made = int(create_customer(session, values).id)
    with world.use_case("sales.east1") as session:
        change_customer(session, made, None, {"phone": PHONE})
    return made


def rows_of_database(world: World) -> str:
    """Every row of every table, as text."""
    with world.keguan.database.engine.connect() as connection:
        names = [table for table in inspect(connection).get_table_names() if not table.startswith("ab_")]
        return "\n".join(f"{name}: {connection.execute(text(f'SELECT * FROM {name}')).all()}" for name in names)


def erase(world: World, record_id: int) -> Any:
    with world.use_case("leader") as session:
        return erase_person(session, TABLE, record_id, None, "本人要求")


@pytest.mark.requirement("R-445")
def test_the_trail_holds_no_value_of_a_personal_customer_and_the_name_of_a_company(world: World, trade: Trade, person: int) -> None:
    company = trade.customer(name=OTHER)
    with Session(world.keguan.database.engine) as session:
        rows = session.execute(select(AuditRow.record_id, AuditRow.changes, AuditRow.subject).where(AuditRow.table_name == TABLE)).all()
        assert session.scalars(select(Customer.id).where(Customer.name == OTHER)).one() == company.id
    mine = "".join(changes + subject for record_id, changes, subject in rows if record_id == person)
    assert mine
    assert not [canary for canary in CANARIES if canary in mine]
    assert any(OTHER in subject for record_id, _, subject in rows if record_id == company.id)


@pytest.mark.requirement("R-445")
def test_a_person_who_becomes_a_company_in_one_change_leaves_no_name_in_the_trail(world: World, person: int) -> None:
    with world.use_case("sales.east1") as session:
        change_customer(session, person, None, {"kind": "company", "name": "青青商行", "id_number": None})
    with Session(world.keguan.database.engine) as session:
        rows = session.scalars(select(AuditRow.changes).where(AuditRow.table_name == TABLE, AuditRow.record_id == person)).all()
    assert not [canary for canary in CANARIES if canary in "".join(rows)]


@pytest.mark.requirement("R-462")
def test_a_personal_customer_is_found_by_name_telephone_and_identity_number_and_a_company_is_not(
    world: World, trade: Trade, person: int
) -> None:
    company = trade.customer(name=OTHER, phone="0519-8800 1234")
    for words, hits in ((NAME, 1), (PHONE, 1), (ID_NUMBER, 1), (PHONE[:8], 0), (OTHER, 0), ("0519-8800 1234", 0)):
        with world.use_case("leader") as session:
            assert len([one for one in find_people(session, words) if one.__tablename__ == TABLE]) == hits, words
    with world.reading("leader") as session:
        found = dossier(session, TABLE, person)
        told = json.dumps([dict(part.values) for part in found.parts], ensure_ascii=False, default=str)
        assert all(canary in told for canary in (NAME, PHONE, EMAIL, ID_NUMBER))
        with pytest.raises(NotFound):
            dossier(session, TABLE, company.id)
    for refused in (erase_person, place_hold):
        more = (None, "试试") if refused is erase_person else ("试试",)
        with pytest.raises(NotFound), world.use_case("leader") as session:
            refused(session, TABLE, company.id, *more)


@pytest.mark.requirement("R-445")
def test_an_erasure_replaces_name_and_telephone_and_keeps_number_and_documents(world: World, trade: Trade, person: int) -> None:
    with world.use_case("sales.east1") as session:
        title = int(add_title(session, {"customer": person, "name": "个人", "phone": PHONE}).id)
        colleague = int(add_contact(session, {"customer": person, "name": "袁承志", "mobile": PHONE, "position": "家人"}).id)
    with Session(world.keguan.database.engine) as session:
        code = session.get_one(Customer, person).code
    certificate = erase(world, person)
    assert certificate.records == 3
    left = rows_of_database(world)
    assert not [(canary, line[:200]) for canary in CANARIES for line in left.splitlines() if canary in line]
    with Session(world.keguan.database.engine) as session:
        gone = session.get_one(Customer, person)
        assert (gone.code, gone.kind, gone.phone, gone.id_number) == (code, "person", None, None)
        assert gone.name not in (NAME, "")
        kept = session.get_one(InvoiceTitle, title)
        assert (kept.name, kept.phone) == (ERASED, None), "no invoice uses it, so nothing keeps it"
        other = session.get_one(Contact, colleague)
        assert (other.name, other.mobile) == ("袁承志", None), "who shares a telephone keeps the name"
        assert verify_rows(session, world.keguan.settings.audit_key).altered == ()
    with pytest.raises(Conflict):
        erase(world, person)


@pytest.mark.requirement("R-445")
def test_a_held_personal_customer_stays_and_the_retention_job_takes_the_others_but_no_company(
    world: World, trade: Trade, person: int
) -> None:
    company = trade.customer(name=OTHER)
    with world.use_case("sales.east1") as session:
        held = int(create_customer(session, {"name": "何铁手", "kind": "person"}).id)
    with world.use_case("leader") as session:
        place_hold(session, TABLE, held, "诉讼")
    with pytest.raises(Conflict):
        erase(world, held)
    with world.use_case("admin") as session:
        set_parameter(session, DAYS, 30, today())
    with world.keguan.database.engine.begin() as connection:
        connection.execute(Customer.__table__.update().values(updated_at=now() - timedelta(days=31)))
    with world.reading("leader") as session:
        assert {(one.record_id, one.held) for one in due_people(session)} == {(person, False), (held, True)}
    house = world.companies["qiheng"].id
    with acting_as(System("background jobs", house)), world.keguan.database.transaction() as session:
        assert erase_due(session, Task(1, "core.erase_due_people", house, {}, frozenset(registry().names), lambda *_: None)) == 1
    with Session(world.keguan.database.engine) as session:
        assert session.get_one(Customer, held).name == "何铁手"
        assert session.get_one(Customer, company.id).name == OTHER


@pytest.mark.requirement("R-064")
@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": "person", "id_number": "110105194912310021"}, "18"),
        ({"kind": "person", "id_number": "1101051949"}, "18"),
        ({"kind": "company", "id_number": ID_NUMBER}, "personal customer"),
    ],
)
def test_an_identity_number_is_a_true_one_of_a_person(world: World, values: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadInput) as refused, world.use_case("sales.east1") as session:
        create_customer(session, {"name": "阿九", **values})
    assert set(refused.value.fields) == {"id_number"}
    assert sentence in str(refused.value.fields["id_number"])


@pytest.mark.requirement("R-442")
def test_lists_rest_and_history_mask_telephone_e_mail_and_identity_number(
    world: World, person: int, client_for: Any, token_client_for: Any
) -> None:
    head = client_for("head.east")
    pages = [f"/customers/{person}", f"/customers/{person}?tab=history", f"/customers/{person}/edit", "/customers/?columns=phone,email"]
    answers = [head.get(page) for page in pages]
    program = token_client_for("head.east")
    answers += [program.get(path) for path in ("/api/v1/customers/", f"/api/v1/customers/{person}")]
    answers.append(program.put(f"/api/v1/customers/{person}", json={"version": 2, "city": "苏州"}))
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    for answer in answers:
        assert not [canary for canary in CANARIES[1:] if canary in answer.text], answer.request.path
    assert program.get(f"/api/v1/customers/{person}").json["result"]["id_number"] == "110****002X"
    shown = head.post(f"/customers/{person}/uncover/id_number")
    assert ID_NUMBER in shown.text
    with Session(world.keguan.database.engine) as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "unmask")).one()
        assert NAME not in row.subject + row.changes


def test_a_class_that_declares_its_people_wrongly_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in (PersonWhen({"kin": "person"}, frozenset({"name"})), PersonWhen({"kind": "person"}, frozenset({"address"}))):
        monkeypatch.setattr(Customer, "__person__", wrong)
        with pytest.raises(StartRefused, match="Customer"):
            check_people(registry())
