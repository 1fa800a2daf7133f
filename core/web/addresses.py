"""Numbers in addresses: a record id is a positive 64-bit number, anything else is no address."""

from __future__ import annotations

from flask import Flask, current_app, request
from werkzeug.routing import IntegerConverter


class RecordId(IntegerConverter):
    """``<id:pk>``: 1 to 2^63-1, so that no database ever sees a number it cannot hold."""

    def __init__(self, map_: object) -> None:
        super().__init__(map_, min=1, max=2**63 - 1)  # type: ignore[arg-type]


def install_converters(app: Flask) -> None:
    """Make ``<id:…>`` known to the routes."""
    app.url_map.converters["id"] = RecordId


def address(endpoint: str) -> str:
    """``url_for`` of an endpoint that takes no values, inside the company of this request; a page asks for some thirty of them."""
    known: dict[str, str] = current_app.extensions.setdefault("keguan_addresses", {})
    path = known.get(endpoint)
    if path is None:
        path = known[endpoint] = current_app.url_map.bind("").build(endpoint)
    return request.script_root + path
