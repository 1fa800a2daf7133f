"""Every kind of document, end to end by its own verbs (R-062, R-151, R-217, R-298, R-345)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.access.administration import employ, set_parameter, set_roles
from core.access.models import EmployeeRole, Role
from core.access.roles import create_role
from core.approvals import operations as do
from core.approvals.chains import chain_of, kind_called
from core.approvals.errors import ApprovalNeeded
from core.approvals.models import AccessApplication, ApplicationState, ApprovalCase
from core.exports.states import ExportState
from core.extension.approving import Asked, Step, Who
from core.extension.calling import registry
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict, Forbidden, NotFound
from core.kernel.words import Message
from plugins.billing.operations import void_invoice
from plugins.billing.rules.states import InvoiceKind, InvoiceState
from plugins.customers.models import Customer
from plugins.customers.operations import create_customer, review_customer, submit_customer
from plugins.customers.rules import CustomerState, Review, Source
from plugins.sales.models import Order
from plugins.sales.operations import submit_order
from plugins.sales.rules.orders import OrderState
from tests.approvals.test_engine import inbox, over_all
from tests.exports.conftest import Gate
from tests.plugins.billing.conftest import Books
from tests.plugins.conftest import Trade
from tests.plugins.sales.conftest import Shop
from tests.plugins.sales.test_orders import CHEAP, submitted
from tests.world import World

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
Make = Callable[..., Any]
HEAD, LEADER = Asked(Who.HEAD), Asked(Who.IN_CHARGE)


def set_kind(world: World, name: str, *asked: Asked) -> None:
    steps = [Step(Message(f"第{place}步"), (one,)) for place, one in enumerate(asked, 1)]
    with world.use_case("security") as session:
        do.set_chain(session, name, chain_of(session, kind_called(name)).number, steps)


def case_of(world: World, kind: str) -> ApprovalCase:
    return over_all(world, lambda session: session.scalars(select(ApprovalCase).where(ApprovalCase.kind == kind)).one())


def test_at_least_six_kinds_in_four_plugins_are_declared(world: World) -> None:
    kinds = registry().approvals
    assert {"customers", "contracts", "sales", "billing", "core"} <= {kind.plugin for kind in kinds.values()}
    assert len(kinds) >= 6


@pytest.mark.requirement("R-151")
def test_a_new_customer_runs_through_the_chain_and_the_head_names_who_follows(world: World, trade: Trade) -> None:
    set_kind(world, "customers.review", HEAD, LEADER)
    customer = trade.entered()
    case = case_of(world, "customers.review")
    with pytest.raises(NotFound), world.use_case("head.west") as session:
        do.approve(session, case.id)
    with world.use_case("head.east") as session:
        review_customer(session, customer.id, None, approve=True, owner=trade.employee("sales.east2"))
    assert over_all(world, lambda session: session.get(Customer, customer.id).review) is Review.PENDING
    with world.use_case("leader") as session:
        do.approve(session, case.id)
    found = over_all(world, lambda session: session.get(Customer, customer.id))
    assert (found.review, found.state, found.owner_id) == (Review.APPROVED, CustomerState.NEGOTIATING, trade.employee("sales.east2"))


@pytest.mark.requirement("R-151")
def test_a_customer_that_came_back_is_submitted_again(world: World, trade: Trade) -> None:
    set_kind(world, "customers.review", HEAD)
    customer = trade.entered()
    first = case_of(world, "customers.review")
    with world.use_case("head.east") as session:
        do.return_for_completion(session, first.id, opinion="地址不全")
    assert over_all(world, lambda session: session.get(Customer, customer.id).review_note) == "地址不全"
    with world.use_case("sales.east1") as session:
        submit_customer(session, customer.id, None)
    assert len(inbox(world, "head.east")) == 1


@pytest.mark.requirement("R-298", "R-345", "R-055", "R-008", "R-010")
def test_access_is_applied_for_approved_granted_for_a_time_and_revoked(world: World) -> None:
    set_kind(world, "core.access", HEAD, LEADER)
    with world.reading("security") as session:
        role = session.scalars(select(Role).where(Role.preset == "authorised_person")).one()
    wanted = {"name": "何暖心", "department": world.departments["qiheng/service"].id, "role": role.id, "reason": "核对售后合同"}
    with pytest.raises(BadInput), world.use_case("sales.east1") as session:
        do.apply_for_access(session, {**wanted, "until": today() - timedelta(days=1)})
    with world.use_case("sales.east1") as session:
        application = do.apply_for_access(session, {**wanted, "until": today() + timedelta(days=30)})
    case = case_of(world, "core.access")
    service = world.employees["service"]
    with pytest.raises(Conflict), world.use_case("security") as session:
        do.grant_access(session, application.id, None, employee=service.id)
    with pytest.raises(BadInput), world.use_case("security") as session:  # without an application nobody gets this role
        set_roles(session, service.id, [role.id])
    for account in ("head.east", "leader"):
        with world.use_case(account) as session:
            do.approve(session, case.id)
    with pytest.raises(BadInput), world.use_case("security") as session:
        do.grant_access(session, application.id, None, employee=world.employees["finance"].id)
    with pytest.raises(Forbidden), world.use_case("leader") as session:
        do.grant_access(session, application.id, None, employee=service.id)
    with world.use_case("security") as session:
        do.grant_access(session, application.id, None, employee=service.id)
    held = select(EmployeeRole.until).where(EmployeeRole.employee_id == service.id, EmployeeRole.role_id == role.id)
    assert over_all(world, lambda session: session.scalars(held).all()) == [today() + timedelta(days=30)]
    with world.use_case("security") as session:
        do.revoke_access(session, application.id, None, reason="项目结束")
    assert over_all(world, lambda session: session.scalars(held).all()) == []
    assert over_all(world, lambda session: session.get(AccessApplication, application.id).state) is ApplicationState.REVOKED


@pytest.mark.requirement("R-009")
def test_marketing_management_receives_applications_of_other_departments_and_forwards_them(world: World) -> None:
    with world.use_case("security") as session:
        marketing, leading = (
            session.scalar(select(Role.id).where(Role.preset == preset)) or create_role(session, registry(), "", None, preset).id
            for preset in ("marketing_management", "company_leader")
        )
        set_roles(session, world.employees["head.west"].id, {marketing})
        set_roles(session, world.employees["leader"].id, {leading})
        wanted = session.scalars(select(Role.id).where(Role.preset == "authorised_person")).one()
    application = {"name": "何暖心", "department": world.departments["qiheng/service"].id, "role": wanted, "reason": "核对售后合同"}
    with world.use_case("sales.east1") as session:
        applied = do.apply_for_access(session, {**application, "until": today() + timedelta(days=30)}).id
    case = case_of(world, "core.access")
    sees = {account: seen_applications(world, account) for account in ("head.west", "sales.east2")}
    assert sees == {"head.west": [applied], "sales.east2": []}
    assert (inbox(world, "head.west"), inbox(world, "leader")) == ([case.id], [])
    with world.use_case("head.west") as session:
        do.approve(session, case.id)
    assert (inbox(world, "head.west"), inbox(world, "leader")) == ([], [case.id])
    assert over_all(world, lambda session: session.get(AccessApplication, applied).state) is not ApplicationState.APPROVED


def seen_applications(world: World, account: str) -> list[int]:
    """Ids of the applications that the person sees."""
    with world.reading(account) as session:
        return list(session.scalars(select(AccessApplication.id)))


@pytest.mark.requirement("R-345")
def test_no_account_without_application_where_the_company_says_so(world: World) -> None:
    service = world.departments["qiheng/service"].id
    with world.use_case("admin") as session:
        set_parameter(session, "core.application_departments", "service, audit", today())
    values = {"name": "新来者", "department": service, "user_name": "newcomer", "first_password": "plain-sailing-2468"}
    with pytest.raises(BadInput, match=r"access application|使用申请"), world.use_case("security") as session:
        employ(session, values)
    with world.use_case("security") as session:
        assert employ(session, {**values, "department": world.departments["qiheng/east"].id}).id


@pytest.mark.requirement("R-062")
def test_an_invoice_is_taken_back_only_when_somebody_else_has_agreed(world: World, trade: Trade) -> None:
    set_kind(world, "billing.void", Asked(Who.ROLE, role="finance_manager"))
    books = Books(world, trade)
    invoice = books.invoice(books.sent(books.contract(), kind=InvoiceKind.SPECIAL), tax_number="30512001")
    with pytest.raises(ApprovalNeeded), world.use_case("invoicing") as session:
        void_invoice(session, invoice.id, None, reason="税率有误")
    with world.use_case("invoicing") as session:
        case = do.submit_document(session, "billing.void", invoice.id, None, note="税率有误")
    with world.use_case("finance") as session:
        do.approve(session, case.id)
    with world.use_case("invoicing") as session:
        assert void_invoice(session, invoice.id, None, reason="税率有误").state is InvoiceState.VOID


@pytest.mark.requirement("R-217")
def test_a_low_price_is_decided_from_the_inbox_and_the_order_goes_into_force(world: World, trade: Trade) -> None:
    shop = Shop(world, trade)
    order = submitted(world, shop, lines=CHEAP)
    (case_id,) = inbox(world, "finance")
    with world.use_case("finance") as session:
        do.reject(session, case_id, opinion="低于成本")
    assert over_all(world, lambda session: session.get(Order, order.id).state) is OrderState.DRAFT
    with world.use_case("sales.east1") as session:
        submit_order(session, order.id, None)
    (again,) = inbox(world, "finance")
    with world.use_case("finance") as session:
        do.approve(session, again)
    assert over_all(world, lambda session: session.get(Order, order.id).state) is OrderState.EFFECTIVE


@pytest.mark.requirement("R-343")
def test_an_export_goes_through_the_chain_where_the_company_sets_one(world: World) -> None:
    gate = Gate(world)
    with world.use_case("sales.east1") as session:
        create_customer(session, {"name": "苏州第1机械厂"})
    set_kind(world, "core.export", LEADER, Asked(Who.ROLE, role="finance_manager"))
    with world.use_case("admin") as session:
        set_parameter(session, "core.export_without_approval_rows", 0, today())
    request = gate.ask("head.east")
    (case_id,) = inbox(world, "leader")
    gate.approve(request)  # on the export's own page
    assert gate.stored(request).state is ExportState.WAITING
    with world.use_case("finance") as session:
        do.approve(session, case_id)
    assert gate.stored(request).state is ExportState.APPROVED


@pytest.mark.requirement("R-362")
def test_a_step_with_a_condition_is_asked_only_of_documents_that_fulfil_it(world: World, trade: Trade) -> None:
    steps = [Step(Message("部长"), (HEAD,)), Step(Message("分管领导"), (LEADER,), field="source", value=str(Source.WEBSITE.value))]
    with world.use_case("security") as session:
        do.set_chain(session, "customers.review", chain_of(session, kind_called("customers.review")).number, steps)
    ends = []
    for source in (Source.WEBSITE, Source.REFERRAL):
        customer = trade.entered(source=source.value)
        case = over_all(world, lambda session: session.scalars(select(ApprovalCase).order_by(ApprovalCase.id.desc()).limit(1)).one())
        with world.use_case("head.east") as session:
            review_customer(session, customer.id, None, approve=True, owner=trade.employee("sales.east2"))
        ends.append((len(case.plan), over_all(world, lambda session, one=customer.id: session.get(Customer, one).review)))
    assert ends == [(2, Review.PENDING), (1, Review.APPROVED)]
