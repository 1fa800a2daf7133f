"""Letting a browser in: the session begins, the language chosen at the door comes along, and the way leads on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app, request, session, url_for
from flask_babel import get_locale
from sqlalchemy.orm import Session
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from core.access.identities import account_of
from core.access.web_sessions import ServerSession, WebSessions
from core.database.engine import writing
from core.web.gate import database_of
from core.web.knocking import remember_device
from core.web.pages import Language

LANGUAGES = ("zh_CN", "en")
CHOSEN = "language"
"""In the cookie of who is not signed in: the language chosen at the door."""


def let_in(name: str, user_id: int, leads_to: str) -> Response:
    """Sign the browser in, and go on to ``leads_to``, an address on this server, else to the company."""
    response = redirect(leads_to or url_for("CompaniesView.choose"), 303)
    remember_device(name, response)
    if session.get(CHOSEN) in LANGUAGES:
        with own_transaction() as work:
            account_of(work, user_id).language = session[CHOSEN]
    begin_session(user_id, response)
    return response


def begin_session(user_id: int, response: Response) -> None:
    """A fresh session of the user for the browser that gets ``response``."""
    sessions_of_browsers().begin(current_app, user_id, response)  # type: ignore[arg-type]


def browser_key() -> str:
    """The key of the session that this browser is signed in with; nothing when it is not."""
    here = session._get_current_object()  # type: ignore[attr-defined]
    return here.key if isinstance(here, ServerSession) else ""


def sessions_of_browsers() -> WebSessions:
    """Those of the running application."""
    found = current_app.session_interface
    assert isinstance(found, WebSessions)
    return found


@contextmanager
def own_transaction() -> Iterator[Session]:
    """A short transaction on the account tables, apart from business records."""
    with writing(), Session(database_of().engine) as work, work.begin():
        yield work


def language_at_the_door() -> Language:
    """The other language, offered to who is not signed in; it leads back to the page with what came along in its address."""
    code, label = ("en", "English") if str(get_locale()) != "en" else ("zh_CN", "中文")
    return Language(code, label, url_for("SignInView.language"), _page_at_the_door())


def _page_at_the_door() -> str:
    """The page to come back to: a sentence about what was sent is not said again."""
    if request.endpoint == "SecondStepView.code":
        return url_for("SecondStepView.code")
    leads_to = request.values.get("next", "")
    return url_for("SignInView.sign_in", next=leads_to or None)
