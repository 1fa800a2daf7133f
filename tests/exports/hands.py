"""What people do at the gate beside asking and fetching: who is asked, who has which right, and how a wish is decided."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, select

from core.access.models import Grant, Role
from core.approvals import operations as approvals
from core.approvals.chains import chain_of, kind_called
from core.approvals.models import ApprovalCase
from core.exports.operations import KIND, found_export, refuse_export, withdraw_export
from core.extension.approving import Asked, Step, Who
from core.kernel.acting import Scope
from core.kernel.words import Message
from tests.exports.conftest import Gate
from tests.exports.model import SOURCES
from tests.house import house
from tests.world import World

MOST_WISHES, MOST_ROWS = 6, 24
RESOURCES = {"customers": "customers.customer", "contacts": "customers.contact"}


def prepare(world: World) -> None:
    """Small quotas, a leader and heads who may ask as well as decide, and a chain that asks one of two people."""
    Gate(world).set(export_requests_per_day=MOST_WISHES, export_rows_per_day=MOST_ROWS)
    steps = [
        Step(Message("审批"), (Asked(Who.ROLE, role="leader_in_charge"), Asked(Who.PERSON, employee_id=world.employees["head.west"].id)))
    ]
    with world.use_case("security") as session:
        approvals.set_chain(session, KIND, chain_of(session, kind_called(KIND)).number, steps)
    for source in SOURCES:
        set_grant(world, "leader_in_charge", RESOURCES[source], "export", "company")
    for verb in ("read", "approve"):
        set_grant(world, "department_head", "core.exports", verb, "company")


def set_grant(world: World, preset: str, resource: str, verb: str, scope: str) -> None:
    """The role has the right as far as ``scope``; empty takes it away."""
    with house(world) as session:
        role = session.scalars(select(Role.id).where(Role.preset == preset)).one()
        session.execute(delete(Grant).where(Grant.role_id == role, Grant.resource == resource, Grant.verb == verb))
        if scope:
            company = world.companies["qiheng"].id
            session.add(Grant(company_id=company, role_id=role, resource=resource, verb=verb, scope=Scope(scope)))


def refuse(gate: Gate, number: int, who: str) -> None:
    """Say no at the desk."""
    with gate.world.use_case(who) as session:
        refuse_export(session, number, found_export(session, number).version, "没有必要")


def by_inbox(gate: Gate, number: int, who: str) -> None:
    """Where all approvals wait, of whatever kind."""
    with house(gate.world) as session:
        case = session.scalars(select(ApprovalCase.id).where(ApprovalCase.kind == KIND, ApprovalCase.record_id == number)).one()
    with gate.world.use_case(who) as session:
        approvals.approve(session, case, opinion="同意")


def take_back(gate: Gate, number: int, who: str) -> None:
    """Withdraw it."""
    with gate.world.use_case(who) as session:
        withdraw_export(session, number, found_export(session, number).version)


DECIDING: dict[str, Callable[[Gate, int, str], None]] = {"desk": Gate.approve, "inbox": by_inbox, "refuse": refuse}
