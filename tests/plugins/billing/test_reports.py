"""Statement of account, ageing, figures and desk: what everybody sees, and nothing of what one may not see."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.access.administration import set_parameter
from core.access.models import Role
from core.access.roles import set_grants
from core.audit.models import AuditRow
from core.exports.models import ExportRequest
from core.exports.typesetting import Form, typeset
from core.extension.calling import hooks
from core.kernel.acting import FieldAccess
from core.kernel.clock import today
from core.kernel.errors import NotFound
from core.web import printing
from core.web.offers import entries_of
from plugins.billing.models import Receipt
from plugins.billing.operations import mail_invoice, print_invoice, refund_receipt, report_problem, reverse_invoice, withdraw_notice
from plugins.billing.reports.ageing import By, ageing, open_on
from plugins.billing.reports.statement import statement_of
from plugins.billing.rules.states import InvoiceKind
from plugins.contracts.models import Contract
from plugins.customers.operations import change_customer
from tests.field_rights import state
from tests.plugins.billing.conftest import ADMINISTRATOR, CLERK, SELLER, Books
from tests.plugins.conftest import Trade
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.mark.requirement("R-111")
@pytest.mark.requirement("R-233")
def test_a_statement_goes_from_opening_to_closing_balance(books: Books, contract: Contract, world: World, application: Flask) -> None:
    notice = books.sent(contract, "5000.00", kind=InvoiceKind.E_SPECIAL)
    books.invoice(notice, "1000.00", issued_on=today() - timedelta(days=40))
    books.receipt("400.00", contract.customer_id, received_on=today() - timedelta(days=35))
    recent = books.invoice(notice, "2000.00", issued_on=today() - timedelta(days=9))
    paid = books.receipt("700.00", contract.customer_id, received_on=today() - timedelta(days=3))
    with world.use_case(CLERK) as session:
        reverse_invoice(session, recent.id, None, tax_number=books.number(), reason="折让", amount=Decimal("500.00"))
    with world.use_case(ADMINISTRATOR) as session:
        refund_receipt(session, paid.id, None, amount=Decimal("50.00"), reason="多付")
    with world.reading(SELLER) as session, application.test_request_context():
        found = statement_of(session, contract.customer_id, today() - timedelta(days=10), today())
    assert found.opening == Decimal("600.00")
    assert [(entry.debit, entry.credit, entry.balance) for entry in found.entries] == [
        (Decimal("2000.00"), Decimal("0.00"), Decimal("2600.00")),
        (Decimal("0.00"), Decimal("700.00"), Decimal("1900.00")),
        (Decimal("-500.00"), Decimal("0.00"), Decimal("1400.00")),
        (Decimal("50.00"), Decimal("0.00"), Decimal("1450.00")),
    ]
    assert found.closing == found.entries[-1].balance


def test_a_statement_of_a_customer_that_may_not_be_seen_does_not_exist(
    books: Books, contract: Contract, world: World, client_for: ClientFor
) -> None:
    books.receipt("400.00", contract.customer_id)
    with pytest.raises(NotFound), world.reading("sales.west1") as session:
        statement_of(session, contract.customer_id, today(), today())
    hidden, missing = (client_for("sales.west1").get(f"/statements/?customer={one}") for one in (contract.customer_id, 2**40))
    assert (hidden.status_code, missing.status_code) == (404, 404)


@pytest.mark.requirement("R-233")
def test_the_statement_is_a_page_and_a_sheet_with_the_balance_in_capitals(
    books: Books, contract: Contract, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.invoice(books.sent(contract, "1004.50"))
    browser = client_for(ADMINISTRATOR)
    page = browser.get(f"/statements/?customer={contract.customer_id}")
    assert page.status_code == 200
    assert "¥1,004.50" in page.text
    drawn: list[Form] = []
    monkeypatch.setattr(printing, "typeset", lambda form: drawn.append(form) or typeset(form))
    sheet = printed(browser, contract)
    assert (sheet.status_code, sheet.mimetype, sheet.data[:5]) == (200, "application/pdf", b"%PDF-")
    (form,) = drawn
    assert "壹仟零肆元伍角整" in [row.value for group in form.groups for row in group.rows]
    assert "¥1,004.50" in form.tables[0].rows[1]
    assert re.search(r"#\d+", form.mark), "who, when and under which number stands on the sheet"
    assert browser.get("/statements/").status_code == 200
    nobody = browser.post("/statements/print", data={"reason": "与客户对账"})
    assert (nobody.status_code, "请您选择客户" in nobody.text) == (422, True)
    queries = ("?since=2026-02-31", "?customer=abc", "print")
    assert [browser.get(f"/statements/{query}").status_code for query in queries] == [400, 404, 404]


def printed(browser: Browser, contract: Contract, reason: str = "与客户对账") -> Any:
    sent = {"customer": str(contract.customer_id), "since": str(today()), "until": str(today()), "reason": reason}
    return browser.post("/statements/print", data=sent)


@pytest.mark.requirement("R-108")
def test_notice_invoice_and_receipt_tell_their_amount_in_capitals(books: Books, contract: Contract, client_for: ClientFor) -> None:
    notice = books.sent(contract, "117360.00")
    invoice, receipt = books.invoice(notice, "10203.45"), books.receipt("20000.06", contract.customer_id)
    told = {
        f"/invoice-notices/{notice.id}": "壹拾壹万柒仟叁佰陆拾元整",
        f"/invoices/{invoice.id}": "壹万零贰佰零叁元肆角伍分",
        f"/receipts/{receipt.id}": "贰万元零陆分",
    }
    for path, capitals in told.items():
        assert f"大写：{capitals}" in client_for("contracts").get(path).text, path


@pytest.mark.requirement("R-343")
@pytest.mark.requirement("R-444")
def test_a_statement_leaves_through_the_gate_alone(books: Books, contract: Contract, world: World, client_for: ClientFor) -> None:
    """With a reason, within the quota of prints, by a right of its own, recorded with its check sum, and told on the desk."""
    with world.use_case("admin") as session:
        set_parameter(session, "core.prints_per_day", 1, today())
    seller = client_for(SELLER)
    assert "/statements/print" in seller.get(f"/statements/?customer={contract.customer_id}").text
    refused = printed(seller, contract, " ")
    assert (refused.status_code, "请简要说明数据的用途" in refused.text) == (422, True)
    sheet = printed(seller, contract)
    assert sheet.status_code == 200
    over = printed(seller, contract)
    assert (over.status_code, "已打印" in over.text) == (409, True)
    assert printed(client_for("sales.west1"), contract).status_code == 404
    assert printed(client_for("service"), contract).status_code == 403
    with world.reading("auditor") as session:
        one = session.scalars(select(ExportRequest)).one()
        (row,) = session.scalars(select(AuditRow).where(AuditRow.action == "print")).all()
    assert (one.source, one.resource, one.record_id, one.reason) == ("statements", "billing.statement", contract.customer_id, "与客户对账")
    assert one.sha256 == hashlib.sha256(sheet.data).hexdigest()
    assert one.sha256 in row.changes
    desk = seller.get(f"/exports/{one.id}").text
    assert ("对账单" in desk, f"{today()} – {today()}" in desk, f'/customers/{contract.customer_id}"' in desk) == (True, True, True)
    assert client_for("leader").get("/exports/new/statements").status_code == 403, "a sheet is no list"


@pytest.mark.requirement("R-048")
def test_printing_statements_is_a_right_of_its_own(books: Books, contract: Contract, world: World, client_for: ClientFor) -> None:
    with world.use_case("security") as session:
        for role in session.scalars(select(Role).where(Role.preset.in_(["salesperson", "customer_manager"]))).all():
            set_grants(session, world.keguan.registry, role.id, role.version, {("billing.statement", "print"): None})
    seller = client_for(SELLER)
    page = seller.get(f"/statements/?customer={contract.customer_id}")
    assert (page.status_code, "/statements/print" in page.text) == (200, False)
    assert printed(seller, contract).status_code == 403


@pytest.mark.requirement("R-432")
@pytest.mark.requirement("R-111")
@pytest.mark.requirement("R-234")
@pytest.mark.requirement("R-392")
def test_what_is_due_is_aged_by_customer_contract_and_salesperson(books: Books, world: World) -> None:
    customer = books.trade.customer()
    old, new = books.contract(customer=customer, released=2), books.contract(customer=customer)
    for contract, back in ((old, 100), (new, 10)):
        move_due(books, world, contract, back)
    books.paid(books.receipt("17360.00", customer.id), old, "17360.00")
    with world.reading(SELLER) as session:
        by_customer = ageing(session, By.CUSTOMER, today())
        by_contract = ageing(session, By.CONTRACT, today())
        by_owner = ageing(session, By.OWNER, today())
    assert [row.name for row in by_customer.rows] == [customer.name]
    (row,) = by_customer.rows
    assert row.amounts == {"4": Decimal("100000.00"), "1": Decimal("117360.00"), "3": Decimal("273840.00"), "0": Decimal("273840.00")}
    assert row.total == by_customer.total == by_owner.total == 2 * Decimal("391200.00") - Decimal("17360.00")
    assert {one.key for one in by_contract.rows} == {old.id, new.id}
    assert [one.name for one in by_owner.rows] == [world.employees[SELLER].name]


@pytest.mark.requirement("R-234")
def test_a_part_whose_condition_has_not_come_stands_apart_from_what_is_not_due_and_is_not_late_in_the_schedule(
    books: Books, contract: Contract, world: World, client_for: ClientFor
) -> None:
    move_due(books, world, contract, 100)
    with world.reading(SELLER) as session:
        first, second = open_on(session, today())
    assert (first.days, first.band.key, second.days, second.band.key) == (100, "4", 0, "waiting")
    browser = client_for(SELLER)
    page, waiting = browser.get("/ageing/?by=contract").text, "/ageing/parts?by=contract&amp;key={}&amp;band=waiting"
    assert "条件未满足" in page
    assert all(waiting.format(key) in page for key in (contract.id, "")), "the number and its sum are doors"
    (number,) = re.findall(re.escape(waiting.format(contract.id)) + r'">([^<]+)<', page)
    parts = browser.get(waiting.format(contract.id).replace("&amp;", "&")).text
    assert "未满足条件" in parts
    assert number in parts.partition("<tfoot")[2], "what the parts come to is what the number says"
    assert "未满足条件" not in browser.get("/ageing/parts?band=0").text
    late = browser.get("/scheduled-payments/?view=late").text
    assert [f"/scheduled-payments/{one.due.part.id}" in late for one in (first, second)] == [True, False]


def move_due(books: Books, world: World, contract: Contract, days: int) -> None:
    """Let the first part have been due for ``days``, the second one for 30 days less, straight in the database."""
    from sqlalchemy.orm import Session

    from plugins.contracts.models import ScheduledPayment

    with Session(world.keguan.database.engine) as session, session.begin():
        for part in session.query(ScheduledPayment).where(ScheduledPayment.contract_id == contract.id):
            part.due_on = today() - timedelta(days=days - 30 * (part.position - 1))


@pytest.mark.requirement("R-392")
def test_every_number_of_the_analysis_opens_its_parts(books: Books, contract: Contract, world: World, client_for: ClientFor) -> None:
    move_due(books, world, contract, 45)
    browser = client_for(SELLER)
    page = browser.get("/ageing/?by=contract").text
    address = f"/ageing/parts?by=contract&amp;key={contract.id}&amp;band=2"
    assert address in page
    parts = browser.get(address.replace("&amp;", "&")).text
    assert str(contract.number) in parts
    assert "¥117,360.00" in parts
    assert "¥273,840.00" not in parts
    assert len(re.findall(r"<h[12][^>]*>[^<]*未收明细", parts)) == 1, "the title of the page is not said again above its table"
    queries = ("?by=moon", "parts?key=x", "parts?band=99")
    assert [browser.get(f"/ageing/{query}").status_code for query in queries] == [400, 400, 400]


@pytest.mark.requirement("R-343")
@pytest.mark.requirement("R-392")
def test_the_analysis_answers_a_page_at_a_time_and_its_totals_are_of_everything(
    books: Books, contract: Contract, world: World, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = books.trade.customer(name="无锡太湖阀门有限公司")
    contracts = [contract, *(books.contract(customer=customer) for _ in range(2))]
    monkeypatch.setattr("core.web.paging.cut.__defaults__", (2,))
    browser = client_for(SELLER)
    pages = [browser.get(f"/ageing/?by=contract&page={number}").text for number in (1, 2)]
    assert [sum(f"key={one.id}&amp;band=&" in page.replace('band="', "band=&") for one in contracts) for page in pages] == [2, 1]
    assert all("¥1,173,600.00" in page for page in pages), "the sum of all three"
    parts = [browser.get(f"/ageing/parts?page={number}").text for number in (1, 2, 3)]
    head_and_sum = 2
    assert [len(re.findall(r"<tr\b", page)) - head_and_sum for page in parts] == [2, 2, 2], "two parts of each contract"
    assert all("¥1,173,600.00" in page for page in parts)
    assert browser.get("/ageing/parts?page=999").status_code == 200


def test_nobody_ages_what_he_may_not_see(books: Books, contract: Contract, world: World, client_for: ClientFor) -> None:
    with world.reading("sales.west1") as session:
        assert open_on(session, today()) == []
    assert client_for("service").get("/ageing/").status_code == 403
    assert client_for("service").get("/statements/").status_code == 403


def test_money_stands_on_the_pages_of_customer_and_contract(books: Books, contract: Contract, client_for: ClientFor) -> None:
    books.invoice(books.sent(contract, "3000.00"))
    books.paid(books.receipt("1200.00", contract.customer_id), contract, "1000.00")
    page = client_for(SELLER).get(f"/contracts/{contract.id}").text
    assert [amount in page for amount in ("¥3,000.00", "¥1,000.00", "¥390,200.00")] == [True] * 3
    assert "¥1,800.00" in client_for(SELLER).get(f"/customers/{contract.customer_id}").text
    told = client_for("service").get(f"/customers/{contract.customer_id}").text
    assert "¥1,800.00" not in told
    assert "/invoices/" not in told


def test_a_customer_who_has_paid_ahead_owes_nothing(books: Books, contract: Contract, client_for: ClientFor) -> None:
    books.receipt("1200.00", contract.customer_id)
    page = client_for(SELLER).get(f"/customers/{contract.customer_id}").text
    told = re.search(r"已开票未回款.{0,200}?>([–¥−-][^<]*)<", page, re.DOTALL)
    assert told is not None
    assert told[1] == "¥0.00"


def test_what_is_left_of_the_credit_follows_what_is_owed(books: Books, contract: Contract, world: World, client_for: ClientFor) -> None:
    """The limit less what was invoiced and not paid, below 0 once that is too much; no figure where nothing was agreed or may be read, nor
    for whoever sees only some of the invoices."""
    customer = contract.customer_id
    left = re.compile(r"剩余信用额度.{0,200}?>([–¥−-][^<]*)<", re.DOTALL)

    def shown(account: str) -> str:
        found = left.search(client_for(account).get(f"/customers/{customer}").text)
        return found[1] if found else ""

    assert shown(CLERK) == ""
    books.invoice(books.sent(contract, "3000.00"))
    for limit, amount in (("10000", "¥7,000.00"), ("2500", "-¥500.00")):
        with world.use_case(SELLER) as session:
            change_customer(session, customer, None, {"credit_limit": Decimal(limit)})
        assert shown(CLERK) == amount
        assert shown(SELLER) == "", "there may be invoices of colleagues"
    state(world, "invoicing_clerk", {("customers_customer", "credit_limit"): FieldAccess.NONE})
    assert shown(CLERK) == ""


def test_nothing_is_still_to_be_paid_of_a_contract_that_binds_nobody_yet(world: World, client_for: ClientFor) -> None:
    draft = Trade(world).contract(SELLER)
    page = client_for(SELLER).get(f"/contracts/{draft.id}").text
    told = re.search(r"尚未回款.{0,200}?>([–¥][^<]*)<", page, re.DOTALL)
    assert told is not None
    assert told[1] == "¥0.00"


@pytest.mark.parametrize(
    ("account", "address", "note"),
    [(CLERK, "/invoice-notices/", "待开票"), (SELLER, "/invoices/", "待反馈"), (ADMINISTRATOR, "/receipts/", "待分配")],
)
def test_each_role_finds_its_work_on_the_desk(
    books: Books, contract: Contract, world: World, client_for: ClientFor, account: str, address: str, note: str
) -> None:
    books.invoice(books.sent(contract, "100.00"))
    waiting = books.sent(contract, "200.00")
    receipt: Receipt = books.receipt("50.00")
    page = client_for(account).get("/").text
    assert address in page
    found = [task.note for task in tasks_of(world, client_for, account) if address in task.url]
    assert found
    assert all(note in one for one in found)
    assert receipt.id
    with world.use_case(SELLER) as session:
        withdraw_notice(session, waiting.id, None, reason="推迟")
    assert [task for task in tasks_of(world, client_for, CLERK) if "/invoice-notices/" in task.url] == []


@pytest.mark.requirement("R-228")
def test_the_clerk_finds_what_is_still_to_be_sent_out_and_what_came_back(
    books: Books, contract: Contract, world: World, client_for: ClientFor, token_client_for: ClientFor
) -> None:
    paper = books.invoice(books.sent(contract, "100.00", kind=InvoiceKind.SPECIAL), tax_number="12345678")
    electronic = books.invoice(books.sent(contract, "200.00", kind=InvoiceKind.E_ORDINARY))

    def waiting(account: str) -> dict[str, str]:
        return {task.url.rpartition("/")[2]: task.note for task in tasks_of(world, client_for, account) if "/invoices/" in task.url}

    def listed() -> set[str]:
        return {str(one) for one in token_client_for(CLERK).get("/api/v1/invoices/?view=deliver").get_json()["ids"]}

    one, other = str(paper.id), str(electronic.id)
    assert waiting(CLERK) == {one: "待打印寄送", other: "待电子发送"}
    assert listed() == {one, other}
    with world.use_case(CLERK) as session:
        print_invoice(session, paper.id, None)
        mail_invoice(session, paper.id, None, tracking_number="SF1")
    assert (set(waiting(CLERK)), listed()) == ({other}, {other})
    with world.use_case(SELLER) as session:
        report_problem(session, paper.id, None, reason="快递遗失")
    assert (waiting(CLERK)[one], listed()) == ("有问题：快递遗失", {one, other})
    assert set(waiting(SELLER).values()) == {"待反馈发票状态"}, "who only asks for invoices sends none out"


def tasks_of(world: World, client_for: ClientFor, account: str) -> list[object]:
    """What the desk offers to the person, with addresses."""
    application = client_for(account).application
    with world.reading(account) as session, application.test_request_context():
        return entries_of(session, hooks().crm_desk_tasks(session=session, limit=8), 8)


def test_what_came_in_this_month_is_what_its_list_adds_up_to(books: Books, contract: Contract, world: World, client_for: ClientFor) -> None:
    """What was paid back stands in a column of its own; of a receipt that was paid back altogether neither tells anything."""
    receipt, gone = books.receipt("1200.00", contract.customer_id), books.receipt("333.00", contract.customer_id, payer="误汇一方")
    with world.use_case(ADMINISTRATOR) as session:
        refund_receipt(session, receipt.id, None, amount=Decimal("200.00"), reason="多付")
        refund_receipt(session, gone.id, None, amount=Decimal("333.00"), reason="误汇")
    browser = client_for(SELLER)
    desk = browser.get("/").text
    assert ("¥1,200" in desk, "¥1,533" in desk) == (True, False)
    month, every = (browser.get(f"/receipts/?{asked}").text for asked in ("view=month", ""))
    assert ("¥1,200" in month, "¥200" in month, "误汇一方" in month, "¥1,533" in month) == (True, True, False, False)
    assert ("误汇一方" in every, "¥1,533" in every) == (True, False)


@pytest.mark.parametrize(
    ("account", "view", "count"), [(CLERK, "waiting", 1), (SELLER, "feedback", 1), (SELLER, "mine", 2), (ADMINISTRATOR, "open", 1)]
)
def test_lists_offer_the_same_work_as_views(
    books: Books, contract: Contract, token_client_for: ClientFor, account: str, view: str, count: int
) -> None:
    notice = books.sent(contract, "100.00")
    books.invoice(notice, "40.00")
    books.invoice(books.sent(contract, "60.00"))
    books.receipt("50.00")
    path = {"waiting": "invoice-notices", "feedback": "invoices", "mine": "invoices", "open": "receipts"}[view]
    found = token_client_for(account).get(f"/api/v1/{path}/?view={view}").json
    assert found["count"] == (2 if view == "feedback" else count)


def test_rest_runs_the_verbs(books: Books, contract: Contract, token_client_for: ClientFor) -> None:
    notice = books.sent(contract, "100.00")
    clerk = token_client_for(CLERK)
    body = {"version": books.again(notice).version, "tax_number": books.number()}
    issued = clerk.post(f"/api/v1/invoice-notices/{notice.id}/issue", json=body)
    assert (issued.status_code, issued.json["result"]["state"]) == (200, "done")
    seller = token_client_for(SELLER)
    (invoice,) = seller.get(f"/api/v1/invoices/?notice={notice.id}").json["result"]
    refused = seller.post(f"/api/v1/invoices/{invoice['id']}/book_in", json={"version": invoice["version"]})
    assert (refused.status_code, "已入账" in refused.json["message"]) == (409, True)
