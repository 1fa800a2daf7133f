"""Service requests: taken in, assigned, handed on, answered, handled, judged by the customer, closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.audit.models import AuditRow
from core.kernel.clock import local, now, today
from core.kernel.errors import BadInput, Forbidden, IllegalTransition, KeguanError, NotFound, StaleVersion
from core.organisation.models import Employee
from core.organisation.working_days import add_working_days
from plugins.customers.operations import add_contact, hand_over_customer
from plugins.customers.reports import ICONS
from plugins.customers.rules import ContactWay
from plugins.service import operations
from plugins.service.errors import CannotHandle, HasHistory, NoReopening, NotAsked, NotSatisfied, NotTheHandler, RequestClosed
from plugins.service.models import Handling, ServiceNote, ServiceRequest
from plugins.service.rules import Channel, RequestState, Satisfaction, Urgency
from tests.plugins.conftest import Told
from tests.plugins.service.conftest import AFTER_SALES, MANAGER, Service


@pytest.mark.requirement("R-114")
@pytest.mark.requirement("R-239")
def test_a_customer_manager_takes_a_request_in_and_has_it(service: Service) -> None:
    request = service.request(MANAGER, channel=Channel.WECHAT, kind="repair", description="排气温度 108℃")
    assert (request.state, request.owner_id, request.accepted_by_id) == (
        RequestState.RECEIVED,
        service.trade.employee(MANAGER),
        service.trade.employee(MANAGER),
    )
    assert request.number == f"FW-{local(now()).year}-00001"


@pytest.mark.requirement("R-239")
def test_numbers_follow_each_other_without_a_gap(service: Service) -> None:
    numbers = [service.request().number for _ in range(3)]
    with pytest.raises(BadInput):
        service.request(received_at=now() + timedelta(days=1))
    assert [int(str(number)[-5:]) for number in [*numbers, service.request().number]] == [1, 2, 3, 4]


def test_a_request_for_a_customer_that_may_not_be_seen_is_refused(service: Service) -> None:
    foreign = service.trade.customer("sales.west1")
    for wanted in (foreign.id, 999_999):
        with pytest.raises(NotFound):
            service.request(MANAGER, customer=wanted)


def test_a_contact_of_another_customer_is_refused(service: Service) -> None:
    other = service.trade.customer(MANAGER, name="无锡恒远精工有限公司", phone="0510-6688 0000")
    with service.world.use_case(MANAGER) as session:
        contact = add_contact(session, {"customer": other.id, "name": "王工"})
    with pytest.raises(BadInput) as refused:
        service.request(MANAGER, contact=contact.id)
    assert list(refused.value.fields) == ["contact"]


@pytest.mark.requirement("R-254")
@pytest.mark.parametrize(
    ("word", "kind"), [("咨询", "consultation"), ("维修", "repair"), ("保养", "maintenance"), ("培训", "training"), ("其他服务", "other")]
)
def test_advice_support_training_and_special_wishes_are_kinds_of_service(service: Service, word: str, kind: str) -> None:
    assert service.request(kind=word).kind == kind


@pytest.mark.requirement("R-115", "R-116", "R-248", "R-257")
@pytest.mark.parametrize(
    ("word", "kind", "channel"),
    [("投诉", "complaint", Channel.AUTHORITY), ("合理化建议", "suggestion", Channel.LETTER), ("客户异议", "objection", Channel.VISIT)],
)
def test_complaints_suggestions_and_objections_are_handled_to_the_end_and_kept(
    service: Service, word: str, kind: str, channel: Channel
) -> None:
    request = service.started(kind=word, channel=channel, description="送货迟了三天")
    service.do(operations.finish_handling, request, AFTER_SALES, result="补发并致歉")
    service.do(operations.record_feedback, request, AFTER_SALES, satisfaction=Satisfaction.SATISFIED, words="可以接受")
    closed = service.do(operations.close_request, request, AFTER_SALES)
    assert (closed.kind, closed.channel, closed.state, closed.result) == (kind, channel, RequestState.CLOSED, "补发并致歉")
    assert closed.owner_id == service.trade.employee(AFTER_SALES)
    with service.world.reading(AFTER_SALES) as session:
        kept = session.scalars(select(ServiceRequest).where(ServiceRequest.kind == kind)).all()
        assert [one.description for one in kept] == ["送货迟了三天"]


@pytest.mark.requirement("R-468")
def test_every_way_of_the_trade_is_one_to_reach_us_and_one_to_speak_with_a_customer() -> None:
    both = {"phone", "email", "sms", "wechat", "chat", "fax", "visit"}
    assert both <= {one.value for one in ContactWay}
    assert both | {"website", "letter"} <= {one.value for one in Channel}
    assert set(ICONS) == {one.value for one in ContactWay}


def test_an_unknown_kind_is_refused(service: Service) -> None:
    with pytest.raises(KeguanError):
        service.request(kind="magic")


@pytest.mark.requirement("R-377")
def test_deadlines_follow_the_calendar_and_the_urgency(service: Service) -> None:
    calm, urgent = service.request(), service.request(urgency=Urgency.URGENT)
    with service.world.reading(AFTER_SALES) as session:
        day = local(calm.received_at).date()
        assert (calm.handle_due_on, urgent.handle_due_on) == (add_working_days(session, day, 3), add_working_days(session, day, 1))
    assert calm.answer_due_at is not None
    assert urgent.answer_due_at is not None
    assert urgent.answer_due_at < calm.answer_due_at
    with service.world.use_case(AFTER_SALES) as session:
        changed = operations.change_request(session, calm.id, None, {"urgency": Urgency.URGENT})
    assert changed.handle_due_on == urgent.handle_due_on


@pytest.mark.requirement("R-210")
@pytest.mark.requirement("R-240")
def test_a_request_is_assigned_and_its_handler_is_told(service: Service) -> None:
    request = service.request()
    service.do(operations.assign_request, request, AFTER_SALES, handler=service.trade.employee(MANAGER))
    found = service.fresh(request)
    assert (found.state, found.owner_id) == (RequestState.ASSIGNED, service.trade.employee(MANAGER))
    assert service.told(MANAGER)[-1] == "You handle the service request “%(title)s” from now on."


@pytest.mark.requirement("R-377")
def test_at_any_moment_exactly_one_handles_it_and_the_way_is_kept(service: Service) -> None:
    request = service.request(MANAGER)
    service.do(operations.take_over_request, request, AFTER_SALES, reason="客户经理出差")
    service.do(operations.hand_on_request, request, AFTER_SALES, handler=service.trade.employee(MANAGER), reason="客户要求熟人")
    with service.world.reading(AFTER_SALES) as session:
        steps = session.scalars(select(Handling).where(Handling.request_id == request.id).order_by(Handling.id)).all()
        way = [(step.verb, step.previous_id, step.handler_id, step.reason) for step in steps]
    manager, after_sales = service.trade.employee(MANAGER), service.trade.employee(AFTER_SALES)
    assert way == [("take_over", manager, after_sales, "客户经理出差"), ("hand_on", after_sales, manager, "客户要求熟人")]
    assert service.fresh(request).owner_id == manager


@pytest.mark.requirement("R-377")
def test_of_two_who_take_it_over_at_once_one_is_refused(service: Service) -> None:
    request = service.request(MANAGER)
    service.do(operations.take_over_request, request, AFTER_SALES)
    with pytest.raises(StaleVersion), service.world.use_case(AFTER_SALES) as session:
        operations.take_over_request(session, request.id, request.version)


@pytest.mark.requirement("R-377")
def test_handing_on_needs_a_reason_and_somebody_else(service: Service) -> None:
    request = service.started()
    for wrong in (
        {"handler": service.trade.employee(MANAGER)},
        {"handler": service.trade.employee(AFTER_SALES), "reason": "x"},
        {"reason": "x"},
    ):
        with pytest.raises(BadInput):
            service.do(operations.hand_on_request, request, AFTER_SALES, **wrong)
    assert service.fresh(request).owner_id == service.trade.employee(AFTER_SALES)


@pytest.mark.parametrize("account", ["contracts", "invoicing", "admin"])
def test_nobody_whose_roles_do_not_allow_it_is_made_the_handler(service: Service, account: str) -> None:
    request = service.request()
    with pytest.raises(CannotHandle):
        service.do(operations.assign_request, request, AFTER_SALES, handler=service.trade.employee(account))


def test_a_colleague_who_has_left_or_never_came_is_not_made_the_handler(service: Service) -> None:
    request = service.request()
    manager = service.trade.employee(MANAGER)
    with service.world.keguan.database.identity() as session:
        session.get_one(Employee, manager).left_on = today() - timedelta(days=1)
        session.commit()
    for wanted in (manager, 999_999):
        with pytest.raises(BadInput):
            service.do(operations.assign_request, request, AFTER_SALES, handler=wanted)


@pytest.mark.requirement("R-241")
def test_only_the_current_handler_does_the_work(service: Service) -> None:
    request = service.started(MANAGER)
    for verb, values in ((operations.finish_handling, {"result": "已修好"}), (operations.record_feedback, {"satisfaction": "satisfied"})):
        with pytest.raises(NotTheHandler):
            service.do(verb, request, AFTER_SALES, **values)
    with pytest.raises(Forbidden):
        service.do(operations.finish_handling, request, "head.east", result="已修好")
    service.do(operations.finish_handling, request, MANAGER, result="已修好")


@pytest.mark.requirement("R-014")
def test_a_customer_manager_sees_own_services_and_not_those_of_others(service: Service) -> None:
    own, foreign = service.request(MANAGER), service.request(AFTER_SALES)
    with service.world.reading(MANAGER) as session:
        assert set(session.scalars(select(ServiceRequest.id))) == {own.id}
    with service.world.reading(AFTER_SALES) as session:
        assert set(session.scalars(select(ServiceRequest.id))) == {own.id, foreign.id}
    with pytest.raises(NotFound):
        service.do(operations.take_over_request, foreign, MANAGER)


@pytest.mark.requirement("R-241")
def test_the_handler_writes_down_what_is_done_and_only_the_writer_changes_it(service: Service) -> None:
    request = service.started(MANAGER)
    with service.world.use_case(MANAGER) as session:
        note = operations.write_note(session, {"request": request.id, "content": "已电话联系客户"})
    with pytest.raises(Forbidden), service.world.use_case(AFTER_SALES) as session:
        operations.change_note(session, note.id, None, {"content": "别人改"})
    with service.world.use_case(MANAGER) as session:
        operations.remove_note(session, note.id, None)


def test_what_was_said_at_the_start_is_the_first_record(service: Service) -> None:
    request = service.request()
    service.do(operations.assign_request, request, AFTER_SALES, handler=service.trade.employee(AFTER_SALES))
    service.do(operations.start_handling, request, AFTER_SALES, said="约好明天上午上门")
    with service.world.reading(AFTER_SALES) as session:
        assert session.scalars(select(ServiceNote.content)).all() == ["约好明天上午上门"]
    assert service.fresh(request).answered_at is not None


@pytest.mark.requirement("R-251")
@pytest.mark.requirement("R-114")
@pytest.mark.requirement("R-242")
@pytest.mark.requirement("R-243")
def test_a_content_customer_ends_a_request_and_it_is_archived(service: Service, heard: Callable[..., Told]) -> None:
    request = service.started(MANAGER)
    service.do(operations.finish_handling, request, MANAGER, result="更换温控阀")
    service.do(operations.record_feedback, request, MANAGER, satisfaction=Satisfaction.SATISFIED, words="师傅很专业")
    service.do(operations.close_request, request, MANAGER)
    told = heard("can be archived", "head.east", "head.west", MANAGER)
    assert {account: len(notices) for account, notices in told.items()} == {"head.east": 1, "head.west": 0, MANAGER: 0}
    service.do(operations.archive_request, request, "head.east")
    found = service.fresh(request)
    assert (found.state, found.satisfaction, found.feedback, found.result) == (
        RequestState.ARCHIVED,
        Satisfaction.SATISFIED,
        "师傅很专业",
        "更换温控阀",
    )
    with pytest.raises(RequestClosed), service.world.use_case(MANAGER) as session:
        operations.change_request(session, request.id, None, {"title": "改"})


@pytest.mark.requirement("R-251")
@pytest.mark.requirement("R-242")
def test_a_dissatisfied_customer_is_helped_before_the_request_is_closed(service: Service) -> None:
    request = service.started(MANAGER)
    service.do(operations.finish_handling, request, MANAGER, result="更换温控阀")
    service.do(operations.record_feedback, request, MANAGER, satisfaction="dissatisfied", words="又报警了")
    with pytest.raises(NotSatisfied):
        service.do(operations.close_request, request, MANAGER)
    with pytest.raises(BadInput):
        service.do(operations.reopen_request, request, MANAGER)
    service.do(operations.reopen_request, request, MANAGER, reason="故障没有彻底解决")
    found = service.fresh(request)
    assert (found.state, found.reopened, found.handled_at) == (RequestState.IN_PROGRESS, 1, None)
    assert "A customer is not satisfied with the service “%(title)s”. Please look at it." in service.told("head.east")


def test_a_content_customer_s_request_is_not_taken_up_again_before_it_is_closed(service: Service) -> None:
    request = service.started()
    service.do(operations.finish_handling, request, AFTER_SALES, result="好了")
    with pytest.raises(BadInput):
        service.do(operations.record_feedback, request, AFTER_SALES)
    service.do(operations.record_feedback, request, AFTER_SALES, satisfaction="satisfied")
    with pytest.raises(NoReopening):
        service.do(operations.reopen_request, request, AFTER_SALES, reason="再看看")
    service.do(operations.close_request, request, AFTER_SALES)
    service.do(operations.reopen_request, request, AFTER_SALES, reason="客户来电，同一故障")


@pytest.mark.parametrize(
    ("verb", "values"),
    [
        (operations.finish_handling, {"result": "x"}),
        (operations.record_feedback, {"satisfaction": "satisfied"}),
        (operations.close_request, {}),
        (operations.reopen_request, {"reason": "x"}),
    ],
    ids=["finish", "feedback", "close", "reopen"],
)
def test_a_step_too_early_is_refused_and_nothing_changes(service: Service, verb: Any, values: dict[str, Any]) -> None:
    request = service.request()
    with pytest.raises(IllegalTransition):
        service.do(verb, request, AFTER_SALES, **values)
    assert service.fresh(request).version == request.version


@pytest.mark.requirement("R-250")
@pytest.mark.requirement("R-487", "R-488")
@pytest.mark.requirement("R-245")
def test_a_colleague_of_another_department_takes_part_and_reports(service: Service) -> None:
    request = service.started()
    with service.world.reading("sales.east2") as session:
        assert session.get(ServiceRequest, request.id) is None
    helper = service.trade.employee("sales.east2")
    service.do(operations.invite_participant, request, AFTER_SALES, colleague=helper, task="准备改造报价")
    with service.world.use_case("sales.east2") as session:
        operations.write_note(session, {"request": request.id, "content": "报价已发"})
    service.do(operations.report_part, request, "sales.east2", result="报价已发给客户")
    assert service.told(AFTER_SALES)[-1] == "%(name)s has done a part of the service “%(title)s”: %(result)s"
    with pytest.raises(NotAsked):
        service.do(operations.report_part, request, "sales.east2", result="再报一次")
    with pytest.raises(Forbidden):
        service.do(operations.finish_handling, request, "sales.east2", result="越权")


def test_a_request_entered_by_mistake_is_thrown_away_but_not_one_with_a_history(service: Service) -> None:
    mistake, worked_on = service.request(), service.started()
    service.do(operations.delete_request, mistake, AFTER_SALES)
    with pytest.raises(HasHistory):
        service.do(operations.delete_request, worked_on, AFTER_SALES)


@pytest.mark.requirement("R-165")
def test_open_requests_follow_their_customer_to_its_new_owner(service: Service) -> None:
    mine, theirs = service.request(MANAGER), service.request(AFTER_SALES)
    with service.world.use_case("head.east") as session:
        hand_over_customer(session, service.customer().id, None, owner=service.trade.employee("sales.east2"), reason="调整分工")
    assert service.fresh(mine).owner_id == service.trade.employee("sales.east2")
    assert service.fresh(theirs).owner_id == service.trade.employee(AFTER_SALES)


@pytest.mark.requirement("R-244")
def test_every_step_stands_in_the_trail_under_its_name(service: Service) -> None:
    request = service.started()
    service.do(operations.finish_handling, request, AFTER_SALES, result="好了")
    with service.world.keguan.database.identity() as session:
        rows = (
            select(AuditRow.action).where(AuditRow.table_name == "service_request", AuditRow.record_id == request.id).order_by(AuditRow.id)
        )
        assert [action for action in session.scalars(rows) if action != "update"][:4] == ["create", "assign", "start", "finish"]
