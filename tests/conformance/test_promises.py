"""Every noun of every plugin keeps the promises of the house, on both databases."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import pytest
from flask import Flask

from tests.conformance.enumerated import LOOKED_AT, looked_at
from tests.conformance.examples import Examples
from tests.conformance.promises import PROMISES, Desk
from tests.evidence import Evidence
from tests.sizes import sized
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]


@pytest.mark.evidence("conformance-{database_kind}")
def test_every_noun_keeps_every_promise(
    application: Flask, world: World, client_for: ClientFor, token_client_for: ClientFor, database_kind: str
) -> None:
    nouns = application.extensions["keguan"].nouns
    examples = Examples(world, nouns)
    desk = Desk(examples, client_for, token_client_for)
    evidence = Evidence(f"conformance-{database_kind}", LOOKED_AT, shares=False)
    # The host's few pages have no REST and tests of their own.
    ours = [noun for noun in nouns.by_path.values() if noun.create is not None and noun.plugin != "core"]
    for noun in looked_at(ours)[:: 1 if database_kind == "sqlite" else sized(3, 1)]:
        for promise in PROMISES:
            item = f"{noun.path}: {promise.__name__.replace('_', ' ')}"
            try:
                promise(desk, noun)
            except Exception as error:  # noqa: BLE001 -- whatever breaks a promise is written down, and the others are tried
                evidence.failed(item, f"{error!r}\n{''.join(traceback.format_exc(limit=-2))}", noun.plugin)
            else:
                evidence.positive(item, noun.plugin)
    evidence.close()
