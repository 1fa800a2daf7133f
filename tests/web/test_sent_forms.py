"""A form that is sent twice, by a double click or the back button, makes one record."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from plugins.customers.models import Customer
from tests.world import Browser, World

Clients = Callable[[str], Browser]
SENDERS = 6
FORM = {"name": "苏州双击有限公司", "address": "苏州市", "phone": "0512-66880000", "kind": "company", "form_key": "0" * 31 + "a"}


def customers(world: World) -> int:
    with world.reading("head.east") as session:
        return int(session.scalar(select(func.count(Customer.id))) or 0)


def test_the_second_sending_leads_to_the_record_of_the_first(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    first, second = (browser.post("/customers/add", data=FORM) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert customers(world) == 1
    assert "该表单此前已保存" in browser.get(second.location.partition("/c/qiheng")[2]).text


def test_another_form_makes_another_record_and_so_does_another_person(client_for: Clients, world: World) -> None:
    client_for("sales.east1").post("/customers/add", data=FORM)
    client_for("sales.east1").post("/customers/add", data={**FORM, "name": "另一家公司", "form_key": "1" * 32})
    client_for("sales.east2").post("/customers/add", data={**FORM, "name": "第三家公司"})
    assert customers(world) == 3


def test_the_same_form_with_other_content_is_asked_about_and_nothing_typed_is_lost(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    browser.post("/customers/add", data=FORM)
    other = {**FORM, "name": "苏州双击有限公司二分厂", "form_key": "0" * 31 + "b"}
    asked = browser.post("/customers/add", data=other)
    assert asked.status_code == 409
    assert "此表单已保存过“苏州双击有限公司”" in asked.text
    assert "苏州双击有限公司二分厂" in asked.text
    assert customers(world) == 1
    assert browser.post("/customers/add", data={**other, "form_key": "2" * 32}).status_code == 303  # the form that asks is a new one
    assert customers(world) == 2


def test_a_refused_form_spends_no_key(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    assert browser.post("/customers/add", data={**FORM, "name": ""}).status_code == 422
    assert browser.post("/customers/add", data=FORM).status_code == 303
    assert customers(world) == 1


def test_a_key_that_is_none_stops_nobody(client_for: Clients, world: World) -> None:
    for number, key in enumerate(("", "x" * 32, "0" * 33)):
        assert client_for("sales.east1").post("/customers/add", data={**FORM, "name": f"公司{number}", "form_key": key}).status_code == 303
    assert customers(world) == 3


def test_of_identical_forms_sent_at_the_same_moment_one_makes_the_record(client_for: Clients, world: World) -> None:
    """On SQLite writers wait for each other; on PostgreSQL the key's constraint decides which of them is the first."""
    start = Barrier(SENDERS)
    browsers = [client_for("sales.east1") for _ in range(SENDERS)]

    def send(browser: Browser) -> tuple[int, str]:
        start.wait()
        answer = browser.post("/customers/add", data=FORM)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(SENDERS) as crowd:
        answers = set(crowd.map(send, browsers))
    assert {status for status, _ in answers} == {303}
    assert len(answers) == 1, answers
    assert customers(world) == 1


def test_a_form_that_comes_too_late_says_who_was_faster_and_does_not_name_oneself(client_for: Clients, world: World) -> None:
    browser, other = client_for("sales.east1"), client_for("head.east")
    browser.post("/customers/add", data=FORM)
    with world.reading("head.east") as session:
        path = f"/customers/{session.scalars(select(Customer.id)).one()}/edit"
    browser.post(path, data={"version": "1", "city": "无锡"})
    own = browser.post(path, data={"version": "1", "city": "南京"})
    assert own.status_code == 409
    assert "您填写期间，已在另一个窗口保存了这条记录" in own.text
    theirs = other.post(path, data={"version": "1", "city": "南京"})
    assert theirs.status_code == 409
    assert f"您填写期间，{world.employees['sales.east1'].name}已保存了这条记录" in theirs.text
    assert re.search(r"保存时间：\d+月\d+日 \d\d:\d\d。", theirs.text)
