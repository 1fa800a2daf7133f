"""REST of the own orders for many records: how far one is, stopping it, the way back."""

from __future__ import annotations

from flask import current_app, g, jsonify
from flask_appbuilder.api import expose
from werkzeug.wrappers import Response

from core.web.access import member
from core.web.api import PluginApi
from core.web.bulk.asking import is_small
from core.web.bulk.ordering import noun_of
from core.web.bulk.rest import run_as_json
from core.web.bulk.running import bring_to_end, found_run, stop_run
from core.web.bulk.undoing import order_undo
from core.web.gate import database_of
from core.web.nouns import Noun


class BulkApi(PluginApi):
    """Everybody sees the own orders."""

    resource_name = "bulk"

    @expose("/<id:pk>", methods=["GET"])
    @member
    def get(self, pk: int) -> Response:
        """One order."""
        self._noun(pk)
        return jsonify({"id": pk, "result": run_as_json(self.session, pk)})

    @expose("/<id:pk>/undo", methods=["POST"])
    @member
    def undo(self, pk: int) -> tuple[Response, int]:
        """Put back what the order has changed, as far as nobody has changed it since; the answer is the new order."""
        noun = self._noun(pk)
        with database_of().transaction() as session:
            run = order_undo(session, noun, pk)
            small = is_small(session, run)
        if small:
            bring_to_end(database_of(), noun, run.id)
        return jsonify({"id": run.id, "result": run_as_json(self.session, run.id)}), 201 if small else 202

    @expose("/<id:pk>/cancel", methods=["POST"])
    @member
    def cancel(self, pk: int) -> Response:
        """Stop; what has been changed stays changed, and can be taken back."""
        self._noun(pk)
        with database_of().transaction() as session:
            run = stop_run(session, pk)
        return jsonify({"id": pk, "result": run_as_json(self.session, run.id)})

    def _noun(self, pk: int) -> Noun:
        return noun_of(current_app.extensions["keguan"].nouns, found_run(self.session, pk), g.actor)
