"""REST of the export gate: the same verbs as the pages, the file by POST because it can be had once."""

from __future__ import annotations

from typing import Any

from flask import g, jsonify, request
from flask_appbuilder.api import expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.exports.making import BEGUN, fetch_file, is_being_made, is_big, make_file, make_later
from core.exports.models import ExportRequest
from core.exports.operations import found_export, request_export
from core.exports.states import ExportState
from core.exports.terms import Wish
from core.kernel.errors import Malformed
from core.kernel.words import msg
from core.web.access import member
from core.web.api import PAGE, PluginApi
from core.web.doors import GATE, leaves
from core.web.exporting.sending import sent
from core.web.exporting.views import format_called, run_verb
from core.web.gate import database_of
from core.web.input import body, read_version


class ExportsApi(PluginApi):
    """Exports of the person, and of the company for who may read them."""

    resource_name = "exports"

    @expose("/", methods=["GET"])
    @member
    def get_list(self) -> Response:
        """The newest exports, twenty to a page; ``?page=`` counts from 0."""
        page = request.args.get("page", "0")
        if not (page.isascii() and page.isdigit() and len(page) < 6):
            raise Malformed(msg("A page number is a whole number."))
        asked = select(ExportRequest).order_by(ExportRequest.id.desc()).limit(PAGE).offset(int(page) * PAGE)
        found = self.session.scalars(asked).all()
        return jsonify({"ids": [one.id for one in found], "result": [as_json(one) for one in found]})

    @expose("/<id:pk>", methods=["GET"])
    @member
    def get(self, pk: int) -> Response:
        """One export."""
        return jsonify({"id": pk, "result": as_json(found_export(self.session, pk))})

    @expose("/", methods=["POST"])
    @member
    def post(self) -> tuple[Response, int]:
        """Ask: ``list``, ``reason``, ``format``, and where wanted ``filters`` (an object as in the address of the list), ``columns``,
        ``file_name``."""
        sent_body = body()
        wish = Wish(
            _text(sent_body, "list"),
            _text(sent_body, "reason"),
            format_called(_text(sent_body, "format")),
            _pairs(sent_body.get("filters", {})),
            tuple(_texts(sent_body.get("columns", []))),
            _text(sent_body, "file_name")[:200],
            g.identity.language,
        )
        with database_of().transaction() as session:
            made = request_export(session, wish)
        return jsonify({"id": made.id, "result": as_json(made)}), 201

    @expose("/<id:pk>/<any(approve, refuse, withdraw):verb>", methods=["POST"])
    @member
    def decide(self, pk: int, verb: str) -> Response:
        """Decide, or take the own wish back; ``version`` and ``opinion`` in the body."""
        sent_body = body()
        version = read_version(sent_body.get("version"))
        with database_of().transaction() as session:
            one = run_verb(session, verb, pk, version, _text(sent_body, "opinion"))
        return jsonify({"id": pk, "result": as_json(one)})

    @expose("/<id:pk>/download", methods=["POST"])
    @member
    @leaves(GATE)
    def download(self, pk: int) -> Any:
        """The file, once. A big one answers 202 until a worker has made it: ask again."""
        one = found_export(self.session, pk)
        if one.state is ExportState.APPROVED and is_big(self.session, one):
            with database_of().transaction() as session:
                one = make_later(session, pk, one.version)
        if is_being_made(one) and one.asked_by_id == g.actor.employee_id:
            return jsonify({"id": pk, "result": as_json(one)}), 202
        if one.state in BEGUN:
            make_file(database_of(), pk)
        return sent(fetch_file(database_of(), pk))


def as_json(one: ExportRequest) -> dict[str, Any]:
    """An export as REST shows it."""
    moments = {name: getattr(one, name) for name in ("created_at", "decided_at", "expires_at", "fetched_at")}
    return {
        "id": one.id,
        "version": one.version,
        "list": one.source,
        "filters": one.asked,
        "columns": one.columns,
        "rows": one.rows,
        "format": str(one.format.value),
        "reason": one.reason,
        "file_name": one.file_name,
        "state": str(one.state.value),
        "asked_by": one.asked_by_id,
        "decided_by": one.decided_by_id,
        "opinion": one.opinion,
        "why": str(one.why) if one.why is not None else None,
        "written": one.written,
        "size": one.size,
        "sha256": one.sha256,
        **{name: moment.isoformat() if moment is not None else None for name, moment in moments.items()},
    }


def _text(sent_body: dict[str, Any], name: str) -> str:
    value = sent_body.get(name, "")
    if not isinstance(value, str):
        raise Malformed(msg("“%(name)s” is a text.", name=name))
    return value


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Malformed(msg("“%(name)s” is a list of texts.", name="columns"))
    return value


def _pairs(value: Any) -> list[tuple[str, str]]:
    if not isinstance(value, dict):
        raise Malformed(msg("Please send one JSON object."))
    return [(str(name), str(one)) for name, many in value.items() for one in (many if isinstance(many, list) else [many])]
