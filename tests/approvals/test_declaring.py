"""Kinds are declared by ``crm_approvals``, and a wrong declaration does not start (R-489)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.extension.approving import ApprovalKind, Asked, Step, Who
from core.extension.check_approvals import checked_approvals
from core.extension.registry import Registry
from core.kernel.errors import StartRefused
from core.kernel.words import msg
from core.web.house import Keguan

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
HEAD = Step(msg("Approve"), (Asked(Who.HEAD),))


def declared(core: Keguan) -> ApprovalKind:
    return core.registry.approvals["contracts.signing"]


def test_every_kind_of_an_installed_plugin_is_known_by_its_hook(core: Keguan) -> None:
    handed_over = {kind.name for _, kind in core.registry.at_start("crm_approvals")}
    assert handed_over <= set(core.registry.approvals)
    assert {"contracts.signing", "sales.discount"} <= handed_over


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "signing"},
        {"resource": "contracts.supplement"},
        {"right": "bless"},
        {"fields": ("amount",)},
        {"fields": ("nothing",)},
        {"chain": (replace(HEAD, asked=()),)},
        {"chain": (replace(HEAD, asked=(Asked(Who.ROLE, role="nobody"),)),)},
        {"chain": (replace(HEAD, asked=(Asked(Who.PERSON, employee_id=1),)),)},
    ],
)
def test_a_wrong_kind_stops_the_start(core: Keguan, wrong: dict[str, Any]) -> None:
    registry: Registry = core.registry
    with pytest.raises(StartRefused):
        checked_approvals(registry, [replace(declared(core), **{"name": "core.signing", **wrong})], {"finance_manager"})
