"""The person's notices: a list, the bell's panel, and the way from a notice to the record it speaks of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from flask import g, redirect, request, url_for
from flask_appbuilder import expose
from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core.access.field_rights import knows_name
from core.approvals.models import ApprovalCase
from core.approvals.queries import waiting_for
from core.database.together import Summed
from core.exports.models import ExportRequest
from core.kernel.acting import Actor
from core.kernel.clock import today
from core.kernel.words import Message, msg
from core.lists.queries import PINNED, read_pins
from core.web.access import member
from core.web.nouns import Noun, Nouns
from core.web.pages import Notice as ShownNotice
from core.web.pages import NoticesPage, Verb, asked_part
from core.web.shell import Waiting, ask_for_waiting_by, say
from core.web.views import PluginView
from core.work.import_models import ImportFile
from core.work.models import Notice
from core.work.notices import UNREAD, mark_all_read, mark_read, notices

LONG, SHORT = 50, 6  # how many the page and the bell show
OWN_PAGES: dict[str, Any] = {"exports": ExportRequest, "approvals": ApprovalCase, "imports": ImportFile}
"""Pages of records that are no noun: whoever sees the record may open it."""
RECORD = re.compile(r"/([a-z-]+)/([1-9]\d{0,17})(?:\?tab=\w+)?(?:#comment-[1-9]\d{0,17})?")


class NoticesView(PluginView):
    """What has been told to me; opening one marks it as read, by POST."""

    route_base = "/notices"

    @expose("/")
    @member
    def notices(self) -> Response:
        """The latest notices day by day; in the bell's panel the unread ones first."""
        bell = asked_part(NoticesPage)
        found = notices(self.session, limit=SHORT if bell else LONG, unread_first=bool(bell))
        open_to_me = openable(self.session, self.nouns, [one.url for one in found])
        read_all = (
            Verb(msg("Mark all as read"), url_for("NoticesView.read_all"), "check") if any(not one.read_at for one in found) else None
        )
        return self.page(
            NoticesPage(
                title=msg("Notices"),
                notices=tuple(_shown(one, open_to_me, self.nouns) for one in found),
                read_all=read_all,
            )
        )

    @expose("/read", methods=["POST"])
    @member
    def read_all(self) -> Response:
        """Mark every notice as read."""
        self.use_case(mark_all_read)
        return redirect(url_for("NoticesView.notices"), 303)

    @expose("/<id:pk>/read", methods=["POST"])
    @member
    def read(self, pk: int) -> Response:
        """Mark one notice as read, and go on to what it speaks of if the person sees that still."""
        url: str = self.use_case(lambda session: mark_read(session, pk).url)
        if url and url in openable(self.session, self.nouns, [url]):
            return redirect(_inside(url), 303)
        if url:
            say(msg("You can no longer open what this notice is about."))
        return redirect(url_for("NoticesView.notices"), 303)


def openable(session: Session, nouns: Nouns, urls: Sequence[str]) -> frozenset[str]:
    """Those of ``urls`` that lead to a record which the person who acts may see; asked in one statement."""
    asked: dict[str, list[int]] = defaultdict(list)
    for url in urls:
        if named := RECORD.fullmatch(url):
            asked[named[1]].append(int(named[2]))
    models: dict[str, Any] = {path: nouns.by_path[path].model for path in asked if path in nouns.by_path and _may_read(nouns.by_path[path])}
    models |= {path: model for path, model in OWN_PAGES.items() if path in asked}
    if not models:
        return frozenset()
    parts = [select(literal(path), model.id).where(model.id.in_(asked[path])) for path, model in models.items()]
    found = {(path, str(number)) for path, number in session.execute(union_all(*parts))}
    return frozenset(url for url in urls if (named := RECORD.fullmatch(url)) and named.groups() in found)


def _may_read(noun: Noun) -> bool:
    return (noun.plugin == "core" or noun.plugin in g.actor.modules) and g.actor.may(noun.resource, "read")


def _shown(one: Notice, open_to_me: frozenset[str], nouns: Nouns) -> ShownNotice:
    """Unread ones are opened by the POST that marks them; of a read one the link alone is left."""
    unread = one.read_at is None
    return ShownNotice(
        str(one.id),
        _discreet(one, nouns),
        one.created_at,
        _inside(one.url) if one.url in open_to_me else "",
        unread=unread,
        open_action=url_for("NoticesView.read", pk=one.id) if unread else "",
    )


def _discreet(one: Notice, nouns: Nouns) -> Message:
    """The sentence; without the words in it for whoever may no longer read what such records are called (R-442)."""
    named = RECORD.fullmatch(one.url)
    noun = nouns.by_path.get(named[1]) if named else None
    if noun is None or knows_name(g.actor, noun.model):
        return one.message
    return Message(one.message.text, {name: part if isinstance(part, Message) else "…" for name, part in one.message.params.items()})


def _inside(url: str) -> str:
    """A path of the application, below the company of this request."""
    return request.script_root + url


def _asked(actor: Actor) -> Sequence[Summed]:
    """Notices that the person has not read, pinned views, cases that wait for a decision."""
    return _with_cases(actor, today()) if ApprovalCase.__tablename__ in actor.cases else WITHOUT_CASES


WITHOUT_CASES = (Summed(UNREAD), Summed(PINNED))


@lru_cache(maxsize=1_000)
def _with_cases(actor: Actor, _day: date) -> Sequence[Summed]:
    """What waits for ``actor`` beside the rest; kept for the day, because whose place one takes changes with it."""
    waiting = waiting_for(actor).with_only_columns(ApprovalCase.id).order_by(None).limit(100).subquery()
    return (*WITHOUT_CASES, Summed(select(func.count()).select_from(waiting)))


def _read(unread: int, pins: str | None, cases: int = 0) -> Waiting:
    return Waiting(unread, cases, read_pins(pins))


ask_for_waiting_by(_asked, _read)
