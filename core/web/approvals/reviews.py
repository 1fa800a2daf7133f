"""Decisions about a document that no chain asked for: told from the trail, so that its page never denies the review it had (R-151)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import g
from sqlalchemy import select

from core.access.guard import as_system
from core.approvals.chains import kinds_of
from core.audit.models import AuditRow
from core.web.history import why_told
from core.web.nouns import Noun
from core.web.pages import SignatureCell, Signatures
from core.web.trail_words import action_told, who_told

MOST = 20
"""Decisions shown; what lies further back stands in the history."""


def reviews_without_case(session: Any, noun: Noun, record: Any, kinds_with_case: Collection[str]) -> tuple[Signatures, ...]:
    """What the verbs of ``record`` decided, newest last, for every kind of approval that it has no case of."""
    kinds = [kind for kind in kinds_of(noun.model, g.actor.modules) if kind.decided_by and kind.name not in kinds_with_case]
    decided = [(kind.title, _decisions(session, noun, record, kind.decided_by)) for kind in kinds]
    return tuple(Signatures(title=title, cells=tuple(_cell(noun, row) for row in rows)) for title, rows in decided if rows)


def _decisions(session: Any, noun: Noun, record: Any, actions: tuple[str, ...]) -> list[AuditRow]:
    mine = (AuditRow.table_name == noun.model.__tablename__, AuditRow.record_id == record.id)
    with as_system(session, "cases of a document that may be seen"):
        rows = session.scalars(select(AuditRow).where(*mine, AuditRow.action.in_(actions)).order_by(AuditRow.id.desc()).limit(MOST))
        return list(rows)[::-1]


def _cell(noun: Noun, row: AuditRow) -> SignatureCell:
    return SignatureCell(action_told(row.action, noun), who_told(row.who), at=row.at, opinion=why_told(row), signed=True)
