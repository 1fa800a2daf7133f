"""The door of the house: who comes in, how long a sign-in lives, what ends it, and what no request passes without."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.access.models import WebSession
from core.kernel.clock import now
from core.web.access import need_of
from tests.isolation.routes import PARAMETER
from tests.world import PASSWORD, Browser, World, browser_for

ClientFor = Callable[[str], Browser]
ACCOUNT = "sales.east1"
CHANGED = "another-Quiet-8642"
SIGNED_IN, SENT_AWAY = 200, 302


ONE_OF = re.compile(r"<any\(([^,)]+)[^>]*>")


def stranger(application: Flask) -> Browser:
    """A browser in front of the sign-in page, with the token of its form."""
    browser = Browser(application, application.response_class, use_cookies=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/account/sign-in").text)
    assert found
    browser.csrf = found[1]
    return browser


def knock(browser: Browser, name: str = ACCOUNT, password: str = PASSWORD, **more: str) -> tuple[int, str, str]:
    """Status, address and text of the answer to name and password."""
    answer = browser.post("/account/sign-in", data={"username": name, "password": password, **more})
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def kept(browser: Browser) -> str:
    """The value of the browser's cookie, nothing when it has none."""
    cookie = browser.get_cookie(browser.application.config["SESSION_COOKIE_NAME"])
    return cookie.value if cookie is not None else ""


def with_cookie(application: Flask, value: str) -> Browser:
    """A browser into which somebody has copied a cookie."""
    browser = Browser(application, application.response_class, use_cookies=True)
    browser.set_cookie(application.config["SESSION_COOKIE_NAME"], value)
    return browser


def desk(browser: Browser) -> int:
    """Whether the browser is signed in: its company's page answers 200, or sends to the sign-in page."""
    return browser.get("/c/qiheng/customers/", company=None).status_code


@pytest.mark.requirement("R-440")
def test_name_and_password_open_the_company(application: Flask, world: World) -> None:
    browser = stranger(application)
    assert desk(browser) == SENT_AWAY
    assert knock(browser)[0] == 303
    assert desk(browser) == SIGNED_IN


@pytest.mark.requirement("R-440")
def test_a_wrong_password_and_an_unknown_name_are_refused_alike(application: Flask, world: World) -> None:
    told = []
    for name, password in ((ACCOUNT, "not the password"), ("nobody.here", PASSWORD)):
        browser = stranger(application)
        status, _, text = knock(browser, name, password)
        assert (status, desk(browser), PASSWORD in text) == (401, SENT_AWAY, False)
        told.append(re.findall(r'class="kg-say bad"[^>]*>(.*?)</div>', text, re.DOTALL))
    assert told[0] == told[1] != []


@pytest.mark.requirement("R-440")
def test_a_closed_account_is_refused_and_its_session_ends(application: Flask, world: World, client_for: ClientFor) -> None:
    browser = client_for(ACCOUNT)
    assert desk(browser) == SIGNED_IN
    with Session(world.keguan.database.engine) as session:
        user = type(world.users[ACCOUNT])
        session.execute(update(user).where(user.username == ACCOUNT).values(active=False))
        session.commit()
    assert desk(browser) == SENT_AWAY
    assert knock(stranger(application))[0] == 401


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_a_sign_in_leads_to_no_other_host(application: Flask, world: World, address: str) -> None:
    status, leads_to, _ = knock(stranger(application), next=address)
    assert (status, "evil" in leads_to, "javascript" in leads_to) == (303, False, False)


def test_a_key_that_was_there_before_the_sign_in_is_worth_nothing(application: Flask, world: World) -> None:
    browser = stranger(application)
    before = kept(browser)
    planted = with_cookie(application, before)
    knock(browser)
    assert "" != kept(browser) != before != ""
    assert (desk(browser), desk(planted)) == (SIGNED_IN, SENT_AWAY)


def test_signing_out_ends_a_copied_cookie_too(application: Flask, client_for: ClientFor) -> None:
    browser = client_for(ACCOUNT)
    copy = with_cookie(application, kept(browser))
    assert desk(copy) == SIGNED_IN
    assert browser.post("/account/sign-out").status_code == 303
    assert (desk(browser), desk(copy)) == (SENT_AWAY, SENT_AWAY)


@pytest.mark.requirement("R-440")
def test_a_changed_password_signs_every_other_device_out(application: Flask, client_for: ClientFor, token_client_for: ClientFor) -> None:
    browser, other, program = client_for(ACCOUNT), client_for(ACCOUNT), token_client_for(ACCOUNT)
    change = {"current": PASSWORD, "new": CHANGED, "again": CHANGED}
    for wrong in ({"current": "not it"}, {"again": "different"}, {"new": "short", "again": "short"}, {"new": PASSWORD, "again": PASSWORD}):
        assert browser.post("/account/password", data=change | wrong).status_code == 422, wrong
    assert (desk(other), program.get("/api/v1/customers/").status_code) == (SIGNED_IN, 200)
    assert browser.post("/account/password", data=change).status_code in (302, 303)
    assert (desk(browser), desk(other), program.get("/api/v1/customers/").status_code) == (SIGNED_IN, SENT_AWAY, 401)
    assert (knock(stranger(application))[0], knock(stranger(application), password=CHANGED)[0]) == (401, 303)


@pytest.mark.parametrize(("seen", "made"), [(timedelta(minutes=121), timedelta()), (timedelta(), timedelta(hours=13))], ids=["idle", "old"])
def test_a_sign_in_ends_when_it_is_idle_or_old(world: World, client_for: ClientFor, seen: timedelta, made: timedelta) -> None:
    browser = client_for(ACCOUNT)
    with Session(world.keguan.database.engine) as session:
        life = timedelta(hours=world.keguan.settings.session_hours)
        session.execute(update(WebSession).values(seen_at=now() - seen, expires_at=now() - made + life))
        session.commit()
    assert desk(browser) == SENT_AWAY


def test_a_sign_in_that_is_used_lives_on(client_for: ClientFor) -> None:
    browser, moment = client_for(ACCOUNT), now()
    for hours in range(1, 12):
        with time_machine.travel(moment + timedelta(hours=hours), tick=False):
            assert desk(browser) == SIGNED_IN


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_no_request_that_changes_something_passes_without_the_token_of_its_form(application: Flask, client_for: ClientFor) -> None:
    browser = client_for("leader")
    browser.csrf = ""
    passed, tried = [], 0
    for rule in application.url_map.iter_rules():
        need, _ = need_of(application.view_functions[rule.endpoint])
        closed = rule.endpoint == "static" or need is None or need.level == "closed"
        for method in sorted((rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}) if not closed else ():
            address = PARAMETER.sub("1", ONE_OF.sub(r"\1", rule.rule))
            status = browser.open(address, method=method, json={} if address.startswith("/api/") else None).status_code
            tried += 1
            if status != 400 and rule.endpoint != "SecurityApi.login":
                passed.append((method, rule.rule, status))
    assert passed == []
    assert tried > 200


EVERYWHERE = ("/account/sign-in", "/c/qiheng/customers/", "/nowhere", "/api/v1/customers/", "/static/nowhere.js", "/healthz")


@pytest.mark.parametrize("address", EVERYWHERE)
def test_every_answer_carries_the_headers_of_safety(client_for: ClientFor, address: str) -> None:
    headers = client_for(ACCOUNT).get(address, company=None).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'self' 'nonce-[^']{16,}'", policy)
    assert not re.search(r"script-src[^;]*unsafe", policy)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert {"frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} <= set(policy.split("; "))
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Permissions-Policy"] == "camera=(), geolocation=(), microphone=(self), payment=()"
    assert headers["Cache-Control"] == ("public, max-age=31536000, immutable" if address.startswith("/static/") else "no-store")
    assert "Strict-Transport-Security" not in headers, "this one answers by plain HTTP"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_behind_https_the_browser_stays_there_and_the_cookie_goes_nowhere_else(
    application: Flask, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(application.config, "SESSION_COOKIE_SECURE", True)
    browser = stranger(application)
    answer = browser.post("/account/sign-in", data={"username": ACCOUNT, "password": PASSWORD}, base_url="https://keguan.example")
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    assert all(flag in one for one in cookies for flag in ("Secure", "HttpOnly", "SameSite")), cookies
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_no_two_pages_carry_the_same_nonce(client_for: ClientFor) -> None:
    browser = client_for(ACCOUNT)
    assert len({browser.get("/customers/").headers["Content-Security-Policy"] for _ in range(3)}) == 3


def test_the_cookie_of_a_sign_in_is_kept_from_scripts_and_other_sites(application: Flask, world: World) -> None:
    browser = stranger(application)
    answer = browser.post("/account/sign-in", data={"username": ACCOUNT, "password": PASSWORD})
    name = application.config["SESSION_COOKIE_NAME"]
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith(f"{name}="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_browser_of_one_company_is_sent_nowhere_by_a_foreign_path(world: World, application: Flask) -> None:
    browser = browser_for(application, world, ACCOUNT)
    assert browser.get("/c/huarui/customers/", company=None).status_code == 404


@pytest.mark.parametrize("path", ["/customers/add", "/customers/1/edit"])
def test_a_form_that_is_sent_after_the_session_has_ended_leads_to_the_door_and_back(application: Flask, path: str) -> None:
    answer = application.test_client().post(f"/c/qiheng{path}", data={"name": "Typed"})
    assert answer.status_code == 401
    assert f'name="next" value="/c/qiheng{path}"' in answer.text
    assert 'name="password"' in answer.text


def test_a_form_beside_other_things_leads_back_to_the_page_on_which_it_stood(application: Flask) -> None:
    page = {"Referer": "http://localhost/c/qiheng/customers/1?tab=activity"}
    answer = application.test_client().post("/c/qiheng/interactions/add", data={"content": "Typed"}, headers=page)
    assert 'name="next" value="/c/qiheng/customers/1?tab=activity"' in answer.text
    assert "data-turned" in answer.text


@pytest.mark.parametrize(
    ("sent_from", "back"),
    [
        ("http://localhost/c/qiheng/customers/1/comments", "/c/qiheng/customers/1"),
        ("http://localhost/c/qiheng/customers/1?tab=timeline", "/c/qiheng/customers/1?tab=timeline"),
        ("https://elsewhere.example/c/x", ""),
        ("", ""),
    ],
)
def test_what_has_no_page_of_its_own_leads_back_to_the_page_it_was_sent_from(application: Flask, sent_from: str, back: str) -> None:
    answer = application.test_client().post("/c/qiheng/customers/1/comments", data={"text": "Hello"}, headers={"Referer": sent_from})
    assert answer.status_code == 401
    assert f'name="next" value="{back}"' in answer.text
