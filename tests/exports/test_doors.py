"""The gate on pages and over REST."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest

from core.work.running import run_due_jobs
from tests.exports.conftest import Gate
from tests.world import Browser

Clients = Callable[[str], Browser]


def download(browser: Browser, one: str) -> tuple[int, bytes, str]:
    """Status, bytes and name of a download that went to its end."""
    answer = browser.post(f"{one}/download", json={}) if browser.bearer else browser.post(f"{one}/download")
    data = answer.data
    answer.close()
    return answer.status_code, data, answer.headers.get("Content-Disposition", "")


@pytest.fixture
def asked(gate: Gate, client_for: Clients) -> str:
    """The address of an export that the head of east has asked for on the page."""
    sent_by_boxes = {f"column-{name}-shown": "1" for name in ("name", "owner", "phone")}  # ticked or not, as a browser sends them
    ticked = {"column-name": "1", "column-owner": "1"}
    form = {"reason": "供年度对账", "format": "xlsx", "asked": "order=name"} | sent_by_boxes | ticked
    answer = client_for("head.east").post("/exports/new/customers", data=form)
    assert answer.status_code == 303, answer.text
    return "/exports/" + answer.headers["Location"].rsplit("/", 1)[1]


@pytest.mark.requirement("R-343", "R-444")
def test_from_the_button_above_the_list_to_the_file(gate: Gate, client_for: Clients, asked: str) -> None:
    head, leader = client_for("head.east"), client_for("leader")
    assert "/exports/new/customers?" in head.get("/customers/?q=苏州").text
    assert "苏州" in head.get("/exports/new/customers?q=苏州").text
    assert head.post(f"{asked}/download").status_code == 409
    assert "供年度对账" in leader.get("/exports/").text
    assert "供年度对账" in leader.get(asked).text
    assert leader.post(f"{asked}/approve", data={"version": "1", "opinion": "同意"}).status_code == 303
    status, data, name = download(head, asked)
    assert status == 200
    assert name.startswith("attachment")
    rows = list(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert len(rows) == 1 + 30 + 1
    assert rows[0][:2] == ("客户名称", "负责人")
    again = head.post(f"{asked}/download")
    assert again.status_code == 409
    assert "只能下载一次" in again.text


@pytest.mark.requirement("R-343", "R-444")
def test_who_asked_sees_why_it_was_refused(gate: Gate, client_for: Clients, asked: str) -> None:
    head, leader, why = client_for("head.east"), client_for("leader"), "本月已导出过，请用上次的文件"
    assert leader.post(f"{asked}/refuse", data={"version": "1", "opinion": " "}).status_code == 422
    assert why not in head.get("/exports/").text
    assert leader.post(f"{asked}/refuse", data={"version": "1", "opinion": why}).status_code == 303
    for page in ("/exports/", asked):
        assert why in head.get(page).text, page
    assert why not in client_for("head.west").get("/exports/").text
    assert head.post(f"{asked}/download").status_code == 409


@pytest.mark.requirement("R-444")
def test_without_the_right_there_is_no_button_and_no_dialog(gate: Gate, client_for: Clients, asked: str) -> None:
    seller = client_for("sales.east1")
    assert "/exports/new/" not in seller.get("/customers/").text
    assert seller.get("/exports/new/customers").status_code == 403
    assert seller.get(asked).status_code == 404
    assert seller.post(f"{asked}/approve", data={"version": "1"}).status_code == 404
    assert client_for("head.east").get("/exports/new/products").status_code in (403, 200)
    assert client_for("head.east").get("/exports/new/employees").status_code == 404


def test_what_is_wrong_stands_in_the_dialog_and_nothing_is_lost(gate: Gate, client_for: Clients) -> None:
    form = {"reason": " ", "format": "csv", "file_name": "../对账", "asked": "q=苏州", "column-name": "1"}
    answer = client_for("head.east").post("/exports/new/customers", data=form)
    assert answer.status_code == 422
    assert "请简要说明数据的用途" in answer.text
    assert "../对账" in answer.text
    reason = client_for("head.east").post("/exports/new/customers", data={**form, "reason": "对账用途", "file_name": "../对账"})
    assert "文件名不能含有" in reason.text


@pytest.mark.requirement("R-343")
def test_rest_asks_decides_and_downloads_by_the_same_verbs(gate: Gate, token_client_for: Clients) -> None:
    head, leader = token_client_for("head.east"), token_client_for("leader")
    wish = {"list": "customers", "reason": "接口对账", "format": "csv", "filters": {"q": "苏州"}, "columns": ["name"]}
    made = head.post("/api/v1/exports/", json=wish)
    assert made.status_code == 201, made.text
    one = f"/api/v1/exports/{made.json['id']}"
    assert made.json["result"]["rows"] == 22
    assert head.post(f"{one}/approve", json={"version": 1}).status_code == 403
    assert head.post(f"{one}/download", json={}).status_code == 409
    assert leader.post(f"{one}/approve", json={"version": 1, "opinion": "同意"}).json["result"]["state"] == "approved"
    assert len(download(head, one)[1].decode("utf-8-sig").splitlines()) == 24
    refused = head.post(f"{one}/download", json={})
    assert (refused.status_code, refused.json["status"]) == (409, 409)
    assert head.post("/api/v1/exports/", json={**wish, "columns": "name"}).status_code == 400
    assert made.json["id"] in leader.get("/api/v1/exports/").json["ids"]


@pytest.mark.requirement("R-343")
def test_a_big_file_is_made_by_a_worker_and_the_person_is_told(gate: Gate, client_for: Clients, asked: str) -> None:
    gate.set(export_at_once_rows=0)
    head = client_for("head.east")
    client_for("leader").post(f"{asked}/approve", data={"version": "1"})
    assert head.post(f"{asked}/download").status_code == 303
    assert "正在生成文件" in head.get(asked).text
    keguan = gate.world.keguan
    run_due_jobs(keguan.database, keguan.registry)
    assert "已可下载" in head.get("/notices/").text
    assert download(head, asked)[0] == 200
    assert list(gate.path(int(asked.rsplit("/", 1)[1])).parent.glob("*.xlsx")) == []
