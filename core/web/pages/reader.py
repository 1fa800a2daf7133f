"""What a page knows of this one reader and answer: the language, and which ids its elements have already."""

from __future__ import annotations

from flask import g
from flask_babel import get_locale


def language() -> str:
    """The language of the page for the ``lang`` attribute: ``zh-CN`` or ``en``."""
    locale = get_locale()
    return "zh-CN" if locale is None or locale.language == "zh" else str(locale.language)


def new_id() -> str:
    """An id for an element that occurs several times on a page."""
    g.element_number = g.get("element_number", 0) + 1
    return f"kg{g.element_number}"
