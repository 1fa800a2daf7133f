"""What leaves is what the list shows, under any filter and for anybody: never a record more."""

from __future__ import annotations

import random
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from core.exports.cells import portions
from core.exports.leaving import exported
from core.exports.sources import source_called
from plugins.customers.models import Customer
from tests.exports.conftest import Gate
from tests.sizes import sized
from tests.world import Browser

FILTERS = sized(60, 500)
TEXTS = ("", "苏州", "第1", "机械", "西安", "公司", "=1", "sz")
ORDERS = ("", "name", "-name", "id", "-id")


@pytest.mark.requirement("R-343", "R-441")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_an_export_holds_nothing_that_the_list_does_not_show(gate: Gate, token_client_for: Callable[[str], Browser]) -> None:
    chance, full = random.Random(20261122), 0
    programs = {account: token_client_for(account) for account in ("head.east", "head.west", "leader")}
    states = [str(one.value) for one in Customer.fields()["state"].choices or ()]
    views = ["", *(view.key for view in gate.world.keguan.nouns.by_path["customers"].views)]
    for _ in range(FILTERS):
        account = chance.choice(("head.east", "head.east", "head.east", "head.west", "leader"))
        asked = [("q", chance.choice(TEXTS)), ("order", chance.choice(ORDERS)), ("view", chance.choice((*[""] * len(views), *views)))]
        asked += [("state", one) for one in chance.sample(states, chance.choice((0, 0, 0, 2)))]
        kept = [(name, value) for name, value in asked if value]
        listed = programs[account].get(f"/api/v1/customers/?{urlencode([*kept, ('size', '100')])}")
        assert listed.status_code == 200, (kept, listed.text)
        shown = {one["name"] for one in listed.json["result"]}
        with gate.world.reading(account) as session:
            source = source_called("customers", gate.world.actor(account))
            statement = exported(session, source, source.checked(kept))
            names = {str(name) for columns in portions(session, source, statement, ["name"]) for name in columns[0]}
        assert names <= shown, (account, kept, names - shown)
        full += bool(names)
        if account == "leader":
            assert names == set(), "a leader in charge was never given the right to export"
        else:
            assert names == shown, (account, kept)
    assert full >= FILTERS // 5
