"""Hooks that this plugin offers to others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pluggy

from plugins.sales.public import ContractFound, EarlierPrice, ReachedMilestone, WonDeal

hookspec = pluggy.HookspecMarker("keguan")


@hookspec
def crm_sales_opportunity_won(session: Any, deal: WonDeal) -> None:
    """An opportunity has been won, inside the transaction of the winning; return nothing.

    Hearers may draft what follows from it, such as a contract with the same lines. An error takes the winning back. Example::

        @hookimpl(optionalhook=True)
        def crm_sales_opportunity_won(session, deal):
            draft_from_deal(session, deal)
    """


@hookspec(firstresult=True)
def crm_sales_contract_numbered(session: Any, number: str) -> ContractFound | None:
    """An order names the contract it rests on (R-330), inside its transaction: return what is known of ``number``, None for nothing.

    The first answer counts. The hearer looks over people, because whoever orders need not see the contract; the order tells no more
    of it than that it exists. Example::

        @hookimpl(optionalhook=True)
        def crm_sales_contract_numbered(session, number):
            return contract_by_number(session, number)
    """


@hookspec
def crm_sales_milestone_reached(session: Any, milestone: ReachedMilestone) -> None:
    """A milestone of a project has been reached, inside its transaction; return nothing.

    Hearers may make the payment called ``part`` of the contract ``contract_number`` invoiceable. An error takes the step back. Example::

        @hookimpl(optionalhook=True)
        def crm_sales_milestone_reached(session, milestone):
            make_invoiceable(session, milestone)
    """


@hookspec
def crm_sales_earlier_prices(session: Any, customer_id: int, limit: int) -> Sequence[EarlierPrice]:
    """Somebody quotes an old customer (R-213): return what it paid before, newest first, at most ``limit``, as the person may see it.

    Called while the page of a quotation or its form is built, outside of any use case. Example::

        @hookimpl(optionalhook=True)
        def crm_sales_earlier_prices(session, customer_id, limit):
            return prices_agreed(session, customer_id, limit)
    """
