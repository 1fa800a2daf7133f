"""Stars, the records opened last, and the way to the next record of the list that one came from."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.kernel.errors import NotFound
from core.kernel.words import Message, msg
from core.web.access import needs
from core.web.addresses import address
from core.web.called import kind_and_number, names_of_records
from core.web.gate import database_of
from core.web.lists.opening import open_list
from core.web.neighbours import place_of
from core.web.nouns import Noun, Nouns
from core.web.pages import DeskCard, DeskItem, Near, Neighbours, Option
from core.web.showing import record_url, view_name
from core.work.marks import marks, note_opened, star
from core.work.models import MarkKind


class MarksOfRecord:
    """What a person marks on a record of one noun, and where it stands in the list; mixed into its page."""

    noun: Noun

    @expose("/<id:pk>/star", methods=["POST"])
    @needs("read")
    def star(self, pk: int) -> Response:
        """Put a star on the record or take it away; the page stays where it is."""
        _demand_business(self.noun)
        on = request.form.get("follow") == "1"
        with database_of().transaction() as session:
            star(session, self.noun.model, pk, on=on)
        return _nothing_more() if request.headers.get("HX-Request") else _to(record_url(self.noun, pk))

    @expose("/<id:pk>/opened", methods=["POST"])
    @needs("read")
    def opened(self, pk: int) -> Response:
        """Note that the person has opened the record; sent by its page, because reading a page changes nothing."""
        _demand_business(self.noun)
        with database_of().transaction() as session:
            note_opened(session, self.noun.model, pk)
        return _nothing_more()

    @expose("/<id:pk>/near")
    @needs("read")
    def near(self, pk: int) -> Response:
        """The arrows to the records before and after it in the list that the query string describes."""
        session = database_of().session()
        record = session.get(self.noun.model, pk)
        if record is None:
            raise NotFound
        place = place_of(session, self.noun, open_list(session, self.noun, request.args).query, record)
        position = f"{place.number} / {place.total}" if place.total else ""
        ways = (record_url(self.noun, one) if one is not None else "" for one in (place.before, place.after))
        return Response(render_template("keguan/near.html", neighbours=Neighbours(position, *ways)), mimetype="text/html")


def can_be_marked(noun: Noun) -> bool:
    """Records of business can; those by which the house is kept cannot."""
    return noun.plugin != "core"


def _demand_business(noun: Noun) -> None:
    if not can_be_marked(noun):
        raise NotFound


def _nothing_more() -> Response:
    return Response("", 204)


def _to(url: str) -> Response:
    return Response("", 303, {"Location": url})


def star_action(noun: Noun, record_id: int) -> str:
    """Where the star of a record is set."""
    return url_for(f"{view_name(noun)}.star", pk=record_id)


def near_of(noun: Noun, record_id: int) -> Near:
    """What the record's page asks for when it stands: its place in the list, and that it was opened."""
    view = view_name(noun)
    return Near(url_for(f"{view}.near", pk=record_id), address(f"{view}.list"), url_for(f"{view}.opened", pk=record_id))


def marked_card(session: Any, nouns: Nouns, kind: MarkKind, may_read: Any) -> DeskCard:
    """The person's marked records that he or she may still see, by name; two statements."""
    title, empty = TITLES[kind]
    found = [one for one in marks(session, kind) if (noun := nouns.by_table.get(one.table_name)) is not None and may_read(noun)]
    names = names_of_records(session, nouns, [(one.table_name, one.record_id) for one in found])
    items = tuple(
        _item(nouns.by_table[one.table_name], one.record_id, names[key])
        for one in found
        if (key := (one.table_name, one.record_id)) in names
    )
    return DeskCard(title, items, empty=empty)


def opened_last(session: Any, nouns: Nouns, noun: Noun) -> tuple[Option, ...]:
    """Records of ``noun`` that the person has opened last and may still see, the latest first; two statements."""
    found = [one for one in marks(session, MarkKind.OPENED) if one.table_name == noun.model.__tablename__]
    names = names_of_records(session, nouns, [(one.table_name, one.record_id) for one in found])
    keys = ((one.table_name, one.record_id) for one in found)
    return tuple(Option(str(key[1]), names[key]) for key in keys if names.get(key))


def _item(noun: Noun, record_id: int, called: str) -> DeskItem:
    """A line by the record's name; by its kind and number where it has no name that the person may read."""
    url = record_url(noun, record_id)
    if called:
        return DeskItem(called, url, noun.title)
    return DeskItem(kind_and_number(noun.title, record_id), url)


TITLES: dict[MarkKind, tuple[Message, Message]] = {
    MarkKind.STAR: (msg("Favourites"), msg("Records that you mark with a star appear here.")),
    MarkKind.OPENED: (msg("Recently viewed"), msg("Records that you open appear here.")),
}
