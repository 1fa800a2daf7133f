"""What a person answers when a verb asks: a reason, a result, a name."""

from __future__ import annotations

from typing import Any

from core.database.fields import Field
from core.database.values import clean_value
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg

REASON = Field("text", msg("Reason"), "reason", max_length=500)


def clean_answer(field: Field, value: Any, name: str) -> Any:
    """``value`` as ``field`` stores it, None for nothing at all; raises :class:`BadInput` under ``name``, what the verb calls it."""
    try:
        return clean_value(field, value)
    except BadInput as error:
        raise BadInput(fields={name: error.message}) from error


def needed_answer(field: Field, value: Any, name: str, missing: Message | None = None) -> Any:
    """Like :func:`clean_answer`; refuses nothing at all, with the sentence ``missing`` if there is a better one."""
    found = clean_answer(field, value, name)
    if found is None:
        raise BadInput(fields={name: missing or msg("Please fill this in.")})
    return found


def clean_reason(reason: str | None, name: str = "reason") -> str | None:
    """A reason or remark in one line of at most 500 characters, None for an empty one; raises :class:`BadInput` under ``name``."""
    text: str | None = clean_answer(REASON, reason, name)
    return text


def needed_reason(reason: str | None, name: str = "reason") -> str:
    """Like :func:`clean_reason`; also refuses an empty one."""
    text: str = needed_answer(REASON, reason, name, msg("Please give a reason."))
    return text
