"""Numbers in addresses: a record id is a positive 64-bit number, anything else is no address."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter


class RecordId(IntegerConverter):
    """``<id:pk>``: 1 to 2^63-1, so that no database ever sees a number it cannot hold."""

    def __init__(self, map_: object) -> None:
        super().__init__(map_, min=1, max=2**63 - 1)  # type: ignore[arg-type]


def install_converters(app: Flask) -> None:
    """Make ``<id:…>`` known to the routes."""
    app.url_map.converters["id"] = RecordId
