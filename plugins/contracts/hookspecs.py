"""Hooks that this plugin offers to others."""

from __future__ import annotations

from typing import Any

import pluggy

from plugins.contracts.public import EndingContract, ReceivedMoney, SignedContract

hookspec = pluggy.HookspecMarker("keguan")


@hookspec
def crm_contracts_contract_signed(session: Any, contract: SignedContract) -> None:
    """A contract has been signed and has its number, inside the transaction of the signing; return nothing.

    An error refuses the signing, and the number is not used. Example::

        @hookimpl(optionalhook=True)
        def crm_contracts_contract_signed(session, contract):
            note_deal(session, contract.customer_id)
    """


@hookspec
def crm_contracts_contract_ending(session: Any, ending: EndingContract) -> None:
    """A contract is about to be terminated or made void, inside the transaction and before it is; return nothing.

    An error refuses it: a contract with receipts, for example, is not made void. Example::

        @hookimpl(optionalhook=True)
        def crm_contracts_contract_ending(session, ending):
            if ending.how == "void":
                refuse_with_receipts(session, ending.id)
    """


@hookspec(firstresult=True)
def crm_contracts_money_received() -> ReceivedMoney | None:
    """When payment schedules are shown: what customers have paid on contracts, as rows that are asked for together with the schedule.

    Return nothing where the person who acts may not know it; then a part is late when its day has passed. Example::

        @hookimpl(optionalhook=True)
        def crm_contracts_money_received():
            return ReceivedMoney(select(Payment.contract_id, Payment.part_id, Payment.amount))
    """
