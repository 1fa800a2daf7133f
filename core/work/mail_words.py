"""The words of a mail: ``python -I mail_words.py FILE.eml FOLDER``. A process apart; needs nothing but Python.

Writes ``text`` and ``head.json`` into the folder: subject, moment, correspondents as pairs of name and address, and what it carries as
pairs of name and octets. HTML becomes its words; nothing that a mail points to is fetched.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

LONGEST, PEOPLE, CARRIED, WORDS = 500, 100, 200, 200_000
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252"}
"""What programs call narrower than what they write."""
SILENT = frozenset({"script", "style", "head", "title"})
BREAKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "table", "blockquote"})


class Words(HTMLParser):
    """The words of a page, with a line for each block."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """A block begins a line; what no reader sees is left out."""
        self.silent += tag in SILENT
        if tag in BREAKS:
            self.found.append("\n")
        elif tag in {"td", "th"}:
            self.found.append("\t")

    def handle_endtag(self, tag: str) -> None:
        """The end of what no reader sees."""
        self.silent -= tag in SILENT and self.silent > 0

    def handle_data(self, data: str) -> None:
        """Words between tags; line breaks of the source are spaces."""
        if not self.silent:
            self.found.append(" ".join(data.split()) + (" " if data[-1:].isspace() else ""))


def main(file: str, folder: str) -> None:
    """Write what the mail says; a file that is no mail ends with an error."""
    with Path(file).open("rb") as source:
        mail = BytesParser(_class=EmailMessage, policy=default).parse(source)
    if not mail["from"] or not (mail["date"] or mail["subject"]):
        raise SystemExit("no mail: it has no sender, or neither day nor subject")
    carried = [[_clean(part.get_filename() or ""), len(_octets(part))] for part in _carried(mail)]
    head = {
        "subject": _clean(str(mail["subject"] or "")),
        "sent": _moment(mail),
        **{name: _people(mail, name) for name in ("from", "to", "cc")},
        "carried": carried[:CARRIED],
        "more": max(len(carried) - CARRIED, 0),
    }
    (Path(folder) / "text").write_text(_body(mail)[:WORDS], "utf-8")
    (Path(folder) / "head.json").write_text(json.dumps(head, ensure_ascii=False), "utf-8")


def _moment(mail: EmailMessage) -> str:
    """When it was sent; empty where its date is none, or says nothing of a zone."""
    moment = getattr(mail["date"], "datetime", None)
    return moment.isoformat() if moment is not None and moment.tzinfo is not None else ""


def _people(mail: EmailMessage, name: str) -> list[list[str]]:
    found = [one for header in mail.get_all(name, []) for one in getattr(header, "addresses", ())]
    return [[_clean(one.display_name), _clean(one.addr_spec)] for one in found[:PEOPLE]]


def _carried(mail: EmailMessage) -> Iterator[MIMEPart[Any, Any]]:
    """Parts that are files, at any depth, also of mails in the mail: they have a name, are attached, or are neither text nor picture."""
    for part in mail.walk():
        shown = part.get_content_maintype() in {"text", "image", "multipart", "message"}
        if not part.is_multipart() and (part.get_filename() or part.is_attachment() or not shown):
            yield part


def _body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain", "html"))
    if part is None:
        return ""
    text = _decoded(part)
    if part.get_content_subtype() == "html":
        words = Words()
        words.feed(text)
        words.close()
        text = "".join(words.found)
    lines = [line.rstrip() for line in _printable(text).splitlines()]
    return "\n".join(line for place, line in enumerate(lines) if line or (place and lines[place - 1])).strip()


def _decoded(part: MIMEPart[Any, Any]) -> str:
    charset = str(part.get_content_charset() or "utf-8").lower()
    try:
        return _octets(part).decode(WIDER.get(charset, charset), "replace")
    except LookupError:
        return _octets(part).decode("utf-8", "replace")


def _octets(part: MIMEPart[Any, Any]) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _clean(text: str) -> str:
    return " ".join(_printable(text).split())[:LONGEST]


def _printable(text: str) -> str:
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(one for one in text if one in "\n\t" or one.isprintable() or one.isspace())


if __name__ == "__main__":
    main(*sys.argv[1:])
