"""Whoever chooses the fields of cards finds ticked what the cards show by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from core.web.board_cards import CardMaker
from core.web.nouns import Noun
from core.web.shapes import Shape, has_board
from tests.world import Browser, World

TICKED = re.compile(r'name="column" value="(\w+)" checked')


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_cards_show_by_themselves_is_ticked_to_begin_with(
    world: World, application: Flask, client_for: Callable[[str], Browser]
) -> None:
    client, seen, further = client_for("sales.east1"), 0, 0
    nouns: list[Noun] = [one for one in application.extensions["keguan"].nouns.by_path.values() if one.plugin != "core"]
    for noun in nouns:
        for shape in (Shape.CARDS, *([Shape.BOARD] if has_board(noun) else [])):
            page = client.get(f"/lists/{noun.path}/columns?on={shape}")
            if page.status_code != 200:
                continue
            with world.act("sales.east1"):
                shown, lines = (list(CardMaker.of(noun, "", stated=stated).fields) for stated in (shape == Shape.CARDS, False))
            assert TICKED.findall(page.text) == shown, (noun.path, shape)
            seen, further = seen + 1, further + (shown != lines)
    assert seen > 20
    assert further, "some cards show more than their usual lines"
