"""Document numbers: per company, kind and year, given back when the use case fails."""

from __future__ import annotations

import threading

import pytest

from core.database.numbers import NUMBERS, take_number
from core.kernel.acting import System, acting_as
from core.kernel.errors import Forbidden
from tests.world import World


def take(world: World, slug: str = "qiheng", kind: str = "x.y", year: int = 2026, *, fail: bool = False) -> int:
    """The next number, in a use case of its own that may fail after taking it."""
    company = world.companies[slug].id
    with acting_as(System("test", company)), world.keguan.database.transaction() as session:
        number = take_number(session, company, kind, year)
        if fail:
            raise ZeroDivisionError
        return number


def test_numbers_count_by_company_kind_and_year(world: World) -> None:
    assert [take(world), take(world), take(world, "huarui"), take(world, kind="x.z"), take(world, year=2027), take(world)] == [
        1,
        2,
        1,
        1,
        1,
        3,
    ]


def test_a_number_that_was_taken_in_vain_is_given_again(world: World) -> None:
    assert take(world) == 1
    with pytest.raises(ZeroDivisionError):
        take(world, fail=True)
    assert take(world) == 2


def test_two_who_take_at_once_get_different_numbers_without_a_gap(world: World) -> None:
    taken: list[int] = []

    def work() -> None:
        taken.extend(take(world) for _ in range(5))
        world.keguan.database.release()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 16))


def test_the_counters_are_closed_to_everybody_else(world: World) -> None:
    with world.reading("sales.east1") as session, pytest.raises(Forbidden):
        session.execute(NUMBERS.select())
