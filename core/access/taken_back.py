"""What a verb that was run for many records is taken back with: what it did, told by the trail, and what nobody has changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.access.models import Share, ShareMode
from core.audit.touched import changed_by
from core.audit.trail import plain
from core.database.records import Record
from core.kernel.errors import Conflict
from core.kernel.words import msg

CHANGED_SINCE = msg("Someone has changed the record since, so its earlier value is not restored.")
TAKEN_BACK = msg("Taken back")


@dataclass(frozen=True)
class Done:
    """What the change of many records called ``key`` did with one of them: ``touched`` are the records it wrote to, by table."""

    key: str
    touched: Mapping[str, Sequence[int]]

    def of(self, session: Session, record: Record) -> Mapping[str, list[Any]]:
        """Column of ``record`` to [old, new], as JSON tells them; empty when it was not changed."""
        with as_system(session, "what a change of many records has done"):
            return changed_by(session, record.__tablename__, record.id, self.key)[1]

    def demand(self, session: Session, record: Any, *columns: str) -> Mapping[str, list[Any]]:
        """The same, as long as those ``columns`` that it changed hold what it put there; else :class:`Conflict`.

        What else has been written about the record meanwhile, such as a follow-up, does not matter.
        """
        changes = self.of(session, record)
        if not changes or any(name in changes and plain(getattr(record, name)) != changes[name][1] for name in columns):
            raise Conflict(CHANGED_SINCE)
        return changes


def put_back_shares(session: Session, record: Record, done: Done) -> None:
    """Let the shares of ``record`` be again what they were before; raises :class:`Conflict` for one that was changed since.

    The caller has found that the person may take back what was done with the record.
    """
    for share_id in done.touched.get(Share.__tablename__, ()):
        with as_system(session, "what a change of many records has done"):
            action, changes = changed_by(session, Share.__tablename__, share_id, done.key)
            share = session.scalars(select(Share).where(Share.id == share_id)).one_or_none()
        if action == "delete":
            _share_again(session, record, changes)
        elif share is None or any(plain(getattr(share, name)) != new for name, (_, new) in changes.items() if name in ("mode", "until")):
            raise Conflict(CHANGED_SINCE)
        elif action == "create":
            session.delete(share)
        else:
            _as_before(share, changes)
    session.flush()


def _as_before(share: Share, changes: Mapping[str, list[Any]]) -> None:
    if "mode" in changes:
        share.mode = ShareMode(changes["mode"][0])
    if "until" in changes:
        share.until = _moment(changes["until"][0])


def _share_again(session: Session, record: Record, changes: Mapping[str, list[Any]]) -> None:
    before = {name: old for name, (old, _) in changes.items()}
    if before.get("resource") != record.__resource__ or before.get("record_id") != record.id:
        return
    share = Share(resource=record.__resource__, record_id=record.id, employee_id=before["employee_id"])
    share.mode, share.until = ShareMode(before["mode"]), _moment(before.get("until"))
    session.add(share)


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
