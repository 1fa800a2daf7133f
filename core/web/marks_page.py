"""The page of what a person keeps at hand: records under a star, and those opened last."""

from __future__ import annotations

from flask import g
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.kernel.words import msg
from core.web.access import member
from core.web.marks import marked_card
from core.web.nouns import Noun
from core.web.pages import DeskPage
from core.web.views import PluginView
from core.work.models import MarkKind


class MarksView(PluginView):
    """Everybody's own marks."""

    route_base = "/marks"

    @expose("/")
    @member
    def marks(self) -> Response:
        """Both lists, of what may still be seen."""
        cards = tuple(marked_card(self.session, self.nouns, kind, _may_read) for kind in MarkKind)
        return self.page(DeskPage(title=msg("Favourites and recent"), cards=cards))


def _may_read(noun: Noun) -> bool:
    return (noun.plugin == "core" or noun.plugin in g.actor.modules) and g.actor.may(noun.resource, "read")
