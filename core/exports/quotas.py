"""How much one person may ask for in a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.exports.models import ExportRequest
from core.exports.settings import FILES, PRINTS, REQUESTS, ROWS
from core.exports.states import ExportFormat, ExportState
from core.kernel.acting import actor
from core.kernel.clock import SHANGHAI, today
from core.kernel.errors import Conflict
from core.kernel.words import counted, msg
from core.organisation.models import Employee
from core.organisation.parameters import parameter

UNCOUNTED = (ExportState.REFUSED, ExportState.CANCELLED)


@dataclass(frozen=True)
class Quota:
    """What the person who acts has asked for today, and what the company allows; printed forms and files are counted by themselves."""

    requests: int
    rows: int
    prints: int
    files: int
    most_requests: int
    most_rows: int
    most_prints: int
    most_files: int

    @property
    def requests_left(self) -> int:
        """Further wishes that are heard today."""
        return max(0, self.most_requests - self.requests)

    @property
    def prints_left(self) -> int:
        """Forms that may still be printed today."""
        return max(0, self.most_prints - self.prints)

    @property
    def rows_left(self) -> int:
        """Rows that may still be asked for today."""
        return max(0, self.most_rows - self.rows)

    @property
    def files_left(self) -> int:
        """Files of records that may still be asked for today."""
        return max(0, self.most_files - self.files)


def quota_of_today(session: Session) -> Quota:
    """The quota of the person who acts; a day ends at midnight where the company works."""
    midnight = datetime.combine(today(), time.min, SHANGHAI)
    mine = (ExportRequest.asked_by_id == actor().employee_id, ExportRequest.created_at >= midnight)
    lists, printed = ExportRequest.record_id.is_(None), ExportRequest.record_id.is_not(None)
    packed = ExportRequest.format == ExportFormat.ZIP
    sums = (
        func.count().filter(lists),
        func.coalesce(func.sum(ExportRequest.rows).filter(lists, ~packed), 0),
        func.count().filter(printed),
        func.coalesce(func.sum(ExportRequest.rows).filter(packed), 0),
    )
    asked = select(*sums).where(*mine, ExportRequest.state.not_in(UNCOUNTED))
    requests, rows, prints, files = session.execute(asked.select_from(ExportRequest)).one()
    most = (parameter(session, name) for name in (REQUESTS, ROWS, PRINTS, FILES))
    return Quota(int(requests), int(rows), int(prints), int(files), *most)


def _held_quota(session: Session) -> Quota:
    """The same for somebody who is about to ask: of several wishes in one moment each is counted before the next is looked at."""
    mine = select(Employee.id).where(Employee.id == actor().employee_id)
    session.execute(mine.with_for_update(key_share=True))  # what refers to the person goes on meanwhile
    return quota_of_today(session)


def demand_print(session: Session) -> None:
    """Raise :class:`Conflict` when no form more may be printed today."""
    quota = _held_quota(session)
    if quota.prints_left == 0:
        raise Conflict(
            counted(
                "You have printed %(count)s form today; please continue tomorrow.",
                "You have printed %(count)s forms today; please continue tomorrow.",
                quota.most_prints,
            )
        )


def demand_quota(session: Session, rows: int) -> None:
    """Raise :class:`Conflict` with what is left when ``rows`` more would be too many."""
    quota = _demand_request(session)
    if rows > quota.rows_left:
        raise Conflict(
            msg(
                "The list has %(rows)s, of which you may export %(left)s of %(most)s today. Please narrow it with a filter.",
                rows=counted("%(count)s row", "%(count)s rows", rows),
                left=quota.rows_left,
                most=quota.most_rows,
            )
        )


def demand_files(session: Session, files: int) -> None:
    """Raise :class:`Conflict` with what is left when ``files`` more of records would be too many."""
    quota = _demand_request(session)
    if files > quota.files_left:
        raise Conflict(
            msg(
                "These are %(files)s, of which you may export %(left)s of %(most)s today. Please pick fewer records.",
                files=counted("%(count)s file", "%(count)s files", files),
                left=quota.files_left,
                most=quota.most_files,
            )
        )


def _demand_request(session: Session) -> Quota:
    """The quota, when one more wish is heard today."""
    quota = _held_quota(session)
    if quota.requests_left == 0:
        raise Conflict(
            counted(
                "You have requested %(count)s export today; please continue tomorrow.",
                "You have requested %(count)s exports today; please continue tomorrow.",
                quota.most_requests,
            )
        )
    return quota
