"""How well the trail is kept: what is sealed and anchored, what is wrong, and what checks have found (R-445)."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_appbuilder import expose
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from core.access.guard import as_system
from core.audit.alarms import SENTENCES, open_alarms
from core.audit.blocks import PLATFORM
from core.audit.models import AuditAlarm, AuditBlock, AuditCheck, AuditRow
from core.audit.sealing import watermark
from core.audit.words import blocks_told, problem_told, rows_told
from core.kernel.clock import now
from core.kernel.words import Message, counted, in_turn, msg
from core.web import formats
from core.web.access import needs
from core.web.going import go
from core.web.pages import Link, Say, SettingGroup, SettingRow, SettingsPage, Tag, Tone, Verb
from core.web.shell import say
from core.web.views import PluginView
from core.work.jobs import enqueue
from core.work.models import Job, JobState
from core.work.trail_checks import last_checks, problems_of

KIND = "core.check_trail"
UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)


def alarms_shown(session: Any) -> list[AuditAlarm]:
    """Open alarms of the platform and of the company of the person who acts."""
    return [alarm for alarm in open_alarms(session) if alarm.chain in (PLATFORM, g.actor.company_id)]


class TrailView(PluginView):
    """Seals, alarms and checks of the company's trail."""

    route_base = "/trail"
    resource = "core.audit"

    @expose("/")
    @needs("read")
    def state(self) -> Response:
        """Everything at one glance; red where something is wrong."""
        chain = g.actor.company_id
        job = self._job()
        running = msg("The check is under way, rows: %(done)s of %(total)s", done=job.done, total=job.total or "…") if job else ""
        check = Verb(msg("Check now"), url_for("TrailView.check"), "shield-check", forbidden=running)
        return self.page(
            SettingsPage(
                title=msg("Seals and checks"),
                crumbs=(Link(msg("Audit trail"), url_for("AuditRowsView.list")),),
                back=Link(msg("Audit trail"), url_for("AuditRowsView.list")),
                lead=msg("Each row is sealed a few seconds after it was written and its seal is kept outside. A check finds every change."),
                verbs=(check,),
                says=tuple(Say(_alarm_told(alarm)) for alarm in alarms_shown(self.session)),
                groups=(self._seals(chain), self._checks(chain)),
                note=running,
            )
        )

    def _job(self) -> Job | None:
        asked = select(Job).where(Job.kind == KIND, Job.company_id == g.actor.company_id, Job.state.in_(UNDER_WAY)).limit(1)
        with as_system(self.session, "progress of the check"):
            found: Job | None = self.session.scalars(asked).one_or_none()
        return found

    def _seals(self, chain: int) -> SettingGroup:
        last = self.session.scalars(select(AuditBlock).where(AuditBlock.chain == chain).order_by(AuditBlock.number.desc()).limit(1)).first()
        open_rows = select(func.count(), func.min(AuditRow.at)).where(AuditRow.id > watermark(self.session))
        count, oldest = self.session.execute(open_rows).one()
        waiting = msg("since %(time)s", time=formats.exact_time(oldest)) if count else ""
        late = bool(count) and (now() - oldest).total_seconds() > LATE
        rows = [SettingRow(msg("Rows not sealed yet"), waiting, str(count), tags=(Tag(msg("late"), Tone.BAD),) if late else ())]
        if last is not None:
            rows.append(SettingRow(msg("Last block"), formats.exact_time(last.made_at), f"{last.number}"))
            rows.append(
                SettingRow(msg("Newest head"), msg("Keep it elsewhere: it proves later that nothing was rewritten."), code=last.head)
            )
        return SettingGroup(msg("Seals"), tuple(rows))

    def _checks(self, chain: int) -> SettingGroup:
        found = last_checks(self.session, chain)
        return SettingGroup(msg("Checks"), tuple(_check_told(one) for one in found), msg("Nothing has been checked yet."))

    @expose("/check", methods=["POST"])
    @needs("read")
    def check(self) -> Response:
        """Ask for a check in the background."""
        if self._job() is None:
            self.use_case(lambda session: enqueue(session, KIND, {}))
        say(msg("The check has begun; the result will appear here."))
        return go(url_for("TrailView.state"))


LATE = 60  # seconds after which a row should have been sealed long since


def _alarm_told(alarm: AuditAlarm) -> Message:
    return msg("%(sentence)s (since %(time)s)", sentence=SENTENCES[alarm.kind], time=formats.exact_time(alarm.began_at))


def _check_told(check: AuditCheck) -> SettingRow:
    if check.ended_at is None:
        tag, value = Tag(msg("under way"), Tone.RUN), Message("")
    elif check.total:
        tag, value = Tag(counted("%(count)s finding", "%(count)s findings", check.total), Tone.BAD), msg("not as it was written")
    else:
        tag, value = Tag(msg("as it was written"), Tone.GOOD), Message("")
    told = [problem_told(one) for one in problems_of(check)[:10]]
    note = in_turn(told) if told else msg("%(rows)s, %(blocks)s", rows=rows_told(check.rows), blocks=blocks_told(check.blocks))
    return SettingRow(formats.exact_time(check.began_at), note, value, tags=(tag,))
