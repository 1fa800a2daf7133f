"""Wherever one is among the records, the menu shows where that is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.conformance.examples import Examples
from tests.world import Browser, World


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_list_of_every_kind_of_record_has_its_place_in_the_menu(
    application: Flask, world: World, client_for: Callable[[str], Browser]
) -> None:
    nouns = application.extensions["keguan"].nouns
    examples, lost = Examples(world, nouns), []
    for noun in nouns.by_path.values():
        if noun.plugin == "core":
            continue
        page = client_for(examples.account(noun, "read")).get(f"/{noun.path}/?view=all").text
        menu = page[page.index('class="kg-nav') : page.index("</nav>", page.index('class="kg-nav'))]
        lost += [noun.path] if menu.count('aria-current="page"') != 1 else []
    assert lost == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_module_is_lit_also_where_only_its_sign_is_shown(world: World, client_for: Callable[[str], Browser]) -> None:
    page = client_for("sales.east1").get("/contacts/").text
    menu = page[page.index('class="kg-nav') : page.index('id="main"')]
    assert re.search(r'<a href="[^"]*/customers/" class="within"', menu)
    assert menu.count('class="within"') == 1
