"""An empty form for an import target: the columns as the guess knows them, and a sheet that explains each and lists its words."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from sqlalchemy.orm import Session

from core.database.fields import Field
from core.kernel.words import Message, listed, msg
from core.organisation.code_lists import entries, list_called
from core.work.import_fields import Offer, words_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS = 2_000  # that are prepared: typed as text, offered the words
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)  # the same form is the same file, whoever asks and when
MOST_IN_CELL = 255  # characters that a spreadsheet keeps of a list of words
KINDS: dict[str, Message] = {
    "date": msg("Day, like 2026-03-24"),
    "moment": msg("Day and time, like 2026-03-24 14:30"),
    "integer": msg("Whole number"),
    "quantity": msg("Number"),
    "money": msg("Amount in yuan"),
    "choice": msg("One of the listed words"),
    "code": msg("One of the listed words"),
    "flag": msg("Yes or no"),
}


def blank_form(session: Session, offer: Offer) -> io.BytesIO:
    """The spreadsheet in the reader's language; it holds no data but the company's own words to choose from."""
    made = io.BytesIO()
    book: Any = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": WRITTEN})
    needed = {name for key in offer.keys[:1] for name in key} | {name for name, one in offer.fields.items() if one.required}
    words = {name: _words(session, one) for name, one in offer.fields.items()}
    _first(book, offer, needed, words)
    _explained(book, offer, needed, words)
    book.close()
    made.seek(0)
    return made


def _words(session: Session, one: Field) -> list[str]:
    if one.kind == "code":
        return [str(entry.label) for entry in entries(session, one.code_list) if entry.active]
    return list(words_of(one))


def _first(book: Any, offer: Offer, needed: set[str], words: dict[str, list[str]]) -> None:
    page = book.add_worksheet(str(msg("Rows to be imported")))
    page.freeze_panes(1, 0)
    plain = book.add_format({"bold": True, "bg_color": "#EEF2F7", "bottom": 1})
    strong = book.add_format({"bold": True, "bg_color": "#DCE6FB", "bottom": 1})
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    for place, (name, one) in enumerate(offer.fields.items()):
        form = day if one.kind == "date" else text if one.kind in ("text", "phone", "email", "long_text", "code", "moment") else None
        page.set_column(place, place, 18, form)
        page.write_string(0, place, str(one.label), strong if name in needed else plain)
        _offer_words(page, place, one, words[name])


def _offer_words(page: Any, place: int, one: Field, words: list[str]) -> None:
    """A list to choose from in each cell, where it is short enough for a spreadsheet."""
    if not words or len(",".join(words)) > MOST_IN_CELL or any("," in word for word in words):
        return
    lenient = one.kind == "code" and list_called(one.code_list).open
    page.data_validation(1, place, ROWS, place, {"validate": "list", "source": words, "show_error": not lenient})


def _explained(book: Any, offer: Offer, needed: set[str], words: dict[str, list[str]]) -> None:
    page = book.add_worksheet(str(msg("How to fill it in")))
    page.freeze_panes(1, 0)
    head, wrapped = (
        book.add_format({"bold": True, "bg_color": "#EEF2F7", "bottom": 1}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    for place, (label, width) in enumerate(_HEADS):
        page.set_column(place, place, width, wrapped)
        page.write_string(0, place, str(label), head)
    for line, (name, one) in enumerate(offer.fields.items(), 1):
        must = msg("Yes") if name in needed else msg("No")
        for place, cell in enumerate((one.label, must, _kind(one), one.help or "", listed(words[name]))):
            page.write_string(line, place, str(cell))


_HEADS = ((msg("Column"), 22), (msg("Required"), 8), (msg("What is written"), 26), (msg("Help"), 44), (msg("Words"), 60))


def _kind(one: Field) -> Message:
    if one.kind in KINDS:
        return KINDS[one.kind]
    return msg("Text, at most %(most)s characters", most=one.max_length or 200)
