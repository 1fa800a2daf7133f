"""Inbox, case, stand-ins, chains and REST: what a leader sees, and that every door leads to the same verbs."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.approvals.models import CaseState
from core.extension.approving import Who
from core.kernel.acting import FieldAccess
from core.kernel.clock import today
from plugins.contracts.operations import change_contract
from tests.access.test_presets import give
from tests.approvals.test_engine import inbox, state
from tests.exports.test_printing import paper
from tests.field_rights import state as state_fields
from tests.plugins.conftest import Trade
from tests.world import Browser, World

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
Make = Callable[..., Any]
Client = Callable[[str], Browser]


def test_a_notice_leads_to_the_case_and_one_more_tap_decides(
    world: World, client_for: Client, step: Make, set_chain: Make, submitted: Make
) -> None:
    set_chain(step(Who.HEAD))
    case = submitted()
    head = client_for("head.east")
    assert f"/approvals/{case.id}" in head.get("/").text
    told = head.get("/notices/").text
    notice = told.partition("/notices/")[2]
    number = next(part.partition("/read")[0] for part in told.split("/notices/")[1:] if part.partition("/read")[0].isdigit())
    opened = head.post(f"/notices/{number}/read")
    assert notice
    assert opened.headers["Location"].endswith(f"/approvals/{case.id}")
    page = head.get(f"/approvals/{case.id}").text
    assert f"/approvals/{case.id}/approve" in page
    assert head.post(f"/approvals/{case.id}/approve").status_code == 303
    assert state(world, case) is CaseState.APPROVED


def test_refusals_are_said_on_the_page_and_change_nothing(
    world: World, client_for: Client, step: Make, set_chain: Make, submitted: Make
) -> None:
    set_chain(step(Who.HEAD))
    case = submitted()
    head, filler = client_for("head.east"), client_for("sales.east1")
    assert head.post(f"/approvals/{case.id}/reject").status_code == 422
    assert filler.post(f"/approvals/{case.id}/approve").status_code == 403
    assert client_for("sales.west1").get(f"/approvals/{case.id}").status_code == 404
    assert client_for("sales.west1").post(f"/approvals/{case.id}/approve").status_code == 404
    assert head.post(f"/approvals/{case.id}/remind").status_code == 403
    assert filler.post(f"/approvals/{case.id}/remind").status_code == 303
    assert filler.post(f"/approvals/{case.id}/withdraw").status_code == 303
    assert head.post(f"/approvals/{case.id}/approve").status_code == 409
    assert state(world, case) is CaseState.WITHDRAWN


SAID_NO = {"return": (CaseState.RETURNED, "请补充付款条款"), "reject": (CaseState.REJECTED, "价格低于底价")}


@pytest.mark.requirement("R-062")
@pytest.mark.parametrize("verb", SAID_NO)
@pytest.mark.parametrize("door", ["page", "REST"])
def test_what_is_returned_or_rejected_tells_the_filler_why(
    world: World, client_for: Client, token_client_for: Client, step: Make, set_chain: Make, submitted: Make, verb: str, door: str
) -> None:
    set_chain(step(Who.HEAD))
    case, (ended, why) = submitted(), SAID_NO[verb]
    if door == "page":
        assert client_for("head.east").post(f"/approvals/{case.id}/{verb}", data={"opinion": why}).status_code == 303
    else:
        answer = token_client_for("head.east").post(f"/api/v1/approvals/{case.id}/{verb}", json={"opinion": why})
        assert (answer.status_code, answer.get_json()["state"]) == (200, ended.value)
    assert state(world, case) is ended
    assert inbox(world, "head.east") == []
    filler = client_for("sales.east1")
    for page in (f"/approvals/{case.id}", f"/contracts/{case.record_id}?tab=approval"):
        assert why in filler.get(page).text, page
    assert why in filler.get("/notices/").text
    told = token_client_for("sales.east1").get(f"/api/v1/approvals/{case.id}").get_json()["result"]
    assert why in [cell["opinion"] for cell in told["signatures"]]
    assert f"/approvals/documents/{case.kind}/{case.record_id}" in filler.get(f"/contracts/{case.record_id}?tab=approval").text


def test_several_are_approved_at_once_and_what_cannot_be_is_named(
    world: World, trade: Trade, client_for: Client, step: Make, set_chain: Make, submitted: Make
) -> None:
    set_chain(step(Who.HEAD))
    first = submitted()
    second = submitted(trade.contract(customer=trade.customer(name="无锡华东制造有限公司"), title="空压站二期"))
    head = client_for("head.east")
    assert head.post("/approvals/several", data={"id": [first.id, second.id], "opinion": "同意"}).status_code == 303
    assert inbox(world, "head.east") == []
    again = head.post("/approvals/several", data={"id": [first.id]})
    assert again.status_code == 409


def test_the_document_shows_its_cells_and_hands_itself_in(
    world: World, trade: Trade, client_for: Client, step: Make, set_chain: Make
) -> None:
    contract = trade.contract()
    set_chain(step(Who.HEAD, title="部门审核"))
    seller = client_for("sales.east1")
    page = seller.get(f"/contracts/{contract.id}?tab=approval").text
    assert "部门审核" in page
    assert "陆东升" in page
    assert ("未轮到" in page, "待生效" in page) == (True, False)
    version = seller.get(f"/contracts/{contract.id}/edit").text.partition('name="version" value="')[2].partition('"')[0]
    sent = seller.post(f"/approvals/documents/contracts.signing/{contract.id}", data={"version": version, "note": "请审批"})
    assert sent.status_code == 303
    assert len(inbox(world, "head.east")) == 1


def test_the_list_says_which_documents_are_in_approval(client_for: Client, step: Make, set_chain: Make, submitted: Make) -> None:
    set_chain(step(Who.HEAD))
    case, seller = submitted(), client_for("sales.east1")
    assert "审批中" in _row_of(seller, case)
    assert seller.post(f"/approvals/{case.id}/withdraw").status_code == 303
    assert "审批中" not in _row_of(seller, case)


def _row_of(browser: Browser, case: Any) -> str:
    page = browser.get("/contracts/?view=all").text
    return next(one for one in page.split("<tr") if f'/contracts/{case.record_id}"' in one)


def test_the_editor_previews_who_would_decide_and_sets_the_chain(world: World, client_for: Client) -> None:
    security = client_for("security")
    typed = {"number": "0", "title-0": "部门审核", "asked-0": "head", "needs-0": "any", "amount-0": "1000"}
    seller = world.employees["sales.east1"].id
    address = "/approval-chains/contracts.signing"
    asked = {"filler": str(seller), "preview_amount": "5000"}
    shown = security.post(f"{address}/preview", data={**typed, **asked})
    assert (shown.status_code, "陆东升" in shown.text) == (200, True)
    below = security.post(f"{address}/preview", data={**typed, **asked, "preview_amount": "999"})
    assert "陆东升" not in below.text
    assert security.post(address, data=typed).status_code == 303
    assert security.post(address, data=typed).status_code == 409
    assert security.post(address, data={**typed, "number": "1", "asked-0": "everybody"}).status_code == 422
    assert client_for("sales.east1").get(address).status_code == 403
    for path in ("/approval-chains/", address):
        assert client_for("auditor").get(path).status_code == 200
    assert client_for("auditor").post(address, data=typed).status_code == 403


def test_the_preview_of_a_document_names_who_would_decide_about_exactly_it(
    world: World, trade: Trade, client_for: Client, step: Make, set_chain: Make
) -> None:
    """Its amount, its owner and its fields; to whoever sees it, and never by a condition on what may not be read."""
    contract = trade.contract()  # of sales.east1, 391,200.00 yuan
    set_chain(step(Who.HEAD, title="部门审核"), step("leader", title="领导审批", from_amount=Decimal(391_201)))
    address, asked = "/approval-chains/contracts.signing/preview", {"document": str(contract.id)}
    give(world, "head.west", "company_leader")
    leader = client_for("head.west")
    assert 'name="document"' in leader.get("/approval-chains/contracts.signing").text
    shown = leader.post(address, data=asked).text.partition("将由谁审批")[2]
    assert "部门审核" in shown
    assert "陆东升" in shown
    assert "领导审批" not in leader.post(address, data=asked).text.partition('class="kg-sig')[2]
    set_chain(step(Who.HEAD, title="部门审核"), step("leader", title="领导审批", from_amount=Decimal(391_200)))
    assert "领导审批" in leader.post(address, data=asked).text.partition('class="kg-sig')[2]

    security = client_for("security")
    assert 'name="document"' not in security.get("/approval-chains/contracts.signing").text
    refused = security.post(address, data={**asked, "title-0": "甲", "asked-0": "head"})
    assert (refused.status_code, "您有权查看的单据" in refused.text) == (422, True)
    assert leader.post(address, data={"document": "987654"}).status_code == 422
    state_fields(world, "company_leader", {("contracts_contract", "amount"): FieldAccess.NONE})
    hidden = leader.post(address, data=asked)
    assert (hidden.status_code, "您无权查看" in hidden.text) == (422, True)


def test_stand_ins_are_named_and_ended_on_their_page(world: World, client_for: Client) -> None:
    head = client_for("head.east")
    taker = str(world.employees["head.west"].id)
    assert head.post("/delegations/", data={"taker": "", "first_on": str(today()), "last_on": str(today())}).status_code == 422
    assert head.post("/delegations/", data={"taker": taker, "first_on": str(today()), "last_on": str(today())}).status_code == 303
    page = head.get("/delegations/").text
    assert "秦望山" in page
    assert "陆东升" in client_for("head.west").get("/delegations/").text
    number = page.partition("/delegations/")[2]
    ids = [part.partition("/end")[0] for part in page.split("/delegations/")[1:] if "/end" in part[:20]]
    assert number
    assert client_for("head.west").post(f"/delegations/{ids[0]}/end").status_code == 404
    assert head.post(f"/delegations/{ids[0]}/end").status_code == 303


def test_programs_decide_by_the_same_verbs(world: World, trade: Trade, token_client_for: Client, step: Make, set_chain: Make) -> None:
    contract = trade.contract()
    set_chain(step(Who.HEAD))
    seller, head = token_client_for("sales.east1"), token_client_for("head.east")
    made = seller.post("/api/v1/approvals/", json={"kind": "contracts.signing", "record_id": contract.id, "note": "请审批"})
    assert made.status_code == 201, made.text
    assert head.get("/api/v1/approvals/").get_json()["ids"] == [made.get_json()["id"]]
    address = f"/api/v1/approvals/{made.get_json()['id']}"
    assert [cell["name"] for cell in head.get(address).get_json()["result"]["signatures"]] == ["苏晓晨", "陆东升"]
    assert token_client_for("sales.west1").get(address).status_code == 404
    assert head.post(f"{address}/return", json={}).status_code == 422
    assert head.post(f"{address}/bless", json={}).status_code == 404
    assert seller.post(f"{address}/approve", json={}).status_code == 403
    assert head.post(f"{address}/approve", json={"opinion": "同意"}).get_json()["state"] == "approved"
    assert seller.get("/api/v1/approvals/", query_string={"show": "submitted"}).get_json()["count"] == 1
    assert seller.post("/api/v1/approvals/", json={"kind": 7}).status_code == 422


def test_what_is_approved_as_it_stands_is_offered_again_only_after_a_change(
    world: World, client_for: Client, step: Make, set_chain: Make, submitted: Make, decide: Make
) -> None:
    set_chain(step("head.east"))
    case = submitted()
    decide("head.east", case)
    seller, tab = client_for("sales.east1"), f"/contracts/{case.record_id}?tab=approval"
    offered = f"/approvals/documents/{case.kind}/{case.record_id}"
    assert offered not in seller.get(tab).text
    with world.use_case("sales.east1") as session:
        change_contract(session, case.record_id, None, {"title": "空压站二期"})
    assert offered in seller.get(tab).text


@pytest.mark.browser
@pytest.mark.requirement("R-062")
def test_who_agreed_when_and_with_which_words_stands_in_the_signature_cells_of_the_print(
    client_for: Client, step: Make, set_chain: Make, submitted: Make, decide: Make, tmp_path: Path
) -> None:
    set_chain(step("head.east", title="部门审核"), step("finance", title="财务审批"))
    case = submitted()
    decide("head.east", case, opinion="价格已核对")
    decide("finance", case, opinion="同意按此付款")
    printed = client_for("sales.east1").post(f"/contracts/{case.record_id}/form", data={"reason": "合同归档备查"})
    said = paper(printed.data, tmp_path, "-layout")
    signed = said[said.index("编制") :]
    for words in (("苏晓晨", "请审批"), ("部门审核", "陆东升", "同意", "价格已核对"), ("财务审批", "尹正明", "同意", "同意按此付款")):
        places = [signed.find(word) for word in words]
        assert min(places) >= 0, (words, signed)
    assert signed.index("部门审核") < signed.index("财务审批")
    assert signed.count(f"{today():%Y-%m-%d}") >= 3, "each cell says when"
    assert "已批准" in said
    assert "未轮到" not in said, "what is approved as it stands is not to be submitted again"


def test_access_is_applied_for_on_its_page(world: World, client_for: Client) -> None:
    seller = client_for("sales.east1")
    assert seller.get("/access-applications/").status_code == 200
    assert seller.post("/access-applications/", data={"name": "何暖心"}).status_code == 422
    role = (
        seller.get("/access-applications/").text.partition('name="role"')[2].partition("</select>")[0].split('value="')[2].partition('"')[0]
    )
    sent = {
        "name": "何暖心",
        "department": str(world.departments["qiheng/service"].id),
        "role": role,
        "until": str(today()),
        "reason": "核对",
    }
    assert seller.post("/access-applications/", data=sent).status_code == 303
    assert "何暖心" in seller.get("/access-applications/").text
    assert "核对" not in client_for("sales.east2").get("/access-applications/").text


def test_a_module_whose_document_waits_for_a_decision_is_not_called_quiet(
    client_for: Client, step: Make, set_chain: Make, submitted: Make
) -> None:
    set_chain(step("head.east"))
    submitted()
    page = client_for("head.east").get("/").text
    quiet = re.findall(r"暂无待办：([^<]*)", page)
    assert "待我审批</h2>" in page
    assert ["客户" in one for one in quiet] == [True]
    assert ["合同" in one for one in quiet] == [False]
