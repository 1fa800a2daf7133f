"""The tutorial holds: followed word for word it ends with a plugin from elsewhere at work, and no block of it is idle."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.docs.lesson import LANGUAGES, PASSWORD, Failed, Lesson, blocks_of
from tests.sizes import sized

BLOCKS = blocks_of(LANGUAGES[0])
USED, TAKEN_AWAY = 11, 12
"""So many blocks lead to the plugin in use, and to its removal."""
PROMISED = "assets or test_promises or test_fixed or test_help or test_too_early or test_whatever_is_called_due"
"""Of the conformance suite: what looks at each noun, and what has the name of the plugin."""
WALKS = (
    "tests/isolation/test_probes.py",
    "tests/isolation/test_replay.py",
    "tests/extension/test_installed_plugins.py::test_every_allowed_subset_of_the_plugins_starts",
    "tests/switch/test_switch_walk.py",
)
"""Probes, replay, subsets of plugins that start, and the switch: what the plugins of the house are proved by."""
MUTATIONS: tuple[tuple[str, str], ...] = (
    ("plugins new assets", "plugins new gadgets"),
    ("serial:", "cereal:"),
    ('Shown("serial")', 'Shown("serail")'),
    ("crm_service_request_shown", "crm_service_request_showed"),
    ("序列号", "编号"),
    ("python app.py migrate assets", "python app.py migrate asset"),
    ("/assets/?customer=", "/machines/?customer="),
    ("../keguan-assets", "../keguan-asset"),
    ("--no-index --no-deps", "--no-index --no-deps --require-hashes"),
    ("--company qiheng", "--company huarui"),
    ('"/api/v1/assets/"', '"/api/v1/asset/"'),
    ("retire assets", "retire asset"),
    ("python app.py plugins enable assets", "python app.py plugins list"),
)
"""For each block, in order, a slip of the pen that must not go unnoticed."""


def test_both_languages_show_the_same_code() -> None:
    assert [blocks_of(page) for page in LANGUAGES] == [BLOCKS, BLOCKS]


def test_every_block_has_its_mutation() -> None:
    assert len(BLOCKS) == len(MUTATIONS)
    assert [block.text.count(slip[0]) > 0 for block, slip in zip(BLOCKS, MUTATIONS, strict=True)] == [True] * len(BLOCKS)


def ask(address: str, path: str, body: Any = None, token: str = "") -> Any:
    """What a program is answered."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(address + path, data, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def machines(lesson: Lesson, account: str = "sales.east1") -> list[str]:
    """Serial numbers that REST tells the account of; :class:`Failed` when there is no such thing."""
    with lesson.served() as address:
        token = ask(address, "/api/v1/security/login", {"username": account, "password": PASSWORD, "provider": "db"})["access_token"]
        try:
            return [one["serial"] for one in ask(address, "/api/v1/assets/", token=token)["result"]]
        except urllib.error.HTTPError as error:
            raise Failed(f"REST answers {error.code}") from error


def whole_way(lesson: Lesson, blocks: list[Any]) -> None:
    """Follow the page to its end, and look whether what it promises is so."""
    lesson.found_companies()
    said = lesson.follow(blocks[:USED])
    assert "KY75-2026-0018" in said[-1], said[-1]
    with pytest.raises(Failed, match="404"):
        machines(lesson, "sales2")
    lesson.follow(blocks[USED:TAKEN_AWAY])
    with pytest.raises(Failed, match="404"):
        machines(lesson)
    lesson.follow(blocks[TAKEN_AWAY:])
    assert machines(lesson) == ["KY75-2026-0018"]


def test_a_reader_ends_with_a_plugin_from_elsewhere_that_comes_and_goes_with_its_data(tmp_path: Path) -> None:
    """And that plugin keeps the promises of the house; at full size the walks over all routes and surfaces look at it, too."""
    lesson = Lesson(tmp_path)
    whole_way(lesson, BLOCKS)
    lesson.walked("tests/conformance", "-k", sized(PROMISED, "not test_statements"))
    for harness in sized((), WALKS):
        lesson.walked(harness, KEGUAN_PROVE="whole")
    proved = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (lesson.program / "build" / "evidence").glob("*.json")}
    assert {"conformance-sqlite", "too-early-sqlite"} <= proved.keys()
    assert [name for name, one in proved.items() if one["result"] != "passed" or not one["by_plugin"]["assets"]] == []


@pytest.mark.browser
def test_its_pages_are_there_in_the_browser(tmp_path: Path, browser: Browser) -> None:
    lesson = Lesson(tmp_path)
    lesson.found_companies()
    lesson.follow(BLOCKS[:USED])
    with lesson.served() as address:
        page = browser.new_page(locale="zh-CN")
        sign_in(page, address)
        page.get_by_role("link", name="宁波海曜轴承有限公司").first.click()
        page.get_by_role("tab", name="已装设备").click()
        page.get_by_text("75kW 螺杆空压机").first.wait_for()
        page.goto(f"{address}/c/qiheng/assets/")
        page.get_by_text("KY75-2026-0018").first.wait_for()
        page.close()


def sign_in(page: Page, address: str) -> None:
    """As a salesperson, to the list of customers."""
    page.goto(f"{address}/account/sign-in")
    page.fill("#username", "sales.east1")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/qiheng/**")
    page.goto(f"{address}/c/qiheng/customers/")


@pytest.mark.planted
@pytest.mark.parametrize("number", range(len(MUTATIONS)), ids=[slip[1] for slip in MUTATIONS])
def test_a_slip_in_any_block_is_noticed(tmp_path: Path, number: int) -> None:
    block, (right, wrong) = BLOCKS[number], MUTATIONS[number]
    blocks = [*BLOCKS[:number], replace(block, text=block.text.replace(right, wrong)), *BLOCKS[number + 1 :]]
    with pytest.raises((Failed, AssertionError)):
        whole_way(Lesson(tmp_path), blocks)
