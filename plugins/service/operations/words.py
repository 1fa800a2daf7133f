"""The notices that follow a verb, and where they lead."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.kernel.acting import employee_id
from core.kernel.words import Message
from core.work.notices import notify


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
