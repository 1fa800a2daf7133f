"""Texts that people give to a verb, and the notices that follow it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.database.values import clean_value
from core.kernel.acting import employee_id
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.work.notices import notify


def cleaned(model: Any, field: str, value: Any, name: str) -> Any:
    """``value`` as the ``field`` of ``model`` stores it; raises :class:`BadInput` under ``name``."""
    try:
        return clean_value(model.fields()[field], value)
    except BadInput as error:
        raise BadInput(fields={name: error.message}) from error


def needed(model: Any, field: str, value: Any, name: str) -> Any:
    """Like :func:`cleaned`; also refuses nothing at all."""
    text = cleaned(model, field, value, name)
    if text is None:
        raise BadInput(fields={name: msg("Please fill this in.")})
    return text


def tell(session: Session, receiver: int | None, message: Message, url: str) -> None:
    """Give a notice to whoever has to act; nobody is told of what he or she has just done."""
    if receiver is not None and receiver != employee_id():
        notify(session, receiver, message, url)


def request_url(request_id: int) -> str:
    """Address of a request."""
    return f"/service-requests/{request_id}"


def dispatch_url(order_id: int) -> str:
    """Address of a dispatch order."""
    return f"/dispatch-orders/{order_id}"
