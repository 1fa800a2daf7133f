"""Checking the trail in the background: the job, its progress, and what it has found."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.alarms import FAILED, STRANGERS, end_alarm, raise_alarm
from core.audit.anchors import Anchors
from core.audit.blocks import PLATFORM
from core.audit.models import AuditCheck
from core.audit.reconciling import audited_models, strangers_after
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
        strange = compare_records(database, chain, lambda: progress and progress(found.checked, found.checked))
        with database.transaction() as session:
            kept: AuditCheck = session.get(AuditCheck, check.id)
            _keep(kept, found, strange)
            new = [kind for kind, result in ((FAILED, found), (STRANGERS, strange)) if _new_alarm(session, kind, chain, result)]
    for kind in new:
        tell_auditors(database, kind, chain)
    return kept


def compare_records(database: Database, company: int | None = None, portion_done: Callable[[], Any] = lambda: None) -> Verification:
    """Compare the records of ``company``, or of all, with what the trail says of them; ``portion_done`` is called after every 500.

    Each portion is a transaction of its own that sees records and trail as of one moment, so nobody who works meanwhile waits or is told
    to be a stranger.
    """
    result = Verification()
    for model in audited_models():
        newest: int | None = 0
        while newest is not None:
            with _one_moment(database) as session:
                found, newest = strangers_after(session, model, newest, company)
            for one in (stranger.problem for stranger in found):
                result.tell(one.kind, company or PLATFORM, one.number, one.detail)
            portion_done()
    return result


def _one_moment(database: Database) -> Session:
    if database.engine.dialect.name == "sqlite":  # every transaction there sees one moment
        return Session(database.engine)
    return Session(database.engine.execution_options(isolation_level="REPEATABLE READ"))


def _new_alarm(session: Session, kind: str, chain: int, result: Verification) -> bool:
    """Raise or end the alarm; whether it is new."""
    if not result.found:
        end_alarm(session, kind, chain)
        return False
    return raise_alarm(session, kind, chain, _told([*result.problems]))


def _verified(database: Database, chain: int, progress: Any) -> Verification:
    """On a connection of its own, because ``progress`` writes by the one of the thread."""
    with Session(database.engine) as session:
        return verify(session, key_of(database.engine), anchors_in_use(), chain, progress)


def _keep(check: AuditCheck, found: Verification, strange: Verification) -> None:
    check.rows, check.blocks, check.total = found.checked, found.blocks, found.found + strange.found
    check.problems, check.ended_at = _told([*found.problems, *strange.problems, *found.epochs]), now()


def _told(problems: Sequence[Problem]) -> str:
    return json.dumps([[one.kind, one.number, one.detail] for one in problems[:SHOWN]], ensure_ascii=False)


def last_checks(session: Session, chain: int, most: int = 10) -> list[AuditCheck]:
    """The newest checks of ``chain``, the latest first."""
    return list(session.scalars(select(AuditCheck).where(AuditCheck.chain == chain).order_by(AuditCheck.id.desc()).limit(most)))


def problems_of(check: AuditCheck) -> list[Problem]:
    """What the check has found; remarks on new beginnings included."""
    return [Problem(kind, check.chain, number, detail) for kind, number, detail in json.loads(check.problems)]
