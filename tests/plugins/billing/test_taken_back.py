"""Whoever waited for a document, or was told that money came, hears that it was taken back: once, and nobody what he has done himself."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from plugins.billing.operations import close_notice, refund_receipt, withdraw_notice
from plugins.customers.operations import share_customer
from tests.plugins.billing.conftest import ADMINISTRATOR, CLERK, SELLER, Books
from tests.plugins.conftest import Told, Trade
from tests.world import World

COLLEAGUE, HEAD = "sales.east2", "head.east"


@pytest.mark.requirement("R-231")
def test_whoever_looks_after_receipt_and_contract_hears_of_a_refund(
    world: World, trade: Trade, books: Books, heard: Callable[..., Told]
) -> None:
    customer = trade.customer(SELLER)
    with world.use_case(SELLER) as session:
        share_customer(session, customer.id, None, employee=trade.employee(COLLEAGUE))
    mine, other = books.contract(customer=customer), books.contract(COLLEAGUE, customer)
    receipt = books.receipt("1000.00", customer.id, handler=trade.employee(CLERK))
    for contract in (mine, other):
        books.paid(receipt, contract, "300.00")
    with world.use_case(ADMINISTRATOR) as session:
        refund_receipt(session, receipt.id, None, amount=Decimal("150.00"), reason="客户多付")
    said = f"¥150.00 of the receipt {receipt.number} was refunded: 客户多付 /receipts/{receipt.id}"
    led = f"¥150.00 of a receipt for the contract {other.number} was refunded: 客户多付 /contracts/{other.id}"
    assert heard("refunded", SELLER, CLERK, COLLEAGUE, ADMINISTRATOR, HEAD) == {
        SELLER: [said],
        CLERK: [said],
        COLLEAGUE: [led],
        ADMINISTRATOR: [],
        HEAD: [],
    }


def test_nobody_hears_twice_of_what_was_taken_back_by_one_who_waited_himself(
    world: World, books: Books, heard: Callable[..., Told]
) -> None:
    receipt = books.receipt("10.00", handler=books.trade.employee(ADMINISTRATOR))
    with world.use_case(ADMINISTRATOR) as session:
        refund_receipt(session, receipt.id, None, amount=Decimal("10.00"), reason="付错单位")
    assert heard("refunded", ADMINISTRATOR) == {ADMINISTRATOR: []}


@pytest.mark.requirement("R-227")
def test_the_clerks_hear_of_an_invoice_notice_that_they_need_not_issue_any_more(
    world: World, books: Books, heard: Callable[..., Told]
) -> None:
    contract = books.contract()
    sent, draft, begun = books.sent(contract), books.draft(contract), books.sent(contract, "500.00")
    books.invoice(begun, "200.00")
    for notice, verb, reason in ((sent, withdraw_notice, "推迟开票"), (draft, withdraw_notice, "写错"), (begun, close_notice, "余款不开")):
        with world.use_case(SELLER) as session:
            verb(session, notice.id, None, reason=reason)
    assert heard("invoice notice", CLERK, SELLER) == {
        CLERK: [
            f"The invoice notice {sent.number} was withdrawn: 推迟开票 /invoice-notices/{sent.id}",
            f"The rest of the invoice notice {begun.number} is no longer needed: 余款不开 /invoice-notices/{begun.id}",
        ],
        SELLER: [],
    }


def test_the_sender_hears_that_a_clerk_has_left_the_rest_of_a_notice(world: World, books: Books, heard: Callable[..., Told]) -> None:
    notice = books.sent(books.contract(), "500.00")
    books.invoice(notice, "200.00")
    with world.use_case(CLERK) as session:
        close_notice(session, notice.id, None, reason="客户不要余额")
    assert {account: len(told) for account, told in heard("no longer needed", SELLER, CLERK).items()} == {SELLER: 1, CLERK: 0}
