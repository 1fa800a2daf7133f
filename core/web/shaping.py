"""What stands above the records of a list in whatever shape: its views, its search, its filters, and the ways to the other shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from core.web.list_pages import list_page
from core.web.listing import Found
from core.web.lists.addresses import EVERYTHING
from core.web.lists.naming import Names
from core.web.lists.opening import Opened
from core.web.nouns import Noun, Nouns
from core.web.pages import Link
from core.web.shapes import Shape, shape_address, shape_links


def around_shape(
    nouns: Nouns, noun: Noun, opened: Opened, names: Names, shape: Shape, drawn: Iterable[tuple[str, str]] = ()
) -> Mapping[str, Any]:
    """The parts of :class:`ShapedPage`, made of the list's own; ``drawn`` is how the shape is drawn now, kept by its views."""
    as_list, action, told = (
        list_page(nouns, noun, opened, Found((), 0, more=False), names),
        shape_address(noun, shape),
        urlencode(list(drawn)),
    )
    return {
        "title": noun.plural,
        "action": action,
        "shapes": shape_links(noun, opened, shape),
        "views": tuple(_view(one, as_list.action, action, told) for one in as_list.views),
        "counts_href": as_list.counts_href,
        "filters": as_list.filters,
        "chips": as_list.chips,
        "kept": as_list.kept,
        "search_value": as_list.search_value,
        "searchable": as_list.searchable,
        "create": as_list.create,
        "empty": as_list.empty,
    }


def _view(one: Link, action: str, instead: str, drawn: str) -> Link:
    """A view of the list, in this shape."""
    query = one.href.removeprefix(action).lstrip("?") or f"view={EVERYTHING}"
    return replace(one, href=f"{instead}?{'&'.join(filter(None, (query, drawn)))}")
