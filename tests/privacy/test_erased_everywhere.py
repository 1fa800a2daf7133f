"""After an erasure the name stands in no column of any table and in no file of the data folder, wherever work has copied it (PIPL 47).

Each place is filled by the door that people use, and found filled before the erasure: a place that was never filled proves nothing.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from core.approvals.chains import Chain
from core.approvals.key_changes import kind_for
from core.approvals.operations.submitting import submit
from core.audit.verification import verify_rows
from core.exports.forgetting import ASKED_ERASED, spelt
from core.exports.states import ExportFormat
from core.extension.approving import Asked, Step, Who
from core.kernel.acting import System, acting_as
from core.kernel.clock import now
from core.kernel.errors import KeguanError
from core.kernel.words import msg
from core.lists.operations import ViewWish, save_view
from core.privacy.erasing import erase_person
from core.testing.world import World
from core.work.attachments import hashes_in_use
from core.work.comments import write_comment
from core.work.file_store import file_store
from core.work.notices import notify
from plugins.customers.models import Contact, Customer
from plugins.customers.operations import add_contact, create_customer
from plugins.sales.models import Opportunity
from plugins.sales.operations import create_opportunity
from plugins.service.models import DispatchOrder
from plugins.service.operations import plan_dispatch, receive_request
from tests.exports.conftest import Gate
from tests.plugins.conftest import Trade
from tests.web.test_importing import handed_in, tried
from tests.world import Browser

NAME, MOBILE = "卓殊名", "13987654329"
FORMS = (NAME, quote(NAME), NAME.encode("unicode_escape").decode(), MOBILE)
ROWS = f"客户\t姓名\t手机\n没有这家公司\t{NAME}\t{MOBILE}\n"


FILLED = {"core_notice.message", "core_comment.text", "core_list_view.conditions", "core_import_file.head", "core_export_request.asked"}
FILLED |= {"core_aside_value.value", "attachments", "exports"}


def places(world: World) -> set[str]:
    """Columns and files that hold the name or the number."""
    found = set()
    with world.keguan.database.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            rows = connection.execute(text(f"SELECT * FROM {table}")).mappings().all()
            found |= {f"{table}.{name}" for row in rows for name, value in row.items() if any(one in str(value) for one in FORMS)}
    folder = world.keguan.settings.data
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith((".db", ".db-wal", ".db-shm")))
    return found | {str(path.relative_to(folder).parts[0]) for path in files if any(one in _text(path) for one in FORMS)}


def _text(path: Path) -> str:
    if not zipfile.is_zipfile(path):
        return path.read_bytes().decode("utf-8", "replace")
    with zipfile.ZipFile(path) as packed:
        return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


@pytest.mark.requirement("R-462")
def test_no_column_and_no_file_holds_the_name_of_whoever_was_erased(world: World, client_for: Callable[[str], Browser]) -> None:
    customer, owner = Trade(world).customer(), client_for("sales.east1")
    with world.use_case("sales.east1") as session:
        contact = add_contact(session, {"customer": customer.id, "name": NAME, "mobile": MOBILE})
        person = int(contact.id)
        notify(session, world.employees["sales.east1"].id, msg("“%(title)s” has been approved.", title=NAME), f"/contacts/{person}")
        save_view(session, "contacts", urlencode({"q": NAME}), ViewWish("重点联系人"))
        write_comment(session, Contact, person, f"{NAME}说下周到货")
    tried(owner, world, handed_in(owner, ROWS, "/imports/new/customers.contact"), **{"field-0": "customer"})
    gate = Gate(world)
    request = gate.ask("head.east", source="contacts", form=ExportFormat.CSV, asked=(("q", NAME),))
    gate.approve(request)
    gate.make(request)
    assert places(world) >= FILLED, "a place was never filled"
    with world.use_case("leader") as session:
        erase_person(session, "customers_contact", person, None, "本人要求")
    with acting_as(System("the sweep", world.companies["qiheng"].id)), world.keguan.database.transaction() as session:
        kept = hashes_in_use(session, world.companies["qiheng"].id)
    file_store().remove_all_but(world.companies["qiheng"].id, kept, grace=0)
    assert places(world) == set()


@pytest.mark.requirement("R-343", "R-462")
@pytest.mark.parametrize("state", ["waiting", "approved", "ready", "fetched"])
def test_an_export_that_asked_for_an_erased_person_keeps_its_digest_and_lets_nothing_out(world: World, state: str) -> None:
    """The words go, the terms stay; what has not left yet is refused with the reason, and the trail verifies."""
    customer = Trade(world).customer()
    with world.use_case("sales.east1") as session:
        person = int(add_contact(session, {"customer": customer.id, "name": NAME, "mobile": MOBILE, "position": "厂长"}).id)
    gate, asked = Gate(world), (("q", NAME), ("order", "name"))
    request = gate.ask("head.east", source="contacts", form=ExportFormat.CSV, columns=("position",), asked=asked)
    for do in (gate.approve, gate.make, gate.fetch)[: ("waiting", "approved", "ready", "fetched").index(state)]:
        do(request)
    terms = gate.stored(request).terms
    with world.use_case("leader") as session:
        erase_person(session, "customers_contact", person, None, "本人要求")
    stored = gate.stored(request)
    assert (stored.terms, stored.asked) == (terms, [["order", "name"], ["q", "（已删除）"]])
    assert stored.state.value == ("fetched" if state == "fetched" else "stopped")
    for refused in (gate.approve, gate.fetch):
        with pytest.raises(KeguanError) as said:
            refused(request)
        assert str(said.value.message)
    if state != "fetched":
        assert said.value.message.text == ASKED_ERASED.text
        assert not gate.path(request).exists()
    with Session(world.keguan.database.engine) as session:
        assert verify_rows(session, world.keguan.settings.audit_key).altered == ()


@pytest.mark.requirement("R-462")
def test_words_are_found_in_a_query_as_people_type_them() -> None:
    typed = spelt(["李", "李明", MOBILE, "Li.Ming@example.com"])
    for query in ("李明 2024", "139 8765-4329", "LI.MING@EXAMPLE.COM"):
        assert typed.sub("", query).strip() in ("", "2024"), query
    assert not typed.search("13987654328")
    assert not spelt([]).search("")


@pytest.mark.requirement("R-462")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_an_approval_about_a_person_is_called_by_number_and_holds_no_name_after_the_erasure(world: World) -> None:
    """As the trail calls the person; a document about a company keeps its name."""
    titles = {}
    with world.use_case("sales.east1") as session:
        people = {kind: create_customer(session, {"name": f"{NAME}{kind}", "kind": kind}).id for kind in ("person", "company")}
    for kind, number in people.items():
        with world.use_case("sales.east1") as session:
            wanted = kind_for(Customer)
            assert wanted is not None
            steps = (Step(msg("Approval of the export"), (Asked(Who.HEAD),)),)
            case = submit(session, wanted, session.get(Customer, number), passing=(Chain(1, steps), steps))
            titles[kind] = case.title
    assert titles == {"person": f"#{people['person']}", "company": f"{NAME}company"}
    with world.use_case("leader") as session:
        erase_person(session, "customers_customer", people["person"], None, "本人要求")
    with world.keguan.database.engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        left = "".join(str(connection.execute(text(f"SELECT * FROM {table}")).all()) for table in tables)
    assert f"{NAME}person" not in left


@pytest.mark.requirement("R-462")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", ["a contact without a telephone", "a personal customer"])
def test_a_name_that_documents_repeat_is_taken_out_of_them_and_never_stood_in_the_trail(world: World, who: str) -> None:
    """An opportunity keeps the name of its customer, a dispatch order that of whoever is to be asked for; the verbs write them there."""
    with world.use_case("sales.east1") as session:
        person = create_customer(session, {"name": NAME, "kind": "person"}).id if who == "a personal customer" else None
    customer = person or Trade(world).customer().id
    with world.use_case("sales.east1") as session:
        contact = None if person else add_contact(session, {"customer": customer, "name": NAME}).id
        deal = create_opportunity(session, {"title": "两台空压机", "customer": customer}).id
    with world.use_case("service") as session:
        asked = {"title": "高温报警", "customer": customer, **({"contact": contact} if contact else {})}
        request = receive_request(session, asked).id
        times = {"starts_at": now() + timedelta(days=1), "ends_at": now() + timedelta(days=1, hours=2)}
        given = {"title": "上门", "request": request, "owner": world.employees["service"].id, **times}
        order = plan_dispatch(session, given | ({} if contact else {"contact_name": NAME})).id
    filled = {"service_dispatch.contact_name"} | ({"sales_opportunity.customer_name"} if person else set())
    before = places(world)
    assert before >= filled
    assert "core_audit_row.changes" not in before
    with world.use_case("leader") as session:
        erase_person(session, "customers_customer" if person else "customers_contact", int(person or contact), None, "本人要求")
    assert places(world) == set()
    with Session(world.keguan.database.engine) as session:
        assert (session.get_one(Opportunity, deal).title, session.get_one(DispatchOrder, order).title) == ("两台空压机", "上门")
        assert verify_rows(session, world.keguan.settings.audit_key).altered == ()
