"""Answers travel packed, but never a page that another site has made the browser ask for."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping

import pytest

from tests.world import Browser

ClientFor = Callable[[str], Browser]
UNDERSTANDS = {"Accept-Encoding": "gzip, br"}
SHEET = "/static/css/parts.css"


def test_a_page_is_packed_for_whoever_understands_it(client_for: ClientFor) -> None:
    browser = client_for("sales.east1")
    plain, packed = browser.get("/customers/"), browser.get("/customers/", headers=UNDERSTANDS)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 3
    assert "<title>" in gzip.decompress(packed.data).decode()
    for answer in (plain, packed):
        assert {"accept-encoding", "cookie"} <= {name.lower() for name in answer.vary}


@pytest.mark.parametrize(
    ("told", "secure", "is_packed"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True, True),
        ({"Sec-Fetch-Site": "none"}, True, True),
        ({"Sec-Fetch-Site": "cross-site"}, True, False),
        ({"Sec-Fetch-Site": "same-site"}, True, False),
        ({}, True, False),
        ({}, False, True),
    ],
)
def test_another_site_learns_nothing_from_the_length_of_a_page(
    client_for: ClientFor, told: Mapping[str, str], secure: bool, is_packed: bool
) -> None:
    browser = client_for("sales.east1")
    scheme = {"wsgi.url_scheme": "https"} if secure else {}
    answer = browser.get("/account/password", headers={**UNDERSTANDS, **told}, environ_overrides=scheme)
    assert answer.status_code == 200
    assert ("Content-Encoding" in answer.headers) is is_packed


def test_a_file_that_browsers_keep_is_packed_tightly_and_is_known_again(client_for: ClientFor) -> None:
    browser = client_for("sales.east1")
    asked = {**UNDERSTANDS, "Sec-Fetch-Site": "cross-site"}
    with browser.get(SHEET) as plain, browser.get(SHEET, headers=asked) as first, browser.get(SHEET, headers=asked) as second:
        assert gzip.decompress(first.data) == plain.data
        assert first.data == second.data
        assert "immutable" in first.headers["Cache-Control"]
    with browser.get(SHEET, headers={**UNDERSTANDS, "If-None-Match": first.headers["ETag"]}) as again:
        assert (again.status_code, again.data) == (304, b"")
