"""Hooks that this plugin offers to others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pluggy

from core.extension.exchange import RelatedCount
from plugins.service.public import OralAgreement, ShownRequest

hookspec = pluggy.HookspecMarker("keguan")


@hookspec
def crm_service_oral_contract_made(session: Any, oral: OralAgreement) -> None:
    """A customer and the handler of a service request have agreed something by word of mouth; inside the transaction, return nothing.

    Whoever keeps contracts enters it at once (R-226, R-337). An error refuses it. When no plugin that is on hears this hook, the verb
    itself says so. Example::

        @hookimpl(optionalhook=True)
        def crm_service_oral_contract_made(session, oral):
            enter_oral_contract(session, oral)
    """


@hookspec
def crm_service_request_shown(session: Any, request: ShownRequest) -> Sequence[RelatedCount]:
    """While the page of a service request is built: stat buttons of what else matters for its customer.

    Return nothing where there is nothing to show; say by ``Counted`` what the page shall count. Example::

        @hookimpl(optionalhook=True)
        def crm_service_request_shown(request):
            return [RelatedCount(msg("Machines"), "engine", Counted(of_customer(request.customer_id)), url)]
    """
