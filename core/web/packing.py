"""Answers travel packed: what the browser keeps is packed once, pages as they are made.

A page that carries a secret beside words of a stranger tells the secret by its packed length (the attack called BREACH). So a page is
packed only for somebody who comes from our own pages or typed the address: another site that makes a signed-in browser ask gets it plain.
"""

from __future__ import annotations

import gzip

from flask import Flask, request
from werkzeug.wrappers import Response

PACKABLE = ("text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml", "text/plain")
SMALL = 1_000  # bytes: what fits into one packet gains nothing
QUICK, TIGHT = 4, 9


def install_packing(app: Flask) -> None:
    """Pack answers for whoever says that he understands gzip; to be installed first, so that it is the last to look at an answer."""
    files: dict[tuple[str, str], bytes] = {}

    @app.after_request
    def pack(response: Response) -> Response:
        if response.mimetype not in PACKABLE:
            return response
        response.vary.add("Accept-Encoding")
        if response.status_code in (206, 304) or "Content-Encoding" in response.headers or not request.accept_encodings["gzip"]:
            return response
        if request.endpoint == "static":
            return _pack_file(response, files)
        if not response.is_streamed and _asked_by_ourselves() and len(body := response.get_data()) >= SMALL:
            _put(response, gzip.compress(body, QUICK, mtime=0))
        return response


def _asked_by_ourselves() -> bool:
    """Whether no other site has made the browser ask. Browsers say so wherever the way is safe; elsewhere there is no secret to keep."""
    site = request.headers.get("Sec-Fetch-Site")
    return site in ("same-origin", "none") or (site is None and not request.is_secure)


def _pack_file(response: Response, known: dict[tuple[str, str], bytes]) -> Response:
    """A file of ours, packed as tightly as it goes, once per process: its tag changes with its content."""
    tag = response.get_etag()[0] or ""
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < SMALL:
        return response
    key = (request.path, tag)
    if key not in known:
        known[key] = gzip.compress(body, TIGHT, mtime=0)
    _put(response, known[key])
    response.set_etag(tag, weak=True)  # packed or plain, it says the same
    return response


def _put(response: Response, packed: bytes) -> None:
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"
