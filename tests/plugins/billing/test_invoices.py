"""Invoices: issued on notice, brought to the customer, fed back, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from core.extension.exchange import Task
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict, Forbidden, IllegalTransition, NotFound
from core.work.attachments import attach
from core.work.models import Notice
from plugins.billing.errors import CannotVoid, FileMissing, NumberTaken, OtherBuyer, OverInvoice, OverNotice, ReversedAlready
from plugins.billing.jobs import remind as remind_job
from plugins.billing.models import Invoice, InvoiceNotice, InvoiceSource
from plugins.billing.operations import (
    book_in_invoice,
    change_invoice,
    issue_notice,
    mail_invoice,
    print_invoice,
    receive_invoice,
    remind,
    report_problem,
    reverse_invoice,
    send_invoice,
    void_invoice,
)
from plugins.billing.rules.states import InvoiceKind, InvoiceState, NoticeState, TaxRate
from plugins.contracts.models import Contract
from tests.plugins.billing.conftest import CLERK, SELLER, Books
from tests.world import Browser, World

PDF = b"%PDF-1.4\n%%EOF\n"
XML = '<?xml version="1.0" encoding="UTF-8"?><EInvoice><Buyer>苏州恒锐精密机械有限公司</Buyer></EInvoice>'.encode()


def ofd() -> bytes:
    """The package that an OFD is, with nothing but its root document."""
    package = BytesIO()
    with ZipFile(package, "w") as packed:
        packed.writestr("OFD.xml", '<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>')
    return package.getvalue()


FILES = {"invoice.pdf": PDF, "invoice.ofd": ofd(), "invoice.xml": XML}
"""What an electronic invoice is sent as."""


def mailed(books: Books, world: World, contract: Contract) -> Invoice:
    """A paper invoice on its way."""
    invoice = books.invoice(books.sent(contract, kind=InvoiceKind.SPECIAL), tax_number=f"{next(books.numbers):08d}")
    with world.use_case(CLERK) as session:
        print_invoice(session, invoice.id, None)
        return mail_invoice(session, invoice.id, None, tracking_number="SF1234567890123")


@pytest.mark.requirement("R-109")
@pytest.mark.requirement("R-228")
def test_the_clerk_issues_an_invoice_that_belongs_to_the_sender_of_the_notice(books: Books, contract: Contract) -> None:
    notice = books.sent(contract, "1130.00")
    invoice = books.invoice(notice)
    assert (invoice.amount, invoice.net, invoice.tax) == (Decimal("1130.00"), Decimal("1000.00"), Decimal("130.00"))
    assert (invoice.state, invoice.owner_id, invoice.buyer) == (InvoiceState.ISSUED, notice.owner_id, notice.buyer)
    stored = books.again(notice)
    assert (stored.state, stored.issued, stored.done_on) == (NoticeState.DONE, Decimal("1130.00"), today())


@pytest.mark.requirement("R-228")
def test_a_notice_is_issued_in_parts_and_never_beyond_its_amount(books: Books, contract: Contract) -> None:
    notice = books.sent(contract, "1000.00")
    books.invoice(notice, "400.00")
    assert books.again(notice).state == NoticeState.PARTLY
    with pytest.raises(OverNotice, match=r"¥600.00"):
        books.invoice(notice, "600.01")
    assert books.invoice(notice).amount == Decimal("600.00")
    with pytest.raises(Conflict, match="Fully issued"):
        books.invoice(notice, "0.01")


@pytest.mark.requirement("R-228")
def test_several_notices_of_one_buyer_share_an_invoice(books: Books, contract: Contract, world: World) -> None:
    first, second, third = (books.sent(contract, amount) for amount in ("100.00", "200.00", "300.00"))
    invoice = books.invoice(first, further=f"{second.number}、{third.number}", amount="350.00")
    with world.reading(CLERK) as session:
        sources = session.scalars(select(InvoiceSource).order_by(InvoiceSource.notice_id)).all()
        assert [(source.notice_id, source.amount) for source in sources] == [
            (first.id, Decimal("100.00")),
            (second.id, Decimal("200.00")),
            (third.id, Decimal("50.00")),
        ]
    assert invoice.amount == Decimal("350.00")
    assert [books.again(one).state for one in (first, second, third)] == [NoticeState.DONE, NoticeState.DONE, NoticeState.PARTLY]


def test_notices_of_another_buyer_or_rate_do_not_share_an_invoice(books: Books, contract: Contract) -> None:
    first, other = books.sent(contract), books.sent(contract, tax_rate=TaxRate.R6)
    with pytest.raises(OtherBuyer):
        books.invoice(first, further=other.number)
    with pytest.raises(BadInput) as refused:
        books.invoice(first, further="KP-1999-0001")
    assert set(refused.value.fields) == {"further"}


def test_a_number_of_the_platform_stands_on_one_invoice_only(books: Books, contract: Contract) -> None:
    notice = books.sent(contract)
    number = books.invoice(notice, "100.00").tax_number
    with pytest.raises(NumberTaken):
        books.invoice(notice, "100.00", tax_number=number)
    with pytest.raises(BadInput) as refused:
        books.invoice(notice, "100.00", tax_number="12345")
    assert set(refused.value.fields) == {"tax_number"}


def test_the_verb_on_the_notice_issues_the_whole_rest(books: Books, contract: Contract, world: World) -> None:
    notice = books.sent(contract)
    with world.use_case(CLERK) as session:
        issue_notice(session, notice.id, notice.version, tax_number=books.number(), amount=Decimal("1.00"))
    with world.use_case(CLERK) as session:
        issue_notice(session, notice.id, None, tax_number=books.number())
    with world.reading(SELLER) as session:
        assert [one.amount for one in session.scalars(select(Invoice).order_by(Invoice.id))] == [Decimal("1.00"), Decimal("999.00")]
        told = session.scalars(select(Notice).where(Notice.employee_id == books.trade.employee(SELLER))).all()
    assert sum("has been issued" in one.message.text for one in told) == 2


@pytest.mark.requirement("R-228")
def test_a_paper_invoice_is_printed_and_mailed_with_its_tracking_number(books: Books, contract: Contract, world: World) -> None:
    invoice = mailed(books, world, contract)
    assert (invoice.state, invoice.tracking_number, invoice.delivered_on) == (InvoiceState.MAILED, "SF1234567890123", today())
    with pytest.raises(Conflict, match="paper"), world.use_case(CLERK) as session:
        send_invoice(session, invoice.id, None)


@pytest.mark.requirement("R-228")
@pytest.mark.parametrize(("name", "content"), FILES.items())
def test_an_electronic_invoice_is_sent_with_its_file(books: Books, contract: Contract, world: World, name: str, content: bytes) -> None:
    invoice = books.invoice(books.sent(contract))
    with pytest.raises(Conflict, match="electronic"), world.use_case(CLERK) as session:
        print_invoice(session, invoice.id, None)
    with pytest.raises(FileMissing), world.use_case(CLERK) as session:
        send_invoice(session, invoice.id, None)
    with world.use_case(CLERK) as session:
        attach(session, session.get(Invoice, invoice.id), name, BytesIO(content))
    with world.use_case(CLERK) as session:
        assert send_invoice(session, invoice.id, None).state == InvoiceState.SENT


@pytest.mark.requirement("R-109")
@pytest.mark.requirement("R-229")
def test_the_salesperson_feeds_back_that_the_customer_has_it_and_booked_it_in(books: Books, contract: Contract, world: World) -> None:
    invoice = mailed(books, world, contract)
    with world.use_case(SELLER) as session:
        received = receive_invoice(session, invoice.id, None)
        assert (received.state, received.fed_back_on) == (InvoiceState.RECEIVED, today())
    with world.use_case(SELLER) as session:
        booked = book_in_invoice(session, invoice.id, None)
    assert (booked.state, booked.booked_in_on) == (InvoiceState.BOOKED_IN, today())
    with pytest.raises(IllegalTransition), world.use_case(SELLER) as session:
        report_problem(session, invoice.id, None, reason="太晚")


def test_a_problem_is_told_to_the_clerk_with_its_reason_and_can_be_mailed_anew(books: Books, contract: Contract, world: World) -> None:
    invoice = mailed(books, world, contract)
    with world.use_case(SELLER) as session:
        assert report_problem(session, invoice.id, None, reason="快递遗失").state_reason == "快递遗失"
    with world.reading(CLERK) as session:
        mine = select(Notice).where(Notice.employee_id == books.trade.employee(CLERK), Notice.url == f"/invoices/{invoice.id}")
        assert ["快递遗失" in one.message.params["reason"] for one in session.scalars(mine)] == [True]
    with world.use_case(CLERK) as session:
        again = mail_invoice(session, invoice.id, None, tracking_number="SF2")
    assert (again.state, again.state_reason) == (InvoiceState.MAILED, None)


@pytest.mark.requirement("R-230")
@pytest.mark.requirement("R-328")
def test_the_clerk_reminds_the_salesperson_of_what_is_not_booked_in(books: Books, contract: Contract, world: World) -> None:
    invoice = mailed(books, world, contract)
    with world.use_case(CLERK) as session:
        assert remind(session, invoice.id, None).reminded_on == today()
    with world.reading(SELLER) as session:
        told = session.scalars(select(Notice).where(Notice.employee_id == books.trade.employee(SELLER))).all()
    assert [one.url for one in told if "books the invoice" in one.message.text] == [f"/invoices/{invoice.id}"]
    with world.use_case(SELLER) as session:
        book_in_invoice(session, invoice.id, None)
    with pytest.raises(Conflict), world.use_case(CLERK) as session:
        remind(session, invoice.id, None)


@pytest.mark.requirement("R-326")
def test_feedback_is_due_thirty_days_after_the_issue_and_said_once_when_it_is_late(books: Books, contract: Contract, world: World) -> None:
    notice = books.sent(contract, "3000.00")
    late = books.invoice(notice, "1000.00", issued_on=today() - timedelta(days=31))
    books.invoice(notice, "1000.00", issued_on=today() - timedelta(days=30))
    assert late.feedback_due_on == today() - timedelta(days=1)
    company = world.companies["qiheng"].id
    task = Task(1, "billing.remind", company, {}, frozenset({"billing"}), lambda done, total: None)
    for _ in range(2):
        with acting_as(System("job", company)), world.keguan.database.transaction() as session:
            remind_job(session, task)
    with world.reading(SELLER) as session:
        told = session.scalars(select(Notice).where(Notice.employee_id == books.trade.employee(SELLER))).all()
    assert [one.url for one in told if "was due" in one.message.text] == [f"/invoices/{late.id}"]


def test_a_paper_invoice_of_this_month_is_made_void_and_its_notice_is_open_again(books: Books, contract: Contract, world: World) -> None:
    invoice = mailed(books, world, contract)
    with world.use_case(CLERK) as session:
        void = void_invoice(session, invoice.id, None, reason="税率有误")
    notice = books.again(InvoiceNotice(id=invoice.notice_id))
    assert (void.state, void.amount, notice.state, notice.issued) == (
        InvoiceState.VOID,
        Decimal("1000.00"),
        NoticeState.SENT,
        Decimal("0.00"),
    )


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_feedback_is_due_on_screen_only_while_it_is_waited_for(
    books: Books, contract: Contract, world: World, client_for: Callable[[str], Browser]
) -> None:
    void, received = mailed(books, world, contract), mailed(books, world, contract)
    browser, day = client_for(SELLER), f'datetime="{void.feedback_due_on}"'

    def shown() -> list[int]:
        return [browser.get(path).text.count(day) for path in (f"/invoices/{void.id}", f"/invoices/{received.id}", "/invoices/")]

    on_pages = shown()
    assert all(on_pages)
    with world.use_case(CLERK) as session:
        void_invoice(session, void.id, None, reason="税率有误")
    assert shown() == [0, on_pages[1], on_pages[2] // 2]
    with world.use_case(SELLER) as session:
        receive_invoice(session, received.id, None)
    assert shown() == [0, 0, 0]


def told_of(client_for: Callable[[str], Browser], path: str) -> str:
    """The changes on the timeline of a document."""
    return client_for(SELLER).get(f"{path}?tab=timeline&kind=changes", headers={"HX-Request": "true", "HX-Target": "tab-body"}).text


def test_timelines_of_invoice_and_notice_say_whether_it_was_made_void_or_reversed(
    books: Books, contract: Contract, world: World, client_for: Callable[[str], Browser]
) -> None:
    void = mailed(books, world, contract)
    red = books.invoice(books.sent(contract))
    with world.use_case(CLERK) as session:
        void_invoice(session, void.id, None, reason="税率有误")
        reverse_invoice(session, red.id, None, tax_number=books.number(), reason="退货")
    assert 'kg-grow">作废</span>' in told_of(client_for, f"/invoices/{void.id}")
    assert 'kg-grow">红冲</span>' in told_of(client_for, f"/invoices/{red.id}")
    assert "作废了本通知的发票" in told_of(client_for, f"/invoice-notices/{void.notice_id}")
    assert "红冲了本通知的发票" in told_of(client_for, f"/invoice-notices/{red.notice_id}")


def test_what_is_electronic_or_older_is_not_made_void(books: Books, contract: Contract, world: World) -> None:
    notice = books.sent(contract, "3000.00", kind=InvoiceKind.SPECIAL)
    before = today().replace(day=1) - timedelta(days=1)
    old = books.invoice(notice, "1000.00", tax_number="30512001", issued_on=before)
    for invoice in (old, books.invoice(books.sent(contract))):
        with pytest.raises(CannotVoid), world.use_case(CLERK) as session:
            void_invoice(session, invoice.id, None, reason="错")


def test_a_red_letter_stands_against_the_original_which_stays(books: Books, contract: Contract, world: World) -> None:
    notice = books.sent(contract, "1130.00")
    invoice = books.invoice(notice)
    with world.use_case(CLERK) as session:
        original = reverse_invoice(session, invoice.id, None, tax_number=books.number(), reason="退货")
    assert (original.state, original.amount, original.tax_number) == (InvoiceState.REVERSED, invoice.amount, invoice.tax_number)
    with world.reading(SELLER) as session:
        red = session.scalars(select(Invoice).where(Invoice.red_of_id == invoice.id)).one()
    assert (red.state, red.amount, red.net, red.tax) == (InvoiceState.RED, Decimal("-1130.00"), Decimal("-1000.00"), Decimal("-130.00"))
    assert (books.again(notice).state, books.again(notice).issued) == (NoticeState.SENT, Decimal("0.00"))


def test_a_second_red_letter_and_one_above_the_original_are_refused(books: Books, contract: Contract, world: World) -> None:
    invoice = books.invoice(books.sent(contract))
    with pytest.raises(OverInvoice, match=r"¥1,000.00"), world.use_case(CLERK) as session:
        reverse_invoice(session, invoice.id, None, tax_number=books.number(), reason="退货", amount=Decimal("1000.01"))
    with world.use_case(CLERK) as session:
        reverse_invoice(session, invoice.id, None, tax_number=books.number(), reason="折让", amount=Decimal("300.00"))
    with pytest.raises(ReversedAlready), world.use_case(CLERK) as session:
        reverse_invoice(session, invoice.id, None, tax_number=books.number(), reason="再次", amount=Decimal("1.00"))
    with world.reading(CLERK) as session:
        assert sum(one.amount for one in session.scalars(select(Invoice))) == Decimal("700.00")


@pytest.mark.requirement("R-005")
def test_a_wrong_number_is_mended_by_the_clerk_alone_and_only_in_the_house(books: Books, contract: Contract, world: World) -> None:
    invoice = books.invoice(books.sent(contract, kind=InvoiceKind.SPECIAL), tax_number="30512001")
    with pytest.raises(Forbidden), world.use_case(SELLER) as session:
        change_invoice(session, invoice.id, None, {"tax_number": "30512002"})
    with world.use_case(SELLER) as session:
        assert change_invoice(session, invoice.id, None, {"note": "客户自取", "tax_number": "30512001"}).note == "客户自取"
    with world.use_case(CLERK) as session:
        assert change_invoice(session, invoice.id, None, {"tax_number": "30512002"}).tax_number == "30512002"
    with pytest.raises(BadInput) as refused, world.use_case(CLERK) as session:
        change_invoice(session, invoice.id, None, {"amount": Decimal("5.00")})
    assert set(refused.value.fields) == {"amount"}
    with world.use_case(CLERK) as session:
        print_invoice(session, invoice.id, None)
        mail_invoice(session, invoice.id, None, tracking_number="SF1")
    with pytest.raises(Forbidden), world.use_case(CLERK) as session:
        change_invoice(session, invoice.id, None, {"tax_number": "30512003"})


@pytest.mark.requirement("R-005")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_form_of_an_issued_invoice_asks_only_for_what_may_still_change(
    books: Books, contract: Contract, world: World, client_for: Callable[[str], Browser]
) -> None:
    invoice = books.invoice(books.sent(contract, kind=InvoiceKind.SPECIAL), tax_number="30512001")
    asked = ("title", "note", "tax_number", "issued_on", "amount", "notice")

    def form(account: str) -> set[str]:
        page = client_for(account).get(f"/invoices/{invoice.id}/edit").text
        return {name for name in asked if f'name="{name}"' in page}

    assert form(SELLER) == {"title", "note"}
    assert form(CLERK) == {"title", "note", "tax_number", "issued_on"}
    with world.use_case(CLERK) as session:
        print_invoice(session, invoice.id, None)
        mail_invoice(session, invoice.id, None, tracking_number="SF1")
    assert form(CLERK) == {"title", "note"}


@pytest.mark.requirement("R-005")
@pytest.mark.parametrize(("account", "error"), [(SELLER, Forbidden), ("contracts", Forbidden), ("sales.west1", NotFound)])
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_nobody_but_the_clerk_takes_an_invoice_back(
    books: Books, contract: Contract, world: World, account: str, error: type[Exception]
) -> None:
    invoice = books.invoice(books.sent(contract))
    with pytest.raises(error), world.use_case(account) as session:
        reverse_invoice(session, invoice.id, None, tax_number=books.number(), reason="退货")
