"""The approval tab of a record before anybody was asked: who would decide, or why nobody is."""

from __future__ import annotations

from collections.abc import Callable

from tests.plugins.conftest import trade
from tests.plugins.sales.conftest import SELLER, Shop, shop
from tests.world import Browser

__all__ = ["shop", "trade"]


def _tab(browser: Browser, address: str) -> str:
    return browser.get(f"{address}?tab=approval").text.partition('id="tab-body"')[2].partition("<aside")[0]


def test_a_document_that_its_own_verb_hands_in_says_who_would_decide(shop: Shop, client_for: Callable[[str], Browser]) -> None:
    shop.product()
    quotation = shop.quotation()
    told = _tab(client_for(SELLER), f"/quotations/{quotation.id}")
    assert "尚未提交审批。提交后由以下人员审批。" in told
    assert 'role="listitem"' in told


def test_a_document_that_no_chain_asks_anybody_about_says_so(shop: Shop, client_for: Callable[[str], Browser]) -> None:
    contract = shop.contract(shop.trade.customer(SELLER))
    told = _tab(client_for(SELLER), f"/contracts/{contract.id}")
    assert "公司未为其设置审批流程，无需审批。" in told or "提交审批" in told
    assert "btn-primary" not in told.partition("kg-pop")[0]
