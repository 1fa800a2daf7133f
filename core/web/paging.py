"""Numbered pages of rows that a page computes rather than asks of one list: nothing is answered with more than a page (R-343)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from flask import request

from core.web.pages import Pager

SIZE = 50
FURTHEST = 9_999
T = TypeVar("T")


def asked_page() -> int:
    """The number of the page that the address asks for, from 1; the first one where it asks for none that can be."""
    text = request.args.get("page", "1")
    return max(1, min(FURTHEST, int(text))) if text.isascii() and text.isdigit() and len(text) <= len(str(FURTHEST)) else 1


def cut(rows: Sequence[T], href: Callable[[int], str], size: int = SIZE) -> tuple[Sequence[T], Pager | None]:
    """The rows of the page that is asked for, the last one for a number beyond it, and its pager where there are several.

    ``href`` gives the address of a page. Sums are the caller's: they are of all rows.
    """
    page = min(asked_page(), max(1, -(-len(rows) // size)))
    if len(rows) <= size:
        return rows, None
    pager = Pager.of(page, size, len(rows), lambda at, _size: href(at), sizes=())
    return rows[(page - 1) * size : page * size], pager
