"""Confirming who one is, after reading unusually much (security C2)."""

from __future__ import annotations

from flask import g, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import User
from werkzeug.wrappers import Response

from core.exports.reading import Level, confirm, sentence_for
from core.kernel.errors import SignInRequired, TooManyAttempts
from core.kernel.words import Message, msg
from core.web.access import member
from core.web.gate import database_of
from core.web.going import go, safe_next
from core.web.knocking import confirm_password
from core.web.pages import FieldKind, FieldSet, FormField, FormPage
from core.web.shell import say
from core.web.views import PluginView


class ConfirmView(PluginView):
    """The password once more."""

    route_base = "/account/confirm"

    @expose("/")
    @member
    def confirm(self) -> Response:
        """The question."""
        return self._page()

    @expose("/", methods=["POST"])
    @member
    def check(self) -> Response:
        """Check it; a wrong one counts as a failed sign-in."""
        work = database_of().identity()
        name = work.get_one(User, g.actor.user_id).username
        try:
            confirm_password(name, request.form.get("password", "")[:256])
        except SignInRequired:
            return self._page(msg("This is not your password. Please try again."), 422)
        except TooManyAttempts as error:
            return self._page(error.message, error.status)
        who = g.actor
        self.use_case(lambda session: confirm(session, who))
        say(msg("Thank you; you can continue."))
        return go(safe_next(request.form.get("next", "")) or url_for("DeskView.desk"))

    def _page(self, error: Message | str = "", status: int = 200) -> Response:
        field = FormField("password", msg("Password"), FieldKind.PASSWORD, required=True, error=error, autocomplete="current-password")
        page = FormPage(
            title=msg("Please confirm that it is you"),
            action=url_for("ConfirmView.check"),
            hidden=(("next", request.values.get("next", "")),),
            groups=(FieldSet(sentence_for(Level.CONFIRM), (field,)),),
            submit=msg("Confirm"),
            cancel_href=url_for("DeskView.desk"),
        )
        return self.page(page, status)
