"""The calendar of everybody."""

from __future__ import annotations

from flask import request
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.web.access import member
from core.web.events import events_page
from core.web.views import PluginView


class CalendarView(PluginView):
    """What has days, by month, week or day."""

    route_base = "/calendar"

    @expose("/")
    @member
    def calendar(self) -> Response:
        """The calendar of the person, or of his or her department."""
        return self.page(events_page(self.session, self.nouns, request.args))
