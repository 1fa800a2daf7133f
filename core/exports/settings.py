"""Thresholds of the gate, as each company sets them (R-061)."""

from __future__ import annotations

from core.database.fields import Field
from core.extension.exchange import ParameterSpec
from core.kernel.words import Message, msg

SMALL = "core.export_without_approval_rows"
REQUESTS, ROWS = "core.export_requests_per_day", "core.export_rows_per_day"
PRINTS = "core.prints_per_day"
SMALL_FILES, FILES, FILES_SIZE = "core.export_files_without_approval", "core.export_files_per_day", "core.export_files_megabytes"
HOURS, GROWTH, PDF_ROWS = "core.export_hours", "core.export_growth_percent", "core.export_pdf_rows"
AT_ONCE = "core.export_at_once_rows"
FILES_CONFIRM_AFTER, FILES_STOP_AFTER = "core.files_confirm_after", "core.files_stop_after"
FEED_DAYS, FEED_FETCHES = "core.calendar_feed_days", "core.calendar_feed_fetches_per_day"
CONFIRM_AFTER, STOP_AFTER, REST_ROWS = "core.reading_confirm_after", "core.reading_stop_after", "core.rest_list_rows"


def _number(name: str, label: Message, default: int, meaning: Message, unit: Message, least: int, most: int) -> ParameterSpec:
    return ParameterSpec(name, label, Field("integer", label), default, meaning, source="R-343", unit=unit, least=least, most=most)


EXPORT_PARAMETERS: tuple[ParameterSpec, ...] = (
    _number(
        SMALL,
        msg("Rows exported without approval"),
        0,
        msg("An export of at most so many rows needs no approval by another person; 0: every export needs it."),
        msg("rows"),
        0,
        100_000,
    ),
    _number(REQUESTS, msg("Exports per person per day"), 10, msg("Further requests are refused until tomorrow."), msg("exports"), 1, 1000),
    _number(
        ROWS,
        msg("Rows exported per person per day"),
        100_000,
        msg("The rows of all requests of a day that were not refused or withdrawn."),
        msg("rows"),
        1,
        10_000_000,
    ),
    _number(
        SMALL_FILES,
        msg("Files exported without approval"),
        0,
        msg("A ZIP of at most so many files of records needs no approval by another person; 0: every one needs it."),
        msg("files"),
        0,
        1_000,
    ),
    _number(
        FILES,
        msg("Files exported per person per day"),
        500,
        msg("The files of records in all ZIPs of a day that were not refused or withdrawn."),
        msg("files"),
        0,
        100_000,
    ),
    _number(
        FILES_SIZE,
        msg("Size of a ZIP"),
        500,
        msg("Files of records that are larger together are exported in several ZIPs."),
        msg("MB"),
        1,
        10_000,
    ),
    _number(PRINTS, msg("Printed forms per person per day"), 50, msg("Further records are printed tomorrow."), msg("prints"), 0, 10_000),
    _number(
        HOURS,
        msg("Hours in which an approved export can be downloaded"),
        24,
        msg("After that it must be requested again."),
        msg("hours"),
        1,
        24,
    ),
    _number(
        GROWTH,
        msg("Change of an approved export"),
        0,
        msg("When the list has more or fewer rows than this allows since it was asked for, no file is made; 0: exactly as many."),
        msg("%"),
        0,
        100,
    ),
    _number(PDF_ROWS, msg("Rows of a PDF"), 5_000, msg("Longer lists are exported as CSV or XLSX."), msg("rows"), 100, 20_000),
    _number(
        AT_ONCE,
        msg("Rows exported at once"),
        5_000,
        msg("Files of more rows are made in the background."),
        msg("rows"),
        0,
        20_000,
    ),
    _number(
        FEED_DAYS,
        msg("Days for which a calendar feed is valid"),
        90,
        msg("Counted from when its address is issued; after that it must be requested again."),
        msg("days"),
        1,
        365,
    ),
    _number(
        FEED_FETCHES,
        msg("Fetches of a calendar feed per day"),
        288,
        msg("Further fetches are refused until tomorrow; 288 are one every five minutes."),
        msg("fetches"),
        1,
        10_000,
    ),
    _number(
        CONFIRM_AFTER,
        msg("Records read in a day before identity is confirmed"),
        500,
        msg("Different records of a counted kind, such as customers, on pages, over REST, in search and choices; security is notified."),
        msg("records"),
        20,
        100_000,
    ),
    _number(
        STOP_AFTER,
        msg("Records read in a day at most"),
        2_000,
        msg("Then no further records of that kind are shown until tomorrow; security is notified."),
        msg("records"),
        20,
        1_000_000,
    ),
    _number(
        FILES_CONFIRM_AFTER,
        msg("Files opened in a day before identity is confirmed"),
        100,
        msg("Different files of records, downloaded or viewed, on pages and over REST; security is notified."),
        msg("files"),
        20,
        100_000,
    ),
    _number(
        FILES_STOP_AFTER,
        msg("Files opened in a day at most"),
        500,
        msg("Then no further file is handed out until tomorrow; security is notified."),
        msg("files"),
        20,
        1_000_000,
    ),
    _number(
        REST_ROWS,
        msg("Rows of one list over REST"),
        1_000,
        msg("REST pages a list no deeper than this; whoever needs more asks for an export."),
        msg("rows"),
        100,
        100_000,
    ),
)
