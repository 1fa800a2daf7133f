"""Whatever statement fails, in whatever verb of whatever plugin and by whatever door: nothing is committed without its row (R-445).

Doors are found in the registry of nouns and their verbs. A fault leaves every table as it was, or all that the verb does with all of its
rows in the trail. 250 faults; 5,000 at full size (``KEGUAN_PROVE=whole``).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from core.audit.reconciling import all_strangers
from core.kernel.acting import System, acting_as
from core.web.nouns import Noun
from tests.audit.faults import Apart, Door, Said, Seen, Ways, gone_through, wrong_with
from tests.conformance.doors import ClientFor
from tests.conformance.enumerated import LOOKED_AT, looked_at
from tests.conformance.examples import Examples
from tests.evidence import Evidence
from tests.sizes import WHOLE, sized
from tests.world import World

FAULTS = {"sqlite": sized(250, 5_000), "postgres": sized(60, 1_000)}
EACH = {"sqlite": 5, "postgres": 6}
"""In CI so few of the doors of one noun of each plugin."""


@pytest.mark.requirement("R-445")
@pytest.mark.evidence("audit-faults-{database_kind}")
def test_no_business_is_committed_without_its_row_whatever_statement_fails(
    world: World, application: Flask, client_for: ClientFor, token_client_for: ClientFor, database_kind: str, tmp_path: Path
) -> None:
    application.config["PROPAGATE_EXCEPTIONS"] = False
    examples = Examples(world, application.extensions["keguan"].nouns)
    doors = [*Apart(world, tmp_path).all(), *_doors(examples, (client_for, token_client_for), EACH[database_kind])]
    evidence, chance, seen = Evidence(f"audit-faults-{database_kind}", LOOKED_AT, shares=False), random.Random(20261129), Seen(world)
    while len(evidence.items) < FAULTS[database_kind]:
        for door in doors:
            _tried(evidence, seen, door, 1 + FAULTS[database_kind] // len(doors), chance)
    seen.close()
    with acting_as(System("a test")), Session(world.keguan.database.engine) as session:
        assert all_strangers(session) == {}
    evidence.close()


def _doors(examples: Examples, clients: tuple[ClientFor, ClientFor], each: int) -> Iterator[Door]:
    for place, noun in enumerate(_nouns(examples)):
        ways = list(Ways(examples, noun, clients).all())
        yield from ways if WHOLE else ways[place % each :: each]


def _nouns(examples: Examples) -> list[Noun]:
    """Those of all plugins; in CI of each plugin the one with the most verbs."""
    nouns = looked_at(noun for noun in examples.nouns.by_path.values() if noun.create is not None and noun.plugin != "core")
    by_plugin = {noun.plugin: noun for noun in sorted(nouns, key=lambda one: len(one.acts))}
    return nouns if WHOLE else list(by_plugin.values())


def _tried(evidence: Evidence, seen: Seen, door: Door, share: int, chance: random.Random) -> None:
    """The door once without a fault, as the control, and then with ``share`` of the faults that it can have."""
    whole = gone_through(seen, door.ready())
    if whole.said is Said.REFUSED or not whole.tables:
        return  # the first state of a record does not allow it, or there is nothing to be done
    if whole.said is not Said.DONE:
        evidence.failed(door.name, "breaks without a fault", door.plugin)
        return
    through = door.ready()
    for at in sorted(chance.sample(range(1, whole.statements + 1), min(share, whole.statements))):
        done = gone_through(seen, through, at)
        item, why = f"{door.name} at statement {at} of {whole.statements}", wrong_with(seen, done, whole)
        if why:
            evidence.failed(item, why, door.plugin)
        elif done.tables:
            evidence.positive(item, door.plugin)
        else:
            evidence.refused(item, door.plugin)
        through = door.ready() if done.tables else through
