"""What is void, withdrawn, cancelled or replaced is counted as a record, and adds nothing to a sum of money."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from core.access.field_rights import may_query
from core.kernel.acting import acting
from core.web.boards import board_of
from core.web.list_values import sum_of
from core.web.nouns import Noun, Nouns
from tests.conformance.examples import Examples
from tests.world import Browser, World

AMOUNT = Decimal("7654321.09")
SUM = "¥7,654,321.09"
HEADS = re.compile(r' · <b>([^<]*)</b>|<a class="kg-b"[^>]*>([^<]*)</a>')
CELLS = re.compile(r'<td class="kg-num(?: kg-b)?">([^<]*)</td>')


def _summed(nouns: Nouns) -> Iterator[tuple[Noun, list[Any], list[str]]]:
    """Nouns with states that do not count, those states, and their fields of money."""
    for noun in nouns.by_path.values():
        state = noun.fields.get("state")
        off = [one for one in (state.choices if state is not None else None) or () if not one.counts]
        money = [name for name, one in noun.fields.items() if one.kind == "money"]
        if off and money and noun.create is not None:
            yield noun, off, money


def _store(world: World, account: str, noun: Noun, record_id: int, values: dict[str, Any]) -> None:
    """Write columns past every verb."""
    table = inspect(noun.model).local_table
    with world.use_case(account) as session:
        session.connection().execute(table.update().where(table.c.id == record_id).values(values))


def test_whatever_does_not_count_adds_nothing_to_any_figure(application: Flask, world: World) -> None:
    nouns: Nouns = application.extensions["keguan"].nouns
    examples, looked_at = Examples(world, nouns), set()
    for noun, off, money in _summed(nouns):
        account, record_id = examples.account(noun), examples.fresh(noun)
        counting = next(one for one in type(off[0]) if one.counts)
        for name in money:
            sums = []
            for state in (counting, *off):
                _store(world, account, noun, record_id, {name: AMOUNT, "state": state})
                with world.reading(account) as session:
                    if not may_query(acting(), noun.model, name):
                        break
                    sums.append(session.scalar(select(sum_of(noun, name)).where(noun.model.id == record_id)))
            assert sums in ([], [AMOUNT, *[0] * len(off)]), (noun.path, name, sums)
            looked_at |= {noun.path} if sums else set()
    assert looked_at == {noun.path for noun, _, _ in _summed(nouns)}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_board_and_groups_sum_up_what_counts_and_say_how_many_there_are(
    application: Flask, world: World, client_for: Callable[[str], Browser]
) -> None:
    nouns: Nouns = application.extensions["keguan"].nouns
    examples, seen = Examples(world, nouns), set()
    for noun, off, _ in _summed(nouns):
        board = board_of(noun)
        if board is None or not board.amount or board.cycle is None:
            continue
        account, record_id = examples.account(noun), examples.fresh(noun)
        counting, shown = next(one for one in type(off[0]) if one.counts), []
        for state in (counting, off[0]):
            _store(world, account, noun, record_id, {board.amount: AMOUNT, "state": state})
            browser = client_for(account)
            page = browser.get(f"/{noun.path}/board?view=all").text
            groups = browser.get(f"/{noun.path}/?view=all&group=state").text
            shown.append([["".join(one) for one in HEADS.findall(page)].count(SUM), CELLS.findall(groups).count(SUM)])
        assert shown[0][0] == 2, noun.path  # the column and the whole board
        assert shown[1] == [0, 0], noun.path
        listed = board.amount in [column.name for column in noun.columns]
        assert (shown[0][1] >= 2) is listed, noun.path  # the group and the total
        seen.add(noun.path)
    assert len(seen) > 3, seen
