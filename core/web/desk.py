"""The start page: figures, what I must do; each plugin brings its own through hooks."""

from __future__ import annotations

from flask import g, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.extension.calling import hooks
from core.kernel.clock import today
from core.kernel.words import msg
from core.web.access import member
from core.web.pages import DeskCard, DeskItem, DeskPage
from core.web.record_pages import offered
from core.web.views import PluginView

TASKS = 8


class DeskView(PluginView):
    """Where everybody lands after signing in."""

    route_base = ""

    @expose("/")
    @member
    def desk(self) -> Response:
        """The desk of the person."""
        tasks = sorted(hooks().crm_desk_tasks(session=self.session, limit=TASKS), key=lambda task: (task.due is None, task.due))
        items = tuple(DeskItem(task.title, task.url, task.note, due=task.due) for task in tasks[:TASKS])
        cards = (DeskCard(msg("What I have to do"), items, empty=msg("Nothing is due."), span=8), self._doors())
        figures = tuple(offered(figure) for figure in hooks().crm_desk_figures(session=self.session))
        return self.page(
            DeskPage(title=msg("Good day, %(name)s", name=g.actor.name), figures=figures, cards=cards, today=today().isoformat())
        )

    def _doors(self) -> DeskCard:
        entries = [entry for entry in hooks().crm_menu() if not entry.resource or g.actor.may(entry.resource, entry.verb)]
        items = tuple(DeskItem(entry.label, url_for(entry.endpoint)) for entry in entries)
        return DeskCard(
            msg("My modules"), items, all=None, empty=msg("No module is open to you. Please ask your security administrator."), span=4
        )
