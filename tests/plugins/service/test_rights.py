"""What the roles of the regulation may do in service, as a company starts with them."""

from __future__ import annotations

import pytest

from core.access.roles import preset_grants
from core.kernel.acting import Scope
from core.web.house import Keguan
from plugins.service.permissions import CARRY_OUT, DISPATCH, HANDLE, ISSUE, REQUEST, TAKE_OVER


@pytest.mark.requirement("R-024")
def test_customer_service_staff_see_and_handle_every_request(core: Keguan) -> None:
    given = preset_grants(core.registry)["service_staff"]
    assert given[REQUEST]["read"] == given[REQUEST][TAKE_OVER] == Scope.COMPANY
    assert given[REQUEST][HANDLE] == Scope.OWN


@pytest.mark.requirement("R-026")
def test_the_agent_at_the_hotline_sees_every_request_and_enters_new_ones(core: Keguan) -> None:
    given = preset_grants(core.registry)["call_centre_agent"]
    assert given[REQUEST]["read"] == Scope.COMPANY
    assert "create" in given[REQUEST]
    assert HANDLE not in given[REQUEST]


@pytest.mark.requirement("R-006")
def test_after_sales_staff_issue_and_carry_out_dispatch_orders(core: Keguan) -> None:
    given = preset_grants(core.registry)["after_sales"]
    assert {"create", ISSUE, CARRY_OUT} <= set(given[DISPATCH])


def test_administrators_see_nothing_of_service(core: Keguan) -> None:
    grants = preset_grants(core.registry)
    for role in ("system_administrator", "security_administrator", "audit_administrator"):
        assert not {REQUEST, DISPATCH} & set(grants[role])
