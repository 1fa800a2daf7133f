"""Code lists: the words that a company chooses from, over the entries that plugins declare (R-060).

Only what differs from the declaration is stored, so a list that nobody touched follows the program.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from core.database.fields import Field, fields_of
from core.database.records import Record
from core.extension.calling import registry
from core.extension.chinese import chinese
from core.extension.exchange import CodeListSpec
from core.kernel.acting import Actor, System, acting
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import Bilingual, Message, msg
from core.organisation.models import CodeEntry

CACHE, INDEX = "code_entries", "code_words"
STEP = 10  # between positions of declared entries, so that one can be put between two
CORE_CODE_LISTS: tuple[CodeListSpec, ...] = (
    CodeListSpec(
        "core.position",
        msg("Positions"),
        (
            ("general_manager", msg("General manager")),
            ("deputy_general_manager", msg("Deputy general manager")),
            ("department_manager", msg("Department manager")),
            ("sales_manager", msg("Sales manager")),
            ("sales_representative", msg("Sales representative")),
            ("service_engineer", msg("Service engineer")),
            ("accountant", msg("Accountant")),
            ("clerk", msg("Clerk")),
        ),
        open=True,
        help=msg("Offered when an employee is entered; another word may be written too."),
    ),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the company has it. ``declared`` ones come with a plugin and can be switched off, not deleted."""

    code: str
    label: Message
    active: bool
    position: int
    aliases: tuple[str, ...]
    declared: bool
    row: CodeEntry | None = None


def list_called(name: str) -> CodeListSpec:
    """The declaration of the list ``name``."""
    spec = registry().code_lists.get(name)
    if spec is None:
        raise NotFound(msg("There is no code list called %(name)s.", name=name))
    return spec


def entries(session: Session, name: str) -> Sequence[Entry]:
    """All entries of the list in the company's order, those switched off included."""
    spec = list_called(name)
    stored = {row.code: row for row in _rows(session).get(name, ())}
    found = [_declared(spec, number, stored.pop(code, None)) for number, (code, _) in enumerate(spec.entries)]
    found += [_own(row) for row in stored.values()]
    return sorted(found, key=lambda entry: (entry.position, entry.code))


def label_of(session: Session, name: str, code: str) -> Message:
    """The word for ``code`` in the reader's language; a word that is no entry stands for itself."""
    entry = _index(session, name).get(_bare(code))
    return entry.label if entry is not None and entry.code == code else Message(code)


def resolve(session: Session, name: str, word: str) -> str:
    """The code that ``word`` means: a code, a label in either language or another word for it, whatever its case and width.

    Raises :class:`BadInput` for what the list does not know, unless it is open, and for an entry that is switched off.
    """
    entry = _index(session, name).get(_bare(word))
    if entry is not None:
        if not entry.active:
            raise BadInput(msg("“%(word)s” is not in use any more. Please choose another.", word=entry.label))
        return entry.code
    if list_called(name).open:
        return word
    known = "、".join(str(one.label) for one in entries(session, name) if one.active)
    raise BadInput(msg("This is none of the allowed words: %(words)s.", words=known))


def meant_by(session: Session, name: str, word: str) -> Entry | None:
    """The entry that ``word`` means, switched off or not; None for a word that the list does not know."""
    return _index(session, name).get(_bare(word))


def resolve_values(session: Session, model: type[Record], values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` by field name with every code resolved: for imports, before they compare with what is stored.

    Raises :class:`BadInput` naming each field that holds an unknown word.
    """
    found, wrong = dict(values), {}
    for name, field in fields_of(model).items():
        if field.kind == "code" and isinstance(values.get(name), str) and values[name].strip():
            try:
                found[name] = resolve(session, field.code_list, values[name].strip())
            except BadInput as error:
                wrong[name] = error.message
    if wrong:
        raise BadInput(fields=wrong)
    return found


def words_of(entry: Entry) -> tuple[str, ...]:
    """Every word that means the entry."""
    return (entry.code, entry.label.text, chinese(entry.label), *entry.aliases)


def install_code_lists(session_class: Any) -> None:
    """Check and resolve the codes of every record that ``session_class`` writes."""
    event.listen(session_class, "before_flush", _resolve_written)


def forget_entries(session: Session) -> None:
    """Read them anew; verbs that write one call it."""
    session.info.pop(CACHE, None)
    session.info.pop(INDEX, None)


def _resolve_written(session: Session, *_: Any) -> None:
    if not registry().code_lists:
        return
    for record in [*session.new, *session.dirty]:
        coded = _coded(type(record)) if isinstance(record, Record) else {}
        if coded:
            _resolve_record(session, record, coded)


def _resolve_record(session: Session, record: Record, coded: Mapping[str, Field]) -> None:
    state: Any = inspect(record)
    wrong: dict[str, Message] = {}
    for name, field in coded.items():
        value = state.dict.get(name)
        if value and (state.pending or state.attrs[name].history.added):
            try:
                with session.no_autoflush:
                    code = resolve(session, field.code_list, value)
            except BadInput as error:
                wrong[name] = error.message
            else:
                if code != value:
                    setattr(record, name, code)
    if wrong:
        raise BadInput(fields=wrong)


_CODED: dict[type[Any], Mapping[str, Field]] = {}


def _coded(model: type[Any]) -> Mapping[str, Field]:
    if model not in _CODED:
        _CODED[model] = {name: field for name, field in fields_of(model).items() if field.kind == "code"}
    return _CODED[model]


def _rows(session: Session) -> Mapping[str, list[CodeEntry]]:
    """Stored entries of the company by list; read once for the session."""
    who = acting()
    company = who.company_id if isinstance(who, Actor | System) else None
    cached: tuple[int | None, dict[str, list[CodeEntry]]] | None = session.info.get(CACHE)
    if cached is None or cached[0] != company:
        found: dict[str, list[CodeEntry]] = {}
        for row in session.scalars(select(CodeEntry).where(CodeEntry.company_id == company)) if company is not None else ():
            found.setdefault(row.list_name, []).append(row)
        cached = session.info[CACHE] = (company, found)
    return cached[1]


def _index(session: Session, name: str) -> Mapping[str, Entry]:
    """Entries by every word that means them, bare; a code goes before the words of others, one in use before one switched off."""
    rows = _rows(session)
    cached: tuple[Any, dict[str, dict[str, Entry]]] | None = session.info.get(INDEX)
    if cached is None or cached[0] is not rows:
        cached = session.info[INDEX] = (rows, {})
    if name not in cached[1]:
        found = entries(session, name)
        index = {_bare(entry.code): entry for entry in found}
        for entry in sorted(found, key=lambda one: not one.active):
            for word in words_of(entry):
                index.setdefault(_bare(word), entry)
        cached[1][name] = index
    return cached[1][name]


def _declared(spec: CodeListSpec, number: int, row: CodeEntry | None) -> Entry:
    code, label = spec.entries[number]
    aliases = spec.aliases.get(code, ())
    if row is None:
        return Entry(code, label, active=True, position=(number + 1) * STEP, aliases=aliases, declared=True)
    words = (*aliases, label.text, chinese(label), *_lines(row.aliases))
    return Entry(code, _label(row), row.active, row.position, words, declared=True, row=row)


def _own(row: CodeEntry) -> Entry:
    return Entry(row.code, _label(row), row.active, row.position, _lines(row.aliases), declared=False, row=row)


def _label(row: CodeEntry) -> Message:
    return Bilingual(row.english or row.chinese, chinese=row.chinese)


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def _bare(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())
