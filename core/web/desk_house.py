"""The desk of those who keep the house: what is not well, and the figures of the deployment, each a door to where it is put right.

Whoever has a module to work in sees that instead; each part asks for the right of the page that it leads to, and a task for the right to
do it: whoever may only read is not told to change what is not well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app, g, url_for
from sqlalchemy import func, select

from core.access.people import without_role
from core.approvals.chains import kinds_on
from core.approvals.gaps import outlook
from core.audit.alarms import SENTENCES
from core.extension.calling import registry
from core.kernel.clock import now, today
from core.kernel.words import counted, msg
from core.kernel.working_days import is_published
from core.organisation.models import Employee, Parameter
from core.privacy.retention import due_people
from core.switchboard.operations import enabled_modules
from core.web import formats
from core.web.administration.trail_state import alarms_shown
from core.web.health import is_at_work
from core.web.pages import DeskCard, DeskItem, Figure
from core.work.handlers import job_handlers
from core.work.models import Job, JobState

JOBS_DAYS, BACKUP_DAYS = 7, 7  # failed jobs are told so long; a backup older than that is late
SHOWN = 6
NEXT_YEAR_FROM = 11  # month from which the holidays of the next year should be known


def house_desk(session: Any) -> tuple[tuple[Figure, ...], tuple[DeskCard, ...]]:
    """Figures and the card of what needs attention; nothing for whoever keeps no part of the house."""
    kept = [resource for resource in ("module", "role", "audit", "backup", "privacy", "approval_chain") if _may(f"core.{resource}")]
    if not kept:
        return (), ()
    figures = tuple(_figures(session))
    items = tuple(_attention(session))
    return figures, (DeskCard(msg("Needs attention"), items, empty=msg("Everything is in order."), span=8),)


def _may(resource: str, verb: str = "read") -> bool:
    return bool(g.actor.may(resource, verb))


def _figures(session: Any) -> Iterator[Figure]:
    if _may("core.module"):
        on, installed = enabled_modules(session, g.actor.company_id, registry()), registry().names
        yield Figure(msg("Modules in use"), f"{len(on)} / {len(installed)}", url_for("ModulesView.modules"))
    if _may("core.employee"):
        present = select(func.count(Employee.id)).where(Employee.left_on.is_(None))
        yield Figure(msg("Working here"), f"{session.scalar(present)}", url_for("EmployeesView.list", view="present"))
    if _may("core.role"):
        bare = session.scalar(select(func.count(Employee.id)).where(without_role()))
        yield Figure(msg("Without a role"), f"{bare}", url_for("EmployeesView.list", view="roleless") if _may("core.employee") else "")
    if _may("core.backup"):
        yield _backup()
    if _may("core.parameter"):
        coming = session.scalar(select(func.count(Parameter.id)).where(Parameter.starts_on > today()))
        yield Figure(msg("Parameters that change soon"), f"{coming}", url_for("ParametersView.parameters"))


def _backup() -> Figure:
    """When the folder of the deployment got its last whole backup."""
    folder = current_app.extensions["keguan"].settings.backup_folder
    made = [one.stat().st_mtime for one in folder.glob("*/manifest.json")] if folder.is_dir() else []
    last = datetime.fromtimestamp(max(made), UTC) if made else None
    told = formats.relative(last, now()) if last is not None else msg("Not made yet")
    late = last is None or now() - last > timedelta(days=BACKUP_DAYS)
    return Figure(msg("Last backup"), told, url_for("BackupsView.backups"), late=late)


def _attention(session: Any) -> Iterator[DeskItem]:
    if _may("core.job"):
        yield from _jobs(session)
    if _may("core.audit"):
        yield from (DeskItem(SENTENCES[one.kind], url_for("TrailView.state"), at=one.began_at) for one in alarms_shown(session)[:SHOWN])
    if _may("core.approval_chain", "update"):
        yield from _gaps(session)
    if _may("core.calendar", "update") and today().month >= NEXT_YEAR_FROM and not is_published(today().year + 1):
        year = today().year + 1
        yield DeskItem(msg("The public holidays of %(year)s are not known yet.", year=year), url_for("WorkingDaysView.year", year=year))
    if _may("core.privacy", "erase") and (due := due_people(session, SHOWN)):
        yield DeskItem(msg("People due for erasure: %(count)s", count=len(due)), url_for("PrivacyView.desk"))


def _jobs(session: Any) -> Iterator[DeskItem]:
    """A worker that is missing, and kinds of work that failed lately."""
    if not is_at_work("worker"):
        waiting = msg("No worker is running: imports, exports, reminders and mails wait.")
        yield DeskItem(waiting, "", msg("Start one with: app.py worker"), whole=True)
    since = now() - timedelta(days=JOBS_DAYS)
    failed = (
        select(Job.kind, func.count(Job.id), func.max(Job.finished_at))
        .where(Job.state == JobState.FAILED, Job.finished_at > since)
        .group_by(Job.kind)
        .order_by(func.max(Job.finished_at).desc())
    )
    handlers = job_handlers(registry())
    for kind, count, last in session.execute(failed.limit(SHOWN)):
        label = handlers[kind].title if kind in handlers else kind
        note = counted("failed %(count)s time in %(days)s days", "failed %(count)s times in %(days)s days", count, days=JOBS_DAYS)
        yield DeskItem(
            label, url_for("ImportsView.imports") if kind.startswith("core.import") and _may("core.imports") else "", note, at=last
        )


def _gaps(session: Any) -> Iterator[DeskItem]:
    """Kinds of documents that somebody could submit and nobody could decide about."""
    kinds = kinds_on(g.actor.modules)
    seen = outlook(session, kinds)
    for kind in [one for one in kinds if seen.of(one)][:SHOWN]:
        yield DeskItem(
            msg("Nobody can approve: %(kind)s", kind=kind.title),
            url_for("ChainsView.chain", name=kind.name),
            seen.sentences(kind)[0],
            whole=True,
        )
