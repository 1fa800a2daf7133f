"""The statement of account: chosen, shown, printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from flask import g, render_template, request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.kernel.clock import today
from core.kernel.errors import BadInput, Malformed, NotFound
from core.kernel.words import msg
from core.web.access import needs
from core.web.doors import PRINT, leaves
from core.web.going import go
from core.web.pages import FieldKind, FormField, Page
from core.web.showing import view_name
from core.web.views import PluginView
from plugins.billing.permissions import STATEMENT
from plugins.billing.reports.statement import Statement, statement_of
from plugins.billing.rules.money import in_capitals
from plugins.customers.public import CUSTOMER_TABLE


@dataclass(frozen=True, kw_only=True)
class StatementPage(Page):
    """The question for customer and period, and the statement once it is asked for."""

    action: str
    asked: tuple[FormField, ...]
    found: Statement | None
    print_href: str
    template: ClassVar[str] = "billing/statement.html"


class StatementsView(PluginView):
    """Statements of account (R-233)."""

    plugin = "billing"
    resource = STATEMENT
    route_base = "/statements"

    @expose("/")
    @needs("read")
    def statement(self) -> Response:
        """The statement of a customer for a period; without a customer the question for one."""
        since, until = _period()
        found = self._found(since, until)
        printed: dict[str, Any] = {"customer": request.args.get("customer", ""), "since": str(since), "until": str(until)}
        page = StatementPage(
            title=msg("Statement of account"),
            action=url_for("StatementsView.statement"),
            asked=self._asked(found, since, until),
            found=found,
            print_href=url_for("StatementsView.printed", **printed) if found is not None else "",
        )
        return self.page(page)

    @expose("/print")
    @needs("read")
    @leaves(PRINT)
    def printed(self) -> Response:
        """The statement alone on a sheet, for the printer; without a customer the question for one."""
        found = self._found(*_period())
        if found is None:
            return go(url_for("StatementsView.statement"))
        membership: Any = g.membership
        words = {"capitals": in_capitals(found.closing), "company": membership.company_name, "on": today()}
        return Response(render_template("billing/statement_print.html", found=found, **words), mimetype="text/html")

    def _found(self, since: date, until: date) -> Statement | None:
        customer = request.args.get("customer", "")
        if not customer:
            return None
        if not (customer.isascii() and customer.isdigit() and len(customer) < 19):
            raise NotFound
        return statement_of(self.session, int(customer), since, until)

    def _asked(self, found: Statement | None, since: date, until: date) -> tuple[FormField, ...]:
        customers = self.nouns.by_table[CUSTOMER_TABLE]
        return (
            FormField(
                name="customer",
                label=msg("Customer"),
                kind=FieldKind.REFERENCE,
                value=str(found.customer_id) if found is not None else "",
                shown=found.customer if found is not None else "",
                required=True,
                search_href=url_for(f"{view_name(customers)}.choices"),
            ),
            FormField(name="since", label=msg("From"), kind=FieldKind.DATE, value=str(since)),
            FormField(name="until", label=msg("To"), kind=FieldKind.DATE, value=str(until)),
        )


def _period() -> tuple[date, date]:
    """The asked period; by default this year until today."""
    until = _day("until", today())
    since = _day("since", until.replace(month=1, day=1))
    if since > until:
        raise BadInput(msg("The period ends before it begins. Please check both days."))
    return since, until


def _day(name: str, default: date) -> date:
    text = request.args.get(name, "")
    if not text:
        return default
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Malformed(msg("This day does not exist. Please write it like 2026-03-18.")) from None
    if not date(1900, 1, 1) <= day <= date(2199, 12, 31) - timedelta(days=1):
        raise Malformed(msg("The year must lie between 1900 and 2199."))
    return day
