"""What is wrong with the trail just now, each once, from when to when."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.models import AuditAlarm
from core.kernel.clock import now
from core.kernel.words import Message, msg

UNREACHABLE, CONTRADICTED, EMPTIED = "anchor_unreachable", "anchor_contradicts", "anchor_emptied"
FORGED, FAILED, STRANGERS = "row_forged", "check_failed", "records_strange"
SENTENCES: dict[str, Message] = {
    UNREACHABLE: msg("The anchor of the audit trail cannot be reached, so nothing would show that the database was set back."),
    CONTRADICTED: msg(
        "The audit trail is not the one that was anchored: the database was set back or rewritten. Nothing is sealed until this is cleared."
    ),
    EMPTIED: msg("The anchor of the audit trail was empty and has been filled again. Compare it with a head that you kept."),
    FORGED: msg("The audit trail holds rows that this program has not written."),
    FAILED: msg("The check of the audit trail has found something wrong."),
    STRANGERS: msg("Records are not what the audit trail says: they were changed past the program."),
}
BLOCKING = (UNREACHABLE, CONTRADICTED)
"""Alarms with which the deployment is not ready."""


def raise_alarm(session: Session, kind: str, chain: int = 0, detail: str = "") -> bool:
    """Note that ``kind`` holds for ``chain`` from now on; whether that is new."""
    if _open(session, kind, chain):
        return False
    session.add(AuditAlarm(kind=kind, chain=chain, detail=detail[:2_000], began_at=now()))
    session.flush()
    return True


def end_alarm(session: Session, kind: str, chain: int | None = None) -> int:
    """Note that ``kind`` holds no more, for ``chain`` or for any; return how many alarms ended."""
    found = _open(session, kind, chain)
    for alarm in found:
        alarm.ended_at = now()
    session.flush()
    return len(found)


def open_alarms(session: Session, kinds: Sequence[str] = tuple(SENTENCES)) -> list[AuditAlarm]:
    """Alarms of ``kinds`` that hold just now, the oldest first."""
    asked = select(AuditAlarm).where(AuditAlarm.ended_at.is_(None), AuditAlarm.kind.in_(kinds))
    return list(session.scalars(asked.order_by(AuditAlarm.id)))


def _open(session: Session, kind: str, chain: int | None) -> list[AuditAlarm]:
    return [alarm for alarm in open_alarms(session, (kind,)) if chain in (None, alarm.chain)]
