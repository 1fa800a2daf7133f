"""Reasons that people give: one line, storable, of bounded length."""

from __future__ import annotations

from core.database.values import clean_value
from core.kernel.errors import BadInput
from core.kernel.words import msg
from plugins.contracts.models import Contract


def clean_reason(reason: str | None, name: str = "reason") -> str | None:
    """The reason as it is stored, None for an empty one; raises :class:`BadInput` under the field ``name``."""
    try:
        text: str | None = clean_value(Contract.fields()["state_reason"], reason)
    except BadInput as error:
        raise BadInput(fields={name: error.message}) from error
    return text


def needed_reason(reason: str | None) -> str:
    """Like :func:`clean_reason`; also refuses an empty one."""
    text = clean_reason(reason)
    if text is None:
        raise BadInput(fields={"reason": msg("Please give a reason.")})
    return text
