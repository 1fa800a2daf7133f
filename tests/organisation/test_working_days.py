"""Working days: the public calendar with its holidays and worked weekends, and the company's own days."""

from __future__ import annotations

from datetime import date

import pytest

from core.access.administration import forget_day, set_day
from core.kernel.errors import BadInput, Forbidden
from core.kernel.working_days import LAST_YEAR, holiday_of, is_public_working_day, is_published
from core.organisation.working_days import add_working_days, is_working_day, working_days_between
from tests.world import World

SPRING_FESTIVAL, WORKED_SATURDAY = date(2026, 2, 17), date(2026, 2, 14)
FRIDAY, SATURDAY, MONDAY = date(2026, 3, 13), date(2026, 3, 14), date(2026, 3, 16)


def test_spring_festival_is_off_and_the_saturday_before_is_worked() -> None:
    assert not is_public_working_day(SPRING_FESTIVAL)
    assert is_public_working_day(WORKED_SATURDAY)
    assert str(holiday_of(SPRING_FESTIVAL)) == str(holiday_of(WORKED_SATURDAY)) == "Spring Festival"
    assert holiday_of(FRIDAY) is None


def test_a_year_that_is_not_published_has_plain_weeks() -> None:
    later = date(LAST_YEAR + 1, 10, 1)
    assert not is_published(later.year)
    assert is_public_working_day(later) is (later.weekday() < 5)
    assert holiday_of(later) is None


def test_days_are_counted_past_weekends_and_holidays(world: World) -> None:
    with world.reading("sales.east1") as session:
        assert add_working_days(session, FRIDAY, 1) == MONDAY
        assert add_working_days(session, MONDAY, -1) == FRIDAY
        assert add_working_days(session, SATURDAY, 0) == MONDAY
        assert add_working_days(session, date(2026, 2, 14), 1) == date(2026, 2, 24)
        assert working_days_between(session, FRIDAY, MONDAY) == 1
        assert working_days_between(session, MONDAY, FRIDAY) == -1
        assert working_days_between(session, FRIDAY, FRIDAY) == 0


@pytest.mark.parametrize("n", range(1, 30))
def test_adding_and_counting_agree(world: World, n: int) -> None:
    with world.reading("sales.east1") as session:
        assert working_days_between(session, date(2026, 2, 10), add_working_days(session, date(2026, 2, 10), n)) == n


def test_a_company_has_days_of_its_own_and_another_does_not(world: World) -> None:
    with world.use_case("admin") as session:
        set_day(session, FRIDAY, working=False, note="公司周年庆")
        set_day(session, SATURDAY, working=True)
        assert add_working_days(session, date(2026, 3, 12), 1) == SATURDAY
    with world.reading("sales2") as session:
        assert (is_working_day(session, FRIDAY), is_working_day(session, SATURDAY)) == (True, False)


def test_a_day_that_is_forgotten_follows_the_public_calendar_again(world: World) -> None:
    with world.use_case("admin") as session:
        row = set_day(session, FRIDAY, working=False)
    with world.use_case("admin") as session:
        forget_day(session, row.id, row.version)
        assert is_working_day(session, FRIDAY)


def test_setting_a_day_twice_keeps_the_last_word(world: World) -> None:
    with world.use_case("admin") as session:
        set_day(session, FRIDAY, working=False)
        set_day(session, FRIDAY, working=True)
        assert is_working_day(session, FRIDAY)


def test_only_the_system_administrator_sets_days(world: World) -> None:
    with pytest.raises(Forbidden), world.use_case("head.east") as session:
        set_day(session, FRIDAY, working=False)


def test_a_day_out_of_our_time_is_refused(world: World) -> None:
    with pytest.raises(BadInput), world.use_case("admin") as session:
        set_day(session, date(1700, 1, 1), working=False)
