"""Keys for programs, as their owner keeps them: shown once, good for what the person may, dead when revoked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.api_keys import MOST, KeyState, keys_of, make_api_key, revoke_key
from core.access.identities import set_password
from core.access.models import ApiKey
from core.kernel.clock import now
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Clients = Callable[[str], Browser]
KEY = re.compile(r"kg_[\w-]{40,}")


def made(browser: Browser, name: str = "warehouse", days: str = "90") -> str:
    """Make a key by the form; what the page shows once."""
    page = browser.post("/account/keys/", data={"name": name, "days": days})
    assert page.status_code == 200, page.text[:500]
    found = KEY.search(page.text)
    assert found is not None
    return found[0]


def program(browser: Browser, key: str) -> Browser:
    """A program that has nothing but the key."""
    found = Browser(browser.application, browser.application.response_class, use_cookies=False)
    found.bearer, found.company = key, browser.company
    return found


def stored(world: World) -> list[ApiKey]:
    """Every key of the deployment."""
    with Session(world.keguan.database.engine, expire_on_commit=False) as session:
        return list(session.scalars(select(ApiKey).order_by(ApiKey.id)))


@pytest.mark.requirement("R-441")
def test_a_key_sees_in_rest_what_its_owner_sees_and_no_more(client_for: Clients, world: World) -> None:
    trade = Trade(world)
    mine, other = trade.customer("sales.east1"), trade.customer("sales.west1", name="成都恒力机械有限公司", phone="028-1111 2222")
    caller = program(client_for("sales.east1"), made(client_for("sales.east1")))
    answer = caller.get("/api/v1/customers/")
    assert answer.status_code == 200
    assert [one["id"] for one in answer.get_json()["result"]] == [mine.id]
    assert caller.get(f"/api/v1/customers/{other.id}").status_code == 404
    assert caller.get("/api/v1/customers/", company="huarui").status_code == 404


def test_a_key_is_shown_once_and_stored_as_its_hash_alone(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    key = made(browser, "ERP 夜间同步", "30")
    page = browser.get("/account/keys/").text
    assert "ERP 夜间同步" in page
    assert key not in page
    assert KEY.search(page) is None
    [row] = stored(world)
    assert key.encode() not in row.digest
    assert row.expires_at is not None
    assert timedelta(days=29) < row.expires_at - now() <= timedelta(days=30)


def test_a_revoked_key_is_refused_at_the_next_request(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    caller = program(browser, made(browser))
    assert caller.get("/api/v1/customers/").status_code == 200
    assert browser.post(f"/account/keys/{stored(world)[0].id}/revoke").status_code == 303
    assert caller.get("/api/v1/customers/").status_code == 401
    page = browser.get("/account/keys/").text
    assert "已撤销" in page
    assert "/revoke" not in page


def test_the_key_of_another_person_is_neither_listed_nor_revoked(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    key = made(browser, "不可见")
    for account in ("sales.east2", "security", "admin", "sales2"):
        other = client_for(account)
        assert "不可见" not in other.get("/account/keys/").text
        assert other.post(f"/account/keys/{stored(world)[0].id}/revoke").status_code == 404
    assert program(browser, key).get("/api/v1/customers/").status_code == 200


def test_no_address_makes_or_ends_a_key_by_looking_at_it(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    key = made(browser)
    for path in ("/account/keys/", "/account/keys/?name=x&days=90", f"/account/keys/{stored(world)[0].id}/revoke"):
        browser.get(path)
    assert len(stored(world)) == 1
    assert program(browser, key).get("/api/v1/customers/").status_code == 200


def test_without_the_token_of_its_form_no_key_is_made(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    browser.csrf = ""
    assert browser.post("/account/keys/", data={"name": "x", "days": "90"}).status_code == 400
    assert stored(world) == []


@pytest.mark.parametrize(
    ("name", "days", "sentence"),
    [
        ("", "90", "字符说明"),
        ("  ", "90", "字符说明"),
        ("x" * 81, "90", "字符说明"),
        ("x", "", "请您从"),
        ("x", "36500", "请您从"),
        ("x", "-1", "请您从"),
    ],
)
def test_a_key_without_name_or_end_is_refused_with_a_sentence(
    client_for: Clients, world: World, name: str, days: str, sentence: str
) -> None:
    page = client_for("sales.east1").post("/account/keys/", data={"name": name, "days": days})
    assert page.status_code == 422
    assert sentence in page.text
    assert stored(world) == []


def test_nobody_collects_keys_without_end(client_for: Clients, world: World) -> None:
    person = world.employees["sales.east1"]
    with Session(world.keguan.database.engine) as session, session.begin():
        for number in range(MOST):
            make_api_key(session, person.user_id, person.company_id, f"key {number}")
    page = client_for("sales.east1").post("/account/keys/", data={"name": "one more", "days": "30"})
    assert page.status_code == 409
    assert "one more" in page.text
    assert len(stored(world)) == MOST


def test_a_key_ends_by_its_day_a_new_password_or_a_revocation_and_says_by_which(world: World) -> None:
    person = world.employees["sales.east1"]
    user = world.users["sales.east1"]
    with Session(world.keguan.database.engine) as session, session.begin():
        for name in ("old", "past", "gone"):
            make_api_key(session, user.id, person.company_id, name)
        past, gone = (session.scalars(select(ApiKey).where(ApiKey.name == name)).one() for name in ("past", "gone"))
        past.expires_at = now()
        gone.revoked = True
        set_password(session, session.merge(user), "another-Pass-2468", "scrypt:1024:8:1")
        make_api_key(session, user.id, person.company_id, "new")
        states = {key.name: state for key, state in keys_of(session, user.id, person.company_id)}
    assert states == {"old": KeyState.ENDED, "past": KeyState.EXPIRED, "gone": KeyState.REVOKED, "new": KeyState.USABLE}


def test_one_sees_when_a_key_was_last_used(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    caller = program(browser, made(browser))
    assert "从未使用" in browser.get("/account/keys/").text
    caller.get("/api/v1/customers/")
    first = stored(world)[0].last_used_at
    assert first is not None
    caller.get("/api/v1/customers/")
    assert stored(world)[0].last_used_at == first
    assert "从未使用" not in browser.get("/account/keys/").text


def test_the_trail_names_who_made_and_who_revoked_a_key(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    made(browser, "warehouse")
    [key] = stored(world)
    with world.use_case("sales.east1") as session:
        revoke_key(session, key.id)
        revoke_key(session, key.id)
    page = client_for("auditor").get("/audit-rows/").text
    told = page[page.index("<tbody") :]  # above it the filter offers every action
    assert told.count("生成了程序密钥") == 1
    assert told.count("撤销了程序密钥") == 1
