"""Saved views that look for somebody who is being erased."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.audit.destroying import erase_aside
from core.audit.trail import ERASE, name_action
from core.exports.forgetting import spelt
from core.kernel.acting import company_id
from core.lists.models import ListView


def forget_conditions(session: Session, words: Collection[str]) -> None:
    """Leave the conditions out of saved views of the company that name one of ``words``, however they are spelt; what was saved before
    goes with them."""
    named = spelt(words)
    with as_system(session, "saved views that look for an erased person"):
        views = session.scalars(select(ListView).where(ListView.company_id == company_id(), ListView.conditions.contains("=")))
        for view in views:
            pairs = parse_qsl(view.conditions)
            kept = [(name, value) for name, value in pairs if not named.search(value)]
            if len(kept) < len(pairs):
                open_for_writing(session, view)
                name_action(session, view, ERASE)
                view.conditions = urlencode(kept)
                erase_aside(session, [(ListView.__tablename__, view.id)])
