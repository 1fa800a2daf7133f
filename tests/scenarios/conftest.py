"""The story by each way, on the demo companies."""

from __future__ import annotations

from typing import Any

import pytest

from core.web.nouns import Nouns
from tests.scenarios.story import Story
from tests.scenarios.ways import ByRest, ByVerbs, Way
from tests.world import Browser, Site, World, program_for

Tellings = dict[tuple[str, str], tuple[dict[str, int], str]]


@pytest.fixture(params=["verbs", "rest"])
def story(request: pytest.FixtureRequest, world: World, site: Any) -> Story:
    """The story that is about to be told."""
    return Story(way_called(request.param, world, site), world)


@pytest.fixture(scope="session")
def tellings() -> Tellings:
    """What the stories that this worker has told are remembered by: ids of records, number of the contract."""
    return {}


@pytest.fixture
def told_story(story: Story, site: Site, database_kind: str, tellings: Tellings) -> Story:
    """The story after its last chapter. It is told once for each way; each test goes on from a copy of what it has left."""
    way = type(story.way).__name__.lower()
    if (database_kind, way) in tellings:
        site.open(f"told_{way}")
        story.ids, story.number = tellings[database_kind, way]
    else:
        story.tell()
        site.keep(f"told_{way}")
        tellings[database_kind, way] = dict(story.ids), story.number
    return story


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
