"""Stand-ins: who decides in my place from a day to a day, and for whom I stand in."""

from __future__ import annotations

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.access.guard import as_system
from core.approvals import operations as do
from core.approvals.models import Delegation
from core.database.fields import Field
from core.kernel.clock import today
from core.kernel.errors import BadInput, KeguanError
from core.kernel.words import msg
from core.organisation.models import Employee
from core.web.access import member
from core.web.administration.settings import one_sentence, typed
from core.web.going import go
from core.web.pages import Link, Say, SettingGroup, SettingRow, SettingsPage, Tag, Tone, Verb
from core.web.shell import say
from core.web.showing import form_field, texts_of
from core.web.values import load
from core.web.views import PluginView

TAKER = Field("reference", msg("Delegate"), "taker", required=True, target="core_employee")
FIRST = Field("date", msg("From"), "first_on", required=True)
LAST = Field("date", msg("Until"), "last_on", required=True)
REASON = Field("text", msg("Reason"), "reason", max_length=200)
ASKED = (TAKER, FIRST, LAST, REASON)


class DelegationsView(PluginView):
    """The person's own delegations."""

    route_base = "/delegations"

    @expose("/")
    @member
    def delegations(self, error: KeguanError | None = None) -> Response:
        """Who stands in for me, and for whom I stand in."""
        mine = self.session.scalars(
            select(Delegation).where(Delegation.giver_id == g.actor.employee_id).order_by(Delegation.id.desc()).limit(50)
        ).all()
        with as_system(self.session, "delegations to the person who asks"):
            wanted = select(Delegation, Employee.name).join(Employee, Employee.id == Delegation.giver_id)
            others = self.session.execute(
                wanted.where(Delegation.taker_id == g.actor.employee_id, Delegation.ended_at.is_(None), Delegation.last_on >= today())
            ).all()
        page = SettingsPage(
            title=msg("Delegations"),
            crumbs=(Link(msg("Approvals"), url_for("ApprovalsView.inbox")),),
            back=Link(msg("Approvals"), url_for("ApprovalsView.inbox")),
            lead=msg("While you are away someone else decides in your place, sees what is waiting for you, and signs in their own name."),
            groups=(
                SettingGroup(msg("Who stands in for me"), tuple(self._mine(one) for one in mine), msg("Nobody stands in for you.")),
                SettingGroup(msg("For whom I stand in"), tuple(_other(one, name) for one, name in others), msg("You stand in for nobody.")),
            ),
            verbs=(self._new(),),
            says=(Say(one_sentence(error, {field.name: field.label for field in ASKED})),) if error else (),
        )
        return self.page(page, error.status if error else 200)

    def _mine(self, one: Delegation) -> SettingRow:
        live = one.ended_at is None and one.last_on >= today()
        state = Tag(msg("in force"), Tone.GOOD) if live and one.first_on <= today() else Tag(msg("upcoming"), Tone.WAIT) if live else None
        end = Verb(msg("I am back"), url_for("DelegationsView.end", pk=one.id), "x")
        return SettingRow(
            one.taker.name, one.reason or "", _days(one), tags=(state,) if state else (), verbs=(end,) if live else (), off=not live
        )

    def _new(self) -> Verb:
        sent = {field.name: typed(field.name) for field in ASKED}
        texts = texts_of(self.session, self.nouns, {TAKER.name: TAKER}, sent)
        asked = tuple(form_field(self.nouns, field, sent[field.name], shown=texts.get(field.name, "")) for field in ASKED)
        return Verb(msg("I will be away"), url_for("DelegationsView.delegate"), "user-share", fields=asked, primary=True)

    @expose("/", methods=["POST"])
    @member
    def delegate(self) -> Response:
        """Let somebody stand in."""
        try:
            values = load(ASKED, {field.name: request.form.get(field.name, "") for field in ASKED})
            self.use_case(lambda session: do.delegate(session, **values))
        except BadInput as error:
            return self.delegations(error)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        say(msg("Your delegate decides in your place on these days."))
        return go(url_for("DelegationsView.delegations"))

    @expose("/<id:pk>/end", methods=["POST"])
    @member
    def end(self, pk: int) -> Response:
        """I am back."""
        self.use_case(lambda session: do.end_delegation(session, pk))
        say(msg("The delegation has ended."))
        return go(url_for("DelegationsView.delegations"))


def _days(one: Delegation) -> str:
    return f"{one.first_on} – {one.last_on}"


def _other(one: Delegation, name: str) -> SettingRow:
    return SettingRow(name, one.reason or "", _days(one))
