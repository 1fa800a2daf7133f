"""The statement of account: chosen, shown, printed through the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from flask import request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.exports.sources import Pairs, SheetSource
from core.extension.rights import PRINT
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict, KeguanError, Malformed, NotFound, TooLarge
from core.kernel.words import Message, msg
from core.web.access import needs
from core.web.doors import FORM, leaves
from core.web.pages import FieldKind, FormField, Page, Say, Verb
from core.web.printing import print_sheet, sheet_verb
from core.web.showing import view_name
from core.web.views import PluginView
from plugins.billing.permissions import STATEMENT
from plugins.billing.reports.statement import Statement, statement_of
from plugins.billing.views.statement_paper import paper_of
from plugins.customers.public import CUSTOMER_TABLE


@dataclass(frozen=True, kw_only=True)
class StatementPage(Page):
    """The question for customer and period, and the statement once it is asked for."""

    action: str
    asked: tuple[FormField, ...]
    found: Statement | None
    verbs: tuple[Verb, ...]
    says: tuple[Say, ...] = ()
    template: ClassVar[str] = "billing/statement.html"


def _period_in_words(asked: Pairs) -> Sequence[tuple[Message, str]]:
    said = dict(asked)
    return ((msg("Period"), f"{said.get('since', '')} – {said.get('until', '')}"),)


class StatementsView(PluginView):
    """Statements of account (R-233)."""

    plugin = "billing"
    resource = STATEMENT
    route_base = "/statements"
    sheet = SheetSource("statements", "billing", STATEMENT, msg("Statement of account"), CUSTOMER_TABLE, _period_in_words)

    @expose("/")
    @needs("read")
    def statement(self) -> Response:
        """The statement of a customer for a period; without a customer the question for one."""
        return self._shown(request.args)

    def _shown(self, asked: Mapping[str, str], error: KeguanError | None = None) -> Response:
        since, until = _period(asked)
        found = self._found(asked, since, until)
        hidden = (("customer", asked.get("customer", "")), ("since", str(since)), ("until", str(until)))
        page = StatementPage(
            title=msg("Statement of account"),
            action=url_for("StatementsView.statement"),
            asked=self._asked(found, since, until),
            found=found,
            verbs=sheet_verb(self.nouns, self.sheet, url_for("StatementsView.printed"), hidden) if found is not None else (),
            says=(Say(error.message),) if error is not None else (),
        )
        return self.page(page, error.status if error is not None else 200)

    @expose("/print", methods=["POST"])
    @needs(PRINT)
    @leaves(FORM)
    def printed(self) -> Response:
        """The statement as PDF, for a reason that the trail keeps."""
        asked = request.form
        since, until = _period(asked)
        found = self._found(asked, since, until)
        if found is None:
            return self._shown(asked, BadInput(msg("Please choose a customer.")))
        try:
            period = (("since", str(since)), ("until", str(until)))
            return print_sheet(self.sheet, found.customer_id, period, lambda head: paper_of(found, head))
        except (BadInput, Conflict, TooLarge) as error:
            return self._shown(asked, error)

    def _found(self, asked: Mapping[str, str], since: date, until: date) -> Statement | None:
        customer = asked.get("customer", "")
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


def _period(asked: Mapping[str, str]) -> tuple[date, date]:
    """The asked period; by default this year until today."""
    until = _day(asked, "until", today())
    since = _day(asked, "since", until.replace(month=1, day=1))
    if since > until:
        raise BadInput(msg("The period ends before it begins. Please check both days."))
    return since, until


def _day(asked: Mapping[str, str], name: str, default: date) -> date:
    text = asked.get(name, "")
    if not text:
        return default
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Malformed(msg("This day does not exist. Please write it like 2026-03-18.")) from None
    if not date(1900, 1, 1) <= day <= date(2199, 12, 31) - timedelta(days=1):
        raise Malformed(msg("The year must lie between 1900 and 2199. Please check it."))
    return day
