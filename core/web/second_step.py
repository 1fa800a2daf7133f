"""The second step at the door: after the right password a code, and nothing is open before it.

What is known of the first step lies signed in the cookie of the browser that is not signed in, for minutes; the code is checked and used
up on the server.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.access.models import Account
from core.kernel.clock import now
from core.kernel.errors import SignInRequired, TooManyAttempts
from core.kernel.words import msg
from core.web.access import public
from core.web.failures import waiting
from core.web.gate import database_of
from core.web.going import safe_next
from core.web.knocking import SecondStepNeeded, device_of, knock_with_code
from core.web.letting_in import language_at_the_door, let_in
from core.web.pages import Say, SecondStepPage, render
from core.web.views import PluginView

HALF, MINUTES = "half", 10
"""Where the first step is noted, and how long it counts."""


@dataclass(frozen=True)
class Half:
    """Somebody who has entered the right password of ``name`` and no code yet."""

    user_id: int
    name: str
    leads_to: str


def remember_half(half: SecondStepNeeded, name: str, leads_to: str) -> None:
    """Note the first step in the cookie of this browser."""
    session[HALF] = [half.user_id, half.epoch, name, int(now().timestamp()), leads_to[:1_000]]


def _half() -> Half | None:
    """Who has taken the first step in this browser; nobody once it is too long ago, or password or account have changed since."""
    noted = session.get(HALF)
    if not noted:
        return None
    user_id, epoch, name, at, leads_to = noted
    asked = select(Account.id).join(User, User.id == Account.user_id).where(User.id == user_id, User.active, Account.second_factor)
    with database_of().question() as asking:
        stands = asking.scalar(asked.where(Account.epoch == epoch)) is not None
    fresh = 0 <= int(now().timestamp()) - at < MINUTES * 60
    return Half(user_id, name, leads_to) if stands and fresh else None


class SecondStepView(PluginView):
    """Between the first page of the door and the house."""

    route_base = "/account/sign-in"

    @expose("/code", methods=["GET", "POST"])
    @public
    def code(self) -> Response:
        """Ask for the code; POST checks it and begins the session."""
        half = _half()
        if half is None:
            return _back_to_the_door()
        if request.method == "GET":
            return self._page(half)
        try:
            user_id = knock_with_code(half.name, half.user_id, request.form.get("code", ""), device_of(half.name))
        except SignInRequired as error:
            return self._page(half, Say(error.message), invalid=True, status=error.status)
        except TooManyAttempts as error:
            return waiting(error, self._page(half, Say(error.message), status=error.status))
        return let_in(half.name, user_id, safe_next(half.leads_to))

    def _page(self, half: Half, sentence: Say | None = None, *, invalid: bool = False, status: int = 200) -> Response:
        page = SecondStepPage(
            title=msg("Two-step verification"),
            action=url_for("SecondStepView.code"),
            account=half.name,
            invalid=invalid,
            says=(sentence,) if sentence else (),
            language=language_at_the_door(),
            again_href=url_for("SignInView.sign_in", next=half.leads_to or None),
        )
        return Response(render(page), status, mimetype="text/html")


def _back_to_the_door() -> Response:
    """Who is signed in goes home, everybody else begins anew."""
    if g.identity is not None:
        return redirect(url_for("CompaniesView.choose"), 303)
    return redirect(url_for("SignInView.sign_in", late=1), 303)
