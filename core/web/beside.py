"""What helps while the lines of a document are written, below them on its form and on its page (:class:`~core.web.nouns.Beside`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import request
from flask_appbuilder import expose
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from core.web.access import needs
from core.web.addresses import address
from core.web.input import lines_of
from core.web.nouns import Noun, Nouns
from core.web.pages import BesideForm, BesidePage, Block
from core.web.showing import view_name

MOST_NAMED = 50
"""Lines that are looked at."""


class BesideLines:
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
        blocks = blocks_on_form(self.session, self.nouns, self.noun, request.args)
        return self.page(BesidePage(title=self.noun.title, blocks=tuple(blocks)))


def beside_form(
    session: Any, nouns: Nouns, noun: Noun, typed: Mapping[str, str], lines: Sequence[Mapping[str, str]], record: Any | None
) -> BesideForm | None:
    """The place below the lines of a form, filled as far as the form says already what it is about."""
    if noun.beside is None or noun.lines is None:
        return None
    blocks = _blocks(session, nouns, noun, typed.get(noun.beside.by, ""), _said(noun, lines), record.id if record is not None else None)
    asked = (f"[name='{noun.beside.by}']", f"[name^='{noun.lines[0]}-'][name$='-{noun.beside.line}']")
    of = f"?of={record.id}" if record is not None else ""
    return BesideForm(f"{address(f'{view_name(noun)}.beside')}{of}", ",".join(asked), tuple(blocks))


def blocks_on_form(session: Any, nouns: Nouns, noun: Noun, sent: Mapping[str, str]) -> Sequence[Block]:
    """The blocks for what a form holds at the moment; it may hold anything."""
    assert noun.beside is not None
    of = _number(sent.get("of", ""))
    return _blocks(session, nouns, noun, sent.get(noun.beside.by, ""), _said(noun, lines_of(noun, sent)), of)


def blocks_of_record(session: Any, nouns: Nouns, noun: Noun, record: Any, lines: Sequence[Any]) -> Sequence[Block]:
    """The blocks for a stored document, below its lines."""
    if noun.beside is None:
        return ()
    named = [str(value) for line in lines if (value := getattr(line, noun.beside.line, None))]
    return _blocks(session, nouns, noun, str(getattr(record, f"{noun.beside.by}_id") or ""), named[:MOST_NAMED], record.id)


def _said(noun: Noun, lines: Sequence[Mapping[str, str]]) -> list[str]:
    """What the typed lines are about."""
    assert noun.beside is not None
    return [line[noun.beside.line].strip() for line in lines if line.get(noun.beside.line, "").strip()][:MOST_NAMED]


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def _blocks(session: Any, nouns: Nouns, noun: Noun, typed: str, named: Sequence[str], document_id: int | None) -> Sequence[Block]:
    """Nothing for what is no record, or none that the person sees."""
    assert noun.beside is not None
    target, number = nouns.by_table.get(noun.fields[noun.beside.by].target), _number(typed)
    if target is None or number is None or session.get(target.model, number) is None:
        return ()
    return noun.beside.blocks(session, number, named, document_id)
