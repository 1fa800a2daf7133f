"""Confirming who one is, after reading unusually much (security C2)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import g, request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.exports.reading import Level, confirm, sentence_for
from core.kernel.words import Message, msg
from core.web.access import member
from core.web.administration.two_step import confirming_fields, what_is_wrong
from core.web.going import go, safe_next
from core.web.pages import FieldSet, FormPage
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
        """Check it, and the code where there is a second factor; a wrong one counts as a failed sign-in."""
        errors, status = what_is_wrong()
        if errors:
            return self._page(errors, status)
        who = g.actor
        self.use_case(lambda session: confirm(session, who))
        say(msg("Thank you; you can continue."))
        return go(safe_next(request.form.get("next", "")) or url_for("DeskView.desk"))

    def _page(self, errors: Mapping[str, Message] | None = None, status: int = 200) -> Response:
        page = FormPage(
            title=msg("Please confirm that it is you"),
            action=url_for("ConfirmView.check"),
            hidden=(("next", request.values.get("next", "")),),
            groups=(FieldSet(sentence_for(Level.CONFIRM), confirming_fields(g.identity.second_factor, errors or {})),),
            submit=msg("Confirm"),
            cancel_href=url_for("DeskView.desk"),
        )
        return self.page(page, status)
