"""A page as whoever sends its forms without a browser reads it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

COMPANY = re.compile(r"^/c/\w+")
SPEAKS = {"kg-err": "beside", "data-trouble": "wrong", "kg-off": "off", "kg-reason": "reason"}
"""What begins a sentence, and what it is: beside a field, in the place of the page, at a verb that cannot run."""
PARTS = {"beside": ("span",), "wrong": ("div", "p"), "reason": ("span",), "off": ("summary",)}


class Sheet(HTMLParser):
    """Forms by the address that they are sent to, links, sentences of what is wrong, and why verbs cannot run, by label."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        """What the fields of each form hold before anybody types, hidden ones as well."""
        self.links: list[str] = []
        self.beside: list[str] = []
        """Sentences beside fields; :attr:`wrong` holds those above them, or in place of the page."""
        self.wrong: list[str] = []
        self.off: dict[str, str] = {}
        self._form: dict[str, str] = {}
        self._typing = self._choosing = ""
        self._awaited = self._speaking = self._label = ""
        self._part, self._inside, self._heard = "", 0, ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._hold(tag, given)
        if self._speaking:
            self._inside += tag == self._part
            return
        self._awaited = _begins(given) or self._awaited
        if self._awaited and tag in PARTS[self._awaited] and (tag != "div" or "kg-grow" in given.get("class", "")):
            self._speaking, self._part, self._inside, self._heard, self._awaited = self._awaited, tag, 1, "", ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._typing = ""
        elif tag == "select" and self._choosing:
            self._form.setdefault(self._choosing, "")
            self._choosing = ""
        if self._speaking and tag == self._part:
            self._inside -= 1
            if not self._inside:
                self._said(self._speaking, " ".join(self._heard.split()))
                self._speaking = ""

    def handle_data(self, data: str) -> None:
        self._heard += data
        if self._typing:
            self._form[self._typing] += data

    def _hold(self, tag: str, given: dict[str, str]) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self._form = self.forms.setdefault(COMPANY.sub("", given.get("action", "")), {})
        elif tag == "a":
            self.links.append(COMPANY.sub("", given.get("href", "")))
        elif tag == "option" and self._choosing:
            first = self._form.setdefault(self._choosing, value)
            self._form[self._choosing] = value if "selected" in given else first
        elif name and tag == "select":
            self._choosing = name
        elif name and tag == "textarea":
            self._typing, self._form[name] = name, ""
        elif name and tag == "input" and given.get("type") in ("checkbox", "radio"):
            self._form.setdefault(name, "")
            self._form[name] = value if "checked" in given else self._form[name]
        elif name and tag == "input" and given.get("type") != "file":
            self._form[name] = value

    def _said(self, kind: str, words: str) -> None:
        if kind == "off":
            self._label = words
        elif kind == "reason":
            self.off[self._label] = words
        else:
            (self.beside if kind == "beside" else self.wrong).append(words)


def _begins(given: dict[str, str]) -> str:
    """What kind of sentence begins with a tag; the line below a form that only counts what is wrong is none."""
    classes = given.get("class", "").split()
    if "data-errors" in given:
        return ""
    if "kg-say" in classes:
        return "wrong" if "bad" in classes else ""
    return next((kind for mark, kind in SPEAKS.items() if mark in classes or mark in given), "")
