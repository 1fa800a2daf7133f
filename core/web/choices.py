"""Records to choose from in a form, as JSON for a pick list."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from werkzeug.wrappers import Response

from core.database.references import load_references
from core.web.listing import find, read_query
from core.web.nouns import Noun
from core.web.showing import heading_of


def choices_of(session: Any, noun: Noun) -> Response:
    """JSON for a pick list: ``{"items": [{"id", "text", "hint"}], "more": bool}``."""
    query = read_query(noun, request.args)
    found = find(session, noun, query)
    if noun.model.__told_with__:
        load_references(session, found.records, [noun.model.__told_with__])
    items = [
        {
            "id": str(record.id),
            "text": heading_of(noun, record),
            "hint": str(getattr(record, "code", "") or getattr(record, "number", "") or ""),
        }
        for record in found.records
    ]
    return jsonify({"items": items, "more": found.total > query.page * query.size or found.more})
