"""Code lists: the words that a company chooses from, over the entries that plugins declare (R-060).

Only what differs from the declaration is stored, so a list that nobody touched follows the program.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from core.database.fields import Field, fields_of
from core.database.records import Record
from core.extension.calling import registry
from core.extension.chinese import chinese
from core.extension.exchange import CodeListSpec
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import Bilingual, Message, listed, msg
from core.organisation.memory import remembered
from core.organisation.models import CodeEntry

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
            ("sales_assistant", msg("Sales assistant")),
            ("contract_administrator", msg("Contract administrator")),
            ("finance_manager", msg("Finance manager")),
            ("invoicing_clerk", msg("Invoicing clerk")),
            ("system_administrator", msg("System administrator")),
            ("security_administrator", msg("Security administrator")),
            ("audit_administrator", msg("Audit administrator")),
        ),
        open=True,
        help=msg("Offered when an employee is entered; other values may be typed too."),
    ),
    CodeListSpec(
        "core.tag",
        msg("Tags"),
        (("key", msg("Important")), ("watch", msg("Keep an eye on")), ("risk", msg("At risk"))),
        open=True,
        help=msg("What records are tagged with; whoever tags a record with a new word adds it here."),
    ),
)


class CodeRow(NamedTuple):
    """What a company has stored of one entry."""

    code: str
    chinese: str
    english: str | None
    position: int
    active: bool
    aliases: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the company has it. ``declared`` ones come with a plugin and can be switched off, not deleted.

    ``version`` is that of the company's row for it, 0 without one; ``own_aliases`` are the words that the row adds, one a line.
    """

    code: str
    label: Message
    active: bool
    position: int
    aliases: tuple[str, ...]
    declared: bool
    version: int = 0
    own_aliases: str = ""


def list_called(name: str) -> CodeListSpec:
    """The declaration of the list ``name``."""
    spec = registry().code_lists.get(name)
    if spec is None:
        raise NotFound(msg("There is no code list called %(name)s.", name=name))
    return spec


def entries(session: Session, name: str) -> Sequence[Entry]:
    """All entries of the list in the company's order, those switched off included."""
    return _list(session, name).entries


def label_of(session: Session, name: str, code: str) -> Message:
    """The word for ``code`` in the reader's language; a word that is no entry stands for itself."""
    entry = _list(session, name).by_code.get(code)
    return entry.label if entry is not None else Message(code)


def resolve(session: Session, name: str, word: str) -> str:
    """The code that ``word`` means: a code, a label in either language or another word for it, whatever its case and width.

    Raises :class:`BadInput` for what the list does not know, unless it is open, and for an entry that is switched off.
    """
    entry = meant_by(session, name, word)
    if entry is not None:
        if not entry.active:
            raise BadInput(msg("“%(word)s” is no longer in use. Please choose another.", word=entry.label))
        return entry.code
    if list_called(name).open:
        return word
    known = listed(one.label for one in entries(session, name) if one.active)
    raise BadInput(msg("This is none of the allowed words: %(words)s.", words=known))


def meant_by(session: Session, name: str, word: str) -> Entry | None:
    """The entry that ``word`` means, switched off or not; None for a word that the list does not know."""
    return _list(session, name).by_word.get(_bare(word))


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


class _List:
    """One list of one company, made ready to be asked."""

    def __init__(self, spec: CodeListSpec, stored: Sequence[CodeRow]) -> None:
        own = {row.code: row for row in stored}
        found = [_declared(spec, number, own.pop(code, None)) for number, (code, _) in enumerate(spec.entries)]
        found += [_own(row) for row in own.values()]
        self.spec = spec
        self.entries = tuple(sorted(found, key=lambda entry: (entry.position, entry.code)))
        self.by_code = {entry.code: entry for entry in self.entries}
        self.by_word = _by_word(self.entries)


class _Lists:
    """The lists of one company: its stored rows, and each list from the moment on when it is asked for."""

    def __init__(self, stored: Mapping[str, Sequence[CodeRow]]) -> None:
        self._stored = stored
        self._ready: dict[str, _List] = {}

    def called(self, spec: CodeListSpec) -> _List:
        ready = self._ready.get(spec.name)
        if ready is None or ready.spec is not spec:
            ready = self._ready[spec.name] = _List(spec, self._stored.get(spec.name, ()))
        return ready


def _list(session: Session, name: str) -> _List:
    return (remembered(session, "code lists", _read) or _Lists({})).called(list_called(name))


def _read(session: Session, company: int) -> _Lists:
    columns = [getattr(CodeEntry, name) for name in ("list_name", *CodeRow._fields)]
    found: dict[str, list[CodeRow]] = {}
    for name, *values in session.execute(select(*columns).where(CodeEntry.company_id == company)):
        found.setdefault(name, []).append(CodeRow(*values))
    return _Lists(found)


def _by_word(found: Sequence[Entry]) -> dict[str, Entry]:
    """Entries by every word that means them, bare; a code goes before the words of others, one in use before one switched off."""
    index = {_bare(entry.code): entry for entry in found}
    for entry in sorted(found, key=lambda one: not one.active):
        for word in words_of(entry):
            index.setdefault(_bare(word), entry)
    return index


def _declared(spec: CodeListSpec, number: int, row: CodeRow | None) -> Entry:
    code, label = spec.entries[number]
    aliases = spec.aliases.get(code, ())
    if row is None:
        return Entry(code, label, active=True, position=(number + 1) * STEP, aliases=aliases, declared=True)
    words = (*aliases, label.text, chinese(label), *_lines(row.aliases))
    return Entry(code, _label(row), row.active, row.position, words, True, row.version, row.aliases or "")


def _own(row: CodeRow) -> Entry:
    return Entry(row.code, _label(row), row.active, row.position, _lines(row.aliases), False, row.version, row.aliases or "")


def _label(row: CodeRow) -> Message:
    return Bilingual(row.english or row.chinese, chinese=row.chinese)


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def _bare(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())
