"""Which pages a walk takes: in CI every fifth kind of page of nouns, each of another noun, and every tenth page of the house; all in
``make prove``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.browser.house import House
from tests.browser.tour import OFTEN, Stop, record_views, stops
from tests.sizes import WHOLE

EVERY, EVERY_KIND = 10, 5


def chosen(house: House, often: int = OFTEN) -> list[Stop]:
    """The stops of this run, each kind of page as ``often`` persons."""
    every = list(stops(house, often))
    return every if WHOLE else list(_slice(house, every))


def _slice(house: House, every: list[Stop]) -> Iterator[Stop]:
    """Of some kinds of pages of nouns one noun, another for each kind, and some pages of the house."""
    paths = [view.route_base.strip("/") for view in record_views(house) if view.plugin != "core"]
    noun = re.compile(rf"({'|'.join(sorted(map(re.escape, paths), key=len, reverse=True))})(?=-|$)")
    kinds: dict[str, list[Stop]] = {}
    for stop in every:
        if found := noun.match(stop.name):
            kinds.setdefault(stop.name[found.end() :], []).append(stop)
    for number, same in enumerate(list(kinds.values())[::EVERY_KIND]):
        first = same[(number * 7) % len(same)]
        yield from (stop for stop in same if stop.name == first.name)
    house_pages = dict.fromkeys(stop.name for stop in every if not noun.match(stop.name))
    wanted = list(house_pages)[::EVERY]
    yield from (stop for stop in every if stop.name in wanted)
