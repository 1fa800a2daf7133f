"""Dispatch orders: planned by the handler, carried out by the field worker, signed by the customer, returned to the handler."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from core.access.guard import open_for_writing
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict, Forbidden, IllegalTransition, NotFound
from core.organisation.models import Parameter
from core.work.attachments import attach, attachments_of, detach
from plugins.service import operations
from plugins.service.errors import (
    CannotHandle,
    NotOnSite,
    NotTheHandler,
    NotTheWorker,
    NumberGiven,
    OrderFixed,
    SignedAlready,
    StillDispatched,
    WorkerBusy,
)
from plugins.service.models import DispatchOrder, DispatchPart, ServiceRequest
from plugins.service.rules import DispatchState, RequestState
from tests.plugins.service.conftest import AFTER_SALES, MANAGER, MORNING, PART, Service
from tests.world import Browser


def drawing() -> bytes:
    """A small picture, as the field of the screen sends it."""
    out = BytesIO()
    Image.new("RGB", (60, 20), "white").save(out, "PNG")
    return out.getvalue()


def allow_overlaps(service: Service) -> None:
    """The company is content with a warning."""
    company = service.world.companies["qiheng"].id
    with acting_as(System("test", company)), service.world.keguan.database.transaction() as session:
        setting = Parameter(company_id=company, name="service.refuse_overlap", value="0", starts_on=today())
        session.add(setting)
        open_for_writing(session, setting)


@pytest.mark.requirement("R-113")
@pytest.mark.requirement("R-246")
def test_an_order_gets_its_number_on_issue_and_the_request_waits_for_it(service: Service) -> None:
    request = service.started(MANAGER)
    order = service.planned(request, MANAGER, parts=[PART])
    assert (order.state, order.number, order.customer_id) == (DispatchState.PLANNED, None, request.customer_id)
    assert order.address == "苏州市吴中区"
    service.do(operations.issue_dispatch, order, MANAGER)
    assert (service.fresh(order).number, service.fresh(request).state) == (f"PG-{today().year}-0001", RequestState.DISPATCHED)
    assert service.told(AFTER_SALES)[-1] == "You are sent out: %(number)s “%(title)s”. Please accept it."


@pytest.mark.requirement("R-113")
@pytest.mark.requirement("R-246")
@pytest.mark.requirement("R-006")
def test_the_worker_goes_reports_and_the_result_returns_to_the_handler(service: Service) -> None:
    request = service.started(MANAGER)
    order = service.on_site(request, MANAGER)
    service.do(operations.change_dispatch, order, AFTER_SALES, changes={"parts": [PART, {**PART, "quantity": Decimal("0.5")}]})
    service.do(operations.report_result, order, AFTER_SALES, result="更换温控阀，试机正常", hours=Decimal("3.5"))
    done = service.fresh(order)
    assert (done.state, done.result, done.hours) == (DispatchState.DONE, "更换温控阀，试机正常", Decimal("3.5"))
    assert None not in (done.issued_at, done.accepted_at, done.arrived_at, done.finished_at)
    assert service.fresh(request).state == RequestState.IN_PROGRESS
    assert service.told(MANAGER)[-1] == "The dispatch order %(number)s for “%(title)s” has come back with its result."
    with service.world.reading(AFTER_SALES) as session:
        assert session.scalars(select(DispatchPart.amount).order_by(DispatchPart.position)).all() == [Decimal("920.00"), Decimal("230.00")]


@pytest.mark.requirement("R-246")
def test_a_request_is_not_finished_while_somebody_is_out(service: Service) -> None:
    request = service.started()
    order = service.issued(request)
    with pytest.raises(StillDispatched, match=str(order.number)):
        service.do(operations.finish_handling, request, AFTER_SALES, result="好了")
    service.do(operations.cancel_dispatch, order, AFTER_SALES, reason="客户自行解决")
    service.do(operations.finish_handling, request, AFTER_SALES, result="好了")


def test_the_request_comes_back_only_with_the_last_order(service: Service) -> None:
    request = service.started()
    first, second = service.issued(request), service.issued(request, starts_at=MORNING + timedelta(days=1))
    service.do(operations.send_back_dispatch, first, AFTER_SALES, reason="缺少备件")
    assert service.fresh(request).state == RequestState.DISPATCHED
    service.do(operations.cancel_dispatch, second, AFTER_SALES, reason="改期")
    assert service.fresh(request).state == RequestState.IN_PROGRESS


@pytest.mark.requirement("R-246")
def test_numbers_have_no_gap_and_stay_with_their_order(service: Service) -> None:
    request = service.started()
    first = service.issued(request)
    with pytest.raises(WorkerBusy):
        service.issued(request)
    service.do(operations.send_back_dispatch, first, AFTER_SALES, reason="缺少备件")
    service.do(operations.issue_dispatch, first, AFTER_SALES)
    second = service.issued(request, starts_at=MORNING + timedelta(days=1))
    assert [str(one.number)[-4:] for one in (service.fresh(first), second)] == ["0001", "0002"]


@pytest.mark.requirement("R-246")
def test_a_worker_is_not_in_two_places_unless_the_company_only_warns(service: Service) -> None:
    request = service.started()
    service.issued(request)
    late, after = service.planned(request, starts_at=MORNING + timedelta(hours=2)), MORNING + timedelta(hours=3)
    with pytest.raises(WorkerBusy, match="11-18 09:00"):
        service.do(operations.issue_dispatch, late, AFTER_SALES)
    service.issued(request, starts_at=after)
    service.do(operations.cancel_dispatch, service.fresh(late), AFTER_SALES, reason="重新安排")
    allow_overlaps(service)
    service.issued(request, starts_at=MORNING + timedelta(hours=1))
    assert "%(name)s is out twice at the same time: “%(title)s” overlaps %(span)s." in service.told(AFTER_SALES)


def test_an_issued_order_is_moved_to_a_time_that_is_free_and_its_worker_is_told(service: Service) -> None:
    request = service.started(MANAGER)
    service.issued(request, MANAGER)
    order = service.issued(request, MANAGER, starts_at=MORNING + timedelta(days=1))
    with pytest.raises(WorkerBusy):
        service.do(operations.change_dispatch, order, MANAGER, changes={"starts_at": MORNING, "ends_at": MORNING + timedelta(hours=1)})
    evening = MORNING + timedelta(hours=8)
    service.do(operations.change_dispatch, order, MANAGER, changes={"starts_at": evening, "ends_at": evening + timedelta(hours=1)})
    assert service.told(AFTER_SALES)[-1] == "The time of your dispatch order %(number)s was changed."


@pytest.mark.parametrize("hours", [0, -1, 24 * 32])
def test_work_that_ends_before_it_begins_or_never_is_refused(service: Service, hours: int) -> None:
    request = service.started()
    with pytest.raises(BadInput) as refused:
        service.planned(request, ends_at=MORNING + timedelta(hours=hours))
    assert list(refused.value.fields) == ["ends_at"]


def test_only_the_handler_plans_and_only_the_worker_carries_out(service: Service) -> None:
    request = service.started(MANAGER)
    with pytest.raises(NotTheHandler):
        service.planned(request, AFTER_SALES)
    order = service.issued(request, MANAGER)
    with pytest.raises(NotTheWorker):
        service.do(operations.accept_dispatch, order, MANAGER)
    with pytest.raises(IllegalTransition):
        service.do(operations.arrive_on_site, order, AFTER_SALES)
    with pytest.raises(NotFound):
        service.do(operations.accept_dispatch, order, "sales.west1")


def test_nobody_is_sent_whose_roles_do_not_allow_it(service: Service) -> None:
    request = service.started()
    for account in ("contracts", "sales.east2"):
        with pytest.raises(CannotHandle):
            service.planned(request, worker=account)


def test_another_worker_is_named_only_while_nobody_is_out(service: Service) -> None:
    request = service.started(MANAGER)
    order = service.planned(request, MANAGER)
    service.do(operations.change_dispatch, order, MANAGER, changes={"owner": service.trade.employee(MANAGER)})
    service.do(operations.change_dispatch, order, MANAGER, changes={"owner": service.trade.employee(AFTER_SALES)})
    service.do(operations.issue_dispatch, order, MANAGER)
    with pytest.raises(BadInput):
        service.do(operations.change_dispatch, order, MANAGER, changes={"owner": service.trade.employee(MANAGER)})
    assert service.fresh(order).owner_id == service.trade.employee(AFTER_SALES)


def test_the_next_handler_reaches_the_orders_of_the_one_before(service: Service) -> None:
    request = service.started(AFTER_SALES)
    order = service.issued(request, AFTER_SALES)
    with service.world.reading(MANAGER) as session:
        assert session.get(DispatchOrder, order.id) is None
    service.do(operations.hand_on_request, request, AFTER_SALES, handler=service.trade.employee(MANAGER), reason="转客户经理")
    service.do(operations.cancel_dispatch, order, MANAGER, reason="改为远程指导")


def test_the_worker_sees_the_request_of_an_order(service: Service) -> None:
    """Also a worker whose roles show only what is his or her own."""
    request = service.started(AFTER_SALES, by=AFTER_SALES)
    service.planned(request, worker=MANAGER)
    with service.world.reading(MANAGER) as session:
        assert session.get(ServiceRequest, request.id) is not None


def test_a_result_needs_words_and_sensible_hours(service: Service) -> None:
    order = service.on_site(service.started())
    for wrong, field in (({"hours": 2}, "result"), ({"result": "好了"}, "hours"), ({"result": "好了", "hours": 0}, "hours")):
        with pytest.raises(BadInput) as refused:
            service.do(operations.report_result, order, AFTER_SALES, **wrong)
        assert list(refused.value.fields) == [field]
    assert service.fresh(order).state == DispatchState.ON_SITE


def test_parts_are_named_by_their_place_when_they_are_wrong(service: Service) -> None:
    request = service.started()
    with pytest.raises(BadInput) as refused:
        service.planned(request, parts=[PART, {**PART, "quantity": Decimal(0)}, {**PART, "price": Decimal(-1)}, {**PART, "name": ""}])
    assert set(refused.value.fields) == {"parts-1-quantity", "parts-2-price", "parts-3-name"}


def test_the_customer_signs_once_on_site(service: Service) -> None:
    order = service.on_site(service.started())
    with pytest.raises(BadInput):
        service.do(operations.sign_dispatch, order, AFTER_SALES, name="王工", drawing=b"no picture")
    service.do(operations.sign_dispatch, order, AFTER_SALES, name="王工", drawing=drawing())
    with pytest.raises(SignedAlready, match="王工"):
        service.do(operations.sign_dispatch, order, AFTER_SALES, name="李工", drawing=drawing())
    with service.world.reading(AFTER_SALES) as session:
        (file,) = attachments_of(session, session.get(DispatchOrder, order.id))
        assert (file.media_type, file.name) == ("image/png", f"{order.number}-signature.png")
    assert service.fresh(order).signed_by == "王工"


def test_the_signature_of_the_customer_stays_with_the_order(service: Service) -> None:
    order = service.on_site(service.started())
    with service.world.use_case(AFTER_SALES) as session:
        wrong = attach(session, session.get(DispatchOrder, order.id), "wrong.png", BytesIO(drawing())).id
    with service.world.use_case(AFTER_SALES) as session:
        detach(session, wrong)
    service.do(operations.sign_dispatch, order, AFTER_SALES, name="王工", drawing=drawing())
    with service.world.reading(AFTER_SALES) as session:
        signature = attachments_of(session, session.get(DispatchOrder, order.id))[0].id
    for step in ("on site", "done"):
        with pytest.raises(Conflict, match="its files stay"), service.world.use_case(AFTER_SALES) as session:
            detach(session, signature)
        if step == "on site":
            service.do(operations.report_result, order, AFTER_SALES, result="Repaired", hours=Decimal(2))
    assert service.fresh(order).state is DispatchState.DONE


def test_nobody_signs_before_the_worker_is_there(service: Service) -> None:
    order = service.issued(service.started())
    with pytest.raises(NotOnSite):
        service.do(operations.sign_dispatch, order, AFTER_SALES, name="王工", drawing=drawing())


def test_a_plan_is_thrown_away_but_a_number_never(service: Service) -> None:
    request = service.started()
    plan, issued = service.planned(request, parts=[PART]), service.issued(request, starts_at=MORNING + timedelta(days=1))
    service.do(operations.delete_dispatch, plan, AFTER_SALES)
    with pytest.raises(NumberGiven):
        service.do(operations.delete_dispatch, issued, AFTER_SALES)


def test_a_done_order_is_not_changed(service: Service) -> None:
    order = service.on_site(service.started())
    service.do(operations.report_result, order, AFTER_SALES, result="好了", hours=Decimal(1))
    with pytest.raises(OrderFixed):
        service.do(operations.change_dispatch, order, AFTER_SALES, changes={"title": "改"})


def test_leaders_read_and_do_not_act(service: Service) -> None:
    order = service.issued(service.started())
    with service.world.reading("leader") as session:
        assert session.get(DispatchOrder, order.id) is not None
    with pytest.raises(Forbidden):
        service.do(operations.cancel_dispatch, order, "leader", reason="x")


@pytest.mark.parametrize(("issued", "bar"), [(False, ["计划中", "已取消"]), (True, ["计划中", "已派工", "已取消"])])
def test_the_bar_of_a_cancelled_order_shows_the_steps_that_were_taken(
    service: Service, client_for: Callable[[str], Browser], issued: bool, bar: list[str]
) -> None:
    request = service.started()
    order = service.issued(request) if issued else service.planned(request)
    service.do(operations.cancel_dispatch, order, AFTER_SALES, reason="客户自行解决")
    page = client_for(AFTER_SALES).get(f"/dispatch-orders/{order.id}").text
    stages = page.partition('<ol class="kg-stages"')[2].partition(">")[2].partition("</ol>")[0]
    steps = re.findall(r'<span class="kg-cut">(.*?)</span>', stages, re.DOTALL)
    assert re.findall(r"[一-鿿]+", re.sub(r"<[^>]*>", " ", " ".join(steps))) == bar
