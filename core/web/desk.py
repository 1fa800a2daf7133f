"""The start page: figures, what I must do; each plugin brings its own through hooks."""

from __future__ import annotations

from flask import g, request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.extension.calling import hooks, registry
from core.kernel.clock import today
from core.kernel.errors import NotFound
from core.kernel.words import Message, msg
from core.web.access import member
from core.web.later import comes_later
from core.web.offers import entries_of, shown_offers
from core.web.pages import DeskCard, DeskItem, DeskPage, Figure, render
from core.web.shell import CORE_MENU
from core.web.views import PluginView

TASKS = 6  # of one module; what is most urgent stands first
FIGURES = "figures"


class DeskView(PluginView):
    """Where everybody lands after signing in."""

    route_base = ""

    @expose("/")
    @member
    def desk(self) -> Response:
        """The desk of the person, or the one part of it that is fetched a moment later."""
        if "part" in request.args and request.headers.get("HX-Request"):
            return self._part(request.args["part"])
        mine, later = _my_modules(), comes_later()
        page = DeskPage(
            title=msg("Good day, %(name)s", name=g.actor.name),
            place=msg("Desk"),
            figures=() if later or not mine else self._figures(),
            figures_later=_address(FIGURES) if later and mine else "",
            cards=tuple(_waiting(name) if later else self._tasks(name) for name in mine) or (_doors(),),
            today=today(),
        )
        return self.page(page)

    def _part(self, part: str) -> Response:
        if part != FIGURES and part not in _my_modules():
            raise NotFound
        shown = (
            DeskPage(title=msg("Desk"), figures=self._figures())
            if part == FIGURES
            else DeskPage(title=msg("Desk"), cards=(self._tasks(part),))
        )
        return Response(render(shown, fragment="desk-figures" if part == FIGURES else "desk-cards"), mimetype="text/html")

    def _figures(self) -> tuple[Figure, ...]:
        return shown_offers(self.session, hooks().crm_desk_figures(session=self.session), exact=False)[0]

    def _tasks(self, plugin: str) -> DeskCard:
        """What the person has to do in one module."""
        found = entries_of(self.session, hooks(frozenset({plugin})).crm_desk_tasks(session=self.session, limit=TASKS), TASKS)
        tasks = sorted(found, key=lambda task: (task.due is None, task.due))[:TASKS]
        items = tuple(DeskItem(task.title, task.url, task.note, due=task.due) for task in tasks)
        return DeskCard(_title(plugin), items, empty=msg("Nothing is due."))


def _my_modules() -> tuple[str, ...]:
    """Modules that are on, in which the person has any right, and which tell what there is to do."""
    mine = {resource.partition(".")[0] for resource, _ in g.actor.grants}
    return tuple(
        name for name in registry().names if name in g.actor.modules and name in mine and hooks(frozenset({name})).heard("crm_desk_tasks")
    )


def _title(plugin: str) -> Message:
    return msg("%(module)s: to do", module=registry().manifests[plugin].title)


def _address(part: str) -> str:
    return url_for("DeskView.desk", part=part)


def _waiting(plugin: str) -> DeskCard:
    return DeskCard(_title(plugin), (), later=_address(plugin))


def _doors() -> DeskCard:
    """For those who keep the house: the pages that are theirs."""
    entries = [entry for entry in (*hooks().crm_menu(), *CORE_MENU) if not entry.resource or g.actor.may(entry.resource, entry.verb)]
    items = tuple(DeskItem(entry.label, url_for(entry.endpoint)) for entry in entries)
    return DeskCard(msg("My pages"), items, empty=msg("No module is open to you. Please ask your security administrator."))
