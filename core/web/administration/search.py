"""The search of the top bar: one text, every kind of record that the person may see."""

from __future__ import annotations

from flask import g, request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.extension.calling import hooks
from core.kernel.words import msg
from core.web.access import member
from core.web.listing import Query, find
from core.web.pages import DeskCard, DeskItem, DeskPage, Link
from core.web.showing import record_url, view_name
from core.web.views import PluginView

PER_KIND = 8


class SearchView(PluginView):
    """Finds by name, by pinyin and by initials."""

    route_base = "/search"

    @expose("/")
    @member
    def search(self) -> Response:
        """Up to eight records of each kind, with a door to the whole list."""
        text = (request.args.get("find") or request.args.get("q", "")).strip()[:100]
        cards = (
            tuple(self._card(path, text) for path in hooks().crm_search_kinds() if g.actor.may(self.nouns.by_path[path].resource, "read"))
            if text
            else ()
        )
        return self.page(DeskPage(title=msg("Search: %(text)s", text=text) if text else msg("Search"), cards=cards))

    def _card(self, path: str, text: str) -> DeskCard:
        noun = self.nouns.by_path[path]
        found = find(self.session, noun, Query(text=text, order=noun.order, size=PER_KIND))
        items = tuple(DeskItem(str(record), record_url(noun, record.id)) for record in found.records)
        everything = Link(
            msg("All %(total)s", total=f"{found.total}{'+' if found.more else ''}"), url_for(f"{view_name(noun)}.list", q=text)
        )
        return DeskCard(noun.plural, items, all=everything if items else None, empty=msg("Nothing found."), span=6)
