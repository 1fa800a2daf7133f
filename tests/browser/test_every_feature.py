"""Every feature that a declaration offers is used by hand, on records of every plugin; on each kind of record in ``make prove``.

The scaffolded plugin goes the same way: ``tests/extension/test_scaffold.py`` runs this file in a copy of the program that has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error

from core.web.features import FEATURES, Feature, features_of
from core.web.nouns import Noun, Nouns
from tests.browser.house import served_world
from tests.browser.use import Use
from tests.browser.using import USES
from tests.browser.windows import Window, window
from tests.conformance.enumerated import NAMES
from tests.conformance.examples import Examples
from tests.sizes import WHOLE
from tests.world import World

PICTURES = Path(__file__).resolve().parents[2] / "build" / "features"
APART = 3  # in CI a plugin uses every third feature, each plugin others, so that each is used by two plugins at least

MUCH = 600  # characters of what Chromium says of a fault
FEWEST = len(FEATURES) // APART - 1


def test_every_feature_has_its_use() -> None:
    assert list(USES) == [one.name for one in FEATURES]


def _picture(name: str) -> Path:
    """Where the page is kept on which something went wrong."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    return PICTURES / f"{name}.png"


def used_here(plugin: str, nouns: Nouns, world: World) -> Iterator[tuple[Feature, Noun]]:
    """What is used in this run: each feature on every noun of the plugin, or a third of them on one noun each, in turn."""
    own = [noun for noun in nouns.by_path.values() if noun.plugin == plugin]
    for place, feature in enumerate(FEATURES):
        offering = [noun for noun in own if feature in features_of(noun, world.keguan.registry)]
        if WHOLE:
            yield from ((feature, noun) for noun in offering)
        elif offering and place % APART == NAMES.index(plugin) % APART:
            yield feature, offering[place % len(offering)]


@pytest.mark.requirement("R-484")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("plugin", NAMES)
def test_what_a_declaration_offers_is_used_by_hand(application: Flask, world: World, browser: Browser, plugin: str) -> None:
    nouns = application.extensions["keguan"].nouns
    examples, pairs = Examples(world, nouns), list(used_here(plugin, nouns, world))
    assert len(pairs) >= FEWEST
    made = {noun.path: examples.fresh(noun) for _, noun in pairs}
    opened: dict[str, Window] = {}
    faults: list[str] = []
    with served_world(application, world) as house, ExitStack() as windows:
        for feature, noun in pairs:
            account = examples.account(noun, noun.acts[0].right if feature.name == "verbs" else feature.verb)
            if account not in opened:
                opened[account] = windows.enter_context(window(browser, house, account))
            try:
                USES[feature.name](Use(opened[account], noun, made[noun.path], account, examples, world))
            except (AssertionError, Error) as error:
                opened[account].page.screenshot(path=_picture(f"{noun.path}-{feature.name}"))
                faults.append(f"{noun.path}: {feature.name} as {account}: {str(error)[:MUCH]}")
            faults += [f"{noun.path}: {feature.name} as {account}: {complaint}" for complaint in opened[account].complaints]
            opened[account].complaints.clear()
    assert not faults, "\n\n".join(faults)
