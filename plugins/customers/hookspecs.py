"""Hooks that this plugin offers to others."""

from __future__ import annotations

from typing import Any

import pluggy

from plugins.customers.public import CustomerHandedOver

hookspec = pluggy.HookspecMarker("keguan")


@hookspec
def crm_customers_customer_handed_over(session: Any, handover: CustomerHandedOver) -> None:
    """A customer has been handed over, inside its transaction: let what is open follow the customer, return nothing.

    ``handover`` tells who had the customer and who has it now. Example::

        @hookimpl(optionalhook=True)
        def crm_customers_customer_handed_over(session, handover):
            move_open_contracts(session, handover)
    """
