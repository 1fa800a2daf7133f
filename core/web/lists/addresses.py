"""The address of a list says everything that is asked of it, so that it can be kept, gone back to and sent to a colleague."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from core.web.listing import Query
from core.web.nouns import ADDRESS_WORDS, Noun

Pairs = Sequence[tuple[str, str]]
EVERYTHING = "all"
"""``view=all`` is the whole list, for whoever opens another view first."""
OWN_WORDS = frozenset({"page", "size", "more", "by", "measure", "draw", "each", "start", "on", "shape"})
"""What an address says of one shape of a list alone: how far it is paged, how it is drawn."""
UNKEPT = OWN_WORDS | {"of"}
"""What an address says beside its conditions: no view keeps it."""


def href(query: Query, **changes: str | None) -> str:
    """The address of the present list with some parameters changed; an empty one is left out, and a change leads to the first page.

    Where nothing is left to ask for, it asks for the whole list: a bare address would open with a view.
    """
    kept = [(key, value) for key, value in query.asked if key not in changes and not (key == "page" and "page" not in changes)]
    changed = [(key, value) for key, value in changes.items() if value]
    return asking(query, kept + changed)


def asking(query: Query, pairs: Pairs) -> str:
    """The address of the present list that asks for ``pairs``, or for everything where there are none."""
    return f"{shown_at(query)}?{urlencode(pairs or [('view', EVERYTHING)])}"


def shown_at(query: Query) -> str:
    """The page that shows what is asked for, without its parameters."""
    return query.at or f"{request.script_root}{request.path}"


def conditions_of(pairs: Iterable[tuple[str, str]]) -> str:
    """What a view keeps of an address: its query string without the place in the list."""
    return urlencode([(key, value) for key, value in pairs if key not in UNKEPT and value])


def read_conditions(conditions: str) -> MultiDict[str, str]:
    """The parameters that a view keeps."""
    return MultiDict(parse_qsl(conditions))


def offered_pairs(noun: Noun, asked: str) -> list[tuple[str, str]]:
    """What the query string ``asked``, which a form has brought back, asks of the list, in whatever shape; anything else is left out."""
    offered = {*ADDRESS_WORDS, *(f"{name}{end}" for name in noun.filters for end in ("", "_from", "_to"))}
    return [pair for pair in parse_qsl(asked) if pair[0] in offered]


def kept_by_filters(query: Query, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """What the form of the quick filters ``names`` sends along besides its own questions."""
    asked = {"q", "page", *(f"{name}{end}" for name in names for end in ("", "_from", "_to"))}
    return tuple((key, value) for key, value in query.asked if key not in asked)


def usual_columns(noun: Noun) -> tuple[str, ...]:
    """Names of the columns that the list has by itself."""
    return tuple(shown.name for shown in noun.columns)
