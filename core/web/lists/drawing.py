"""Widths of columns that a person has drawn: read from what a page sends, and told to the page."""

from __future__ import annotations

from flask import url_for

from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.lists.widths import kept_widths, read_widths
from core.web.lists.columns import choosable, naming_column
from core.web.lists.opening import Opened
from core.web.nouns import Noun
from core.web.pages import Sizing
from core.web.standing import progress_columns


def drawn_widths(noun: Noun, written: str) -> dict[str, int]:
    """What a page sends; raises :class:`BadInput` for a text that no page sends, and for a column that the list does not offer."""
    found = read_widths(written)
    if found is None:
        raise BadInput(msg("Please send the widths as “column:pixels”, with commas between."))
    offered = {naming_column(noun).name, *choosable(noun), *progress_columns(noun)}
    for name in found.keys() - offered:
        raise BadInput(msg("The list has no column “%(name)s”.", name=name[:40]))
    return found


def sizing_of(noun: Noun, opened: Opened) -> Sizing:
    """The widths by which the list is drawn: those of the address or of the saved view, else the person's own."""
    asked = dict(opened.query.asked).get("widths", "")
    widths = kept_widths(asked or opened.seen.widths)
    shown = {*(column.name for column in opened.columns), *progress_columns(noun)}
    return Sizing(
        action=url_for("ListsView.columns", name=noun.path),
        widths=tuple((name, width) for name, width in widths.items() if name in shown),
        in_address=bool(asked),
    )
