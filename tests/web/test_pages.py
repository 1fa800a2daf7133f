"""Page models and the way values are shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from core.web import formats
from core.web import pages as p
from tests.web import samples_forms as forms

NOW = datetime(2026, 3, 18, 2, 31, tzinfo=UTC)
TODAY = date(2026, 3, 18)


@pytest.fixture
def english() -> Iterator[None]:
    app = Flask("formats")
    Babel(app)
    with app.test_request_context("/"), force_locale("en"):
        yield


@pytest.mark.parametrize(
    ("fen", "exact", "shown"),
    [
        (123456700, False, "¥1,234,567"),
        (123456789, True, "¥1,234,567.89"),
        (0, False, "¥0"),
        (-150, True, "-¥1.50"),
        (50, False, "¥0.50"),
        (123456710, False, "¥1,234,567.10"),
        (-200, False, "-¥2"),
        (5, True, "¥0.05"),
    ],
)
def test_money_is_shown_in_yuan_with_separators(fen: int, exact: bool, shown: str) -> None:
    assert formats.money(fen, exact) == shown


def test_money_is_exact_beyond_what_floats_can_hold() -> None:
    assert formats.money(900719925474099399, exact=True) == "¥9,007,199,254,740,993.99"


@pytest.mark.parametrize(("value", "shown"), [(1234, "1,234"), (Decimal("1200.50"), "1,200.5"), (Decimal(1200), "1,200"), (0.25, "0.25")])
def test_numbers_keep_the_decimals_they_have(value: int | Decimal | float, shown: str) -> None:
    assert formats.number(value) == shown


def test_a_capped_count_says_that_there_are_more() -> None:
    assert formats.count(10000, capped=True) == "10,000+"


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(minutes=9), "Today 10:22"),
        (timedelta(hours=11), "Yesterday 23:31"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=14), "14 days ago"),
        (timedelta(days=15), "Mar 3"),
        (timedelta(days=132), "Nov 6, 2025"),
    ],
)
def test_a_moment_is_told_by_its_age_within_a_fortnight(ago: timedelta, shown: str) -> None:
    assert formats.relative(NOW - ago, NOW) == shown


def test_yesterday_begins_at_midnight_in_shanghai_not_in_london() -> None:
    app = Flask("formats")
    Babel(app)
    with app.test_request_context("/"), force_locale("en"):
        before_midnight = datetime(2026, 3, 17, 15, 59, tzinfo=UTC)
        assert formats.relative(before_midnight, NOW) == "Yesterday 23:59"
        assert formats.relative(before_midnight + timedelta(minutes=1), NOW) == "Today 00:00"


@pytest.mark.parametrize(
    ("language", "moment", "shown"),
    [
        ("en", datetime(2026, 3, 24, 1, 42, tzinfo=UTC), "Mar 24 09:42"),
        ("en", datetime(2025, 11, 6, 1, 42, tzinfo=UTC), "Nov 6, 2025 09:42"),
        ("zh_CN", datetime(2026, 3, 24, 1, 42, tzinfo=UTC), "3月24日 09:42"),
        ("zh_CN", datetime(2025, 11, 6, 1, 42, tzinfo=UTC), "2025年11月6日 09:42"),
    ],
)
def test_a_day_is_told_in_words_with_its_time_where_that_matters(language: str, moment: datetime, shown: str) -> None:
    app = Flask("formats")
    Babel(app)
    with app.test_request_context("/"), force_locale(language):
        assert formats.day_and_time(moment, NOW.date()) == shown


def test_a_moment_without_zone_is_taken_as_utc() -> None:
    assert formats.exact_time(datetime(2026, 3, 18, 2, 31)) == "2026-03-18 10:31"


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("days", "shown"), [(-4, "4 days overdue"), (0, "Today"), (1, "Tomorrow"), (2, "Mar 20")])
def test_what_is_due_says_how_late_it_is(days: int, shown: str) -> None:
    assert formats.due(TODAY + timedelta(days=days), TODAY) == shown


def test_only_a_day_that_has_passed_is_late() -> None:
    assert formats.late(TODAY - timedelta(days=1), TODAY)
    assert not formats.late(TODAY, TODAY)


def test_a_contact_is_old_only_beyond_its_limit() -> None:
    assert formats.aged(NOW - timedelta(days=31), NOW, 30)
    assert not formats.aged(NOW - timedelta(days=29), NOW, 30)
    assert not formats.aged(NOW - timedelta(days=900), NOW, None)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("octets", "shown"), [(0, "0 KB"), (10, "1 KB"), (2048, "2 KB"), (2516582, "2.4 MB"), (3 * 1024**3, "3.0 GB")])
def test_sizes_of_files_are_readable(octets: int, shown: str) -> None:
    assert formats.size(octets) == shown


def test_a_person_keeps_their_hue_and_shows_the_surname() -> None:
    assert p.Person.of(12, "周启航") == p.Person.of(12, "周启航")
    assert p.Person.of(12, "周启航").mark == "周"
    assert formats.surname("zhou qihang") == "Z"


def address(page: int, size: int) -> str:
    return f"?page={page}&size={size}"


def test_the_pager_shows_five_pages_around_the_current_one() -> None:
    pager = p.Pager.of(7, 20, 199, address)
    assert [link.label for link in pager.pages] == ["5", "6", "7", "8", "9"]
    assert (pager.first, pager.last, pager.previous, pager.next) == (121, 140, "?page=6&size=20", "?page=8&size=20")


def test_the_last_page_has_no_next_one_unless_counting_was_capped() -> None:
    assert p.Pager.of(10, 20, 199, address).next == ""
    assert p.Pager.of(500, 20, 10000, address, capped=True).next == "?page=501&size=20"


def test_an_empty_list_is_numbered_from_nothing() -> None:
    pager = p.Pager.of(1, 20, 0, address)
    assert (pager.first, pager.last, pager.previous, pager.next) == (0, 0, "", "")


def test_a_form_counts_errors_of_fields_and_of_lines() -> None:
    app = Flask("forms")
    Babel(app)
    with app.test_request_context("/"):
        assert forms.form(wrong=True).errors == 2
        assert forms.contract_form(wrong=True).errors == 1
        assert forms.form().errors == 0
