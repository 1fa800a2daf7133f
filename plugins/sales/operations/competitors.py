"""Competitors, as far as opportunities are lost to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.database.changes import apply_changes, make_record
from plugins.sales.models import Competitor
from plugins.sales.operations.storing import remove, store


def add_competitor(session: Session, values: Mapping[str, Any]) -> Competitor:
    """Note a competitor; raises :class:`NameTaken` for one that is known."""
    authorise(Competitor, "create")
    competitor: Competitor = make_record(Competitor, values)
    store(session, competitor)
    return competitor


def change_competitor(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Competitor:
    """Change the given fields."""
    competitor: Competitor = get_for(session, Competitor, "update", record_id, version)
    with session.no_autoflush:
        apply_changes(competitor, changes)
        store(session, competitor)
    return competitor


def delete_competitor(session: Session, record_id: int, version: int | None) -> None:
    """Delete a competitor to whom nothing was lost."""
    remove(session, get_for(session, Competitor, "delete", record_id, version))
