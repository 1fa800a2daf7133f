"""Where an answer leads after a change."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import redirect, request
from werkzeug.wrappers import Response


def go(url: str) -> Response:
    """Redirect after a change; a drawer is told to leave for the address."""
    response = redirect(url, 303)
    if request.headers.get("HX-Request"):
        response = Response("", 204)
        response.headers["HX-Redirect"] = url
    return response


def safe_next(address: str) -> str:
    """The address if it lies on this server; anything else is nothing."""
    parts = urlsplit(address)
    plain = address.startswith("/") and not address.startswith("//") and "\\" not in address and address.isprintable()
    return address if plain and not parts.scheme and not parts.netloc else ""


def page_in_sight(otherwise: str) -> str:
    """The page on which HTMX asks for a part of it, as an address on this server."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    return safe_next(f"{parts.path}?{parts.query}" if parts.query else parts.path) or otherwise
