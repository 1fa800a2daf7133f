"""What helps while the lines of a document are written, below them on its form and on its page (:class:`~core.web.nouns.Beside`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_appbuilder import expose
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from core.web.access import needs
from core.web.addresses import address
from core.web.input import lines_of
from core.web.nouns import Noun, Nouns
from core.web.pages import BesideLines, BesidePage, Block
from core.web.showing import readable, view_name

MOST_NAMED = 50
"""Lines that are looked at."""


class BesideOfRecords:
    """The blocks alone, as the form asks for them when what they are about has changed; mixed into the view of a noun."""

    noun: Noun
    nouns: Nouns
    session: Any
    page: Callable[..., Response]

    @expose("/beside")
    @needs("read")
    def beside(self) -> Response:
        """What is told of the record that the form names; a noun that tells nothing has a list."""
        if self.noun.beside is None:
            return redirect(address(f"{view_name(self.noun)}.list"), 303)
        sent = request.args
        blocks = blocks_beside(
            self.session,
            self.nouns,
            self.noun,
            sent.get(self.noun.beside.by, ""),
            _said(self.noun, lines_of(self.noun, sent)),
            sent.get("of", ""),
        )
        return self.page(BesidePage(title=self.noun.title, blocks=tuple(blocks)))


def beside_form(noun: Noun, typed: Mapping[str, str], lines: Sequence[Mapping[str, str]], record: Any | None) -> BesideLines | None:
    """The place below the lines of a form; it asks for its blocks once it is there, and anew when what they are about has changed."""
    if noun.beside is None or noun.lines is None:
        return None
    fields = (f"[name='{noun.beside.by}']", f"[name^='{noun.lines[0]}-'][name$='-{noun.beside.line}']")
    about = _about(noun, typed.get(noun.beside.by, ""), _said(noun, lines), record)
    first = _address(noun, about) if about[noun.beside.by] else ""
    return BesideLines(_address(noun, {"of": about["of"]}), first, ",".join(fields))


def beside_record(noun: Noun, record: Any, lines: Sequence[Any]) -> tuple[BesideLines, ...]:
    """The place below the lines of a stored document; it asks for its blocks once it is there, so that the page costs nothing more."""
    if noun.beside is None or not readable(noun, noun.beside.by):  # the address says what it is about
        return ()
    named = [str(value) for line in lines if (value := getattr(line, noun.beside.line, None))]
    return (BesideLines("", _address(noun, _about(noun, str(getattr(record, f"{noun.beside.by}_id") or ""), named, record))),)


def _about(noun: Noun, number: str, named: Sequence[str], record: Any | None) -> dict[str, str]:
    """What the address of the blocks says: the record they are about, what the lines name, and the document itself."""
    assert noun.beside is not None
    assert noun.lines is not None
    said = {f"{noun.lines[0]}-{place}-{noun.beside.line}": word for place, word in enumerate(named[:MOST_NAMED])}
    return {"of": str(record.id) if record is not None else "", noun.beside.by: number, **said}


def _address(noun: Noun, about: Mapping[str, str]) -> str:
    said = urlencode({name: value for name, value in about.items() if value})
    return f"{address(f'{view_name(noun)}.beside')}{f'?{said}' if said else ''}"


def _said(noun: Noun, lines: Sequence[Mapping[str, str]]) -> list[str]:
    """What the typed lines are about."""
    assert noun.beside is not None
    return [line[noun.beside.line].strip() for line in lines if line.get(noun.beside.line, "").strip()][:MOST_NAMED]


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def blocks_beside(session: Any, nouns: Nouns, noun: Noun, about: str, named: Sequence[str], of: str) -> Sequence[Block]:
    """The blocks about the record with the number ``about``; nothing for what is no record, or none that the person sees."""
    assert noun.beside is not None
    target, number = nouns.by_table.get(noun.fields[noun.beside.by].target), _number(about)
    if target is None or number is None or session.get(target.model, number) is None:
        return ()
    return noun.beside.blocks(session, number, named, _number(of))
