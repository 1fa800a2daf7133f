"""Service among the others: warnings, oral contracts, what other pages show, the demonstration."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from core.access.guard import open_for_writing
from core.kernel.acting import System, acting_as
from core.kernel.clock import now, today
from core.kernel.errors import BadInput
from plugins.service import operations
from plugins.service.errors import ContractsOff
from plugins.service.models import DispatchOrder, Participation, ServiceRequest
from plugins.service.public import OralAgreement
from plugins.service.rules import DispatchState, RequestState
from tests.plugins.service.conftest import AFTER_SALES, MANAGER, Service
from tests.world import World

LATE_ANSWER = "The service request “%(title)s” has not been answered in time."
LATE_HANDLING = "The service request “%(title)s” was to be handled by %(day)s."


def warn(service: Service) -> int:
    """The job's verb, as the house runs it."""
    company = service.world.companies["qiheng"].id
    with acting_as(System("test", company)), service.world.keguan.database.transaction() as session:
        return operations.warn_of_late_requests(session, now())


def overdue(service: Service, request: ServiceRequest, **values: Any) -> None:
    """Let time pass: a deadline lies in the past."""
    company = service.world.companies["qiheng"].id
    with acting_as(System("test", company)), service.world.keguan.database.transaction() as session:
        stored = session.get(ServiceRequest, request.id)
        open_for_writing(session, stored)
        for name, value in values.items():
            setattr(stored, name, value)


@pytest.mark.requirement("R-491")
@pytest.mark.requirement("R-377")
def test_of_a_late_answer_the_handler_and_the_head_are_told_once(service: Service) -> None:
    request, calm = service.request(MANAGER), service.request(MANAGER)
    overdue(service, request, answer_due_at=now() - timedelta(minutes=1))
    overdue(service, calm, answer_due_at=now() + timedelta(hours=1))
    assert (warn(service), warn(service)) == (1, 0)
    assert service.told(MANAGER).count(LATE_ANSWER) == service.told("head.east").count(LATE_ANSWER) == 1


@pytest.mark.requirement("R-377")
def test_of_late_handling_one_is_told_until_it_is_handled(service: Service) -> None:
    open_one, handled = service.started(MANAGER), service.started(MANAGER)
    service.do(operations.finish_handling, handled, MANAGER, result="好了")
    for request in (open_one, handled):
        overdue(service, request, handle_due_on=today() - timedelta(days=1))
    assert warn(service) == 1
    assert service.told(MANAGER).count(LATE_HANDLING) == 1


@pytest.mark.requirement("R-337")
def test_an_oral_contract_is_handed_to_whoever_keeps_contracts(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the hook crm_service_oral_contract_made, which is called with what was agreed."""
    heard: list[OralAgreement] = []
    hearing = service.world.keguan.registry.manager.hook.crm_service_oral_contract_made.get_hookimpls()
    for one in hearing:
        monkeypatch.setattr(one, "function", lambda session, oral: heard.append(oral))
    request = service.started(AFTER_SALES)
    service.do(operations.record_oral_contract, request, AFTER_SALES, subject="追加年度保养", amount=Decimal("12800.00"))
    assert heard == [
        OralAgreement(request.id, request.customer_id, "追加年度保养", Decimal("12800.00"), today(), service.trade.employee(AFTER_SALES))
    ]


@pytest.mark.requirement("R-226")
def test_without_contracts_the_verb_says_so(service: Service) -> None:
    request = service.started(AFTER_SALES)
    who = service.world.actor(AFTER_SALES)
    alone = replace(who, modules=who.modules - {"contracts"})
    with acting_as(alone), pytest.raises(ContractsOff), service.world.keguan.database.transaction() as session:
        operations.record_oral_contract(session, request.id, None, subject="追加保养", amount=Decimal(100))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": Decimal(1)}, "subject"),
        ({"subject": "x"}, "amount"),
        ({"subject": "x", "amount": Decimal(0)}, "amount"),
        ({"subject": "x", "amount": Decimal(1), "on": today() + timedelta(days=2)}, "on"),
    ],
)
def test_an_agreement_without_subject_amount_or_day_is_refused(service: Service, values: dict[str, Any], field: str) -> None:
    request = service.started()
    with pytest.raises(BadInput) as refused:
        service.do(operations.record_oral_contract, request, AFTER_SALES, **values)
    assert list(refused.value.fields) == [field]


def test_the_demonstration_shows_every_state(demonstration: World) -> None:
    with demonstration.reading(AFTER_SALES) as session:
        states = set(session.scalars(select(ServiceRequest.state)))
        orders = set(session.scalars(select(DispatchOrder.state)))
        assert states == set(RequestState)
        assert orders == set(DispatchState)
        assert (session.scalar(select(func.count(Participation.id))) or 0) > 0
