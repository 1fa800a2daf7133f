"""The story by each way, on the demo companies."""

from __future__ import annotations

from typing import Any

import pytest

from core.web.nouns import Nouns
from tests.scenarios.story import Story
from tests.scenarios.ways import ByRest, ByVerbs, Way
from tests.world import Browser, World, program_for


@pytest.fixture(params=["verbs", "rest"])
def story(request: pytest.FixtureRequest, world: World, site: Any) -> Story:
    """The story that is about to be told."""
    return Story(way_called(request.param, world, site), world)


def way_called(name: str, world: World, site: Any) -> Way:
    """By the verbs or by REST."""
    if name == "verbs":
        nouns: Nouns = site.application.extensions["keguan"].nouns
        return ByVerbs(world, nouns)
    programs: dict[str, Browser] = {}

    def program_of(account: str) -> Browser:
        if account not in programs:
            programs[account] = program_for(site.application, world, account)
        return programs[account]

    return ByRest(program_of)
