"""What went wrong is said once, and in the frame of whoever is inside, wherever on the way it went wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from plugins.customers.models import Customer
from tests.audit.faults import failing
from tests.world import Browser, World

Clients = Callable[[str], Browser]
FRAME, MENU = 'class="kg-sidebar"', "/c/qiheng/customers/"


def said(page: str) -> str:
    """What stands in the middle of an error page."""
    return page.partition("data-trouble")[2].partition("</main>")[0]


def test_a_form_without_its_token_is_refused_within_the_frame(client_for: Clients) -> None:
    browser = client_for("sales.east1")
    browser.csrf = ""
    answer = browser.post("/customers/add", data={"name": "Acme"})
    assert answer.status_code == 400
    assert FRAME in answer.text
    assert MENU in answer.text


def test_a_form_that_is_too_large_is_refused_within_the_frame(
    application: Flask, client_for: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = client_for("sales.east1")
    browser.csrf = ""  # the form has to be read for its token
    monkeypatch.setitem(application.config, "MAX_CONTENT_LENGTH", 1_000)
    answer = browser.post("/customers/add", data={"name": "x" * 2_000})
    assert answer.status_code == 413
    assert FRAME in answer.text


def test_the_company_of_others_and_a_stranger_get_an_error_without_a_frame(application: Flask, world: World, client_for: Clients) -> None:
    browser = client_for("sales.east1")
    browser.csrf = ""
    answer = browser.post("/c/nowhere/customers/add", company=None, data={"name": "Acme"})
    assert answer.status_code in (400, 404)
    assert FRAME not in answer.text
    assert FRAME not in application.test_client().get("/nowhere").text


def test_a_first_password_that_is_not_changed_yet_has_no_frame_around_its_errors(world: World, client_for: Clients) -> None:
    browser = client_for("sales.east1")
    browser.csrf = ""
    with world.keguan.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE core_account SET password_due = true")
    assert FRAME not in browser.post("/customers/add", data={"name": "Acme"}).text


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_database_that_does_not_answer_is_told_in_a_sentence_and_signs_nobody_out(world: World, client_for: Clients) -> None:
    """Already who asks cannot be looked up then."""
    browser = client_for("sales.east1")
    with failing(world, 1) as statements:
        answer = browser.get("/customers/")
    assert (answer.status_code, statements[0] > 0) == (500, True)
    assert "没有任何数据被更改" in said(answer.text)
    assert "Set-Cookie" not in answer.headers
    assert browser.get("/customers/").status_code == 200


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_fails_after_it_was_saved_does_not_say_that_nothing_was_changed(world: World, token_client_for: Clients) -> None:
    """Whoever reads that tries again, and has it twice."""
    program, told = token_client_for("sales.east1"), dict[str, list[bool]]()
    for at in range(1, 60):
        name = f"苏州故障{at}精密机械有限公司"
        with failing(world, at) as statements:
            answer = program.post("/api/v1/customers/", json={"name": name})
        if statements[0] < at:
            break
        with world.reading("sales.east1") as session:
            there = session.scalar(select(Customer.id).where(Customer.name == name)) is not None
        if answer.status_code == 500:
            told.setdefault(answer.json["message"], []).append(there)
    assert {there: {sentence[:6] for sentence, found in told.items() if there in found} for there in (False, True)} == {
        False: {"没有任何数据"},
        True: {"您的操作已保存"[:6]},
    }


@pytest.mark.parametrize("repeated", ["您的角色没有这项权限", "请您联系安全管理员"])
def test_a_refusal_says_below_its_title_what_to_do_and_not_the_same_again(client_for: Clients, repeated: str) -> None:
    answer = client_for("sales.east1").get("/roles/")
    assert answer.status_code == 403
    assert repeated not in said(answer.text)
    assert "您可以申请包含此项的角色" in said(answer.text)
    assert said(answer.text).count("安全管理员") == 1


def test_whoever_is_refused_is_told_that_it_was_recorded(client_for: Clients) -> None:
    recorded, browser = "这次访问已记入审计日志", client_for("sales.east1")
    assert recorded in said(browser.get("/roles/").text)
    assert recorded not in said(browser.get("/nowhere").text)


@pytest.mark.requirement("R-053")
@pytest.mark.parametrize(
    ("language", "title", "right", "grants"),
    [
        ("zh_CN", "您不能打开“角色与权限”", "缺少的权限：角色与权限 – 查看。", "安全管理员：周安然"),
        (
            "en",
            "You may not open “Roles and permissions”",
            "The right that is missing: Roles and permissions – View.",
            "ecurity administrator: 周安然",
        ),
    ],
)
def test_a_refusal_names_what_was_asked_for_the_right_that_is_missing_and_who_grants_it(
    client_for: Clients, language: str, title: str, right: str, grants: str
) -> None:
    browser = client_for("sales.east1")
    browser.post("/account/language", company=None, data={"language": language})
    page = said(browser.get("/roles/").text)
    assert title in page
    assert right in page
    assert grants in page


def test_a_refusal_is_the_same_whether_there_is_such_a_record_or_not(client_for: Clients) -> None:
    browser = client_for("sales.east1")
    pages = [browser.get(f"/roles/{number}") for number in (1, 999_999)]
    assert [page.status_code for page in pages] == [403, 403]
    assert said(pages[0].text).partition("<dl")[0] == said(pages[1].text).partition("<dl")[0]


def test_what_went_wrong_on_our_side_can_be_tried_again_by_reading_alone(client_for: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_session: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("core.web.desk.house_desk", fail)
    browser = client_for("admin")
    answer = browser.get("/?a=1")
    assert answer.status_code == 500
    assert 'href="/c/qiheng/?a=1"' in said(answer.text)
    assert "重试" in said(answer.text)
    assert "重试" not in said(browser.get("/nowhere").text)


def test_a_request_that_is_not_understood_leads_back_to_the_list_as_it_was(client_for: Clients) -> None:
    came = "http://localhost/c/qiheng/audit-rows/?q=x"
    answer = client_for("auditor").get("/audit-rows/?before=yesterday", headers={"Referer": came})
    assert answer.status_code == 400
    assert 'href="/c/qiheng/audit-rows/?q=x"' in said(answer.text)
