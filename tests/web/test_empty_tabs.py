"""Every tab of every record says when there is nothing in it, and offers to make the first to whoever may."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask_babel import force_locale

from core.access.offering import may_add
from core.web.nouns import Noun
from tests.conformance.examples import Examples
from tests.world import Browser, World

ALONE = {"HX-Request": "true", "HX-Target": "tab-body"}
Clients = Callable[[str], Browser]


def _children(nouns: dict[str, Noun], noun: Noun) -> list[Noun]:
    return [nouns[path] for path in noun.children if path in nouns]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_an_empty_tab_says_so_and_offers_to_make_the_first(application: Flask, world: World, client_for: Clients) -> None:
    nouns = application.extensions["keguan"].nouns
    examples, empty, offered = Examples(world, nouns), 0, 0
    for noun in nouns.by_path.values():
        children = _children(nouns.by_path, noun)
        if noun.create is None or noun.plugin == "core" or not children:
            continue
        record_id, account = examples.fresh(noun), examples.account(noun)
        for child in children:
            answer = client_for(account).get(f"/{noun.path}/{record_id}?tab={child.path}", headers=ALONE)
            if answer.status_code != 200 or "kg-nothing" not in answer.text:
                continue
            empty += 1
            assert "这里还没有内容" in answer.text, (noun.path, child.path)
            with world.reading(account) as session:
                may = child.create is not None and may_add(session, child.model, session.get(noun.model, record_id))
            found = re.search(rf'kg-nothing.*href="[^"]*/{child.path}/add\?', answer.text, re.DOTALL)
            assert bool(found) == may, (noun.path, child.path)
            offered += may
    assert empty > 3
    assert offered


def test_what_there_is_none_of_has_no_stat_button(world: World, client_for: Clients, application: Flask) -> None:
    nouns = application.extensions["keguan"].nouns
    examples = Examples(world, nouns)
    customer = examples.fresh(nouns.by_path["customers"])
    page = client_for("sales.east1").get(f"/customers/{customer}").text
    assert 'class="kg-stat"' not in page
    assert 'role="tablist"' in page


@pytest.mark.parametrize(("language", "told"), [("zh_CN", "还没有口头合同"), ("en", "No oral contracts yet")])
def test_an_empty_list_is_headed_by_a_phrase_of_each_language(application: Flask, language: str, told: str) -> None:
    noun = application.extensions["keguan"].nouns.by_path["oral-contracts"]
    with application.test_request_context(), force_locale(language):
        assert str(noun.none_yet()) == told
