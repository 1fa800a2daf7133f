"""Codes of code lists on pages and in REST: their words, and what can be chosen."""

from __future__ import annotations

from typing import Any

from core.database.fields import Field
from core.kernel.words import Message
from core.organisation.code_lists import entries, label_of, list_called
from core.web.gate import database_of
from core.web.pages import Option


def code_label(declared: Field, code: Any) -> Message:
    """The word for a stored code in the reader's language."""
    return label_of(_session(), declared.code_list, str(code))


def is_open(declared: Field) -> bool:
    """Whether words that are no entry are taken too, so that it is typed rather than chosen."""
    return declared.kind == "code" and list_called(declared.code_list).open


def code_options(declared: Field, present: str = "") -> tuple[Option, ...]:
    """Entries to choose from: those in use, and the ``present`` one."""
    if declared.kind != "code":
        return ()
    found = [Option(one.code, one.label) for one in entries(_session(), declared.code_list) if one.active or one.code == present]
    known = {option.value for option in found}
    if present and present not in known and not is_open(declared):
        found.append(Option(present, Message(present)))
    return tuple(found)


def _session() -> Any:
    return database_of().session()
