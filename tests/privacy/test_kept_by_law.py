"""An erasure leaves nothing of a person in any document, but for what a law keeps: that is named with reason and last day, and goes with
the night after it (``crm_kept_by_law``, PIPL 47, Measures for the Administration of Accounting Archives)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from core.access.administration import set_parameter
from core.audit.models import AuditRow
from core.audit.verification import verify_rows
from core.database.people import about_fields
from core.extension.calling import registry
from core.extension.check_people import check_people
from core.extension.exchange import Task
from core.extension.installed import stored_classes
from core.kernel.acting import System, acting_as
from core.kernel.clock import now, today
from core.kernel.errors import Conflict, StartRefused
from core.privacy.dossier import ERASED, dossier
from core.privacy.erasing import erase_person, fingerprint
from core.privacy.holding import place_hold
from core.privacy.keeping import read
from core.privacy.models import Erasure
from core.privacy.retention import erase_due
from plugins.billing.models import Invoice, InvoiceNotice, InvoiceTitle, Receipt
from plugins.billing.operations import change_title, issue_invoice
from plugins.customers.operations import add_contact
from plugins.service.models import DispatchOrder
from plugins.service.operations import change_dispatch, plan_dispatch, receive_request
from tests.plugins.billing.conftest import SELLER, Books
from tests.plugins.conftest import Trade
from tests.world import Browser, World

TABLE = "customers_customer"
NAME, PHONE = "卓殊名", "13987654329"
ADDRESS, FORMER = "苏州市山塘街九号院", "苏州市平江路六弄"
BUYER, UNUSED, DRAFTED = "卓氏手工作坊", "卓家茶铺", "卓家伞铺"
LAST = date(today().year + 30, 12, 31)


class Told:
    """A personal customer with one of everything that takes over his data."""

    def __init__(self, world: World) -> None:
        self.world, trade = world, Trade(world)
        self.books = Books(world, trade)
        self.customer = trade.customer(name=NAME, kind="person", phone=PHONE, address=ADDRESS)
        self.person = int(self.customer.id)
        contract = self.books.contract(customer=self.customer)
        self.used = self.books.title(self.person, name=BUYER, phone="0512-11112222", address=ADDRESS)
        self.invoice = self.books.invoice(self.books.sent(contract, invoice_title=self.used.id))
        self.unused = self.books.title(self.person, name="改名之前")
        with world.use_case(SELLER) as session:
            change_title(session, self.unused.id, None, {"name": UNUSED})
        drafted = self.books.title(self.person, name=DRAFTED)
        self.draft = self.books.draft(contract, invoice_title=drafted.id)
        self.waiting = self.books.sent(contract, invoice_title=drafted.id)
        self.receipt = self.books.receipt(customer_id=self.person, payer=NAME)
        self.dispatch = self._dispatch()

    def _dispatch(self) -> int:
        with self.world.use_case("service") as session:
            request = receive_request(session, {"title": "高温报警", "customer": self.person}).id
            given = {"title": "上门", "request": request, "owner": self.world.employees["service"].id, "address": FORMER}
            times = {"starts_at": now() + timedelta(days=1), "ends_at": now() + timedelta(days=1, hours=2)}
            order = plan_dispatch(session, given | times | {"contact_name": "卓太太", "contact_phone": "13911112222"}).id
        with self.world.use_case("service") as session:
            change_dispatch(session, order, None, {"address": ADDRESS})
        return int(order)

    def erase(self) -> Erasure:
        with self.world.use_case("leader") as session:
            return erase_person(session, TABLE, self.person, None, "本人要求")

    def stored(self, model: Any, record_id: int) -> Any:
        with Session(self.world.keguan.database.engine) as session:
            return session.get_one(model, record_id)


@pytest.fixture
def told(world: World) -> Told:
    """The customer with his documents."""
    return Told(world)


def columns(world: World, *words: str) -> set[str]:
    """Columns of the database in which one of the words stands."""
    found = set()
    with world.keguan.database.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            rows = connection.execute(text(f"SELECT * FROM {table}")).mappings().all()
            found |= {f"{table}.{name}" for row in rows for name, value in row.items() if any(word in str(value) for word in words)}
    return found


def night(world: World) -> int:
    """What the nightly job erases."""
    company = world.companies["qiheng"].id
    with acting_as(System("background jobs", company)), world.keguan.database.transaction() as session:
        task = Task(1, "core.erase_due_people", company, {}, frozenset(registry().names), lambda *_: None)
        return erase_due(session, task)


@pytest.mark.requirement("R-462")
def test_what_documents_took_over_goes_with_the_person_and_what_a_law_keeps_stays_with_its_reason(world: World, told: Told) -> None:
    before = columns(world, ADDRESS, FORMER, BUYER, UNUSED, DRAFTED, "改名之前", "卓太太")
    assert before >= {
        "billing_title.name",
        "billing_notice.buyer",
        "billing_invoice.buyer",
        "service_dispatch.address",
        "core_aside_value.value",
    }
    assert not {"core_audit_row.changes", "core_audit_row.subject"} & before, "the trail holds what cannot be taken out of it"
    told.erase()
    assert columns(world, FORMER, UNUSED, DRAFTED, "改名之前", "卓太太", PHONE) == set()
    kept = {"billing_title.name", "billing_title.address", "billing_notice.buyer", "billing_notice.buyer_address", "billing_invoice.buyer"}
    assert columns(world, ADDRESS, BUYER) - {"core_aside_value.value", "core_search_name.text"} <= kept
    assert columns(world, ADDRESS, BUYER) >= kept
    assert told.stored(Invoice, told.invoice.id).buyer == BUYER
    assert told.stored(Receipt, told.receipt.id).payer == NAME
    assert told.stored(InvoiceTitle, told.used.id).phone == "0512-11112222"
    assert told.stored(InvoiceTitle, told.unused.id).name == ERASED
    assert told.stored(InvoiceNotice, told.draft.id).buyer is None
    order = told.stored(DispatchOrder, told.dispatch)
    assert (order.title, order.address, order.contact_name, order.contact_phone) == ("上门", None, None, None)
    with Session(world.keguan.database.engine) as session:
        certificate = session.scalars(select(Erasure)).one()
        assert certificate.fingerprint == fingerprint(certificate)
        assert certificate.kept_until == LAST
        assert {(one.model, one.records, one.until) for one in read(certificate.kept)} == {
            (Invoice, 1, LAST),
            (InvoiceNotice, 1, LAST),
            (InvoiceTitle, 1, LAST),
            (Receipt, 1, LAST),
        }
        assert all(BUYER not in str(one.why) and one.fields for one in read(certificate.kept))
        certificate.kept = certificate.kept.replace(str(LAST.year), "2027")
        assert certificate.fingerprint != fingerprint(certificate), "a certificate whose promise was altered is found"
        session.rollback()
        assert verify_rows(session, world.keguan.settings.audit_key).altered == ()


@pytest.mark.requirement("R-462")
def test_what_a_law_kept_goes_in_the_night_after_its_last_day_with_a_certificate_of_its_own(world: World, told: Told) -> None:
    told.erase()
    assert night(world) == 0
    with time_machine.travel(datetime(LAST.year, 12, 31, 12, tzinfo=UTC), tick=False):
        assert night(world) == 0
    with time_machine.travel(datetime(LAST.year + 1, 1, 1, 12, tzinfo=UTC), tick=False):
        assert night(world) == 1
        assert night(world) == 0, "once is enough"
    assert columns(world, ADDRESS, BUYER, NAME, "0512-11112222") == set()
    assert told.stored(Invoice, told.invoice.id).tax_number == told.invoice.tax_number
    with Session(world.keguan.database.engine) as session:
        first, second = session.scalars(select(Erasure).order_by(Erasure.id)).all()
        assert (second.done_by_id, second.kept, second.kept_until) == (None, "", None)
        assert (first.record_id, first.records > second.records, second.records) == (second.record_id, True, 4)
        rows = session.scalars(select(AuditRow.changes).where(AuditRow.action == "person_erased")).all()
        assert [one.fingerprint in row for one, row in zip((first, second), rows, strict=True)] == [True, True]
        assert verify_rows(session, world.keguan.settings.audit_key).altered == ()


@pytest.mark.requirement("R-462")
def test_a_hold_that_was_placed_later_keeps_what_the_law_kept(world: World, told: Told) -> None:
    told.erase()
    with world.use_case("leader") as session:
        place_hold(session, TABLE, told.person, "诉讼")
    with time_machine.travel(datetime(LAST.year + 1, 1, 1, 12, tzinfo=UTC), tick=False):
        assert night(world) == 0
    assert told.stored(Invoice, told.invoice.id).buyer == BUYER


@pytest.mark.requirement("R-462")
def test_the_company_says_for_how_many_years_vouchers_are_kept(world: World, told: Told) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, "billing.voucher_years", 5, today())
    assert told.erase().kept_until == date(today().year + 5, 12, 31)


@pytest.mark.requirement("R-462")
def test_a_notice_that_lost_its_buyer_is_not_invoiced(world: World, told: Told) -> None:
    told.erase()
    values = {"title": "空压站", "notice": told.waiting.id, "tax_number": told.books.number(), "issued_on": today()}
    with pytest.raises(Conflict, match="names no buyer any more"), world.use_case("invoicing") as session:
        issue_invoice(session, values)


@pytest.mark.requirement("R-462")
def test_a_contact_whose_telephone_stands_on_an_issued_invoice_is_kept_there_and_a_company_keeps_its_address(world: World) -> None:
    books = Books(world, Trade(world))
    contract = books.contract()
    used = books.title(contract.customer_id, phone=PHONE)
    books.invoice(books.sent(contract, invoice_title=used.id))
    free = books.title(contract.customer_id, name="另一个抬头", phone=PHONE)
    with world.use_case(SELLER) as session:
        person = int(add_contact(session, {"customer": contract.customer_id, "name": NAME, "mobile": PHONE}).id)
    with world.use_case("leader") as session:
        certificate = erase_person(session, "customers_contact", person, None, "本人要求")
        assert {one.model for one in read(certificate.kept)} == {InvoiceNotice, InvoiceTitle}
    assert columns(world, PHONE) == {"billing_title.phone", "billing_notice.buyer_phone", "core_aside_value.value"}
    again = books.again(free, SELLER)
    assert (again.name, again.address, again.phone) == ("另一个抬头", "苏州市吴中区", None)
    assert columns(world, "另一个抬头") >= {"billing_title.name", "core_aside_value.value"}, "the history of the company stays"


@pytest.mark.requirement("R-462")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_desk_says_before_and_after_what_is_kept_and_until_when(world: World, told: Told, client_for: Callable[[str], Browser]) -> None:
    desk = client_for("leader")
    before = desk.get(f"/privacy/{TABLE}/{told.person}").text
    told.erase()
    for page in (before, desk.get("/privacy/").text):
        assert "会计档案" in page
        assert f"{LAST.year}年12月31日" in page


@pytest.mark.requirement("R-462")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_class_that_forgets_a_field_of_a_person_does_not_load(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken away from each class that declares something, in turn: the start names the class and the field."""
    check_people(registry())
    declaring = [model for model in stored_classes() if about_fields(model)]
    assert len(declaring) >= 5
    for model in (DispatchOrder, InvoiceTitle, InvoiceNotice):
        with monkeypatch.context() as patch:
            patch.setattr(model, "__about_person__", None)
            with pytest.raises(StartRefused, match=rf"{model.__name__}"):
                check_people(registry())


@pytest.mark.requirement("R-462")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_class_that_takes_over_data_of_a_person_is_emptied_or_named_in_the_certificate(world: World, told: Told) -> None:
    """By enumeration: no declared field of any record about the person holds anything that no certificate names."""
    certificate = told.erase()
    named = {(one.model, name) for one in read(certificate.kept) for name in one.fields}
    with world.reading("leader") as session:
        left = {(part.model, name) for part in dossier(session, TABLE, told.person).parts if part.about for name in part.filled}
    assert left
    assert left <= named
