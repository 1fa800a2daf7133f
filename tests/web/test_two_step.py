"""One's own two-step verification: set up, kept secret, taken off; reset by somebody else; demanded of whom the company says."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import inspect, select, text, update
from sqlalchemy.orm import Session

from core.access.administration import let_go, reset_second_factor, set_parameter
from core.access.api_keys import make_api_key
from core.access.factor_codes import seal_factors_with
from core.access.factor_duty import GRACE, NEEDED_BY, NeededBy
from core.access.models import Account, RecoveryCode, SecondFactor
from core.commands import REFUSED, run
from core.exports.reading import Reader, sightings
from core.kernel.clock import now, today
from core.kernel.errors import Conflict, KeguanError
from core.operations import accounts
from core.work.models import Notice
from tests.web.factor import HERE, Phone, begun, enter, half, phone_of, set_up
from tests.web.test_guessing import logged
from tests.web.test_sign_in import ACCOUNT, CHANGED, SENT_AWAY, SIGNED_IN, desk, knock, stranger
from tests.world import PASSWORD, Browser, World, browser_for, program_for

ClientFor = Callable[[str], Browser]
HOME = "/c/qiheng/"


def account(world: World, name: str = ACCOUNT) -> Account:
    with Session(world.keguan.database.engine) as session:
        return session.scalars(select(Account).where(Account.user_id == world.employees[name].user_id)).one()


def notices(world: World, name: str = ACCOUNT) -> list[str]:
    with Session(world.keguan.database.engine) as session:
        found = session.scalars(select(Notice).where(Notice.employee_id == world.employees[name].id).order_by(Notice.id))
        return [str(one.message.text) for one in found if one.message is not None]


def later(minutes: float = 5) -> time_machine.travel:
    return time_machine.travel(now() + timedelta(minutes=minutes), tick=False)


@pytest.mark.requirement("R-440")
def test_nothing_counts_before_a_code_has_confirmed_it(application: Flask, world: World, client_for: ClientFor) -> None:
    browser = client_for(ACCOUNT)
    secret = begun(browser)
    assert knock(stranger(application))[0:2] == (303, "/companies/")
    assert browser.post(f"{HERE}set-up", data={"code": "000000"}).status_code == 422
    assert account(world).second_factor is False
    with later(16):
        assert browser.post(f"{HERE}set-up", data={"code": Phone(secret, []).code()}).status_code == 303
    assert account(world).second_factor is False


def test_setting_up_asks_for_the_password_and_signs_other_devices_out(application: Flask, world: World, client_for: ClientFor) -> None:
    browser, other = client_for(ACCOUNT), browser_for(application, world, ACCOUNT)
    assert browser.post(f"{HERE}begin", data={"password": "not it"}).status_code == 422
    assert browser.get(f"{HERE}set-up").status_code == 303
    set_up(browser)
    assert (desk(browser), desk(other)) == (SIGNED_IN, SENT_AWAY)
    assert [row.action for row in logged(world, "second_factor_on")] == ["second_factor_on"]
    assert any("was set up for your account" in one for one in notices(world))


def test_recovery_codes_are_shown_once_and_new_ones_end_the_old(application: Flask, world: World, client_for: ClientFor) -> None:
    browser = client_for(ACCOUNT)
    phone = set_up(browser)
    assert not any(code in browser.get(HERE).text for code in phone.codes)
    with later():
        answer = browser.post(f"{HERE}recovery-codes", data={"password": PASSWORD, "code": phone.code()})
        fresh = re.findall(r"<li>((?:[a-z2-9]{4}-){3}[a-z2-9]{4})</li>", answer.text)
    assert (len(fresh), set(fresh) & set(phone.codes)) == (10, set())
    assert enter(half(application, ACCOUNT), phone.codes[0]).status_code == 401
    assert enter(half(application, ACCOUNT), fresh[0]).status_code == 303


@pytest.mark.parametrize("wrong", [{"password": "not it"}, {"code": "000000"}, {"code": ""}])
def test_turning_off_asks_for_password_and_code(world: World, client_for: ClientFor, wrong: dict[str, str]) -> None:
    browser = client_for(ACCOUNT)
    phone = set_up(browser)
    with later():
        right = {"password": PASSWORD, "code": phone.code()}
        for door in ("off", "begin", "recovery-codes"):
            assert browser.post(f"{HERE}{door}", data={**right, **wrong}).status_code == 422
        assert account(world).second_factor is True
        assert browser.post(f"{HERE}off", data=right).status_code == 303
    assert (account(world).second_factor, desk(browser)) == (False, SIGNED_IN)
    with Session(world.keguan.database.engine) as session:
        assert (session.scalars(select(SecondFactor)).all(), session.scalars(select(RecoveryCode)).all()) == ([], [])


def test_on_another_phone_the_old_one_holds_until_the_new_one_is_confirmed(application: Flask, world: World, client_for: ClientFor) -> None:
    browser = client_for(ACCOUNT)
    old = set_up(browser)
    with later():
        new = Phone(begun(browser, code=old.code()), [])
        assert enter(half(application, ACCOUNT), old.code(steps=1)).status_code == 303
        assert browser.post(f"{HERE}set-up", data={"code": new.code()}).status_code == 200
    with later(10):
        assert enter(half(application, ACCOUNT), old.code()).status_code == 401
        assert enter(half(application, ACCOUNT), new.code()).status_code == 303


def test_the_secret_is_nowhere_in_clear_but_on_the_page_that_sets_it_up(
    world: World, client_for: ClientFor, caplog: pytest.LogCaptureFixture
) -> None:
    browser = client_for(ACCOUNT)
    phone = set_up(browser)
    said = [phone.secret, *phone.codes, *(code.replace("-", "") for code in phone.codes)]
    engine = world.keguan.database.engine
    with engine.connect() as connection:
        asked = [text(f'SELECT * FROM "{table}"') for table in inspect(engine).get_table_names()]
        kept = "\n".join(str(connection.execute(one).all()) for one in asked)
    assert len(kept) > 10_000
    for address in (HERE, "/account/keys/", HOME, "/notices/"):
        kept += browser.get(address, company=None if address == HOME else "qiheng").text
    for file in Path(world.keguan.settings.data).rglob("*"):
        if file.is_file() and file.parent.name != "secrets":
            kept += file.read_bytes().decode("latin-1")
    kept += caplog.text
    assert [one for one in said if one in kept] == []


def test_with_another_key_no_code_opens_and_a_reset_helps(application: Flask, world: World, client_for: ClientFor) -> None:
    phone = phone_of(application, world, ACCOUNT)
    seal_factors_with(b"another key")
    try:
        with later():
            assert enter(half(application, ACCOUNT), phone.code()).status_code == 401
        with world.keguan.database.transaction() as session:
            accounts.reset_second_factor(session, ACCOUNT)
    finally:
        seal_factors_with(world.keguan.settings.factor_key)
    assert knock(stranger(application))[0:2] == (303, "/companies/")


@pytest.mark.requirement("R-440")
def test_the_security_administrator_resets_it_and_the_person_is_told(application: Flask, world: World, client_for: ClientFor) -> None:
    browser, guard = client_for(ACCOUNT), browser_for(application, world, "security")
    employee = world.employees[ACCOUNT].id
    assert "reset_second_factor" not in guard.get(f"/employees/{employee}").text
    set_up(browser)
    with Session(world.keguan.database.engine) as session:
        key = make_api_key(session, world.employees[ACCOUNT].user_id, world.employees[ACCOUNT].company_id, "nightly")
        session.commit()
    assert "reset_second_factor" in guard.get(f"/employees/{employee}").text
    for stranger_to_this in ("sales.east2", "admin", "leader"):
        with pytest.raises(KeguanError), world.use_case(stranger_to_this) as session:
            reset_second_factor(session, employee)
    assert account(world).second_factor is True
    sent = {"version": str(world.employees[ACCOUNT].version)}
    assert guard.post(f"/employees/{employee}/reset_second_factor", data=sent).status_code in (200, 303)
    assert (account(world).second_factor, desk(browser)) == (False, SENT_AWAY)
    assert [row.employee_id for row in logged(world, "second_factor_reset")] == [world.employees["security"].id]
    assert any("was reset" in one for one in notices(world))
    program = Browser(application, application.response_class, use_cookies=False)
    assert program.get("/api/v1/customers/", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_nobody_resets_the_own_second_factor_for_oneself(application: Flask, world: World, client_for: ClientFor) -> None:
    guard = client_for("security")
    set_up(guard)
    assert "reset_second_factor" not in guard.get(f"/employees/{world.employees['security'].id}").text
    with pytest.raises(Conflict), world.use_case("security") as session:
        reset_second_factor(session, world.employees["security"].id)
    assert account(world, "security").second_factor is True


def test_at_the_terminal_the_last_administrator_gets_in_again(application: Flask, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    phone_of(application, world, "security")
    settings = world.keguan.settings
    assert run(settings, ["user", "reset-second-factor", "security", "--yes"]) == 0
    assert account(world, "security").second_factor is False
    assert run(settings, ["user", "reset-second-factor", "security", "--yes"]) == REFUSED
    assert any("was reset" in one for one in notices(world, "security"))


def test_the_second_factor_of_who_leaves_ends(application: Flask, world: World) -> None:
    phone_of(application, world, ACCOUNT)
    with world.use_case("security") as session:
        let_go(session, world.employees[ACCOUNT].id)
    with Session(world.keguan.database.engine) as session:
        assert session.scalars(select(SecondFactor)).all() == []
    assert account(world).second_factor is False


@pytest.fixture
def staff(world: World) -> None:
    """Nobody's is a demo account, as in a deployment."""
    with Session(world.keguan.database.engine) as session:
        session.execute(update(Account).values(demo=False))
        session.commit()


def first(browser: Browser) -> tuple[int, str]:
    answer = browser.get(HOME, company=None)
    return answer.status_code, answer.headers.get("Location", "")


def signed_in(application: Flask, name: str) -> Browser:
    browser = stranger(application)
    assert knock(browser, name)[0] == 303
    found = re.search(r'name="csrf-token" content="([^"]+)"', browser.get(f"/c/qiheng{HERE}", company=None).text)
    assert found
    browser.csrf, browser.company = found[1], "qiheng"
    return browser


@pytest.mark.parametrize(
    ("name", "asked"), [("admin", True), ("security", True), ("auditor", True), ("sales.east1", False), ("leader", False)]
)
def test_the_three_administrators_are_asked_and_after_the_days_of_grace_nothing_else_opens(
    application: Flask, world: World, staff: None, name: str, asked: bool
) -> None:
    browser = signed_in(application, name)
    assert first(browser)[0] == 200
    assert (HERE in browser.get(HOME, company=None).text.partition('class="kg-says"')[2]) is asked
    with time_machine.travel(now() + timedelta(days=15), tick=False):
        browser = signed_in(application, name)
        assert first(browser) == ((302, "/c/qiheng/account/two-step/") if asked else (200, ""))
        if not asked:
            return
        answer = program_for(application, world, name).get("/api/v1/customers/")
        assert (answer.status_code, "双重验证" in answer.get_json()["message"]) == (403, True)
        assert browser.get("/account/keys/").status_code == 302
        set_up(browser)
        assert first(browser)[0] == 200
        assert browser.post(f"{HERE}off", data={"password": PASSWORD}).status_code == 409


def test_demo_accounts_are_never_held_up(application: Flask, world: World) -> None:
    signed_in(application, "admin")
    with time_machine.travel(now() + timedelta(days=400), tick=False):
        assert first(signed_in(application, "admin"))[0] == 200


@pytest.mark.parametrize(
    ("who", "held_up"),
    [
        (NeededBy.NOBODY, ()),
        (NeededBy.ADMINISTRATORS, ("security",)),
        (NeededBy.EXPORTERS, ("security", "head.east")),
        (NeededBy.EVERYBODY, ("security", "head.east", "invoicing")),
    ],
)
def test_a_company_says_who_must(application: Flask, world: World, staff: None, who: NeededBy, held_up: tuple[str, ...]) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, NEEDED_BY, who)
        set_parameter(session, GRACE, 0)
    found = tuple(name for name in ("security", "head.east", "invoicing") if first(signed_in(application, name))[0] == 302)
    assert found == held_up
    with world.use_case("admin") as session:
        set_parameter(session, NEEDED_BY, NeededBy.NOBODY)
    assert [first(signed_in(application, name))[0] for name in held_up] == [200] * len(held_up)


def test_keys_of_programs_go_on_when_the_days_are_over(application: Flask, world: World) -> None:
    token = program_for(application, world, ACCOUNT)
    with Session(world.keguan.database.engine) as session:
        key = make_api_key(session, world.employees[ACCOUNT].user_id, world.employees[ACCOUNT].company_id, "nightly")
        session.execute(update(Account).values(factor_due=True, factor_asked_on=today()))
        session.commit()
    program = Browser(application, application.response_class, use_cookies=False)
    assert program.get("/api/v1/customers/", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert token.get("/api/v1/customers/").status_code == 403


def test_confirming_after_heavy_reading_asks_for_the_code_too(application: Flask, world: World, client_for: ClientFor) -> None:
    browser = client_for(ACCOUNT)
    assert 'name="code"' not in browser.get("/account/confirm/").text
    phone, employee = set_up(browser), world.employees[ACCOUNT]
    reader = Reader(employee.company_id, employee.id)
    with later():
        for sent in ({"password": PASSWORD}, {"password": PASSWORD, "code": "000000"}, {"password": CHANGED, "code": phone.code()}):
            assert browser.post("/account/confirm/", data=sent).status_code == 422
        assert not sightings().flagged(reader, "confirmed")
        assert browser.post("/account/confirm/", data={"password": PASSWORD, "code": phone.code()}).status_code == 303
        assert sightings().flagged(reader, "confirmed")


@pytest.mark.parametrize(("code", "heading"), [("en", "Sign in"), ("zh_CN", "登录")])
def test_the_language_chosen_at_the_door_stays(application: Flask, world: World, code: str, heading: str) -> None:
    other = {"en": "zh_CN", "zh_CN": "en"}[code]
    with Session(world.keguan.database.engine) as session:
        session.execute(update(Account).values(language=other))
        session.commit()
    browser = stranger(application)
    leads_to = "/c/qiheng/customers/"
    answer = browser.post("/account/language", data={"language": code, "next": f"/account/sign-in?next={leads_to}"})
    assert answer.headers["Location"] == f"/account/sign-in?next={leads_to}"
    page = browser.get(answer.headers["Location"]).text
    assert f'<h1 id="sign-in">{heading}</h1>' in page
    assert f'name="language" value="{other}"' in page
    assert knock(browser, next=leads_to)[1] == leads_to
    assert account(world).language == code


def test_who_chooses_no_language_keeps_the_own(application: Flask, world: World) -> None:
    browser = stranger(application)
    browser.set_cookie("kg_language", "en")
    knock(browser)
    assert account(world).language == "zh_CN"
