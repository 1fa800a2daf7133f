"""Buyer's title data: several per customer, one proposed, seen as far as the customer is seen."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.kernel.errors import BadInput, Conflict, NotFound
from plugins.billing.models import InvoiceTitle
from plugins.billing.operations import add_title, change_title, draft_notice, remove_title
from plugins.contracts.models import Contract
from tests.plugins.billing.conftest import SELLER, TAX_NUMBER, Books
from tests.world import World


def proposed(world: World) -> list[str]:
    """Names of the proposed title data."""
    with world.reading(SELLER) as session:
        return [one.name for one in session.scalars(select(InvoiceTitle).where(InvoiceTitle.proposed))]


def test_the_first_title_data_are_proposed_and_others_can_take_that_over(books: Books, contract: Contract, world: World) -> None:
    books.title(contract.customer_id, name="总公司")
    other = books.title(contract.customer_id, name="分公司")
    assert proposed(world) == ["总公司"]
    with world.use_case(SELLER) as session:
        change_title(session, other.id, other.version, {"proposed": True})
    assert proposed(world) == ["分公司"]


def test_a_notice_takes_the_proposed_title_data_or_those_that_are_chosen(books: Books, contract: Contract) -> None:
    books.title(contract.customer_id, name="总公司")
    other = books.title(contract.customer_id, name="分公司")
    assert books.draft(contract).buyer == "总公司"
    assert books.draft(contract, invoice_title=other.id).buyer == "分公司"


def test_title_data_of_another_customer_are_refused(books: Books, contract: Contract) -> None:
    stranger = books.title(books.trade.customer(name="无锡另一家有限公司").id)
    with pytest.raises(BadInput) as refused:
        books.draft(contract, invoice_title=stranger.id)
    assert set(refused.value.fields) == {"invoice_title"}


def test_a_later_change_of_the_title_changes_no_sent_notice(books: Books, contract: Contract, world: World) -> None:
    title = books.title(contract.customer_id, name="旧名称")
    notice = books.sent(contract)
    with world.use_case(SELLER) as session:
        change_title(session, title.id, None, {"name": "新名称"})
    assert books.again(notice).buyer == "旧名称"


@pytest.mark.parametrize("number", ["123", "9132059412345678", "91320594MA1MPXXX7K00000"])
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_tax_number_of_another_length_is_refused(books: Books, contract: Contract, number: str) -> None:
    with pytest.raises(BadInput) as refused:
        books.title(contract.customer_id, tax_number=number)
    assert set(refused.value.fields) == {"tax_number"}


def test_a_tax_number_is_kept_in_capitals_without_spaces(books: Books, contract: Contract) -> None:
    assert books.title(contract.customer_id, tax_number="91320594ma1mpxxx7k").tax_number == TAX_NUMBER


def test_title_data_in_use_are_not_removed(books: Books, contract: Contract, world: World) -> None:
    used = books.title(contract.customer_id)
    spare = books.title(contract.customer_id, name="备用")
    books.draft(contract)
    with pytest.raises(Conflict), world.use_case(SELLER) as session:
        remove_title(session, used.id, used.version)
    with world.use_case(SELLER) as session:
        remove_title(session, spare.id, spare.version)


def test_title_data_stay_with_their_customer(books: Books, contract: Contract, world: World) -> None:
    title = books.title(contract.customer_id)
    other = books.trade.customer(name="无锡另一家有限公司")
    with pytest.raises(BadInput), world.use_case(SELLER) as session:
        change_title(session, title.id, None, {"customer": other.id})


def test_nobody_adds_title_data_to_a_customer_or_a_notice_to_a_contract_that_may_not_be_seen(
    books: Books, contract: Contract, world: World
) -> None:
    for customer in (contract.customer_id, 2**40):
        with pytest.raises(NotFound), world.use_case("sales.west1") as session:
            add_title(session, {"customer": customer, "name": "偷看"})
    for wanted in (contract.id, 2**40):
        with pytest.raises(NotFound), world.use_case("sales.west1") as session:
            draft_notice(session, {"title": "偷看", "contract": wanted})
