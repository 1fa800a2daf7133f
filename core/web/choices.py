"""Records to choose from in a form, as JSON for a pick list."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from werkzeug.wrappers import Response

from core.web.listing import find, read_query
from core.web.nouns import Noun


def choices_of(session: Any, noun: Noun) -> Response:
    """JSON for a pick list: ``{"items": [{"id", "text", "hint"}], "more": bool}``."""
    query = read_query(noun, request.args)
    found = find(session, noun, query)
    items = [
        {"id": str(record.id), "text": str(record), "hint": str(getattr(record, "code", "") or getattr(record, "number", "") or "")}
        for record in found.records
    ]
    return jsonify({"items": items, "more": found.total > query.page * query.size or found.more})
