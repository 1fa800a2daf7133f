"""What a company makes of its code lists: new entries, other words, another order, switched off (R-060)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, authorise, open_for_writing
from core.database.changes import clean_values
from core.database.fields import fields_of
from core.extension.chinese import chinese
from core.extension.installed import stored_classes
from core.kernel.acting import company_id
from core.kernel.errors import BadInput, Conflict, NotFound, StaleVersion
from core.kernel.words import Bilingual, Message, msg
from core.organisation.code_lists import STEP, Entry, entries, list_called, meant_by
from core.organisation.models import CodeEntry

CODE = re.compile(r"[^\s,;|]{1,60}")


def add_entry(session: Session, list_name: str, values: Mapping[str, Any]) -> CodeEntry:
    """Add an entry of the company's own to the list; without ``position`` it comes last.

    ``values`` are code, chinese, english, position and aliases. Raises :class:`BadInput` when a word of it means another entry already.
    """
    authorise(CodeEntry, "update")
    list_called(list_name)
    present = entries(session, list_name)
    last = max((entry.position for entry in present), default=0)
    clean = clean_values(CodeEntry, {"position": last + STEP, **_given(values)}, partial=False)
    if not CODE.fullmatch(clean["code"]):
        raise BadInput(fields={"code": msg("A code is one word without spaces or commas. Please change it.")})
    if any(entry.code == clean["code"] for entry in present):
        raise BadInput(fields={"code": msg("The list has the code %(code)s already. Please choose another.", code=clean["code"])})
    _refuse_double(session, list_name, clean["code"], clean)
    row = CodeEntry(company_id=company_id(), list_name=list_name, **clean)
    return _store(session, row)


def change_entry(session: Session, list_name: str, code: str, version: int | None, changes: Mapping[str, Any]) -> CodeEntry:
    """Rename, move, switch off or on, or give other words to an entry, a declared one as well; its code stays.

    ``version`` is that of the entry's row, 0 for a declared entry that the company has not touched. Raises :class:`StaleVersion`.
    """
    authorise(CodeEntry, "update")
    entry = _called(session, list_name, code)
    row = _row(session, list_name, code) or _first_row(list_name, entry)
    if version is not None and version != entry.version:
        raise StaleVersion({name: getattr(row, name) for name in CodeEntry.fields()}, {}, entry.version)
    clean = clean_values(CodeEntry, {**_given(changes), "code": code}, partial=True)
    _refuse_double(session, list_name, code, clean)
    for name, value in clean.items():
        setattr(row, name, value)
    return _store(session, row)


def remove_entry(session: Session, list_name: str, code: str, version: int | None) -> None:
    """Delete an entry of the company's own that nothing uses.

    Raises :class:`Conflict` for a declared entry and for one in use: those are switched off.
    """
    authorise(CodeEntry, "update")
    entry = _called(session, list_name, code)
    row = _row(session, list_name, code)
    if entry.declared or row is None:
        raise Conflict(msg("“%(label)s” comes with the program. Please switch it off instead.", label=entry.label))
    if version is not None and version != entry.version:
        raise StaleVersion({}, {}, entry.version)
    if in_use(session, list_name, code):
        raise Conflict(msg("“%(label)s” is used by records. Please switch it off instead; they keep it.", label=entry.label))
    open_for_writing(session, row)
    session.delete(row)
    session.flush()


def in_use(session: Session, list_name: str, code: str) -> bool:
    """Whether any record of the company, of plugins that are off as well, holds the code."""
    company = company_id()
    with as_system(session, "whether an entry of a code list is used"):
        for model in stored_classes():
            for name, field in fields_of(model).items():
                if field.kind == "code" and field.code_list == list_name:
                    found = select(model.id).where(model.company_id == company, getattr(model, name) == code).limit(1)
                    if session.scalar(found) is not None:
                        return True
    return False


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that can be written."""
    return {name: values[name] for name in ("code", "chinese", "english", "position", "active", "aliases") if name in values}


def _called(session: Session, list_name: str, code: str) -> Entry:
    found = next((entry for entry in entries(session, list_name) if entry.code == code), None)
    if found is None:
        raise NotFound(msg("The list has no entry “%(code)s”.", code=code[:60]))
    return found


def _row(session: Session, list_name: str, code: str) -> CodeEntry | None:
    """What the company has stored of the entry."""
    return session.scalars(select(CodeEntry).where(CodeEntry.list_name == list_name, CodeEntry.code == code)).one_or_none()


def _first_row(list_name: str, entry: Entry) -> CodeEntry:
    """A declared entry as a row of the company, still as it is declared."""
    words = entry.label if isinstance(entry.label, Bilingual) else Bilingual(entry.label.text, chinese=chinese(entry.label))
    return CodeEntry(
        company_id=company_id(),
        list_name=list_name,
        code=entry.code,
        chinese=words.chinese,
        english=words.text,
        position=entry.position,
        active=True,
    )


def _store(session: Session, row: CodeEntry) -> CodeEntry:
    session.add(row)
    open_for_writing(session, row)
    session.flush()
    return row


def _refuse_double(session: Session, list_name: str, code: str, words: Mapping[str, Any]) -> None:
    """One word means one entry, else a file could not be read. To be asked before anything is written."""
    wrong: dict[str, Message] = {}
    for field in ("chinese", "english", "aliases"):
        for word in filter(None, (line.strip() for line in (words.get(field) or "").splitlines())):
            other = meant_by(session, list_name, word)
            if other is not None and other.code != code:
                wrong[field] = msg("“%(word)s” means “%(other)s” already. Please choose another word.", word=word, other=other.label)
    if wrong:
        raise BadInput(fields=wrong)
