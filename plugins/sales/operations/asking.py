"""What verbs ask a person for: reasons in words, and codes of a list."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from core.database.fields import Field
from core.database.values import clean_value
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.organisation.code_lists import resolve
from core.work.notices import notify

TEXT = Field("text", msg("Reason"), "reason", max_length=500)


def clean_text(text: str | None, name: str = "note") -> str | None:
    """One line as it is stored, None for an empty one; raises :class:`BadInput` under ``name``."""
    try:
        clean: str | None = clean_value(TEXT, text)
    except BadInput as error:
        raise BadInput(fields={name: error.message}) from error
    return clean


def needed_text(text: str | None, name: str = "reason") -> str:
    """Like :func:`clean_text`; also refuses an empty one."""
    clean = clean_text(text, name)
    if clean is None:
        raise BadInput(fields={name: msg("Please give a reason.")})
    return clean


def needed_code(session: Session, code_list: str, word: str | None, name: str = "reason") -> str:
    """The code of ``code_list`` that ``word`` means; raises :class:`BadInput` under ``name`` for nothing and for an unknown word."""
    text = needed_text(word, name)
    try:
        return resolve(session, code_list, text)
    except BadInput as error:
        raise BadInput(fields={name: error.message}) from error


def tell(session: Session, employees: Iterable[int | None], message: Message, url: str) -> None:
    """Notify each of ``employees`` once; nobody is told twice and nothing is told to nobody."""
    for employee_id in dict.fromkeys(employees):
        if employee_id is not None:
            notify(session, employee_id, message, url)
