"""The customer directory: whose customer a company is, for all staff; the declared channel C-01 (R-016)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.kernel.words import Message, msg
from core.web.access import needs
from core.web.pages import CardPlace, Column, ColumnKind, Empty, EmptyKind, Page, Row, Say, Tone
from core.web.views import PluginView
from plugins.customers.errors import NamesHidden, TermTooShort
from plugins.customers.permissions import DIRECTORY, LOOK_UP
from plugins.customers.queries import FOUND, DirectoryEntry, look_up, may_look_up

LONGEST = 100
COLUMNS = (
    Column("name", msg("Customer name"), ColumnKind.NAME, place=CardPlace.NAME),
    Column("owner", msg("Owner"), place=CardPlace.OWNER),
    Column("last_contact", msg("Last contact"), ColumnKind.DATE, place=CardPlace.LAST),
)
NOT_ASKED = Empty(
    EmptyKind.FIRST,
    msg("Whose customer is it?"),
    msg("Enter a part of a company's name to learn who follows it and when it was last contacted; details come by sharing from the owner."),
    icon="address-book",
)
NOTHING = Empty(
    EmptyKind.NO_MATCH,
    msg("No customer is called so"),
    msg("Please check the spelling, or enter a shorter part of the name. Customers who are private persons are not listed here."),
)
SHARING = msg("You may not open customers without a link: details come by sharing. Please ask the owner to share the customer with you.")


@dataclass(frozen=True, kw_only=True)
class DirectoryPage(Page):
    """The question for a name, and the few customers that have it. Without ``empty`` and rows only the question, or why it is not open."""

    sought: str
    open: bool
    rows: tuple[Row, ...] = ()
    empty: Empty | None = None
    note: Message | None = None
    columns: ClassVar[tuple[Column, ...]] = COLUMNS
    longest: ClassVar[int] = LONGEST
    template: ClassVar[str] = "customers/directory.html"


class DirectoryView(PluginView):
    """Whose customer a company is."""

    plugin = "customers"
    resource = DIRECTORY
    route_base = "/directory"

    @expose("/")
    @needs(LOOK_UP)
    def directory(self) -> Response:
        """Name, owner and day of the last contact of the customers that are called so, and no more."""
        sought = request.args.get("q", "").strip()[:LONGEST]
        if not may_look_up():
            refused = NamesHidden()
            return self._page("", (Say(refused.message, Tone.WAIT),), refused.status, open=False)
        if not sought:
            return self._page("", empty=NOT_ASKED)
        try:
            found, more = look_up(self.session, sought)
        except TermTooShort as error:
            return self._page(sought, (Say(error.message),), error.status)
        rows = tuple(_row(number, one) for number, one in enumerate(found, 1))
        note = SHARING if any(one.record_id is None for one in found) else None
        return self._page(sought, _more(found, more=more), rows=rows, note=note, empty=None if rows or more else NOTHING)

    def _page(self, sought: str, says: tuple[Say, ...] = (), status: int = 200, *, open: bool = True, **shown: object) -> Response:  # noqa: A002
        page = DirectoryPage(title=msg("Customer directory"), sought=sought, says=says, open=open, **shown)  # type: ignore[arg-type]
        return self.page(page, status)


def _more(found: Sequence[DirectoryEntry], *, more: bool) -> tuple[Say, ...]:
    if not more:
        return ()
    shown = msg("More than %(number)s customers match; %(number)s are shown. Please enter more of the name.", number=FOUND)
    meant = msg("Too many customers could be meant, so not all of them were compared. Please enter more of the name.")
    return (Say(shown if len(found) == FOUND else meant, Tone.RUN),)


def _row(number: int, one: DirectoryEntry) -> Row:
    """A row that is known by its place, because the number of a record is none of the three facts."""
    href = url_for("CustomersView.show", pk=one.record_id) if one.record_id is not None else ""
    return Row(str(number), href, (one.name, one.owner, one.last_contact_on))
