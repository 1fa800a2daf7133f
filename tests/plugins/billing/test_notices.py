"""Invoice notices: what may be invoiced, asked for by those who may, under a number without a gap."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.access.administration import set_roles
from core.access.models import Role
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from core.kernel.errors import BadInput, Forbidden, IllegalTransition, NotFound
from core.work.models import Notice
from plugins.billing.errors import NoticeFixed, NotInvoiceable, OverInvoiceable, TitleIncomplete
from plugins.billing.models import InvoiceNotice, NoticeLine
from plugins.billing.operations import (
    change_notice,
    close_notice,
    delete_notice,
    draft_notice,
    return_notice,
    send_notice,
    withdraw_notice,
)
from plugins.billing.rules.states import InvoiceKind, NoticeState, TaxRate
from plugins.contracts.errors import HasRecords
from plugins.contracts.models import Contract
from plugins.contracts.operations import change_contract, delete_contract, plan_payments, sign_contract, terminate_contract
from plugins.customers.operations import share_customer
from plugins.sales.operations import (
    add_member,
    add_milestone,
    approve_proposal,
    change_project,
    create_project,
    create_proposal,
    reach_milestone,
    submit_proposal,
)
from tests.plugins.billing.conftest import ADMINISTRATOR, CLERK, SELLER, Books
from tests.world import World

MANAGER = "sales.west1"
WHOLE = "117360.00"
"""What can be invoiced of the contract of the tests."""


@pytest.mark.requirement("R-108")
def test_a_notice_carries_contract_amount_buyer_and_who_asks(books: Books, contract: Contract) -> None:
    books.title(contract.customer_id)
    notice = books.draft(contract, "1130.00")
    assert (notice.amount, notice.net, notice.tax) == (Decimal("1130.00"), Decimal("1000.00"), Decimal("130.00"))
    assert (notice.customer_id, notice.owner_id) == (contract.customer_id, books.trade.employee(SELLER))
    assert (notice.buyer, notice.buyer_tax_number, notice.number) == ("苏州恒锐精密机械有限公司", "91320594MA1MPXXX7K", None)


@pytest.mark.requirement("R-227")
def test_a_sent_notice_has_a_number_and_the_clerk_is_told(books: Books, contract: Contract, world: World) -> None:
    notice = books.sent(contract)
    assert (notice.state, notice.number, notice.sent_on) == (NoticeState.SENT, f"KP-{today().year}-0001", today())
    with world.reading(CLERK) as session:
        (told,) = session.scalars(select(Notice).where(Notice.employee_id == books.trade.employee(CLERK))).all()
    assert (told.url, told.message.params["title"]) == (f"/invoice-notices/{notice.id}", notice.title)


@pytest.mark.requirement("R-327")
def test_the_clerk_has_two_working_days(books: Books, contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins.billing.operations.sending.today", lambda: date(2026, 11, 20))  # a Friday
    assert books.sent(contract).due_on == date(2026, 11, 24)


@pytest.mark.requirement("R-329")
def test_no_more_is_asked_for_than_can_be_invoiced(books: Books, contract: Contract, world: World) -> None:
    books.sent(contract, "100000.00")
    notice = books.draft(contract, "17360.01")
    with pytest.raises(OverInvoiceable) as refused, world.use_case(SELLER) as session:
        send_notice(session, notice.id, None)
    assert "¥17,360.00" in str(refused.value)
    assert books.again(notice).state == NoticeState.DRAFT
    assert books.sent(contract, "17360.00").state == NoticeState.SENT


@pytest.mark.requirement("R-329")
def test_a_part_is_invoiced_only_once_it_is_released_and_only_up_to_its_amount(books: Books, contract: Contract, world: World) -> None:
    books.title(contract.customer_id)
    waiting = books.draft(contract, "10.00", part=2)
    with pytest.raises(NotInvoiceable, match="Part 2"), world.use_case(SELLER) as session:
        send_notice(session, waiting.id, None)
    both = books.contract(customer=None, released=2)
    books.title(both.customer_id)
    over = books.draft(both, "117360.01", part=1)
    with pytest.raises(OverInvoiceable, match="part 1"), world.use_case(SELLER) as session:
        send_notice(session, over.id, None)
    assert books.sent(both, WHOLE, part=1).state == NoticeState.SENT


def test_a_part_that_the_schedule_does_not_have_is_refused_by_its_line(books: Books, contract: Contract) -> None:
    with pytest.raises(BadInput) as refused:
        books.draft(contract, part=9)
    assert set(refused.value.fields) == {"lines-0-part_number"}


@pytest.mark.requirement("R-329")
def test_a_contract_that_is_not_signed_or_has_ended_is_not_invoiced(books: Books, contract: Contract, world: World) -> None:
    draft = books.trade.contract()
    books.title(draft.customer_id)
    ended = books.draft(contract)
    books.title(contract.customer_id)
    with world.use_case("contracts") as session:
        terminate_contract(session, contract.id, None, reason="客户取消")
    with pytest.raises(NotInvoiceable), world.use_case(SELLER) as session:
        send_notice(session, ended.id, None)
    notice = books.draft(books.contract())
    for gone in (draft, contract):
        with pytest.raises(NotInvoiceable):
            books.draft(gone)
        with pytest.raises(NotInvoiceable), world.use_case(SELLER) as session:
            change_notice(session, notice.id, None, {"contract": gone.id})


def test_a_withdrawn_notice_gives_back_what_it_had_taken_up(books: Books, contract: Contract, world: World) -> None:
    notice = books.sent(contract, WHOLE)
    with world.use_case(SELLER) as session:
        withdraw_notice(session, notice.id, None, reason="客户推迟")
    again = books.sent(contract, WHOLE)
    assert again.number == f"KP-{today().year}-0002"


def test_a_returned_notice_is_mended_and_sent_again_under_its_number(books: Books, contract: Contract, world: World) -> None:
    notice = books.sent(contract, WHOLE)
    with world.use_case(CLERK) as session:
        returned = return_notice(session, notice.id, None, reason="开户行不对")
    assert (returned.state, returned.state_reason) == (NoticeState.RETURNED, "开户行不对")
    with world.use_case(SELLER) as session:
        change_notice(session, notice.id, None, {"note": "已核对"})
    with world.use_case(SELLER) as session:
        sent = send_notice(session, notice.id, None)
    assert (sent.number, sent.state, sent.state_reason) == (notice.number, NoticeState.SENT, None)
    with world.reading(SELLER) as session:
        told = session.scalars(select(Notice).where(Notice.employee_id == books.trade.employee(SELLER))).all()
    assert any("came back" in one.message.text for one in told)


def test_the_rest_of_a_closed_notice_is_free_for_another(books: Books, contract: Contract, world: World) -> None:
    notice = books.sent(contract, WHOLE)
    books.invoice(notice, "40000.00")
    with world.use_case(SELLER) as session:
        closed = close_notice(session, notice.id, None, reason="余款另开")
    assert (closed.state, closed.issued) == (NoticeState.DONE, Decimal("40000.00"))
    assert books.sent(contract, "77360.00").state == NoticeState.SENT
    with pytest.raises(OverInvoiceable):
        books.sent(contract, "0.01")


def test_a_sent_notice_is_neither_changed_nor_thrown_away(books: Books, contract: Contract, world: World) -> None:
    notice = books.sent(contract)
    with pytest.raises(NoticeFixed), world.use_case(SELLER) as session:
        change_notice(session, notice.id, None, {"title": "改"})
    with pytest.raises(NoticeFixed), world.use_case(SELLER) as session:
        delete_notice(session, notice.id, None)
    with pytest.raises(IllegalTransition), world.use_case(SELLER) as session:
        send_notice(session, notice.id, None)


def test_a_draft_is_thrown_away_with_its_lines(books: Books, contract: Contract, world: World) -> None:
    notice = books.draft(contract)
    with world.use_case(SELLER) as session:
        delete_notice(session, notice.id, notice.version)
    with world.reading(CLERK) as session:
        assert session.scalars(select(InvoiceNotice)).all() == []
        assert session.scalars(select(NoticeLine)).all() == []


def test_another_rate_makes_another_tax(books: Books, contract: Contract, world: World) -> None:
    notice = books.draft(contract, "1060.00")
    with world.use_case(SELLER) as session:
        changed = change_notice(session, notice.id, None, {"tax_rate": TaxRate.R6})
    assert (changed.net, changed.tax, changed.amount) == (Decimal("1000.00"), Decimal("60.00"), Decimal("1060.00"))


@pytest.mark.parametrize(
    ("kind", "known", "missing"),
    [
        (InvoiceKind.E_SPECIAL, {"tax_number": None}, "Tax number of the buyer"),
        (InvoiceKind.SPECIAL, {"bank": None, "phone": None}, "Bank, Telephone"),
        (InvoiceKind.E_ORDINARY, {"tax_number": None, "bank": None}, ""),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_each_kind_of_invoice_wants_its_title_data(
    books: Books, contract: Contract, world: World, kind: InvoiceKind, known: dict[str, None], missing: str
) -> None:
    books.title(contract.customer_id, **known)
    notice = books.draft(contract, kind=kind)
    if not missing:
        assert books.sent(contract, kind=kind).state == NoticeState.SENT
        return
    with pytest.raises(TitleIncomplete, match=missing), world.use_case(SELLER) as session:
        send_notice(session, notice.id, None)


def test_a_notice_without_lines_is_not_sent(books: Books, contract: Contract, world: World) -> None:
    with world.use_case(SELLER) as session:
        notice = draft_notice(session, {"title": "空", "contract": contract.id})
    with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
        send_notice(session, notice.id, None)
    assert set(refused.value.fields) == {"lines"}


@pytest.mark.requirement("R-002")
@pytest.mark.parametrize(
    ("account", "error"), [("sales.west1", NotFound), ("head.west", NotFound), ("leader", Forbidden), (CLERK, Forbidden)]
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_salespersons_notice_is_sent_by_nobody_else(
    books: Books, contract: Contract, world: World, account: str, error: type[Exception]
) -> None:
    notice = books.draft(contract)
    with pytest.raises(error), world.use_case(account) as session:
        send_notice(session, notice.id, None)


@pytest.fixture
def manager(world: World) -> str:
    """A project manager, who has no other role."""
    with world.use_case("security") as session:
        role = session.scalars(select(Role).where(Role.preset == "project_manager")).one()
        set_roles(session, world.employees[MANAGER].id, [role.id])
    return MANAGER


@pytest.mark.requirement("R-003", "R-227", "R-329")
def test_a_project_manager_sends_the_notice_for_the_milestone_of_the_contract_that_he_carries_out(
    books: Books, world: World, manager: str
) -> None:
    customer, handler = books.trade.customer(), world.employees[manager].id
    contract = books.contract(customer=customer, released=0)
    books.title(customer.id)
    with world.use_case(SELLER) as session:
        share_customer(session, customer.id, None, employee=handler)
        proposal = create_proposal(session, {"title": "空压站安装", "amount": Decimal(300_000), "customer": customer.id})
        submit_proposal(session, proposal.id, None)
    with world.use_case("head.east") as session:
        approve_proposal(session, proposal.id, None)
    with world.use_case(SELLER) as session:
        project = create_project(session, {"title": "安装", "proposal": proposal.id, "contract_number": contract.number})
        add_member(session, {"project": project.id, "employee": handler, "duty": "项目经理"})
        milestone = add_milestone(session, {"project": project.id, "name": "设备到货", "part": 1})
    with pytest.raises(NotFound):  # a project names its contract by a typed number, which opens nobody's contract
        books.draft(contract, by=manager, part=1)
    carried_out = books.trade.contract(customer=customer, handler=handler)
    with world.use_case(SELLER) as session:
        plan_payments(session, carried_out.id, None, shares="30,70")
    with world.use_case(ADMINISTRATOR) as session:
        signed = sign_contract(session, carried_out.id, None)
    with world.use_case(SELLER) as session:
        change_project(session, project.id, None, {"contract_number": signed.number})
    with pytest.raises(NotInvoiceable):
        books.sent(signed, WHOLE, by=manager, part=1)
    with world.use_case(SELLER) as session:
        reach_milestone(session, milestone.id, None)
    notice = books.sent(signed, WHOLE, by=manager, part=1)
    assert (notice.state, notice.owner_id) == (NoticeState.SENT, handler)
    with world.reading(CLERK) as session:
        told = session.scalars(select(Notice).where(Notice.employee_id == books.trade.employee(CLERK))).all()
    assert [one.url for one in told] == [f"/invoice-notices/{notice.id}"]


@pytest.mark.requirement("R-003")
def test_whoever_carries_a_contract_out_sees_it_until_another_one_does(books: Books, world: World, manager: str) -> None:
    contract = books.trade.contract(handler=world.employees[manager].id)
    with world.reading(manager) as session:
        assert session.get(Contract, contract.id) is not None
    with pytest.raises(Forbidden), world.use_case(manager) as session:
        change_contract(session, contract.id, None, {"title": "改名"})
    with world.use_case(SELLER) as session:
        change_contract(session, contract.id, None, {"handler": None})
    with world.reading(manager) as session:
        assert session.get(Contract, contract.id) is None


def test_a_contract_that_a_notice_names_is_not_thrown_away_but_its_plan_may_still_change(books: Books, world: World) -> None:
    """Notices were drafted before the signing once."""
    contract = books.trade.contract()
    with world.use_case(SELLER) as session:
        plan_payments(session, contract.id, None, shares="30,70")
    seller = world.employees[SELLER]
    with acting_as(System("an earlier notice", contract.company_id)), world.keguan.database.transaction() as session:
        whose = {"owner_id": seller.id, "department_id": seller.department_id, "customer_id": contract.customer_id}
        session.add(InvoiceNotice(title="空压站首期款", contract_id=contract.id, amount=0, net=0, tax=0, **whose))
    with pytest.raises(HasRecords), world.use_case(SELLER) as session:
        delete_contract(session, contract.id, None)
    with world.use_case(SELLER) as session:
        plan_payments(session, contract.id, None, shares="50,50")
