"""Colleagues who have to act."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from core.access.people import heads_of, holders


def heads(session: Session, department_id: int) -> Sequence[int]:
    """Employees who head the department, or the nearest one above it that has a head."""
    return [employee.id for employee in heads_of(session, department_id)]


def finance(session: Session) -> Sequence[int]:
    """Employees who decide about low prices (R-029)."""
    return [employee.id for employee in holders(session, "finance_manager")]
