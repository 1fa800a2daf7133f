"""Several windows of one person at the gate in the same moment: what holds for one after the other holds for them (R-343)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.exports.making import Fetched
from core.exports.printing import PrintWish, print_record
from core.exports.states import ExportState
from core.kernel.errors import Conflict
from plugins.customers.models import Customer
from tests.crowds import all_at_once
from tests.exports.conftest import Gate


@pytest.mark.requirement("R-343")
def test_a_quota_holds_for_wishes_and_prints_of_one_moment(gate: Gate) -> None:
    """Four windows ask together: each is counted before the next one is looked at."""
    gate.set(export_requests_per_day=1, prints_per_day=1)
    with gate.world.reading("head.east") as session:
        one = session.scalars(select(Customer.id).limit(1)).one()
    wish = PrintWish("customers", one, ("name",), "客户来访用", "zh_CN")

    def ask() -> None:
        gate.ask()

    def draw() -> None:
        with gate.world.act("head.east"):
            print_record(gate.world.keguan.database, wish, lambda mark: b"%PDF-1.7")

    for work in (ask, draw):
        refused = all_at_once(gate.world, [work] * 4)
        assert [type(error) for error in refused] == [Conflict] * 3, work.__name__


@pytest.mark.requirement("R-343")
def test_of_several_downloads_in_one_moment_one_gets_the_file(gate: Gate) -> None:
    one = gate.ask()
    gate.approve(one)
    gate.make(one)
    fetched: list[Fetched] = []
    refused = all_at_once(gate.world, [lambda: fetched.append(gate.fetch(one))] * 4)
    assert (len(fetched), len(refused)) == (1, 3), refused
    assert gate.stored(one).state is ExportState.FETCHED
    assert fetched[0].path.is_file(), "the others have thrown it away"
