"""The page of modules: what each is for and requires, who switched it and when, and why it cannot be switched in place of the button."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape

import pytest
import time_machine

from core.extension.registry import Registry
from core.operations.language import catalogues_of, speaking
from core.switchboard.operations import enabled_modules, why_locked
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
ADMINISTRATORS = {"qiheng": "admin", "huarui": "admin2"}
MOMENT, SHOWN = datetime(2026, 3, 18, 1, 42, tzinfo=UTC), "2026-03-18 09:42"
TOKEN = re.compile(r'(csrf_token" value=")[^"]+')
"""What the page signs anew each second."""
of_both_companies = pytest.mark.parametrize("company", ADMINISTRATORS)
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture(params=["zh_CN", "en"])
def language(request: pytest.FixtureRequest, world: World) -> Iterator[str]:
    """The language of the page and of the sentences that a test looks for."""
    with speaking(request.param, catalogues_of(world.keguan.registry)):
        yield request.param


@pytest.fixture
def page_of(client_for: ClientFor, language: str) -> Callable[[str], dict[str, str]]:
    """The page of a company, as its administrator sees it: the piece of each module, by name."""
    browsers = {company: client_for(account) for company, account in ADMINISTRATORS.items()}
    for browser in browsers.values():
        assert browser.post("/account/language", data={"language": language}).status_code == 303

    def pieces(company: str) -> dict[str, str]:
        answer = browsers[company].get("/modules/")
        assert answer.status_code == 200
        _, *found = TOKEN.sub(r"\1", unescape(answer.text)).split('id="module-')
        return {name: piece for name, _, piece in (one.partition('"') for one in found)}

    return pieces


@pytest.fixture
def switch(client_for: ClientFor) -> Callable[[str, str, bool], int]:
    """``switch("qiheng", "service", False)`` presses the button of the page; the status of the answer."""
    return lambda company, name, on: (
        client_for(ADMINISTRATORS[company]).post(f"/modules/{name}", data={"enable": "1" if on else "0"}).status_code
    )


def enabled(world: World, company: str) -> frozenset[str]:
    """The modules that are on for the company."""
    with world.reading(ADMINISTRATORS[company]) as session:
        return enabled_modules(session, world.companies[company].id, world.keguan.registry)


def leaf(registry: Registry, on: frozenset[str]) -> str:
    """A module that is on and may be switched off."""
    return next(name for name in reversed(registry.names) if name in on and why_locked(registry, name, on) is None)


@of_both_companies
def test_every_module_tells_its_title_its_purpose_and_what_it_requires(
    world: World, page_of: Callable[[str], dict[str, str]], company: str
) -> None:
    registry, told = world.keguan.registry, page_of(company)
    assert set(told) == set(registry.manifests)
    for name, manifest in registry.manifests.items():
        assert f'<div class="kg-b">{manifest.title}</div>' in told[name], name
        assert str(manifest.purpose) in told[name], name
        for other in registry.manifests.values():
            assert (f'<span class="kg-tag line">{other.title}</span>' in told[name]) == (other.name in manifest.requires), name


@of_both_companies
def test_a_switch_is_told_with_who_and_when_in_its_company_alone(
    world: World, page_of: Callable[[str], dict[str, str]], switch: Callable[[str, str, bool], int], language: str, company: str
) -> None:
    elsewhere = next(one for one in ADMINISTRATORS if one != company)
    name, who = leaf(world.keguan.registry, enabled(world, company)), world.employees[ADMINISTRATORS[company]].name
    before, untouched = page_of(company), page_of(elsewhere)
    assert ("系统 启用" if language == "zh_CN" else "System enabled it") in before[name]
    assert who not in before[name]
    for on, words in ((False, ("停用", "disabled it")), (True, ("启用", "enabled it"))):
        with time_machine.travel(MOMENT, tick=False):
            assert switch(company, name, on) == 303
        told = page_of(company)
        assert f"{who} {words[0] if language == 'zh_CN' else words[1]}" in told[name]
        assert SHOWN in told[name]
        assert page_of(elsewhere) == untouched
    assert [other for other in told if other != name and told[other] != before[other]] == []


@of_both_companies
def test_the_sentence_why_it_cannot_be_switched_stands_in_place_of_the_button(
    world: World, page_of: Callable[[str], dict[str, str]], switch: Callable[[str, str, bool], int], company: str
) -> None:
    """With everything on, what others require is locked; one by one off, what requires others is, until nothing but these is free."""
    registry, seen = world.keguan.registry, set[str]()
    for name in (*reversed(registry.names), ""):
        on, told = enabled(world, company), page_of(company)
        for module, piece in told.items():
            why = why_locked(registry, module, on)
            assert (f'action="/c/{company}/modules/{module}"' in piece) == (why is None), f"{module} of {sorted(on)}"
            assert ("disabled></button>" in piece) == (why is not None), f"{module} of {sorted(on)}"
            if why is not None:
                assert f'id="why-{module}">{why}</div>' in piece
                assert switch(company, module, module not in on) == 409
                seen.add(why.text)
        if name in on:
            assert switch(company, name, False) == 303
    assert enabled(world, company) == frozenset()
    assert len(seen) == 2, seen
