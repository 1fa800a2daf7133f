"""Guessing passwords: five tries, whichever door, then fifteen minutes; and no colleague is shut out by somebody else's tries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from waitress.proxy_headers import proxy_headers_middleware

import core.access.identities as identities
from config.settings import Settings
from core.access.attempts import Knock, Limits, SignInCount, WrongPassword, forget_old_counts, limit_attempts, limits, within_limits
from core.audit.models import AuditRow
from core.commands import REFUSED, run
from core.commands.serving import proxy_options
from core.database.engine import make_engine
from core.database.sessions import Database
from core.kernel.clock import now
from core.kernel.errors import SignInRequired, TooManyAttempts
from core.work.models import Notice
from tests.web.test_sign_in import CHANGED, SENT_AWAY, SIGNED_IN, desk, knock, stranger
from tests.world import PASSWORD, Browser, Site, World, browser_for, program_for

ACCOUNT, WRONG = "sales.east1", "not the password"
MOMENT = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """When a password was really compared with a hash."""
    compare, moments = identities.check_password_hash, []

    def counting(stored: str, password: str) -> bool:
        moments.append(now())
        return bool(compare(stored, password))

    monkeypatch.setattr(identities, "check_password_hash", counting)
    return moments


@pytest.fixture
def limited() -> Iterator[None]:
    """Whatever a test sets is forgotten afterwards."""
    before = limits()
    yield
    limit_attempts(before)


def fail(browser: Browser, times: int = 5, name: str = ACCOUNT) -> list[int]:
    """What a stranger is answered who enters wrong passwords."""
    return [knock(browser, name, WRONG)[0] for _ in range(times)]


def back_at_the_door(browser: Browser) -> Browser:
    """The browser once it has signed out, with the token of the form that it then sees."""
    browser.post("/account/sign-out")
    browser.delete_cookie(browser.application.config["SESSION_COOKIE_NAME"])
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/account/sign-in").text)
    assert found
    browser.csrf = found[1]
    return browser


def by_rest(application: Flask, password: str, name: str = ACCOUNT, **more: object) -> int:
    """What a program is answered that asks for a token."""
    program = Browser(application, application.response_class, use_cookies=False)
    sent = {"username": name, "password": password, "provider": "db"}
    return program.post("/api/v1/security/login", json=sent, **more).status_code


def logged(world: World, action: str) -> list[AuditRow]:
    with Session(world.keguan.database.engine) as session:
        return list(session.scalars(select(AuditRow).where(AuditRow.action == action).order_by(AuditRow.id)))


def told(world: World, account: str) -> list[str]:
    with Session(world.keguan.database.engine) as session:
        found = session.scalars(select(Notice).where(Notice.employee_id == world.employees[account].id))
        return [one.url for one in found if one.message is not None and "wrong passwords" in str(one.message.text)]


@pytest.mark.requirement("R-440")
def test_after_five_wrong_passwords_nothing_is_checked_and_nobody_learns_whether_there_is_such_an_account(
    application: Flask, world: World, checked: list[datetime]
) -> None:
    answers = []
    for name in (ACCOUNT, "nobody.here"):
        browser = stranger(application)
        assert fail(browser, 5, name) == [401] * 5
        before = len(checked)
        answer = browser.post("/account/sign-in", data={"username": name, "password": PASSWORD})
        assert (len(checked), answer.status_code, 880 < int(answer.headers["Retry-After"]) <= 900) == (before, 429, True)
        answers.append(re.findall(r'class="kg-say bad"[^>]*>(.*?)</div>', answer.text, re.DOTALL))
        assert by_rest(application, PASSWORD, name) == 429
    assert answers[0] == answers[1] != []
    assert len(checked) == 10


def test_at_most_five_guesses_are_checked_in_any_fifteen_minutes_over_every_door_and_however_the_address_is_forged(
    application: Flask, world: World, checked: list[datetime]
) -> None:
    with time_machine.travel(MOMENT, tick=False):
        browser = stranger(application)
    for turn in range(240):
        forged = {"X-Forwarded-For": f"198.51.100.{turn}", "Forwarded": f"for=198.51.100.{turn}"}
        with time_machine.travel(MOMENT + timedelta(seconds=20 * turn), tick=False):
            if turn % 2:
                assert by_rest(application, WRONG, headers=forged) in (401, 429)
            else:
                assert browser.post("/account/sign-in", data={"username": ACCOUNT, "password": WRONG}, headers=forged).status_code in (
                    401,
                    429,
                )
    assert 20 <= len(checked) <= 30
    assert all(later - first >= timedelta(minutes=15) for first, later in zip(checked, checked[5:], strict=False))
    assert all(first <= later for first, later in pairwise(checked))


def test_a_thousand_tries_at_one_moment_are_five(application: Flask, world: World) -> None:
    database, tried = world.keguan.database, []

    def guess(number: int) -> str:
        def check() -> None:
            tried.append(number)
            raise SignInRequired

        try:
            within_limits(database, Knock("Somebody ", "203.0.113.7" if number % 2 else "2001:db8::1"), check)
        except (WrongPassword, TooManyAttempts) as error:
            return type(error).__name__
        return ""

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(60)))
    assert (len(tried), answers.count("WrongPassword"), answers.count("TooManyAttempts")) == (5, 5, 55)


def test_a_second_server_process_counts_on(world: World) -> None:
    other = Database(make_engine(world.keguan.settings.database))
    for turn in range(6):
        with pytest.raises(TooManyAttempts if turn == 5 else WrongPassword):
            within_limits((world.keguan.database, other)[turn % 2], Knock(ACCOUNT), lambda: (_ for _ in ()).throw(SignInRequired()))
    other.engine.dispose()


def test_a_stranger_who_never_gives_up_locks_for_fifteen_minutes_and_no_longer(application: Flask, world: World) -> None:
    with time_machine.travel(MOMENT, tick=False):
        browser = stranger(application)
        fail(browser)
    for minutes in range(1, 15):
        with time_machine.travel(MOMENT + timedelta(minutes=minutes), tick=False):
            assert fail(browser, 1) == [429]
    with time_machine.travel(MOMENT + timedelta(minutes=15), tick=False):
        assert knock(stranger(application))[0] == 303


def test_a_known_browser_a_session_and_a_token_go_on_while_strangers_wait(application: Flask, world: World) -> None:
    mine, program = stranger(application), program_for(application, world, ACCOUNT)
    assert knock(mine)[0] == 303
    other = stranger(application)
    assert knock(other, "sales.east2")[0] == 303
    assert fail(stranger(application)) == [401] * 5
    assert (desk(mine), program.get("/api/v1/customers/").status_code) == (SIGNED_IN, 200)
    back_at_the_door(mine)
    assert (knock(mine)[0], desk(mine)) == (303, SIGNED_IN)
    assert (knock(back_at_the_door(other))[0], knock(stranger(application))[0]) == (429, 429), "known to another account, or to none"
    for value in ("", "made.up.cookie", mine.get_cookie("kg_device").value[:-2] + "xx"):  # type: ignore[union-attr]
        forger = stranger(application)
        forger.set_cookie("kg_device", value)
        assert knock(forger)[0] == 429


def test_a_known_browser_has_five_tries_too_and_locks_nobody_else(application: Flask, world: World) -> None:
    mine = stranger(application)
    assert knock(mine)[0] == 303
    back_at_the_door(mine)
    assert (fail(mine, 6), knock(mine)[0], knock(stranger(application))[0]) == ([401] * 5 + [429], 429, 303)


def test_a_right_password_forgets_the_wrong_ones(application: Flask, world: World) -> None:
    for _ in range(3):
        browser = stranger(application)
        assert (fail(browser, 4), knock(browser)[0]) == ([401] * 4, 303)


def test_one_address_cannot_try_all_names_and_a_password_of_its_own_buys_no_tries(application: Flask, world: World, limited: None) -> None:
    limit_attempts(Limits(account=5, address=8, minutes=15))
    browser = stranger(application)
    for turn in range(8):
        assert by_rest(application, WRONG, f"name{turn}") == 401
        assert turn >= 7 or knock(browser, "sales2")[0] == 303
        browser = stranger(application)
    assert (by_rest(application, WRONG, "name9"), knock(browser)[0]) == (429, 429)
    assert by_rest(application, WRONG, "name9", environ_overrides=ELSEWHERE) == 401
    assert [row.changes.count('"address"') for row in logged(world, "sign_in_locked")] == [1]


@pytest.mark.requirement("R-344", "R-445")
def test_a_lock_is_written_into_the_trail_and_told_to_the_person_and_to_security_once_a_day(application: Flask, world: World) -> None:
    for hours in (0, 1, 24):
        with time_machine.travel(MOMENT + timedelta(hours=hours), tick=False):
            fail(stranger(application), 6)
    fail(stranger(application), 6, "nobody.here")
    rows = logged(world, "sign_in_locked")
    mine = world.employees[ACCOUNT]
    assert [(row.subject, row.company_id) for row in rows] == [(ACCOUNT, mine.company_id)] * 3 + [("nobody.here", None)]
    assert len(logged(world, "sign_in_failed")) == 20
    assert (told(world, ACCOUNT), told(world, "security")) == (["", ""], [f"/employees/{mine.id}"] * 2)
    assert all(told(world, account) == [] for account in ("sales.east2", "auditor", "leader", "admin", "sales2"))


@pytest.mark.requirement("R-446")
def test_the_security_administrator_lets_somebody_sign_in_again_and_nobody_else_does(application: Flask, world: World) -> None:
    fail(stranger(application))
    mine = world.employees[ACCOUNT]
    page, seen = f"/employees/{mine.id}", {"version": str(mine.version)}
    security = browser_for(application, world, "security")
    assert "let_sign_in_again" in security.get(page).text
    for account in ("leader", "admin", "auditor", "head.east", ACCOUNT):
        browser = browser_for(application, world, account)
        assert "let_sign_in_again" not in browser.get(page).text
        assert browser.post(f"{page}/let_sign_in_again", data=seen).status_code in (403, 404), account
    assert knock(stranger(application))[0] == 429
    assert security.post(f"{page}/let_sign_in_again", data=seen).status_code == 303
    assert knock(stranger(application))[0] == 303
    (row,) = logged(world, "sign_in_unlocked")
    assert (row.subject, row.employee_id) == (ACCOUNT, world.employees["security"].id)
    assert "let_sign_in_again" not in security.get(page).text
    assert security.post(f"{page}/let_sign_in_again", data=seen).status_code == 409


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_person_at_the_terminal_lets_somebody_sign_in_again(site: Site, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    fail(stranger(site.application))
    assert run(site.settings, ["user", "unlock", ACCOUNT]) == 0
    assert knock(stranger(site.application))[0] == 303
    assert (run(site.settings, ["user", "unlock", ACCOUNT]), run(site.settings, ["user", "unlock", "nobody.here"])) == (REFUSED, REFUSED)
    assert "Nothing is locked" in capsys.readouterr().err


def test_a_new_password_from_security_opens_the_account_at_once(application: Flask, world: World) -> None:
    fail(stranger(application))
    pk, sent = world.employees[ACCOUNT].id, {"first_password": CHANGED, "version": str(world.employees[ACCOUNT].version)}
    security = browser_for(application, world, "security")
    assert security.post(f"/employees/{pk}/new_password", data=sent).status_code == 303
    assert (knock(stranger(application))[0], knock(stranger(application), password=CHANGED)[0]) == (401, 303)


@pytest.mark.parametrize("door", ["/account/confirm/", "/account/password"])
def test_who_found_an_open_browser_guesses_five_times_and_locks_nobody_out(
    application: Flask, world: World, checked: list[datetime], door: str
) -> None:
    browser = browser_for(application, world, ACCOUNT)
    sent = {"password": WRONG, "current": WRONG, "new": CHANGED, "again": CHANGED}
    answers = [browser.post(door, data=sent).status_code for _ in range(8)]
    assert (set(answers), len(checked)) == ({422} if "password" in door else {422, 429}, 5)
    assert browser.post(door, data={**sent, "password": PASSWORD, "current": PASSWORD}).status_code in (422, 429)
    assert (desk(browser), knock(stranger(application))[0]) == (SIGNED_IN, 303)
    assert desk(stranger(application)) == SENT_AWAY


def test_an_unknown_name_costs_as_much_work_as_a_wrong_password(application: Flask, world: World, checked: list[datetime]) -> None:
    asked: list[str] = []
    engine = world.keguan.database.engine
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2].split()[0]))
    work = []
    for name in (ACCOUNT, "nobody.here"):
        browser = stranger(application)
        fail(browser, 1, name)
        asked.clear()
        checked.clear()
        fail(browser, 1, name)
        work.append((len(checked), list(asked)))
    assert work[0] == work[1]
    assert work[0][0] == 1


def test_old_counts_are_forgotten(world: World) -> None:
    with time_machine.travel(MOMENT, tick=False), pytest.raises(WrongPassword):
        within_limits(world.keguan.database, Knock("old", "203.0.113.7"), lambda: (_ for _ in ()).throw(SignInRequired()))
    with Session(world.keguan.database.engine) as session, session.begin():
        assert session.query(SignInCount).count() == 2
        forget_old_counts(session)
        assert session.query(SignInCount).count() == 0


@pytest.mark.parametrize(
    ("trusted", "peer", "seen"),
    [("", "203.0.113.1", "203.0.113.1"), ("10.0.0.1", "10.0.0.1", "198.51.100.7"), ("10.0.0.1", "203.0.113.1", "203.0.113.1")],
)
def test_only_the_proxy_in_front_says_who_asks(trusted: str, peer: str, seen: str) -> None:
    found: list[str] = []
    options = proxy_options(Settings(trusted_proxy=trusted))
    options["clear_untrusted"] = options.pop("clear_untrusted_proxy_headers", True)
    answer = proxy_headers_middleware(lambda environ, start: found.append(environ["REMOTE_ADDR"]) or [], **options)  # type: ignore[func-returns-value]
    environ = {
        "REMOTE_ADDR": peer,
        "HTTP_X_FORWARDED_FOR": "198.51.100.7",
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }
    answer({**environ, "REMOTE_HOST": peer, "REMOTE_PORT": "1"}, lambda *_: None)
    assert found == [seen]
