"""The person's notices."""

from __future__ import annotations

from flask import g, redirect, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.kernel.words import msg
from core.web.access import member
from core.web.pages import Notice as ShownNotice
from core.web.pages import NoticesPage, Verb
from core.web.shell import count_unread_with
from core.web.views import PluginView
from core.work.notices import mark_all_read, mark_read, notices, unread_count


class NoticesView(PluginView):
    """What has been told to me; opening one marks it as read, by POST."""

    route_base = "/notices"

    @expose("/")
    @member
    def notices(self) -> Response:
        """The latest notices, newest first."""
        found = notices(self.session, limit=50)
        shown = tuple(ShownNotice(str(one.id), one.message, one.created_at, one.url, unread=one.read_at is None) for one in found)
        read_all = Verb(msg("Mark all as read"), url_for("NoticesView.read_all"), "check") if any(one.unread for one in shown) else None
        return self.page(NoticesPage(title=msg("Notices"), notices=shown, read_all=read_all))

    @expose("/read", methods=["POST"])
    @member
    def read_all(self) -> Response:
        """Mark every notice as read."""
        self.use_case(mark_all_read)
        return redirect(url_for("NoticesView.notices"), 303)

    @expose("/<id:pk>/read", methods=["POST"])
    @member
    def read(self, pk: int) -> Response:
        """Mark one notice as read."""
        self.use_case(lambda session: mark_read(session, pk))
        return redirect(url_for("NoticesView.notices"), 303)


def _unread(actor: object) -> int:
    from core.web.gate import database_of

    return unread_count(database_of().session()) if g.get("actor") is not None else 0


count_unread_with(_unread)
