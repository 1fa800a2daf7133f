"""Checking the trail in the background: the job, its progress, and what it has found."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.alarms import FAILED, end_alarm, raise_alarm
from core.audit.anchors import Anchors
from core.audit.models import AuditCheck
from core.audit.trail import key_of
from core.audit.verification import Problem, Verification, verify
from core.database.sessions import Database
from core.extension.exchange import Task
from core.kernel.acting import System, acting_as
from core.kernel.clock import now
from core.work.trail_watch import tell_auditors

SHOWN = 100  # problems that a check keeps by name
HOUSE = System("checking the trail")
_anchors: list[Anchors] = []


def use_anchors(anchors: Anchors) -> None:
    """Make ``anchors`` those of this process; the application does it once at start."""
    _anchors[:] = [anchors]


def anchors_in_use() -> Anchors:
    """The anchors of this process."""
    return _anchors[0]


def run_check_job(database: Database, task: Task) -> Any:
    """Check the chain of the company; a check that was cut short begins anew."""
    check_chain(database, task.company_id, task.progress)


def check_chain(database: Database, chain: int, progress: Any = None) -> AuditCheck:
    """Check ``chain``, keep the result, and raise or end the alarm."""
    with acting_as(HOUSE):
        with database.transaction() as session:
            check = AuditCheck(chain=chain, began_at=now())
            session.add(check)
        found = _verified(database, chain, progress)
        with database.transaction() as session:
            kept: AuditCheck = session.get(AuditCheck, check.id)
            _keep(kept, found)
            new = bool(found.found) and raise_alarm(session, FAILED, chain, kept.problems)
            if not found.found:
                end_alarm(session, FAILED, chain)
    if new:
        tell_auditors(database, FAILED, chain)
    return kept


def _verified(database: Database, chain: int, progress: Any) -> Verification:
    """On a connection of its own, because ``progress`` writes by the one of the thread."""
    with Session(database.engine) as session:
        return verify(session, key_of(database.engine), anchors_in_use(), chain, progress)


def _keep(check: AuditCheck, found: Verification) -> None:
    told = [[one.kind, one.number, one.detail] for one in [*found.problems, *found.epochs][:SHOWN]]
    check.rows, check.blocks, check.total = found.checked, found.blocks, found.found
    check.problems, check.ended_at = json.dumps(told, ensure_ascii=False), now()


def last_checks(session: Session, chain: int, most: int = 10) -> list[AuditCheck]:
    """The newest checks of ``chain``, the latest first."""
    return list(session.scalars(select(AuditCheck).where(AuditCheck.chain == chain).order_by(AuditCheck.id.desc()).limit(most)))


def problems_of(check: AuditCheck) -> list[Problem]:
    """What the check has found; remarks on new beginnings included."""
    return [Problem(kind, check.chain, number, detail) for kind, number, detail in json.loads(check.problems)]
