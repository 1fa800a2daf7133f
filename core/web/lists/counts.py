"""How many records the saved views above a list hold; asked for once the list is there, so that no list waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask_appbuilder import expose
from sqlalchemy import Select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from core.database.sessions import capped_counts
from core.kernel.errors import Malformed
from core.lists.queries import seen_list
from core.web import formats
from core.web.access import needs
from core.web.listing import read_query, statement, views_of
from core.web.lists.addresses import read_conditions
from core.web.nouns import Noun

CAP = 99
"""Records of a view that are counted; of more it is said that there are more."""
MOST = 30
"""Views whose records are counted, in one statement."""


class CountsOfViews:
    """What stands beside the names of the views of a list; mixed into the view of a noun."""

    noun: Noun
    session: Any

    @expose("/counts")
    @needs("read")
    def counts(self) -> Response:
        """The counts of all of them, by the places where they stand."""
        counts = {key: formats.count(*found) if found[0] else "" for key, found in counts_of(self.session, self.noun).items()}
        return Response(render_template("keguan/view_counts.html", counts=counts), mimetype="text/html")


def counts_of(session: Session, noun: Noun) -> Mapping[str, tuple[int, bool]]:
    """By the key of each declared view that calls for somebody, and by the id of each saved one, how many records it holds.

    Counted up to :data:`CAP`, and whether there are more; views that ask for what is no longer offered are left out.
    """
    asked = {view.key: f"view={view.key}" for view in views_of(noun) if view.calls}
    asked |= {str(view.id): view.conditions for view in seen_list(session, noun.path).views}
    held = {
        key: rows for key, written in list(asked.items())[:MOST] if (rows := _rows(session, noun, read_conditions(written))) is not None
    }
    return dict(zip(held, capped_counts(session, list(held.values()), CAP), strict=True))


def _rows(session: Session, noun: Noun, asked: MultiDict[str, str]) -> Select[Any] | None:
    try:
        return statement(session, noun, read_query(noun, asked))
    except Malformed:
        return None
