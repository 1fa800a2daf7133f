"""Signing in and out, one's own password and language, choosing the company."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, make_response, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import User
from werkzeug.wrappers import Response

from core.access.identities import SHORTEST_PASSWORD, account_of, change_password
from core.kernel.errors import BadInput, SignInRequired, TooManyAttempts
from core.kernel.words import msg
from core.web.access import member, public, signed_in
from core.web.failures import SIGNED_OUT, waiting
from core.web.going import go, safe_next
from core.web.knocking import SecondStepNeeded, confirm_password, device_of, knock
from core.web.letting_in import (
    CHOSEN,
    LANGUAGES,
    begin_session,
    language_at_the_door,
    let_in,
    own_transaction,
    sessions_of_browsers,
)
from core.web.pages import CompaniesPage, CompanyChoice, MePage, PasswordPage, Say, SignInPage, Tone, render
from core.web.second_step import SecondStepView, remember_half
from core.web.shell import make_shell, say
from core.web.views import PluginView


class SignInView(PluginView):
    """The door of the house."""

    route_base = "/account"

    @expose("/sign-in", methods=["GET", "POST"])
    @public
    def sign_in(self) -> Response:
        """The sign-in page; POST checks name and password and begins a session."""
        if request.method == "GET":
            return self._page(_told_at_the_door())
        name, password = request.form.get("username", "").strip()[:64], request.form.get("password", "")[:256]
        leads_to = safe_next(request.form.get("next", ""))
        try:
            user_id = knock(name, password, device_of(name))
        except SecondStepNeeded as half:
            remember_half(half, name, leads_to)
            return redirect(url_for("SecondStepView.code"), 303)
        except SignInRequired as error:
            return self._page(Say(error.message), name, invalid=True, status=error.status)
        except TooManyAttempts as error:
            return waiting(error, self._page(Say(error.message), name, status=error.status))
        return let_in(name, user_id, leads_to)

    def _page(self, sentence: Say | None, name: str = "", *, invalid: bool = False, status: int = 200) -> Response:
        says = (sentence,) if sentence else ()
        page = SignInPage(
            title=msg("Sign in"),
            action=url_for("SignInView.sign_in"),
            username=name,
            next=request.values.get("next", ""),
            invalid=invalid,
            says=says,
            language=language_at_the_door(),
        )
        return Response(render(page), status, mimetype="text/html")

    @expose("/sign-out", methods=["POST"])
    @public
    def sign_out(self) -> Response:
        """End the session on the server."""
        response = redirect(url_for("SignInView.sign_in", out=1), 303)
        sessions_of_browsers().end(current_app, session._get_current_object(), response)  # type: ignore[arg-type, attr-defined]
        return response

    @expose("/language", methods=["POST"])
    @public
    def language(self) -> Response:
        """Change the language, of the account when signed in, else of this browser."""
        code = request.form.get("language", "")
        if code not in LANGUAGES:
            raise BadInput(fields={"language": msg("There is no such language.")})
        response = redirect(safe_next(request.form.get("next", "")) or url_for("DeskView.desk"), 303)
        if g.identity is not None:
            with own_transaction() as work:
                account_of(work, g.identity.user_id).language = code
        else:
            session[CHOSEN] = code
        response.set_cookie("kg_language", code, max_age=31_536_000, samesite="Lax", httponly=True)
        return response

    @expose("/password", methods=["GET", "POST"])
    @member
    def password(self) -> Response:
        """Change one's own password; every session and key made under the old one ends."""
        errors: dict[str, Any] = {}
        if request.method == "POST":
            errors = self._change_password()
            if not errors:
                say(msg("Your password has been changed. Other devices have been signed out."))
                response = go(url_for("DeskView.desk"))
                begin_session(g.identity.user_id, response)
                return response
        rules = (msg("At least %(least)s characters, five of them different, and not your account name.", least=SHORTEST_PASSWORD),)
        page = PasswordPage(
            title=msg("Change password"),
            action=url_for("SignInView.password"),
            errors=errors,
            rules=rules,
            cancel_href=url_for("DeskView.desk"),
        )
        return self.page(page, 422 if errors else 200)

    def _change_password(self) -> dict[str, Any]:
        new = request.form.get("new", "")
        if new != request.form.get("again", ""):
            return {"again": msg("The two entries differ.")}
        try:
            with own_transaction() as work:
                name = str(work.get_one(User, g.identity.user_id).username)
            confirm_password(name, request.form.get("current", "")[:256])
            with own_transaction() as work:
                change_password(
                    work, g.identity.user_id, request.form.get("current", ""), new, current_app.config["FAB_PASSWORD_HASH_METHOD"]
                )
        except SignInRequired:
            return {"current": msg("This is not your current password. Please type it again.")}
        except TooManyAttempts as error:
            return {"current": error.message}
        except BadInput as error:
            return dict(error.fields)
        return {}

    @expose("/me")
    @member
    def me(self) -> Response:
        """On a phone: the menu and my account."""
        return self.page(MePage(title=msg("Me")))


class CompaniesView(PluginView):
    """Which company to work in."""

    route_base = "/companies"

    @expose("/")
    @signed_in
    def choose(self) -> Response:
        """Straight on for a person of one company, else the choice."""
        root = request.script_root.split("/c/")[0]
        if len(g.memberships) == 1:
            return redirect(f"{root}/c/{g.memberships[0].slug}/")
        companies = tuple(CompanyChoice(one.company_name, f"{root}/c/{one.slug}/", one.name) for one in g.memberships)
        nothing = (Say(msg("You do not belong to any company yet. Please ask your security administrator.")),) if not companies else ()
        page = CompaniesPage(title=msg("Choose the company"), companies=companies, says=nothing)
        return make_response(render(page, make_shell() if g.actor else None))


def _told_at_the_door() -> Say | None:
    """What somebody is told who comes to the sign-in page, in a calm voice."""
    sentences = {
        "out": msg("You have been signed out."),
        "late": msg("That took too long. Please enter your account and password again."),
    }
    if request.args.get("ended"):
        return Say(SIGNED_OUT, tone=Tone.WAIT)
    found = next((sentences[one] for one in sentences if request.args.get(one)), None)
    return Say(found, tone=Tone.IDLE) if found is not None else None


SIGN_IN_VIEWS = (SignInView, SecondStepView, CompaniesView)
