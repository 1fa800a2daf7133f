"""The records of a list as cards beside each other: the same query, the same pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.database.references import load_references
from core.web.access import needs
from core.web.board_cards import CardMaker, cards_called
from core.web.listing import SIZES, find
from core.web.lists.addresses import href
from core.web.lists.cards import cards_door
from core.web.lists.naming import names_of, picked_in
from core.web.lists.opening import open_list
from core.web.nouns import Noun, Nouns
from core.web.pages import CardsPage, Pager
from core.web.shapes import Shape
from core.web.shaping import around_shape


class CardsOfRecords:
    """The cards of a noun's list; mixed into its view."""

    noun: Noun
    nouns: Nouns
    session: Any
    page: Callable[..., Response]

    @expose("/cards")
    @needs("read")
    def cards(self) -> Response:
        """One page of the list, each record as a card."""
        return self.page(cards_page(self.session, self.nouns, self.noun, request.args))


def cards_page(session: Any, nouns: Nouns, noun: Noun, arguments: Any) -> CardsPage:
    """The page model of what ``arguments`` (a MultiDict) ask for, as they ask for a list; raises :class:`Malformed` as a list does."""
    opened = open_list(session, noun, arguments)
    query, found = opened.query, find(session, noun, opened.query)
    maker = CardMaker.of(noun, cards_called(opened.seen, opened), stated=True)
    load_references(session, found.records, maker.references)
    pager = Pager.of(
        query.page,
        query.size,
        found.total,
        lambda page, size: href(query, page=str(page), size=str(size)),
        capped=found.more,
        sizes=SIZES,
    )
    return CardsPage(
        **around_shape(nouns, noun, opened, names_of(session, noun, picked_in(noun, query)), Shape.CARDS),
        cards=tuple(map(maker.evened(found.records).card, found.records)),
        pager=pager if found.records else None,
        cards_door=cards_door(noun, Shape.CARDS, opened.asked) if opened.current is None or opened.current.mine else None,
    )
