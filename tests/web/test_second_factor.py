"""Signing in with two steps: nothing is open before the code, a code opens once, and wrong ones are few (security B4, B6)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.attempts import Knock, forget_attempts
from core.access.models import Account, SecondFactor, WebSession
from core.access.second_factor import accept_code
from core.kernel.clock import now
from core.kernel.errors import SignInRequired
from core.web.access import need_of
from tests.isolation.routes import PARAMETER
from tests.web.factor import Phone, enter, half, phone_of
from tests.web.test_guessing import back_at_the_door, by_rest, logged
from tests.web.test_sign_in import ACCOUNT, SENT_AWAY, SIGNED_IN, desk, kept, knock, stranger, with_cookie
from tests.world import PASSWORD, Browser, World, browser_for, program_for

LATER = timedelta(minutes=5)
LOGIN = "/api/v1/security/login"


@pytest.fixture
def phone(application: Flask, world: World) -> Phone:
    """Of the salesperson, who has set it up some minutes ago."""
    return phone_of(application, world, ACCOUNT)


def later(minutes: float = 5) -> time_machine.travel:
    """At a moment whose codes nobody has used."""
    return time_machine.travel(now() + timedelta(minutes=minutes), tick=False)


def signed_in_rows(world: World) -> int:
    with Session(world.keguan.database.engine) as session:
        return len(session.scalars(select(WebSession.id)).all())


@pytest.mark.requirement("R-440")
def test_the_right_password_and_the_right_code_open_the_company(application: Flask, world: World, phone: Phone) -> None:
    with later():
        browser = half(application, ACCOUNT)
        assert desk(browser) == SENT_AWAY
        answer = enter(browser, phone.code())
        assert (answer.status_code, desk(browser)) == (303, SIGNED_IN)
    assert [row.action for row in logged(world, "sign_in")][-1:] == ["sign_in"]


def test_between_the_two_steps_no_page_no_rest_and_no_menu_is_open(application: Flask, world: World, phone: Phone) -> None:
    before = signed_in_rows(world)
    browser = half(application, ACCOUNT)
    assert signed_in_rows(world) == before
    opened, tried = [], 0
    for rule in application.url_map.iter_rules():
        need, _ = need_of(application.view_functions[rule.endpoint])
        if rule.endpoint == "static" or need is None or need.level in ("public", "closed"):
            continue
        path = PARAMETER.sub("1", rule.rule)
        for address in (path, f"/c/qiheng{path}"):
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
                answer = browser.open(address, method=method, json={} if path.startswith("/api/") else None, company=None)
                tried += 1
                away = answer.status_code == 302 and "/account/sign-in?next=" in answer.headers["Location"]
                if not away and answer.status_code not in (401, 404):
                    opened.append((method, address, answer.status_code))
    assert opened == []
    assert tried > 800


def test_the_next_page_is_kept_over_both_steps(application: Flask, world: World, phone: Phone) -> None:
    with later():
        answer = enter(half(application, ACCOUNT, next="/c/qiheng/customers/?view=1"), phone.code())
    assert answer.headers["Location"] == "/c/qiheng/customers/?view=1"
    with later(10):
        assert "evil" not in enter(half(application, ACCOUNT, next="https://evil.example/"), phone.code()).headers["Location"]


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 303), (0, 303), (1, 303), (2, 401)])
def test_a_clock_may_be_one_step_early_or_late(application: Flask, world: World, phone: Phone, steps: int, status: int) -> None:
    with later():
        assert enter(half(application, ACCOUNT), phone.code(steps=steps)).status_code == status


def test_no_code_opens_twice_and_none_that_is_older_than_the_last(application: Flask, world: World, phone: Phone) -> None:
    assert enter(half(application, ACCOUNT), phone.code()).status_code == 401, "the code that confirmed setting up"
    with later():
        used, before = phone.code(), phone.code(steps=-1)
        assert enter(half(application, ACCOUNT), used).status_code == 303
        sentences = set()
        for code in (used, before, "000000"):
            answer = enter(half(application, ACCOUNT), code)
            assert answer.status_code == 401
            sentences.add(answer.text.partition('class="kg-say bad"')[2].partition("</div></div>")[0])
    assert len(sentences) == 1


def test_of_two_with_the_same_code_at_once_one_comes_in(world: World, phone: Phone) -> None:
    database, user_id = world.keguan.database, world.employees[ACCOUNT].user_id

    def use(code: str) -> int:
        try:
            accept_code(database, user_id, code)
        except SignInRequired:
            return 0
        return 1

    with later(), ThreadPoolExecutor(8) as pool:
        for code in (phone.code(), phone.codes[0]):
            assert sum(pool.map(use, [code] * 8)) == 1


def test_a_recovery_code_opens_once_and_the_person_is_told(application: Flask, world: World, phone: Phone) -> None:
    assert len(set(phone.codes)) == 10
    code = phone.codes[3]
    assert enter(half(application, ACCOUNT), f" {code.upper().replace('-', ' ')} ").status_code == 303
    assert enter(half(application, ACCOUNT), code).status_code == 401
    [row] = logged(world, "recovery_code_used")
    assert '"left": 9' in str(row.changes) or "9" in str(row.changes)


def test_wrong_codes_are_five_and_each_right_password_does_not_begin_them_anew(application: Flask, world: World, phone: Phone) -> None:
    with later():
        told = [enter(half(application, ACCOUNT), "123456").status_code for _ in range(5)]
        answer = enter(half(application, ACCOUNT), phone.code())
        assert (told, answer.status_code) == ([401] * 5, 429)
        assert int(answer.headers["Retry-After"]) > 0
        program = Browser(application, application.response_class, use_cookies=False)
        sent = {"username": ACCOUNT, "password": PASSWORD, "provider": "db", "code": phone.code()}
        assert program.post(LOGIN, json=sent).status_code == 429
    assert len(logged(world, "second_step_failed")) == 5
    assert len(logged(world, "sign_in_locked")) == 1
    with later(30):
        assert enter(half(application, ACCOUNT), phone.code()).status_code == 303


def test_who_knows_the_password_alone_shuts_no_known_browser_out(application: Flask, world: World, phone: Phone) -> None:
    with later():
        known = half(application, ACCOUNT)
        assert enter(known, phone.code()).status_code == 303
        for _ in range(6):
            enter(half(application, ACCOUNT), "123456")
    with later(6):
        known = back_at_the_door(known)
        assert knock(known)[0] == 303
        assert enter(known, phone.code()).status_code == 303


def test_the_first_step_counts_for_minutes_and_ends_with_the_password(application: Flask, world: World, phone: Phone) -> None:
    browser, copy = half(application, ACCOUNT), None
    with later(11):
        answer = enter(browser, phone.code())
        assert (answer.status_code, answer.headers["Location"]) == (303, "/account/sign-in?late=1")
        assert "请重新" in browser.get("/account/sign-in?late=1").text
        browser = half(application, ACCOUNT)
        copy = with_cookie(application, kept(browser))
        with Session(world.keguan.database.engine) as session:
            session.execute(update(Account).values(epoch=Account.epoch + 1))
            session.commit()
        assert enter(browser, phone.code()).headers["Location"] == "/account/sign-in?late=1"
        assert copy.get("/account/sign-in/code").headers["Location"] == "/account/sign-in?late=1"


def test_going_back_to_the_second_page_leads_home_once_signed_in(application: Flask, world: World, phone: Phone) -> None:
    with later():
        browser = half(application, ACCOUNT)
        assert browser.get("/account/sign-in/code").status_code == 200
        enter(browser, phone.code())
        assert browser.get("/account/sign-in/code", company=None).headers["Location"] == "/companies/"
    assert stranger(application).get("/account/sign-in/code").headers["Location"] == "/account/sign-in?late=1"


def test_a_program_sends_the_code_with_the_password_and_a_key_needs_none(application: Flask, world: World) -> None:
    from core.access.api_keys import make_api_key

    with Session(world.keguan.database.engine) as session:
        key = make_api_key(session, world.employees[ACCOUNT].user_id, world.employees[ACCOUNT].company_id, "nightly")
        session.commit()
    earlier = program_for(application, world, ACCOUNT)
    assert earlier.get("/api/v1/customers/").status_code == 200
    phone = phone_of(application, world, ACCOUNT)
    assert earlier.get("/api/v1/customers/").status_code == 401, "a token of the time before the second factor"
    with later():
        assert by_rest(application, PASSWORD) == 401
        program = Browser(application, application.response_class, use_cookies=False)
        sent = {"username": ACCOUNT, "password": PASSWORD, "provider": "db"}
        assert program.post(LOGIN, json={**sent, "code": "123456"}).status_code == 401
        answer = program.post(LOGIN, json={**sent, "code": phone.code()})
        token = answer.get_json()["access_token"]
        assert answer.status_code == 200
        assert program.post(LOGIN, json={**sent, "code": phone.code()}).status_code == 401
        assert program.post(LOGIN, json={**sent, "code": 5}).status_code == 422
        for bearer in (token, key):
            headers = {"Authorization": f"Bearer {bearer}"}
            assert program.get("/api/v1/customers/", headers=headers).status_code == 200


def test_a_secret_of_another_row_opens_nothing(application: Flask, world: World, phone: Phone) -> None:
    other = phone_of(application, world, "leader")
    database, users = world.keguan.database, {name: world.employees[name].user_id for name in (ACCOUNT, "leader")}
    with Session(database.engine) as session:
        moved = session.scalars(select(SecondFactor).where(SecondFactor.user_id == users["leader"])).one().secret
        session.execute(update(SecondFactor).where(SecondFactor.user_id == users[ACCOUNT]).values(secret=moved, last_step=0))
        session.commit()
    with later(), pytest.raises(SignInRequired):
        accept_code(database, users[ACCOUNT], other.code())


def test_letting_somebody_sign_in_again_forgets_wrong_codes_too(application: Flask, world: World, phone: Phone) -> None:
    with later():
        for _ in range(6):
            enter(half(application, ACCOUNT), "123456")
        with Session(world.keguan.database.engine) as session:
            assert forget_attempts(session, ACCOUNT) == 5
            session.commit()
        assert enter(half(application, ACCOUNT), phone.code()).status_code == 303
    assert Knock(ACCOUNT, second=True).keys != Knock(ACCOUNT).keys


@pytest.mark.parametrize("account", [ACCOUNT])
def test_who_has_no_second_factor_signs_in_as_before(application: Flask, world: World, account: str) -> None:
    assert knock(stranger(application), account)[0] == 303
    assert browser_for(application, world, account).get("/account/two-step/").status_code == 200
