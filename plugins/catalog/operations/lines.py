"""Product lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.database.changes import apply_changes, make_record
from plugins.catalog.models import ProductLine
from plugins.catalog.operations.storing import remove, store


def create_line(session: Session, values: Mapping[str, Any]) -> ProductLine:
    """Add a product line; raises :class:`NameTaken` for a name that another has."""
    authorise(ProductLine, "create")
    line: ProductLine = make_record(ProductLine, values)
    store(session, line)
    return line


def change_line(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> ProductLine:
    """Change the given fields. Raises as :func:`create_line`."""
    line: ProductLine = get_for(session, ProductLine, "update", record_id, version)
    with session.no_autoflush:
        apply_changes(line, changes)
        store(session, line)
    return line


def delete_line(session: Session, record_id: int, version: int | None) -> None:
    """Delete a product line without products; raises :class:`InUse` otherwise."""
    remove(session, get_for(session, ProductLine, "delete", record_id, version))
