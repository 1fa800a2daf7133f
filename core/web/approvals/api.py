"""REST of approvals: ``/api/v1/approvals/``, its cases and the decisions about them, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g, jsonify, request
from flask_appbuilder.api import expose
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from core.approvals import operations as do
from core.approvals.chains import step_from
from core.approvals.models import ApprovalCase, CaseState
from core.approvals.queries import decided_by, of_modules, submitted_by, waiting_for
from core.audit.trail import plain
from core.database.sessions import capped_count
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import msg
from core.web.access import member
from core.web.api import PAGE, PluginApi
from core.web.approvals.showing import amount_of, kind_title, signatures, title_of
from core.web.approvals.wishes import wished
from core.web.input import body

SHOWN: dict[str, Callable[[Any], Any]] = {"mine": waiting_for, "submitted": submitted_by, "decided": decided_by}
LARGEST = 10_000


class ApprovalsApi(PluginApi):
    """The person's own approvals, for programs; the same verbs as the pages."""

    resource_name = "approvals"

    @expose("/", methods=["GET"])
    @member
    def inbox(self) -> Response:
        """Cases by ``show``: mine (default), submitted or decided; twenty on a page (``page`` from 0)."""
        shown = request.args.get("show", "mine")
        if shown not in SHOWN:
            raise NotFound
        text = request.args.get("page", "0")
        page = min(LARGEST, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 0
        asked = SHOWN[shown](g.actor)
        count, _ = capped_count(self.session, asked)
        found = self.session.scalars(asked.options(selectinload(ApprovalCase.filler)).limit(PAGE).offset(PAGE * page)).all()
        return jsonify({"count": count, "ids": [case.id for case in found], "result": [_case(case) for case in found]})

    @expose("/<id:pk>", methods=["GET"])
    @member
    def show(self, pk: int) -> Response:
        """One case with its signatures."""
        asked = select(ApprovalCase).where(ApprovalCase.id == pk, of_modules(g.actor)).options(selectinload(ApprovalCase.filler))
        case = self.session.scalars(asked).one_or_none()
        if case is None:
            raise NotFound
        cells = [
            {
                "step": str(cell.role),
                "name": str(cell.name),
                "verdict": str(cell.verdict.label) if cell.verdict is not None else None,
                "at": plain(cell.at),
                "opinion": str(cell.opinion),
                "signed": cell.signed,
            }
            for cell in signatures(self.session, case).cells
        ]
        told = [{"field": str(label), "old": str(old), "new": str(new)} for label, old, new in wished(self.session, case)]
        return jsonify({"id": case.id, "result": {**_case(case), "signatures": cells, "changes": told}})

    @expose("/", methods=["POST"])
    @member
    def submit(self) -> Response:
        """Hand a document in: ``{"kind", "record_id", "version", "note"}``."""
        sent = body()
        kind, record_id, version, note = (sent.get(name) for name in ("kind", "record_id", "version", "note"))
        whole = isinstance(record_id, int) and not isinstance(record_id, bool) and 0 < record_id < 2**63
        if not isinstance(kind, str) or not whole or not isinstance(version, int | None) or not isinstance(note, str | None):
            raise BadInput(msg("Please send kind, record_id, version and note."))
        case = self._use_case(lambda session: do.submit_document(session, kind, record_id, version, note=note))
        answer = jsonify({"id": case.id})
        answer.status_code = 201
        return answer

    @expose("/<id:pk>/<string:verb>", methods=["POST"])
    @member
    def act(self, pk: int, verb: str) -> Response:
        """``approve``, ``return``, ``reject`` with ``{"opinion"}``; ``withdraw`` and ``remind``."""
        deciding = {"approve": do.approve, "return": do.return_for_completion, "reject": do.reject}
        following = {"withdraw": do.withdraw, "remind": do.remind}
        opinion = body().get("opinion") if request.get_data() else None
        if not isinstance(opinion, str | None):
            raise BadInput(fields={"opinion": msg("This must be a text.")})
        if verb in deciding:
            case = self._use_case(lambda session: deciding[verb](session, pk, opinion=opinion))
        elif verb in following:
            case = self._use_case(lambda session: following[verb](session, pk))
        else:
            raise NotFound
        return jsonify({"id": case.id, "state": case.state.value})

    def _use_case(self, work: Callable[[Any], ApprovalCase]) -> ApprovalCase:
        from core.web.gate import database_of

        with database_of().transaction() as session:
            return work(session)


def _case(case: ApprovalCase) -> dict[str, Any]:
    running = case.state is CaseState.RUNNING
    return {
        "id": case.id,
        "title": title_of(case),
        "kind": case.kind,
        "kind_title": str(kind_title(case.kind)),
        "record_id": case.record_id,
        "filler": {"id": case.filler_id, "text": case.filler.name},
        "amount": plain(amount_of(case)),
        "state": case.state.value,
        "step": str(step_from(case.plan[case.step]).title) if running else None,
        "since": plain(case.step_since),
        "submitted_at": plain(case.created_at),
    }
