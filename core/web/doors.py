"""The last look at every answer: nothing that carries a file leaves by a door that the gate does not know, and reading is counted.

A door is declared on its route: ``@leaves("print")``. An answer with a file from any other route is refused, whoever wrote it.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Flask, current_app, g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from core.audit.reads import note_read
from core.database.sessions import Database
from core.exports.reading import FILES, Level, begin_counting, end_counting, first_look, is_over, note_seen, sentence_for
from core.kernel.errors import Forbidden
from core.kernel.words import Message, msg
from core.web.failures import answer
from core.web.gate import is_api

log = logging.getLogger("keguan.web")
F = TypeVar("F", bound=Callable[..., Any])

GATE, FORM, FILE, FEED, OWN, BLANK = "gate", "form", "file", "feed", "own", "blank"
DOORS: Mapping[str, Message] = {
    GATE: msg("Export, approved and downloaded once"),
    FORM: msg("The form of one record or a sheet about it, with reason, mark and quota"),
    FILE: msg("One file of a record, kept in the trail"),
    FEED: msg("Own days on a calendar feed, approved, looked at again at every fetch"),
    OWN: msg("Rows that whoever downloads them has handed in, kept in the trail"),
    BLANK: msg("An empty form without any record"),
}
PLAIN = ("text/html", "application/json", "text/plain; version=0.0.4", "text/plain")
"""What pages and programs are answered with; anything else is a file."""
UNCOUNTED = ("ExportsView.download", "ExportsApi.download", "FeedsView.feed")


def leaves(door: str) -> Callable[[F], F]:
    """Declare that the route lets data out by ``door``, one of :data:`DOORS`."""

    def mark(function: F) -> F:
        function.__dict__["keguan_door"] = door
        return function

    return mark


def only_tells(function: F) -> F:
    """Declare that the route changes nothing although it is asked by POST: its answer is held back as that of any other page is."""
    function.__dict__["keguan_only_tells"] = True
    return function


def door_of(view_function: Any) -> str:
    """The door that a registered view function has declared; empty when it lets nothing out."""
    return str(_declared(view_function, "keguan_door") or "")


def _declared(view_function: Any, what: str) -> Any:
    return getattr(getattr(view_function, "__func__", view_function), what, None)


def carries_file(response: Response) -> bool:
    """Whether the answer is something to be kept rather than looked at."""
    named = "attachment" in response.headers.get("Content-Disposition", "")
    return named or (bool(response.mimetype) and response.mimetype not in PLAIN and response.status_code == 200)


def install_doors(app: Flask, database: Database) -> None:
    """Look at every answer; to be called right after the gate."""

    @app.before_request
    def look_in() -> None:
        end_counting()
        if g.get("actor") is None or request.endpoint in UNCOUNTED:
            return
        if is_api() and request.method not in ("GET", "HEAD") and is_over(g.actor):
            raise Forbidden(sentence_for(Level.CONFIRM))  # what comes after a change cannot be held back
        begin_counting()

    @app.after_request
    def look_out(response: Response) -> Response:
        looked_at = end_counting()
        if request.endpoint == "static" or request.endpoint is None:
            return response
        view = app.view_functions.get(request.endpoint)
        door = door_of(view)
        if carries_file(response) and not door:
            log.error("%s sends a file and is no door of the gate", request.endpoint)
            return answer(403, msg("This file was withheld because it did not pass the export gate."))
        if g.get("actor") is not None and request.endpoint not in UNCOUNTED:
            looked_at = {**named_in(app, response, looked_at), **_handed_out(door, response)}
        level = note_seen(database.session(), database, g.actor, looked_at) if looked_at else None
        held = response if level is None else _held_back(response, level, only_told=bool(_declared(view, "keguan_only_tells")))
        if held is response:
            _note_file(database, door, response)
        return held


def _note_file(database: Database, door: str, response: Response) -> None:
    """What is kept leaves a row each time; what is only shown inside a page leaves one a day, for it can be kept as well."""
    if door not in (FILE, OWN) or response.status_code != 200:
        return
    if "attachment" in response.headers.get("Content-Disposition", "") or door == OWN:
        note_read(database.session(), "export", subject=request.path[:250], door=door)
    elif first_look(g.actor, int((request.view_args or {})["file_id"])):
        note_read(database.session(), "preview", subject=request.path[:250])


def _without_records(response: Response, level: Level) -> Response:
    """A change over REST is told as done, without the record that it was made to: whoever reads too much does not read by writing."""
    told = response.get_json(silent=True) if response.mimetype == "application/json" else None
    kept = {"id": told["id"]} if isinstance(told, dict) and "id" in told else {}
    response.set_data(json.dumps({**kept, "message": str(sentence_for(level))}, ensure_ascii=False))
    return response


def _handed_out(door: str, response: Response) -> Mapping[str, set[int]]:
    """The file of a record that the answer is, shown inside a page or not."""
    if door != FILE or response.status_code != 200:
        return {}
    return {FILES: {int((request.view_args or {})["file_id"])}}


def named_in(app: Flask, response: Response, looked_at: Mapping[str, set[int]]) -> Mapping[str, set[int]]:
    """What was loaded, and whatever else the answer leads to: rows that were read as bare columns show their address at least."""
    if response.status_code >= 300 or response.direct_passthrough or response.mimetype not in PLAIN:
        return looked_at
    tables = _counted(app)
    found = {table: set(ids) for table, ids in looked_at.items()}
    for path, number in _ADDRESS.findall(response.get_data()):
        if table := tables.get(path):
            found.setdefault(table, set()).add(int(number))
    return found


_ADDRESS = re.compile(rb"/([a-z-]{2,40})/([1-9]\d{0,17})\b")


def _counted(app: Flask) -> Mapping[bytes, str]:
    """Tables of counted records by the path of their noun."""
    known: Mapping[bytes, str] | None = app.extensions.get("keguan_counted")
    if known is None:
        nouns = app.extensions["keguan"].nouns.by_path.values()
        known = {noun.path.encode(): noun.model.__tablename__ for noun in nouns if noun.model.__counted__}
        app.extensions["keguan_counted"] = known
    return known


def _held_back(response: Response, level: Level, *, only_told: bool) -> Response:
    """Instead of the page: the question for the password, or the sentence. What has changed something is answered, over REST without
    the record."""
    if request.method not in ("GET", "HEAD") and response.status_code < 400 and not only_told:
        return _without_records(response, level) if is_api() else response
    response.close()
    if level is Level.STOP or is_api():
        return answer(429 if level is Level.STOP else 403, sentence_for(level))
    here = request.script_root + request.full_path.rstrip("?") if request.method == "GET" and not request.headers.get("HX-Request") else ""
    target = url_for("ConfirmView.confirm") + (f"?next={quote(here)}" if here else "")
    if request.headers.get("HX-Request"):
        response = make_response("", 200)
        response.headers["HX-Redirect"] = target
        return response
    return redirect(target, 303)


def doors(app: Flask | None = None) -> Mapping[str, str]:
    """Every route that lets data out, with its door: the gate's table."""
    functions = (app or current_app).view_functions
    return {endpoint: door for endpoint, function in sorted(functions.items()) if (door := door_of(function))}
