"""Sixteen people at once, and a process that dies: numbers have no gap and no double, money is never used twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.kernel.clock import today
from core.kernel.errors import KeguanError
from plugins.billing.errors import OverInvoiceable, OverOpen
from plugins.billing.models import Allocation, Invoice, InvoiceNotice, NoticeLine, Receipt
from plugins.billing.operations import allocate, draft_notice, refund_receipt, send_notice
from plugins.billing.rules.states import NoticeState
from plugins.contracts.models import Contract
from tests.crowds import all_at_once
from tests.plugins.billing.conftest import ADMINISTRATOR, SELLER, Books
from tests.world import World

CROWD = 16


@pytest.mark.requirement("R-335")
def test_sixteen_who_allocate_at_once_never_exceed_receipt_or_contract(books: Books, contract: Contract, world: World) -> None:
    receipts = [books.receipt("60000.00", contract.customer_id) for _ in range(4)]  # 240,000 wanted of each side by sixteen times 30,000

    def pay(number: int) -> Callable[[], None]:
        def work() -> None:
            with world.use_case(ADMINISTRATOR) as session:
                values = {"title": "款", "receipt": receipts[number % 4].id, "contract": contract.id, "amount": Decimal("30000.00")}
                allocate(session, values)

        return work

    refused = all_at_once(world, [pay(number) for number in range(CROWD)])
    assert len(refused) == 8  # each receipt is good for two, and the contract for thirteen
    with world.reading(ADMINISTRATOR) as session:
        assert session.scalar(select(func.sum(Allocation.amount))) == Decimal("240000.00")
        assert {one.rest for one in session.scalars(select(Receipt))} == {Decimal("0.00")}


@pytest.mark.requirement("R-335")
def test_sixteen_receipts_that_pay_one_contract_stop_at_its_amount(books: Books, contract: Contract, world: World) -> None:
    receipts = [books.receipt("30000.00", contract.customer_id) for _ in range(CROWD)]

    def pay(receipt: Receipt) -> Callable[[], None]:
        def work() -> None:
            with world.use_case(ADMINISTRATOR) as session:
                allocate(session, {"title": "款", "receipt": receipt.id, "contract": contract.id, "amount": Decimal("30000.00")})

        return work

    assert len(all_at_once(world, [pay(receipt) for receipt in receipts])) == 3
    with world.reading(ADMINISTRATOR) as session:
        assert session.scalar(select(func.sum(Allocation.amount))) == Decimal("390000.00")


def test_what_is_allocated_and_refunded_at_once_is_never_more_than_came_in(books: Books, contract: Contract, world: World) -> None:
    receipt = books.receipt("1000.00", contract.customer_id)

    def use(number: int) -> Callable[[], None]:
        def work() -> None:
            with world.use_case(ADMINISTRATOR) as session:
                if number % 2:
                    refund_receipt(session, receipt.id, None, amount=Decimal("300.00"), reason="退")
                else:
                    allocate(session, {"title": "款", "receipt": receipt.id, "contract": contract.id, "amount": Decimal("300.00")})

        return work

    assert len(all_at_once(world, [use(number) for number in range(CROWD)])) == CROWD - 3
    stored = books.again(receipt)
    assert (stored.allocated + stored.refunded, stored.rest) == (Decimal("900.00"), Decimal("100.00"))


@pytest.mark.requirement("R-329")
def test_sixteen_notices_at_once_leave_no_gap_and_stay_within_the_contract(books: Books, contract: Contract, world: World) -> None:
    books.title(contract.customer_id)
    drafts = [books.draft(contract, "10000.00") for _ in range(CROWD)]

    def send(notice: InvoiceNotice, *, fail: bool) -> Callable[[], None]:
        def work() -> None:
            with world.use_case(SELLER) as session:
                send_notice(session, notice.id, None)
                if fail:
                    raise KeguanError(notice.__label__)

        return work

    refused = all_at_once(world, [send(notice, fail=number % 4 == 0) for number, notice in enumerate(drafts)])
    with world.reading(SELLER) as session:
        sent = session.scalars(select(InvoiceNotice).where(InvoiceNotice.state == NoticeState.SENT)).all()
        assert session.scalar(select(func.sum(NoticeLine.claimed))) == Decimal("10000.00") * len(sent) <= Decimal("117360.00")
    assert sorted(str(one.number) for one in sent) == [f"KP-{today().year}-{number:04d}" for number in range(1, len(sent) + 1)]
    assert (len(sent), len(refused)) == (11, 5)


@pytest.mark.requirement("R-329")
def test_sixteen_who_have_one_part_invoiced_at_once_stay_within_the_part(books: Books, world: World) -> None:
    """What the other part leaves of the contract helps nobody: 117,360 yuan are good for eleven of them."""
    contract = books.contract(released=2)
    books.title(contract.customer_id)
    drafts = [books.draft(contract, "10000.00", part=1) for _ in range(CROWD)]

    def send(notice: InvoiceNotice) -> Callable[[], None]:
        def work() -> None:
            with world.use_case(SELLER) as session:
                send_notice(session, notice.id, None)

        return work

    refused = all_at_once(world, [send(notice) for notice in drafts])
    assert [type(error) for error in refused] == [OverInvoiceable] * 5
    with world.reading(SELLER) as session:
        claimed = select(NoticeLine.part_number, func.sum(NoticeLine.claimed)).group_by(NoticeLine.part_number)
        assert session.execute(claimed).one() == (1, Decimal("110000.00"))
        assert set(session.scalars(select(InvoiceNotice.state))) == {NoticeState.SENT, NoticeState.DRAFT}
    books.sent(contract, "273840.00", part=2)  # which is whole


@pytest.mark.requirement("R-329")
def test_sixteen_who_issue_one_notice_at_once_stay_within_it(books: Books, contract: Contract, world: World) -> None:
    notice, numbers = books.sent(contract, "110000.00"), [books.number() for _ in range(CROWD)]

    def issue(number: str) -> Callable[[], None]:
        def work() -> None:
            books.invoice(notice, "10000.00", tax_number=number)

        return work

    assert len(all_at_once(world, [issue(number) for number in numbers])) == 5
    with world.reading(ADMINISTRATOR) as session:
        assert session.scalar(select(func.sum(Invoice.amount))) == books.again(notice).issued == Decimal("110000.00")
    assert books.again(notice).state == NoticeState.DONE


@pytest.mark.requirement("R-335")
@pytest.mark.parametrize("named", ["part", "invoice"])
def test_sixteen_who_pay_one_part_or_one_invoice_at_once_stay_within_it(books: Books, contract: Contract, world: World, named: str) -> None:
    """The part is 117,360 yuan and the invoice 110,000; the contract and each receipt have more."""
    receipts = [books.receipt("60000.00", contract.customer_id) for _ in range(4)]
    invoice = books.invoice(books.sent(contract, "110000.00")).id if named == "invoice" else None
    paid = {"part_number": 1} if invoice is None else {"invoice": invoice}

    def pay(number: int) -> Callable[[], None]:
        def work() -> None:
            books.paid(receipts[number % 4], contract, "10000.00", **paid)

        return work

    refused = all_at_once(world, [pay(number) for number in range(CROWD)])
    assert [type(error) for error in refused] == [OverOpen] * 5
    with world.reading(ADMINISTRATOR) as session:
        assert session.scalar(select(func.sum(Allocation.amount))) == Decimal("110000.00")
        assert sum(one.allocated for one in session.scalars(select(Receipt))) == Decimal("110000.00")


KILLED = """
import sys
sys.path[:0] = [{root!r}]
from pathlib import Path
from config.settings import Settings
from core.application import create_core
from core.kernel.acting import acting_as
from core.switchboard.actors import resolve_actor
from plugins.billing.operations import send_notice

keguan = create_core(Settings(data=Path({data!r}), environment="testing", database_url={url!r}))
actor = resolve_actor(keguan.database.identity(), {user}, {company})
keguan.database.release()
with acting_as(actor), keguan.database.transaction() as session:
    print(send_notice(session, {notice}, None).number, flush=True)
    sys.stdin.read()
"""


def holding_a_number(world: World, database_url: str, notice: InvoiceNotice) -> subprocess.Popen[str]:
    """Another process that sends the notice and stands in the middle of its use case, with the first number in its hand."""
    employee = world.employees[SELLER]
    world.keguan.database.release()
    values = {"user": employee.user_id, "company": employee.company_id, "notice": notice.id}
    root = str(Path(__file__).resolve().parents[3])
    data = str(world.keguan.settings.data)  # the key of the trail lies there; a process without it does not start
    program = KILLED.format(root=root, data=data, url=database_url, **values)
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == f"KP-{today().year}-0001"
    return process


def sever(session: Session, database_url: str) -> None:
    """Cut the connection under a use case: the server ends it on PostgreSQL, the file is closed on SQLite."""
    lost = session.connection().connection.dbapi_connection
    assert lost is not None
    if not database_url.startswith("postgresql"):
        lost.close()
        return
    engine = create_engine(database_url)
    with engine.connect() as other:
        assert other.scalar(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": lost.info.backend_pid})
    engine.dispose()


def test_sixteen_who_draw_numbers_while_some_give_up_and_some_are_killed_leave_no_gap_and_no_double(
    books: Books, contract: Contract, world: World, database_url: str
) -> None:
    """Four of them fail after drawing, four lose their connection, and a process that holds a number dies while all of them wait for it."""
    books.title(contract.customer_id)
    drafts = [books.draft(contract) for _ in range(CROWD)]
    held, severed = books.draft(contract), []

    def send(number: int) -> Callable[[], None]:
        def work() -> None:
            try:
                with world.use_case(SELLER) as session:
                    send_notice(session, drafts[number].id, None)
                    if number % 4 == 1:
                        sever(session, database_url)
                    if number % 4 == 0:
                        raise KeguanError(InvoiceNotice.__label__)
            except DBAPIError:
                severed.append(number)

        return work

    with holding_a_number(world, database_url, held) as process:
        refused = all_at_once(world, [*(send(number) for number in range(CROWD)), process.kill])
        assert process.wait() == -signal.SIGKILL
    assert (len(refused), sorted(severed)) == (4, [1, 5, 9, 13])
    assert numbers_given(world) == [f"KP-{today().year}-{number:04d}" for number in range(1, 9)]
    for notice in [held, *(drafts[number] for number in range(CROWD) if number % 4 < 2)]:
        assert books.again(notice).state == NoticeState.DRAFT
        with world.use_case(SELLER) as session:
            send_notice(session, notice.id, None)
    assert numbers_given(world) == [f"KP-{today().year}-{number:04d}" for number in range(1, CROWD + 2)]


def numbers_given(world: World) -> list[str]:
    """Every number that a notice of the company bears, in its order."""
    with world.reading(ADMINISTRATOR) as session:
        return sorted(str(number) for number in session.scalars(select(InvoiceNotice.number).where(InvoiceNotice.number.is_not(None))))


def test_a_line_of_a_notice_that_was_refused_claims_nothing(books: Books, contract: Contract, world: World) -> None:
    books.title(contract.customer_id)
    with world.use_case(SELLER) as session:
        lines = [{"name": "款", "quantity": Decimal(1), "price": Decimal("200000.00")}]
        notice = draft_notice(session, {"title": "过多", "contract": contract.id, "lines": lines})
    with pytest.raises(KeguanError), world.use_case(SELLER) as session:
        send_notice(session, notice.id, None)
    with world.reading(SELLER) as session:
        assert session.scalar(select(func.sum(NoticeLine.claimed))) == Decimal("0.00")
