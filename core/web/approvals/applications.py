"""Access of other departments: applying, granting for a time, revoking (R-055, R-298)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from core.access.models import Role
from core.approvals import operations as do
from core.approvals.models import AccessApplication, ApplicationState
from core.database.fields import Field
from core.kernel.errors import BadInput, Conflict, KeguanError
from core.kernel.words import msg, on_day
from core.web.access import member, needs
from core.web.administration.settings import one_sentence, typed
from core.web.going import go
from core.web.input import read_version
from core.web.pages import FieldKind, FormField, Option, Say, SettingGroup, SettingRow, SettingsPage, Tag, Tone, Verb
from core.web.shell import say
from core.web.showing import form_field, texts_of
from core.web.values import load
from core.web.views import PluginView

NAME = Field("text", msg("For whom"), "name", required=True, max_length=80)
DEPARTMENT = Field("reference", msg("Department"), "department", required=True, target="core_department")
ROLE = Field("reference", msg("Role wanted"), "role", required=True, target="core_role")
UNTIL = Field("date", msg("Until"), "until", required=True)
WHY = Field("long_text", msg("Reason"), "reason", required=True, max_length=1_000)
ASKED = (NAME, DEPARTMENT, ROLE, UNTIL, WHY)
PERSON = Field("reference", msg("Granted to"), "employee", required=True, target="core_employee")
REVOKED = Field("text", msg("Reason"), "reason", required=True, max_length=500)
SHOWN = 100


class AccessApplicationsView(PluginView):
    """One's own applications; for those who grant, all of them."""

    route_base = "/access-applications"
    resource = "core.access_application"

    @expose("/")
    @member
    def applications(self, error: KeguanError | None = None) -> Response:
        """Applications that the person may see, newest first."""
        asked = select(AccessApplication).options(
            selectinload(AccessApplication.role), selectinload(AccessApplication.department), selectinload(AccessApplication.applicant)
        )
        found = self.session.scalars(asked.order_by(AccessApplication.id.desc()).limit(SHOWN)).all()
        waiting = [one for one in found if one.state is ApplicationState.APPROVED]
        others = [one for one in found if one.state is not ApplicationState.APPROVED]
        groups = [SettingGroup(msg("Applications"), tuple(self._row(one) for one in others), msg("Nobody has applied for access yet."))]
        if waiting:
            groups.insert(0, SettingGroup(msg("To be granted"), tuple(self._row(one) for one in waiting)))
        labels = {field.name: field.label for field in (*ASKED, PERSON)}
        page = SettingsPage(
            title=msg("Access applications"),
            lead=msg(
                "Staff of other departments apply; marketing management and the company leader approve; network management grants access."
            ),
            groups=tuple(groups),
            verbs=(self._apply(),),
            says=(Say(one_sentence(error, labels)),) if error else (),
        )
        return self.page(page, error.status if error else 200)

    def _row(self, one: AccessApplication) -> SettingRow:
        note = msg(
            "%(department)s, applied for by %(who)s: %(reason)s", department=one.department.name, who=one.applicant.name, reason=one.reason
        )
        value = msg("%(role)s until %(day)s", role=one.role.name, day=on_day(one.until))
        tag = Tag(one.state.label, Tone(one.state.tone))
        return SettingRow(one.name, note, value, tags=(tag,), verbs=self._verbs(one))

    def _verbs(self, one: AccessApplication) -> tuple[Verb, ...]:
        if not g.actor.may(self.resource, "grant"):
            return ()
        hidden = (("version", str(one.version)),)
        if one.state is ApplicationState.APPROVED:
            who = form_field(self.nouns, PERSON, typed("employee"))
            return (Verb(msg("Grant"), url_for("AccessApplicationsView.grant", pk=one.id), "key", hidden, fields=(who,), primary=True),)
        if one.state is ApplicationState.GRANTED:
            why = form_field(self.nouns, REVOKED, "")
            return (Verb(msg("Revoke"), url_for("AccessApplicationsView.revoke", pk=one.id), "x", hidden, fields=(why,)),)
        return ()

    def _apply(self) -> Verb:
        sent = {field.name: typed(field.name) for field in ASKED}
        texts = texts_of(self.session, self.nouns, {DEPARTMENT.name: DEPARTMENT}, sent)
        asked: list[FormField] = []
        for field in ASKED:
            if field is ROLE:
                asked.append(self._roles(sent["role"]))
            else:
                asked.append(form_field(self.nouns, field, sent[field.name], shown=texts.get(field.name, "")))
        return Verb(msg("Apply for access"), url_for("AccessApplicationsView.apply"), "plus", fields=tuple(asked), primary=True)

    def _roles(self, value: str) -> FormField:
        roles = self.session.scalars(select(Role).where(Role.active).order_by(Role.id)).all()
        return FormField(
            "role", ROLE.label, FieldKind.CHOICE, value, required=True, options=tuple(Option(str(one.id), one.name) for one in roles)
        )

    @expose("/", methods=["POST"])
    @member
    def apply(self) -> Response:
        """Apply; it goes into approval at once."""
        return self._do(lambda: load(ASKED, self._sent(ASKED)), do.apply_for_access, msg("The application is in approval."))

    @expose("/<id:pk>/grant", methods=["POST"])
    @needs("grant")
    def grant(self, pk: int) -> Response:
        """Give the approved role for the approved time."""
        return self._on_one(pk, (PERSON,), do.grant_access, msg("Access has been granted."))

    @expose("/<id:pk>/revoke", methods=["POST"])
    @needs("grant")
    def revoke(self, pk: int) -> Response:
        """Take back what was granted."""
        return self._on_one(pk, (REVOKED,), do.revoke_access, msg("Access has been revoked."))

    def _on_one(self, pk: int, asked: tuple[Field, ...], verb: Callable[..., Any], done: Any) -> Response:
        version = read_version(request.form.get("version", ""))
        return self._do(lambda: load(asked, self._sent(asked)), lambda session, values: verb(session, pk, version, **values), done)

    def _sent(self, asked: tuple[Field, ...]) -> dict[str, str]:
        return {field.name: request.form.get(field.name, "") for field in asked}

    def _do(self, read: Callable[[], dict[str, Any]], verb: Callable[..., Any], done: Any) -> Response:
        try:
            values = read()
            self.use_case(lambda session: verb(session, values))
        except (BadInput, Conflict) as error:
            return self.applications(error)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        say(done)
        return go(url_for("AccessApplicationsView.applications"))
