"""The ageing analysis: the table, and the parts behind each of its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.kernel.clock import today
from core.kernel.errors import Malformed
from core.kernel.money import to_fen
from core.kernel.words import Day, msg, on_day
from core.web.access import needs
from core.web.pages import CardPlace, Column, ColumnKind, Link, Page, Pager, PanelPage, RelatedTable, Row, Tag, Tone
from core.web.paging import cut
from core.web.views import PluginView
from plugins.billing.permissions import AGEING
from plugins.billing.reports.ageing import Ageing, By, OpenPart, ageing, bands_in_force, open_on
from plugins.billing.reports.ageing import Row as AgeingRow


@dataclass(frozen=True, kw_only=True)
class AgeingPage(Page):
    """The analysis as a table whose numbers are doors."""

    tabs: tuple[Link, ...]
    found: Ageing
    rows: Sequence[AgeingRow]
    pager: Pager | None
    on: Day | str
    template: ClassVar[str] = "billing/ageing.html"


class AgeingView(PluginView):
    """Receivables by age (R-234)."""

    plugin = "billing"
    resource = AGEING
    route_base = "/ageing"

    @expose("/")
    @needs("read")
    def ageing(self) -> Response:
        """What is open by customer, contract or salesperson."""
        by = _asked_by()
        tabs = tuple(Link(one.label, url_for("AgeingView.ageing", by=one.value), current=one is by) for one in By)
        found = ageing(self.session, by, today())
        rows, pager = cut(found.rows, lambda page: url_for("AgeingView.ageing", by=by.value, page=page))
        return self.page(AgeingPage(title=msg("Ageing analysis"), tabs=tabs, found=found, rows=rows, pager=pager, on=on_day(today())))

    @expose("/parts")
    @needs("read")
    def parts(self) -> Response:
        """The parts of payment schedules behind one number."""
        by, key, band = _asked_by(), request.args.get("key", ""), request.args.get("band", "")
        if key and not (key.isascii() and key.isdigit() and len(key) < 19):
            raise Malformed(msg("This number of the analysis does not exist. Please open it from the table."))
        known = {one.key: one for one in bands_in_force(self.session)}
        if band and band not in known:
            raise Malformed(msg("This number of the analysis does not exist. Please open it from the table."))
        found = [
            part for part in open_on(self.session, today()) if (not key or part.key(by) == int(key)) and (not band or part.band.key == band)
        ]
        back = Link(msg("Ageing analysis"), url_for("AgeingView.ageing", by=by.value))
        title = msg("Open parts: %(band)s", band=known[band].label) if band else msg("Open parts")
        rows, pager = cut(found, lambda page: url_for("AgeingView.parts", by=by.value, key=key, band=band, page=page))
        return self.page(PanelPage(title=title, crumbs=(back,), back=back, blocks=(_table(found, rows, pager),), wide=True))


def _asked_by() -> By:
    try:
        return By(request.args.get("by", By.CUSTOMER.value))
    except ValueError:
        raise Malformed(msg("The analysis is made by customer, by contract or by salesperson.")) from None


def _table(found: Sequence[OpenPart], shown: Sequence[OpenPart], pager: Pager | None) -> RelatedTable:
    """A page of the parts; the sum is that of all of them."""
    columns = (
        Column("contract", msg("Contract"), ColumnKind.NAME, place=CardPlace.NAME),
        Column("customer", msg("Customer"), place=CardPlace.OWNER),
        Column("part", msg("Part"), place=CardPlace.CHOSEN),
        Column("state", msg("State"), ColumnKind.TAG, place=CardPlace.STATE),
        Column("due_on", msg("Due on"), ColumnKind.DATE, place=CardPlace.LAST),
        Column("days", msg("Days overdue"), ColumnKind.DAYS_LATE, place=CardPlace.CHOSEN),
        Column("amount", msg("Amount"), ColumnKind.EXACT_MONEY, place=CardPlace.CHOSEN),
        Column("open", msg("Still open"), ColumnKind.EXACT_MONEY, place=CardPlace.SUM),
    )
    rows = tuple(_row(part) for part in shown)
    total = to_fen(sum((part.open for part in found), start=found[0].open * 0)) if found else 0
    totals = (msg("Total"), None, None, None, None, None, None, total) if found else ()
    empty = msg("Nothing is open here.")
    return RelatedTable(title=msg("Parts of payment schedules"), columns=columns, rows=rows, totals=totals, empty=empty, pager=pager)


def _row(part: OpenPart) -> Row:
    agreed = part.due.part
    url = url_for("ContractsView.show", pk=agreed.contract_id)
    cells = (
        f"{part.due.number} {part.due.title}",
        part.customer,
        str(msg("%(number)s: %(title)s", number=agreed.position, title=agreed.title)),  # below the word “Part”
        Tag(agreed.state.label, Tone(agreed.state.tone)),
        agreed.due_on,
        part.days if part.days > 0 else None,
        to_fen(agreed.amount),
        to_fen(part.open),
    )
    return Row(str(agreed.id), url, cells)
