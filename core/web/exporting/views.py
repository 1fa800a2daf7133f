"""The export desk: what I asked for, what waits for me, what is left of today; the dialog, and each export with what may be done."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from core.exports.leaving import weigh
from core.exports.making import BEGUN, fetch_file, is_big, make_file, make_later
from core.exports.models import ExportRequest
from core.exports.operations import (
    APPROVE,
    RESOURCE,
    approve_export,
    demand_source,
    found_export,
    refuse_export,
    request_export,
    withdraw_export,
)
from core.exports.quotas import quota_of_today
from core.exports.sources import Pairs, source_called
from core.exports.states import ExportFormat, ExportState
from core.exports.terms import Wish
from core.kernel.errors import BadInput, Conflict, KeguanError
from core.kernel.words import msg
from core.web.access import member
from core.web.administration.settings import one_sentence
from core.web.doors import GATE, leaves
from core.web.exporting.asking import asking_page, ticked_columns
from core.web.exporting.sending import sent
from core.web.exporting.showing import FIELDS, export_page, quota_group, row_of
from core.web.gate import database_of
from core.web.going import go
from core.web.input import read_version
from core.web.pages import Say, SettingGroup, SettingsPage
from core.web.shell import say
from core.web.views import PluginView

SHOWN = 50
LONGEST_QUERY = 4_000


class ExportsView(PluginView):
    """Everybody sees the own exports; who may read exports sees those of the company (R-343, R-444)."""

    route_base = "/exports"

    @expose("/")
    @member
    def desk(self) -> Response:
        """The desk."""
        may_approve, may_read = g.actor.may(RESOURCE, APPROVE), g.actor.may(RESOURCE, "read")
        waiting, mine, others = self._waiting() if may_approve else [], self._mine(), self._others() if may_read else []
        groups = [SettingGroup(msg("Waiting for my decision"), tuple(row_of(one) for one in waiting), msg("Nothing is waiting for you."))]
        groups = groups if may_approve else []
        groups.append(
            SettingGroup(
                msg("My exports"),
                tuple(row_of(one) for one in mine),
                msg("You have not exported or printed anything yet. Use “Export” above a list or “Print” on a record."),
            )
        )
        if may_read:
            groups.append(SettingGroup(msg("Other people's exports"), tuple(row_of(one) for one in others)))
        groups.append(quota_group(quota_of_today(self.session)))
        return self.page(
            SettingsPage(
                title=msg("Exports"),
                groups=tuple(groups),
                lead=msg(
                    "Every export needs a reason and the approval of somebody else; it can be downloaded once, and all of it is recorded."
                ),
            )
        )

    def _requests(self, *conditions: Any) -> list[ExportRequest]:
        asked = select(ExportRequest).where(*conditions).options(selectinload(ExportRequest.asked_by))
        return list(self.session.scalars(asked.order_by(ExportRequest.id.desc()).limit(SHOWN)))

    def _waiting(self) -> list[ExportRequest]:
        return self._requests(ExportRequest.state == ExportState.WAITING, ExportRequest.asked_by_id != g.actor.employee_id)

    def _mine(self) -> list[ExportRequest]:
        return self._requests(ExportRequest.asked_by_id == g.actor.employee_id)

    def _others(self) -> list[ExportRequest]:
        return self._requests(ExportRequest.asked_by_id != g.actor.employee_id, ExportRequest.state != ExportState.WAITING)

    @expose("/new/<string:key>")
    @member
    def ask(self, key: str) -> Response:
        """The dialog above a list: what leaves, in which columns and format, and why."""
        return self._dialog(key, list(request.args.items(multi=True)))

    def _dialog(self, key: str, asked: Pairs, error: BadInput | None = None, status: int = 200) -> Response:
        source = source_called(key, g.actor)
        demand_source(g.actor, source)
        pairs = source.checked(asked)
        return self.page(asking_page(self.session, source, pairs, weigh(self.session, source, pairs), request.form, error), status)

    @expose("/new/<string:key>", methods=["POST"])
    @member
    def send(self, key: str) -> Response:
        """Ask for it."""
        asked = parse_qsl(request.form.get("asked", "")[:LONGEST_QUERY])
        try:
            wish = Wish(
                key,
                request.form.get("reason", ""),
                format_called(request.form.get("format", "")),
                asked,
                ticked_columns(source_called(key, g.actor), request.form),
                request.form.get("file_name", "")[:200],
                g.identity.language,
            )
            made = self.use_case(lambda session: request_export(session, wish))
        except BadInput as error:
            return self._dialog(key, asked, error, 422)
        except Conflict as error:
            return self._dialog(key, asked, BadInput(error.message), error.status)
        say(
            msg("Approved: the file can be downloaded now.")
            if made.state is ExportState.APPROVED
            else msg("Your export is waiting for approval; you will be notified.")
        )
        return go(url_for("ExportsView.show", pk=made.id))

    @expose("/<id:pk>")
    @member
    def show(self, pk: int, error: KeguanError | None = None) -> Response:
        """One export: what leaves, who asked and decided, what became of the file."""
        one = found_export(self.session, pk)
        says = (Say(one_sentence(error, FIELDS)),) if error else ()
        return self.page(export_page(self.session, one, says), error.status if error else 200)

    @expose("/<id:pk>/<any(approve, refuse, withdraw):verb>", methods=["POST"])
    @member
    def decide(self, pk: int, verb: str) -> Response:
        """Approve or refuse somebody else's wish, or take the own one back."""
        opinion = request.form.get("opinion", "")
        try:
            version = read_version(request.form.get("version", ""))
            self.use_case(lambda session: run_verb(session, verb, pk, version, opinion))
        except (BadInput, Conflict) as error:
            return self.show(pk, error)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        say(msg("Done."))
        return go(url_for("ExportsView.show", pk=pk))

    @expose("/<id:pk>/download", methods=["POST"])
    @member
    @leaves(GATE)
    def download(self, pk: int) -> Response:
        """The file, once: a small one is made now, for a big one a worker is asked."""
        try:
            one = found_export(self.session, pk)
            if one.state is ExportState.APPROVED and is_big(self.session, one):
                self.use_case(lambda session: make_later(session, pk, one.version))
                return go(url_for("ExportsView.show", pk=pk))
            if one.state in BEGUN:
                make_file(database_of(), pk)
            return sent(fetch_file(database_of(), pk))
        except Conflict as error:
            return self.show(pk, error)  # type: ignore[no-any-return]  # FAB's decorator is untyped


def run_verb(session: Any, verb: str, pk: int, version: int, opinion: str) -> ExportRequest:
    """One decision on an export, by the word that pages and REST use."""
    if verb == "approve":
        return approve_export(session, pk, version, opinion)
    if verb == "refuse":
        return refuse_export(session, pk, version, opinion)
    return withdraw_export(session, pk, version)


def format_called(name: str) -> ExportFormat:
    """The format called ``name``; :class:`BadInput` for another one."""
    if name not in {str(one.value) for one in ExportFormat}:
        raise BadInput(fields={"format": msg("Please choose one of the formats that are offered.")})
    return ExportFormat(name)
