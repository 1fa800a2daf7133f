"""What is agreed by word of mouth during a service is entered at once, where contracts are kept (R-226, R-337)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from core.audit.trail import record_event
from core.database.answers import needed_answer
from core.extension.calling import hooks, registry
from core.kernel.acting import actor
from core.kernel.clock import today
from core.kernel.errors import BadInput
from core.kernel.words import msg
from plugins.service.errors import ContractsOff
from plugins.service.models import DispatchPart, ServiceRequest
from plugins.service.operations.loading import get_handled
from plugins.service.public import OralAgreement


def record_oral_contract(
    session: Session,
    record_id: int,
    version: int | None,
    *,
    subject: str | None = None,
    amount: Decimal | None = None,
    on: date | None = None,
) -> ServiceRequest:
    """Hand an oral agreement with the request's customer to whoever keeps contracts; ``on`` is the day of it, by default today.

    Raises :class:`ContractsOff` when nobody keeps any, :class:`BadInput` for an amount below nothing or a day to come.
    """
    request = get_handled(session, record_id, version)
    if not somebody_hears():
        raise ContractsOff
    day = on or today()
    if day > today():
        raise BadInput(fields={"on": msg("This day is in the future. Please choose today or an earlier day.")})
    worth = needed_answer(DispatchPart.fields()["price"], amount, "amount")
    if worth <= 0:
        raise BadInput(fields={"amount": msg("The amount must be above 0. Please check it.")})
    what = needed_answer(ServiceRequest.fields()["title"], subject, "subject")
    hooks().crm_service_oral_contract_made(
        session=session, oral=OralAgreement(request.id, request.customer_id, what, worth, day, actor().employee_id)
    )
    record_event(session, "record_oral_contract", str(request), request=request.id, agreed=what, amount=str(worth), on=str(day))
    return request


def somebody_hears() -> bool:
    """Whether a plugin that is on for the company enters oral contracts."""
    hearers = registry().manager.hook.crm_service_oral_contract_made.get_hookimpls()
    return any(one.plugin_name in actor().modules for one in hearers)
