"""Decisions about orders and quotations, which nobody takes about an own document."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.access.guard import get_for
from core.audit.trail import name_action
from core.kernel.acting import employee_id
from core.kernel.lifecycle import Lifecycle
from plugins.sales.errors import OwnDocument


def decided(
    session: Session, model: type[Any], cycle: Lifecycle[Any], record_id: int, version: int | None, *, right: str, verb: str
) -> Any:
    """A document in a state that ``verb`` leads on from, for whoever has the ``right`` to decide about it.

    Raises :class:`OwnDocument` for its owner, :class:`IllegalTransition` in any other state.
    """
    document = get_for(session, model, right, record_id, version)
    name_action(session, document, verb)
    if document.owner_id == employee_id():
        raise OwnDocument
    cycle.move(document.state, verb)
    return document
