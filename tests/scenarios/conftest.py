"""The story by each way, on the demo companies."""

from __future__ import annotations

from typing import Any

import pytest

from core.web.nouns import Nouns
from tests.scenarios.forms import ByForms
from tests.scenarios.story import Story
from tests.scenarios.ways import ByRest, ByVerbs, Way
from tests.world import Browser, Site, World, browser_for, program_for

Tellings = dict[tuple[str, str], tuple[dict[str, int], str]]


@pytest.fixture(params=["verbs", "rest", "forms"])
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
    """By the verbs, by REST, or by the forms of the pages."""
    nouns: Nouns = site.application.extensions["keguan"].nouns
    if name == "verbs":
        return ByVerbs(world, nouns)
    enter, clients = program_for if name == "rest" else browser_for, dict[str, Browser]()

    def client_of(account: str) -> Browser:
        if account not in clients:
            clients[account] = enter(site.application, world, account)
        return clients[account]

    return ByRest(client_of) if name == "rest" else ByForms(world, nouns, client_of)
