"""The calendar feed on the web: its address is shown once, and whoever has it gets what the person may see and let out at that moment."""

from __future__ import annotations

from flask import request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.exports.feeds import Feed, begin_feed, count_fetch, feed_behind
from core.exports.making import mark_of, speaking_to
from core.exports.models import ExportRequest
from core.exports.operations import found_export, stop_export
from core.exports.reading import Level, note_seen, sentence_for
from core.exports.states import ExportFormat
from core.kernel.acting import acting_as
from core.kernel.errors import Conflict, Forbidden, KeguanError, NotFound
from core.kernel.words import msg
from core.web import formats
from core.web.access import member, public
from core.web.agenda import counted_in
from core.web.doors import FEED, leaves
from core.web.export_sources import feed_entries
from core.web.exporting.ical import calendar_of
from core.web.exporting.showing import export_page
from core.web.gate import database_of
from core.web.going import go
from core.web.input import read_version
from core.web.pages import FeedPage, Link, Say
from core.web.shell import say
from core.web.views import PluginView

LONGEST = 100  # characters of a token that are looked at


class FeedsView(PluginView):
    """No cookie is looked at and none is set: the token in the address says whose feed it is (R-343)."""

    route_base = "/feeds"

    @expose("/<string:token>.ics", methods=["GET"])
    @public
    @leaves(FEED)
    def feed(self, token: str) -> Response:
        """What stands on the person's own calendar now."""
        try:
            found = feed_behind(database_of().identity(), token[:LONGEST])
            database_of().release()
            with acting_as(found.who), speaking_to(found.language):
                answer = Response(self._drawn(found), mimetype=ExportFormat.ICS.media_type)
        except KeguanError as error:  # a program reads this, so there is no page and no cookie
            answer = Response("", error.status, mimetype="text/plain")
        answer.headers["Cache-Control"] = "private, no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    def _drawn(self, feed: Feed) -> bytes:
        database = database_of()
        entries = feed_entries(database.session(), self.nouns, feed.kinds)
        asked = database.session().get(ExportRequest, feed.request_id)
        if asked is None:
            raise NotFound
        seen = {model.__tablename__: ids for model, ids in counted_in(database.session(), entries).items()}
        drawn = calendar_of(entries, feed.who, mark_of(asked))
        if level := note_seen(database.session(), database, feed.who, seen) if seen else None:
            raise Forbidden(sentence_for(Level(level)))
        count_fetch(database, feed, len(entries))
        return drawn

    @expose("/<id:pk>", methods=["POST"])
    @member
    def begin(self, pk: int) -> Response:
        """Give the address of one's own approved feed, this once."""
        try:
            version = read_version(request.form.get("version", ""))
            token = self.use_case(lambda session: begin_feed(session, pk, version))
        except Conflict as error:
            one = found_export(self.session, pk)
            return self.page(export_page(self.session, one, (Say(error.message),)), error.status)
        one = found_export(self.session, pk)
        page = FeedPage(
            title=msg("Calendar feed"),
            crumbs=(Link(msg("Exports"), url_for("ExportsView.desk")), Link(str(one), url_for("ExportsView.show", pk=pk))),
            address=url_for("FeedsView.feed", token=token, _external=True),
            until=msg(
                "It is valid until %(when)s. You can end it at any time on the page of this export; changing your password ends it too.",
                when=formats.exact_time(one.expires_at) if one.expires_at else "",
            ),
        )
        return self.page(page)

    @expose("/<id:pk>/end", methods=["POST"])
    @member
    def end(self, pk: int) -> Response:
        """End somebody's feed at once, as whoever may approve exports."""
        try:
            version = read_version(request.form.get("version", ""))
            self.use_case(lambda session: stop_export(session, pk, version))
        except Conflict as error:
            return self.page(export_page(self.session, found_export(self.session, pk), (Say(error.message),)), error.status)
        say(msg("Done."))
        return go(url_for("ExportsView.show", pk=pk))
