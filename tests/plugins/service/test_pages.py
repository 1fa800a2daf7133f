"""Service on screen and in REST."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from core.extension.calling import registry
from core.extension.exchange import RelatedCount
from core.extension.hookspecs import hookimpl
from core.kernel.words import Message
from plugins.service import operations
from plugins.service.public import ShownRequest
from plugins.service.rules import Satisfaction
from tests.plugins.service.conftest import AFTER_SALES, MANAGER, Service
from tests.plugins.service.test_dispatches import drawing
from tests.world import Browser

ClientFor = Callable[[str], Browser]


def test_a_customers_page_shows_the_requests_as_count_figure_tab_and_event(service: Service, client_for: ClientFor) -> None:
    service.request(MANAGER)
    browser = client_for(MANAGER)
    page = browser.get(f"/customers/{service.customer().id}").text
    assert "未关闭的服务请求" in page
    assert f"/service-requests/?customer={service.customer().id}" in page
    assert "空压机高温报警" in browser.get(f"/customers/{service.customer().id}?tab=service-requests").text
    assert "受理了服务请求" in browser.get(f"/customers/{service.customer().id}?tab=timeline").text


@pytest.mark.requirement("R-244")
def test_the_page_of_a_request_tells_what_happened(service: Service, client_for: ClientFor) -> None:
    request = service.started(MANAGER)
    service.do(operations.invite_participant, request, MANAGER, colleague=service.trade.employee("sales.east2"), task="核对质保")
    order = service.on_site(request, MANAGER)
    page = client_for(MANAGER).get(f"/service-requests/{request.id}?tab=timeline").text
    done = service.do(operations.report_result, order, AFTER_SALES, result="温控阀已更换", hours=Decimal(2))
    assert done.number == order.number
    page += client_for(MANAGER).get(f"/service-requests/{request.id}?tab=timeline").text
    assert "复职" not in page
    for words in ("指定处理人为苏晓晨", "请吴佳宁协助", "核对质保", str(order.number), "人员已返回"):
        assert words in page


def test_an_assignment_stands_once_on_the_timeline_and_among_the_changes_as_well(service: Service, client_for: ClientFor) -> None:
    request = service.request(MANAGER)
    service.do(operations.assign_request, request, AFTER_SALES, handler=service.trade.employee(MANAGER))
    browser, address = client_for(MANAGER), f"/service-requests/{request.id}?tab=timeline"
    alone = {"HX-Request": "true", "HX-Target": "tab-body"}
    told = {kind: browser.get(f"{address}&kind={kind}", headers=alone).text for kind in ("", "handling", "changes")}
    assert {kind: ("指定处理人为苏晓晨" in page, "指派处理人" in page) for kind, page in told.items()} == {
        "": (True, False),
        "handling": (True, False),
        "changes": (False, True),
    }


def test_other_plugins_show_what_they_know_of_the_customer(service: Service, client_for: ClientFor) -> None:
    class Hearer:
        """Another plugin, which knows the customer's machines."""

        @hookimpl
        def crm_service_request_shown(self, session: Any, request: ShownRequest) -> list[RelatedCount]:
            return [RelatedCount(Message("已装设备"), "engine", 7, f"/machines/?customer={request.customer_id}")]

    request, hearer = service.request(MANAGER), Hearer()
    registry().manager.register(hearer)
    try:
        page = client_for(MANAGER).get(f"/service-requests/{request.id}").text
    finally:
        registry().manager.unregister(hearer)
    assert f"/machines/?customer={service.customer().id}" in page


def test_desk_and_lists_lead_to_what_waits(service: Service, client_for: ClientFor) -> None:
    request = service.started(MANAGER)
    service.issued(request, MANAGER)
    desk = client_for(AFTER_SALES).get("/").text
    assert "我的派工单" in desk
    assert "上门检修" in desk
    for account, path in (
        (AFTER_SALES, "dispatch-orders/?view=mine"),
        (MANAGER, "service-requests/?view=mine"),
        (MANAGER, "service-requests/?view=open"),
    ):
        assert ("上门检修" if "dispatch" in path else "空压机高温报警") in client_for(account).get(f"/{path}").text


def test_the_customer_signs_on_the_screen(service: Service, client_for: ClientFor) -> None:
    order = service.on_site(service.started())
    browser = client_for(AFTER_SALES)
    assert "data-signature" in browser.get(f"/dispatch-orders/{order.id}/signature").text
    empty = browser.post(f"/dispatch-orders/{order.id}/signature", data={"name": "王工", "version": str(order.version), "drawing": ""})
    assert empty.status_code == 422
    assert "请客户在签名框内签名" in empty.text
    picture = "data:image/png;base64," + base64.b64encode(drawing()).decode()
    kept = browser.post(f"/dispatch-orders/{order.id}/signature", data={"name": "王工", "version": str(order.version), "drawing": picture})
    assert kept.status_code == 303
    again = browser.get(f"/dispatch-orders/{order.id}/signature")
    assert again.status_code == 409  # nobody is asked to sign what is signed
    assert "data-signature" not in again.text
    files = browser.get(f"/dispatch-orders/{order.id}?tab=files").text
    assert "signature.png" in files
    assert "该记录已办结" in files
    assert "/remove" not in files
    assert "已办结" in browser.post(f"/dispatch-orders/{order.id}/files/1/remove").text
    assert client_for("sales.west1").get(f"/dispatch-orders/{order.id}/signature").status_code in (403, 404)


@pytest.mark.requirement("R-246")
def test_photos_of_the_place_are_kept_with_the_order_and_open_for_whoever_sees_it(service: Service, client_for: ClientFor) -> None:
    order = service.on_site(service.started())
    browser, address = client_for(AFTER_SALES), f"/dispatch-orders/{order.id}/files"
    photo = BytesIO()
    Image.new("RGB", (40, 30), "grey").save(photo, "JPEG")
    kept = browser.post(address, data={"file": (BytesIO(photo.getvalue()), "铭牌.jpg"), "version": str(order.version)})
    assert kept.status_code == 303
    found = re.search(rf"{address}/(\d+)", browser.get(f"/dispatch-orders/{order.id}?tab=files").text)
    assert found
    for account in (AFTER_SALES, "leader"):
        shown = client_for(account).get(f"{address}/{found[1]}?inline=1", buffered=True)
        assert (shown.data, shown.headers["Content-Type"]) == (photo.getvalue(), "image/jpeg")
        assert shown.headers["Content-Disposition"].startswith("inline")
    assert client_for("sales.west1").get(f"{address}/{found[1]}").status_code in (403, 404)
    assert client_for("sales.west1").post(address, data={"file": (photo, "铭牌.jpg")}).status_code in (403, 404)


@pytest.mark.requirement("R-465")
def test_a_program_leads_a_request_from_taken_in_to_closed(service: Service, token_client_for: ClientFor) -> None:
    program = token_client_for(AFTER_SALES)
    made = program.post(
        "/api/v1/service-requests/", json={"title": "干燥机露点不达标", "customer": service.customer().id, "kind": "repair"}
    )
    assert made.status_code == 201, made.text
    path, version = f"/api/v1/service-requests/{made.json['id']}", made.json["result"]["version"]
    steps = (
        ("assign", {"handler": service.trade.employee(AFTER_SALES)}),
        ("start", {"said": "已联系"}),
        ("finish", {"result": "补焊并充注冷媒"}),
        ("record_feedback", {"satisfaction": "satisfied", "words": "很好"}),
        ("close", {}),
    )
    for verb, values in steps:
        answer = program.post(f"{path}/{verb}", json={**values, "version": version})
        assert answer.status_code == 200, (verb, answer.text)
        version = answer.json["result"]["version"]
    assert program.get(path).json["result"]["state"] == "closed"
    early = program.post(f"{path}/finish", json={"result": "再来一次", "version": version})
    assert early.status_code == 409


@pytest.mark.requirement("R-243")
def test_the_head_finds_what_is_to_be_archived(service: Service, token_client_for: ClientFor) -> None:
    request = service.started(MANAGER)
    head = token_client_for("head.east")

    def waiting() -> list[int]:
        return [int(one) for one in head.get("/api/v1/service-requests/?view=closed").get_json()["ids"]]

    service.do(operations.finish_handling, request, MANAGER, result="更换温控阀")
    service.do(operations.record_feedback, request, MANAGER, satisfaction=Satisfaction.SATISFIED)
    assert waiting() == []
    service.do(operations.close_request, request, MANAGER)
    assert waiting() == [request.id]
    service.do(operations.archive_request, request, "head.east")
    assert waiting() == []
