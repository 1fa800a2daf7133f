"""Parts of a page that come by themselves a moment later, so that no page waits for all plugins (design 3.8).

A browser that runs our scripts says so in a cookie and fetches such parts one by one; any other is given the page whole.
"""

from __future__ import annotations

from flask import request

COOKIE = "kg_scripts"


def comes_later() -> bool:
    """Whether this browser fetches the slower parts of a page by itself."""
    return request.cookies.get(COOKIE) == "1"
