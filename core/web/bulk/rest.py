"""Changes of many records in REST: the order on a noun, and what became of it, by the verbs of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from flask import current_app, g, jsonify
from flask_appbuilder.api import expose
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core.audit.reasons import FIELD
from core.kernel.errors import BadInput, Malformed, NotFound
from core.kernel.words import msg
from core.web.access import needs
from core.web.bulk.asking import Order, is_small, order_for, order_for_whole, visible_picks
from core.web.bulk.models import CHANGE, BulkItem, BulkRun, Outcome
from core.web.bulk.offering import demand_offered
from core.web.bulk.ordering import order_of
from core.web.bulk.running import bring_to_end, counts_of, found_run
from core.web.gate import database_of
from core.web.input import body_of
from core.web.nouns import Noun, Nouns

MOST_RECORDS = 1_000
"""Records that one order names; more are asked for as the whole of a list."""
REFUSED = 100
"""Refused records that are told."""


class RestBulk:
    """One verb for many records of a noun; mixed into its REST class."""

    noun: Noun

    @expose("/bulk/<string:verb>", methods=["POST"])
    @needs("read")
    def bulk(self, verb: str) -> tuple[Response, int]:
        """Order ``change``, ``delete`` or a verb of the noun for many records.

        ``records`` are objects of ``id`` and the ``version`` that was read, or ``whole`` is true and ``query`` the query string of the
        list. ``values`` are the answers: for ``change`` the one field with its new value. Few records are done at once (201), more by a
        job (202): ask ``/api/v1/bulk/<id>`` for its end.
        """
        noun = self.noun
        if noun.plugin == "core":
            raise NotFound
        nouns: Nouns = current_app.extensions["keguan"].nouns
        if verb != CHANGE:
            demand_offered(nouns, noun, g.actor, verb)
        sent = body_of(records=list, whole=bool, query=str, values=dict, change_reason=str)
        field = next(iter(sent["values"]), "") if verb == CHANGE else ""
        if verb == CHANGE:
            demand_offered(nouns, noun, g.actor, verb, field)
        database = database_of()
        order = order_of(database.session(), noun, verb, field, sent["values"], sent[FIELD])
        with database.transaction() as session:
            run = _begun(session, order, sent)
            small = is_small(session, run)
        if small:
            bring_to_end(database, noun, run.id)
        return jsonify({"id": run.id, "result": run_as_json(database.session(), run.id)}), 201 if small else 202


def _begun(session: Session, order: Order, sent: Mapping[str, Any]) -> BulkRun:
    if sent["whole"]:
        return order_for_whole(session, order, sent["query"])
    picks = _picks(sent["records"])
    return order_for(session, order, visible_picks(session, order.noun, picks))


def _picks(records: list[Any]) -> dict[int, int]:
    """Records with the version that was read."""
    if len(records) > MOST_RECORDS:
        raise BadInput(msg("At most %(most)s records at once. Please ask for the whole of a list.", most=MOST_RECORDS))
    found: dict[int, int] = {}
    for one in records:
        record_id, version = (one.get("id"), one.get("version")) if isinstance(one, dict) else (None, None)
        if not (_is_number(record_id) and _is_number(version)):
            raise Malformed(msg("A record has its id and the version that was read."))
        found[record_id] = version
    return found


def _is_number(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 < value < 10**18


def run_as_json(session: Session, run_id: int) -> dict[str, Any]:
    """An order as REST shows it: how far it is, and why what was left was left."""
    run = found_run(session, run_id)
    asked = select(BulkItem.record_id, BulkItem.said).where(BulkItem.run_id == run.id, BulkItem.outcome == Outcome.REFUSED)
    refused = session.execute(asked.order_by(BulkItem.id).limit(REFUSED)).all()
    return {
        "id": run.id,
        "list": run.noun,
        "verb": run.what,
        "field": run.field,
        "state": str(run.state.value),
        "total": run.total,
        "counts": {str(outcome.value): number for outcome, number in counts_of(session, run.id).items()},
        "refused": [{"id": record_id, "reason": str(said or "")} for record_id, said in refused],
        "undoes": run.of_id,
    }
