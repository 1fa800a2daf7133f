"""Receipts and their allocation: nothing is lost, nothing is used twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict, Forbidden, NotFound
from core.work.models import Notice
from plugins.billing.errors import ContractClosed, HasMoney, OtherCustomer, OverOpen, OverReceipt, ReceiptInUse
from plugins.billing.models import Allocation, Receipt, Refund
from plugins.billing.operations import (
    allocate,
    change_receipt,
    claim_receipt,
    refund_receipt,
    register_receipt,
    reverse_allocation,
    reverse_invoice,
    withdraw_notice,
)
from plugins.billing.rules.states import AllocationState, Delivery, ReceiptState
from plugins.contracts.models import Contract
from plugins.contracts.operations import terminate_contract, void_contract
from plugins.contracts.rules import ContractState
from plugins.customers.operations import hand_over_customer
from plugins.customers.public import customer_names
from tests.plugins.billing.conftest import ADMINISTRATOR, CLERK, SELLER, Books
from tests.world import Browser, World


@pytest.mark.requirement("R-039")
@pytest.mark.requirement("R-110")
@pytest.mark.requirement("R-231")
def test_a_receipt_is_entered_with_way_handler_account_and_state_of_delivery(books: Books, contract: Contract) -> None:
    receipt = books.receipt("500.00", contract.customer_id, account="基本户", project="空压站", delivery=Delivery.PARTLY)
    assert (receipt.number, receipt.state, receipt.rest) == (f"SK-{today().year}-0001", ReceiptState.CLAIMED, Decimal("500.00"))
    assert (receipt.handler_id, receipt.owner_id) == (books.trade.employee(ADMINISTRATOR), books.trade.employee(SELLER))


@pytest.mark.requirement("R-232")
def test_the_state_of_delivery_stands_beside_the_money_and_is_brought_up_to_date(books: Books, contract: Contract, world: World) -> None:
    receipt = books.receipt("500.00", contract.customer_id)
    books.paid(receipt, contract, "500.00")
    with world.use_case(ADMINISTRATOR) as session:
        changed = change_receipt(session, receipt.id, None, {"delivery": Delivery.DELIVERED})
    assert (changed.delivery, changed.state) == (Delivery.DELIVERED, ReceiptState.ALLOCATED)


@pytest.mark.requirement("R-231")
def test_an_unidentified_receipt_is_seen_by_its_salesperson_once_it_is_claimed(books: Books, contract: Contract, world: World) -> None:
    receipt = books.receipt()
    assert receipt.state == ReceiptState.UNCLAIMED
    with world.reading(SELLER) as session:
        assert session.get(Receipt, receipt.id) is None
    with world.use_case(ADMINISTRATOR) as session:
        claim_receipt(session, receipt.id, receipt.version, customer=contract.customer_id)
    with world.reading(SELLER) as session:
        assert session.get(Receipt, receipt.id).state == ReceiptState.CLAIMED
    with pytest.raises(Conflict), world.use_case(ADMINISTRATOR) as session:
        claim_receipt(session, receipt.id, None, customer=contract.customer_id)


@pytest.mark.requirement("R-335")
def test_allocations_use_up_the_receipt_and_no_more(books: Books, contract: Contract) -> None:
    receipt = books.receipt("1000.00", contract.customer_id)
    books.paid(receipt, contract, "600.00")
    stored = books.again(receipt)
    assert (stored.state, stored.allocated, stored.rest) == (ReceiptState.PARTLY, Decimal("600.00"), Decimal("400.00"))
    with pytest.raises(OverReceipt, match=r"¥400.00"):
        books.paid(receipt, contract, "400.01")
    books.paid(receipt, contract, "400.00")
    assert books.again(receipt).state == ReceiptState.ALLOCATED


@pytest.mark.requirement("R-335")
def test_a_contract_its_parts_and_its_invoices_take_no_more_than_is_open(books: Books, contract: Contract) -> None:
    invoice = books.invoice(books.sent(contract, "100.00"))
    receipt = books.receipt("500000.00", contract.customer_id)
    with pytest.raises(OverOpen, match=r"¥391,200.00 of the contract"):
        books.paid(receipt, contract, "391200.01")
    with pytest.raises(OverOpen, match=r"¥117,360.00 of the part"):
        books.paid(receipt, contract, "117360.01", part_number=1)
    with pytest.raises(OverOpen, match=r"¥100.00 of the invoice"):
        books.paid(receipt, contract, "100.01", invoice=invoice.id)
    books.paid(receipt, contract, "100.00", invoice=invoice.id, part_number=1)
    with pytest.raises(OverOpen, match=r"¥0.00 of the invoice"):
        books.paid(receipt, contract, "0.01", invoice=invoice.id)
    with pytest.raises(OverOpen, match=r"¥117,260.00 of the part"):
        books.paid(receipt, contract, "117360.00", part_number=1)


def test_money_pays_only_contracts_and_invoices_of_its_own_customer(books: Books, contract: Contract) -> None:
    other = books.contract(customer=books.trade.customer(name="无锡另一家有限公司"))
    receipt = books.receipt("10.00", contract.customer_id)
    with pytest.raises(OtherCustomer):
        books.paid(receipt, other, "1.00")
    foreign = books.invoice(books.sent(other))
    with pytest.raises(OtherCustomer):
        books.paid(receipt, contract, "1.00", invoice=foreign.id)


def test_paying_a_contract_with_an_unidentified_receipt_says_whose_it_is(books: Books, contract: Contract) -> None:
    receipt = books.receipt("10.00")
    books.paid(receipt, contract, "4.00")
    stored = books.again(receipt, SELLER)
    assert (stored.customer_id, stored.state) == (contract.customer_id, ReceiptState.PARTLY)


@pytest.mark.parametrize("end", [terminate_contract, void_contract])
def test_nothing_is_allocated_to_a_contract_that_has_ended(books: Books, contract: Contract, world: World, end: Any) -> None:
    receipt = books.receipt("10.00", contract.customer_id)
    with world.use_case(ADMINISTRATOR) as session:
        end(session, contract.id, None, reason="结束")
    with pytest.raises(ContractClosed):
        books.paid(receipt, contract, "1.00")
    with pytest.raises(ContractClosed):
        books.paid(receipt, books.trade.contract(customer=None), "1.00")
    assert books.again(receipt).rest == Decimal("10.00")


def test_a_reversed_allocation_frees_both_sides_once(books: Books, contract: Contract, world: World) -> None:
    receipt = books.receipt("400000.00", contract.customer_id)
    allocation = books.paid(receipt, contract, "391200.00")
    with world.use_case(ADMINISTRATOR) as session:
        reversed_one = reverse_allocation(session, allocation.id, None, reason="分错合同")
    assert (reversed_one.state, reversed_one.reversed_on, reversed_one.reason) == (AllocationState.REVERSED, today(), "分错合同")
    assert (books.again(receipt).rest, books.again(receipt).state) == (Decimal("400000.00"), ReceiptState.CLAIMED)
    with pytest.raises(Conflict), world.use_case(ADMINISTRATOR) as session:
        reverse_allocation(session, allocation.id, None, reason="再次")
    books.paid(receipt, contract, "391200.00")


def test_no_more_is_refunded_than_the_open_rest(books: Books, contract: Contract, world: World) -> None:
    receipt = books.receipt("1000.00", contract.customer_id)
    books.paid(receipt, contract, "600.00")
    with pytest.raises(OverReceipt, match=r"¥400.00"), world.use_case(ADMINISTRATOR) as session:
        refund_receipt(session, receipt.id, None, amount=Decimal("400.01"), reason="多付")
    with world.use_case(ADMINISTRATOR) as session:
        refunded = refund_receipt(session, receipt.id, None, amount=Decimal("400.00"), reason="多付")
    assert (refunded.refunded, refunded.rest, refunded.state) == (Decimal("400.00"), Decimal("0.00"), ReceiptState.ALLOCATED)
    with world.reading(SELLER) as session:
        assert [(one.amount, one.reason) for one in session.scalars(select(Refund))] == [(Decimal("400.00"), "多付")]


def test_amount_and_customer_of_a_receipt_stay_once_its_money_was_used(books: Books, contract: Contract, world: World) -> None:
    receipt = books.receipt("1000.00", contract.customer_id)
    with world.use_case(ADMINISTRATOR) as session:
        assert change_receipt(session, receipt.id, None, {"amount": Decimal("900.00")}).rest == Decimal("900.00")
    books.paid(receipt, contract, "1.00")
    for changes in ({"amount": Decimal("800.00")}, {"customer": None}, {"received_on": today() - timedelta(days=1)}):
        with pytest.raises(ReceiptInUse), world.use_case(ADMINISTRATOR) as session:
            change_receipt(session, receipt.id, None, changes)
    with world.use_case(ADMINISTRATOR) as session:
        assert change_receipt(session, receipt.id, None, {"amount": Decimal("900.00"), "note": "已核"}).note == "已核"


@pytest.mark.parametrize(
    ("values", "field"), [({"amount": Decimal(0)}, "amount"), ({"received_on": today() + timedelta(days=1)}, "received_on")]
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_receipt_of_nothing_or_of_tomorrow_is_refused(world: World, values: dict[str, Any], field: str) -> None:
    whole = {"payer": "张伟", "amount": Decimal(1), "received_on": today()}
    with pytest.raises(BadInput) as refused, world.use_case(ADMINISTRATOR) as session:
        register_receipt(session, whole | values)
    assert set(refused.value.fields) == {field}


def test_an_invoice_that_is_paid_is_not_taken_back(books: Books, contract: Contract, world: World) -> None:
    invoice = books.invoice(books.sent(contract))
    books.paid(books.receipt("10.00", contract.customer_id), contract, "10.00", invoice=invoice.id)
    with pytest.raises(Conflict, match="allocated to this invoice"), world.use_case(CLERK) as session:
        reverse_invoice(session, invoice.id, None, tax_number=books.number(), reason="退货")


def test_nothing_is_paid_on_an_invoice_that_was_taken_back(books: Books, contract: Contract, world: World) -> None:
    invoice = books.invoice(books.sent(contract))
    with world.use_case(CLERK) as session:
        reverse_invoice(session, invoice.id, None, tax_number=books.number(), reason="退货")
    receipt = books.receipt("10.00", contract.customer_id)
    with pytest.raises(OverOpen, match=r"¥0.00 of the invoice"):
        books.paid(receipt, contract, "10.00", invoice=invoice.id)


def test_a_contract_with_money_on_it_is_not_made_void(books: Books, world: World) -> None:
    paid, asked = books.contract(), books.contract()
    books.paid(books.receipt("10.00"), paid, "10.00")
    notice = books.sent(asked)
    for contract, what in ((paid, "Receipts"), (asked, "Invoice notices")):
        with pytest.raises(HasMoney, match=what), world.use_case(ADMINISTRATOR) as session:
            void_contract(session, contract.id, None, reason="错")
        assert books.again(contract).state == ContractState.EFFECTIVE
    with world.use_case(SELLER) as session:
        withdraw_notice(session, notice.id, None, reason="不开了")
    with world.use_case(ADMINISTRATOR) as session:
        assert void_contract(session, asked.id, None, reason="错").state == ContractState.VOID
        assert terminate_contract(session, paid.id, None, reason="取消").state == ContractState.TERMINATED


@pytest.mark.requirement("R-004")
@pytest.mark.parametrize("account", [SELLER, CLERK, "head.east", "leader"])
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_only_the_contract_administrator_registers_and_allocates(books: Books, contract: Contract, world: World, account: str) -> None:
    receipt = books.receipt("10.00", contract.customer_id)
    with pytest.raises(Forbidden), world.use_case(account) as session:
        register_receipt(session, {"payer": "张伟", "amount": Decimal(1), "received_on": today()})
    with pytest.raises(Forbidden), world.use_case(account) as session:
        allocate(session, {"title": "款", "receipt": receipt.id, "contract": contract.id, "amount": Decimal(1)})
    with pytest.raises(Forbidden), world.use_case(account) as session:
        refund_receipt(session, receipt.id, None, amount=Decimal(1), reason="退")


def test_another_departments_salesperson_sees_no_money(books: Books, contract: Contract, world: World) -> None:
    receipt = books.receipt("10.00", contract.customer_id)
    allocation = books.paid(receipt, contract, "10.00")
    with world.reading("sales.west1") as session:
        assert session.get(Receipt, receipt.id) is None
        assert session.get(Allocation, allocation.id) is None
    with pytest.raises((NotFound, Forbidden)), world.use_case("sales.west1") as session:
        reverse_allocation(session, allocation.id, None, reason="看不见")


@pytest.mark.requirement("R-165")
def test_what_is_open_follows_the_customer_to_its_new_owner(books: Books, contract: Contract, world: World) -> None:
    notice = books.sent(contract, "300.00")
    invoice = books.invoice(notice, "100.00")
    used, open_one = (books.receipt("10.00", contract.customer_id) for _ in range(2))
    books.paid(used, contract, "10.00")
    with world.use_case("head.east") as session:
        hand_over_customer(session, contract.customer_id, None, owner=books.trade.employee("sales.east2"), reason="换区")
    owners = {
        name: books.again(one).owner_id for name, one in (("notice", notice), ("invoice", invoice), ("open", open_one), ("used", used))
    }
    new = books.trade.employee("sales.east2")
    assert owners == {"notice": new, "invoice": new, "open": new, "used": books.trade.employee(SELLER)}


def test_cards_and_calendars_say_whose_money_it_is(
    books: Books, contract: Contract, world: World, client_for: Callable[[str], Browser]
) -> None:
    receipt = books.receipt("500.00", contract.customer_id)
    books.paid(receipt, contract, "500.00")
    with world.reading(SELLER) as session:
        name = customer_names(session, {contract.customer_id})[contract.customer_id]
    browser = client_for(SELLER)
    for page in ("receipts/cards", "receipts/calendar", "allocations/cards", "allocations/calendar"):
        shown = browser.get(f"/{page}").text.partition("<main")[2]
        assert name in shown, page
        assert "¥500" in shown, page


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_form_that_is_refused_for_another_record_comes_back_as_it_was_typed(
    books: Books, contract: Contract, world: World, client_for: Callable[[str], Browser]
) -> None:
    receipt = books.receipt("10.00", contract.customer_id)
    with world.use_case(ADMINISTRATOR) as session:
        terminate_contract(session, contract.id, None, reason="结束")
    typed = {"title": "尾款，按会议纪要", "receipt": receipt.id, "contract": contract.id, "amount": "7.25"}
    answer = client_for(ADMINISTRATOR).post("/allocations/add", data=typed)
    assert answer.status_code == 409
    assert "到款只能分配给已签订且未终止、未作废的合同" in answer.text
    assert 'value="尾款，按会议纪要"' in answer.text
    assert 'value="7.25"' in answer.text


@pytest.mark.requirement("R-335")
@pytest.mark.parametrize("known", [True, False], ids=["identified", "unidentified"])
def test_whoever_owns_the_receipt_and_the_contract_is_told_once(books: Books, contract: Contract, world: World, known: bool) -> None:
    receipt = books.receipt("5000.00", contract.customer_id if known else None)
    books.paid(receipt, contract, "3000.00")
    books.paid(receipt, contract, "2000.00")
    with world.reading(SELLER) as session:
        newest = select(Notice.url).where(Notice.employee_id == world.employees[SELLER].id).order_by(Notice.id.desc())
        assert session.scalars(newest).first() == f"/receipts/{receipt.id}"


def test_a_contract_that_is_not_signed_owes_a_known_nothing(books: Books, world: World, client_for: Callable[[str], Browser]) -> None:
    draft, signed = books.trade.contract(SELLER), books.contract()

    def owed(contract_id: int) -> str:
        found = re.search(r"尚未回款.{0,120}?>([–¥][^<]*)<", client_for(SELLER).get(f"/contracts/{contract_id}").text, re.DOTALL)
        assert found is not None
        return found[1]

    assert (owed(draft.id), owed(signed.id)) == ("¥0.00", "¥391,200.00")


def told_of_allocations(world: World, account: str) -> list[str]:
    with world.reading(account) as session:
        mine = select(Notice).where(Notice.employee_id == world.actor(account).employee_id).order_by(Notice.id)
        return [
            str(one.message) for one in session.scalars(mine) if "allocated" in str(one.message) or "for the contract" in str(one.message)
        ]


def test_whoever_took_the_money_in_hears_that_a_colleague_has_allocated_it(books: Books, contract: Contract, world: World) -> None:
    receipt = books.receipt("500.00", contract.customer_id, handler=books.trade.employee(CLERK))
    books.paid(receipt, contract, "300.00")
    assert told_of_allocations(world, CLERK) == [f"¥300.00 of the receipt {receipt.number} was allocated."]
    assert told_of_allocations(world, SELLER) == []  # was told that the money came
    assert told_of_allocations(world, ADMINISTRATOR) == []


def test_an_owner_who_took_the_money_in_alone_hears_that_a_colleague_has_allocated_it(
    books: Books, contract: Contract, world: World
) -> None:
    receipt = books.receipt("500.00", contract.customer_id, handler=books.trade.employee(SELLER))
    books.paid(receipt, contract, "300.00")
    assert told_of_allocations(world, SELLER) == [f"¥300.00 was received for the contract {contract.number}."]


@pytest.mark.requirement("R-231")
def test_both_sides_hear_that_an_allocation_was_taken_back(books: Books, contract: Contract, world: World) -> None:
    receipt = books.receipt("500.00", contract.customer_id, handler=books.trade.employee(CLERK))
    allocation = books.paid(receipt, contract, "300.00")
    with world.use_case(ADMINISTRATOR) as session:
        reverse_allocation(session, allocation.id, None, reason="分配有误")
    said = f"¥300.00 of the receipt {receipt.number} is no longer allocated: 分配有误"
    for account, times in ((SELLER, 1), (CLERK, 1), (ADMINISTRATOR, 0)):
        with world.reading(account) as session:
            mine = select(Notice).where(Notice.employee_id == world.actor(account).employee_id)
            assert [str(one.message) for one in session.scalars(mine)].count(said) == times, account
