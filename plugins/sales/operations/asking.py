"""What verbs ask a person for, and whom they tell."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from core.database.answers import needed_reason
from core.kernel.errors import BadInput
from core.kernel.words import Message
from core.organisation.code_lists import resolve
from core.work.notices import notify


def needed_code(session: Session, code_list: str, word: str | None, name: str = "reason") -> str:
    """The code of ``code_list`` that ``word`` means; raises :class:`BadInput` under ``name`` for nothing and for an unknown word."""
    text = needed_reason(word, name)
    try:
        return resolve(session, code_list, text)
    except BadInput as error:
        raise BadInput(fields={name: error.message}) from error


def tell(session: Session, employees: Iterable[int | None], message: Message, url: str) -> None:
    """Notify each of ``employees`` once; nobody is told twice and nothing is told to nobody."""
    for employee_id in dict.fromkeys(employees):
        if employee_id is not None:
            notify(session, employee_id, message, url)
