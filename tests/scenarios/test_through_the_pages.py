"""The main flow clicked through the pages: what it leaves behind is what the verbs leave behind, to the fen and to the last row."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from core.operations.demo_counts import lines_of
from tests.browser.house import serving
from tests.browser.windows import PHONE, WIDE, Window, window
from tests.scenarios.clicks import Album, ByClicks
from tests.scenarios.story import Story
from tests.scenarios.test_from_customer_to_service import trail
from tests.scenarios.ways import ByVerbs
from tests.sizes import sized
from tests.world import World, look_around

PICTURES = Path(__file__).resolve().parents[2] / "build" / "flow"
SIZES = {"desktop": WIDE, "phone": PHONE}
EVERY_VARIANT = [("zh_CN", "desktop"), ("zh_CN", "phone"), ("en", "desktop"), ("en", "phone")]
VARIANTS = sized(EVERY_VARIANT[:1], EVERY_VARIANT)


@contextmanager
def clicking(browser: Browser, site: Any, world: World, language: str, device: str) -> Iterator[ByClicks]:
    """The way through the pages, each person in a window of his or her own; at the end no window may have complained."""
    opened: dict[str, Window] = {}
    with serving(site.keguan, site.application) as house, ExitStack() as windows:
        house.speak(language)

        def window_of(account: str) -> Window:
            if account not in opened:
                opened[account] = windows.enter_context(window(browser, house, size=SIZES[device], language=language))
                opened[account].sign_in(account)
            return opened[account]

        album = Album(PICTURES / f"{language[:2]}-{device}")
        try:
            yield ByClicks(world, site.application.extensions["keguan"].nouns, window_of, language, album)
        except BaseException:
            for account, one in opened.items():
                album.take(one.page, f"{account}-at-the-failure")
            raise
        assert [complaint for one in opened.values() for complaint in one.complaints] == []


@pytest.mark.browser
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("language", "device"), VARIANTS, ids=["-".join(one) for one in VARIANTS])
def test_the_pages_leave_the_same_behind_as_the_verbs(browser: Browser, site: Any, language: str, device: str) -> None:
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a busy machine is no news
    site.open("peopled")
    world = look_around(site.keguan)
    Story(ByVerbs(world, site.application.extensions["keguan"].nouns, language), world).tell()
    by_verbs = left_behind(world)
    site.close()
    site.open("peopled")
    world = look_around(site.keguan)
    with clicking(browser, site, world, language, device) as way:
        Story(way, world).tell()
    assert left_behind(world) == by_verbs


def left_behind(world: World) -> tuple[list[str], list[tuple[str, str, str]]]:
    """States, numbers, balances and audit actions. A form sends empty fields too, so a record may be written in fewer strokes."""
    return lines_of(world.keguan.database, "qiheng", versions=False), trail(world)
