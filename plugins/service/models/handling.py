"""Who worked on a request: its handlers one after the other, their records, and the colleagues who take part."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import ChildRecord
from core.database.references import reference
from core.database.types import Moment
from core.kernel.clock import now
from core.kernel.words import Message, msg


class ServiceNote(ChildRecord):
    """A service note: what was done for the customer, written by whoever did it (R-241)."""

    __tablename__ = "service_note"
    __resource__ = "service.note"
    __called_by__ = "content"
    __parent__ = "request"
    __label__: ClassVar[Message] = msg("Service note")
    __table_args__ = (Index(None, "company_id", "request_id", "at"),)

    request = reference("service_request", msg("Service request"), required=True, filterable=True)
    content: Mapped[str] = fields.long_text(
        msg("What was done"),
        length=5_000,
        required=True,
        searchable=True,
        help=msg("Appears on the timeline of the request; everybody who takes part can read it."),
    )
    at: Mapped[datetime] = fields.declared(
        Moment(),
        fields.Field("moment", msg("Time"), sortable=True, filterable=True, help=msg("Leave it empty if it is happening now.")),
        insert_default=now,
        nullable=False,
    )
    person = reference("core_employee", msg("Written by"), required=True, editable=False, filterable=True)


class Handling(ChildRecord):
    """The request went from one handler to the next; the present one stands on the request itself."""

    __tablename__ = "service_handling"
    __parent__ = "request"
    __label__: ClassVar[Message] = msg("Change of handler")
    __table_args__ = (Index(None, "company_id", "request_id", "at"),)

    request = reference("service_request", msg("Service request"), required=True, editable=False)
    verb: Mapped[str] = fields.text(msg("Kind of change"), length=20, required=True, editable=False)
    previous = reference("core_employee", msg("Previous handler"), editable=False)
    handler = reference("core_employee", msg("New handler"), required=True, editable=False)
    reason: Mapped[str | None] = fields.text(msg("Reason"), length=500, editable=False)
    by = reference("core_employee", msg("Decided by"), editable=False)
    at: Mapped[datetime] = fields.moment(msg("Time"), required=True, editable=False)


class Participation(ChildRecord):
    """A colleague, often of another department, is asked to do a part of the service and says when it is done (R-245)."""

    __tablename__ = "service_participation"
    __parent__ = "request"
    __label__: ClassVar[Message] = msg("Participation")
    __table_args__ = (Index(None, "company_id", "employee_id", "done_at"),)

    request = reference("service_request", msg("Service request"), required=True, editable=False)
    employee = reference("core_employee", msg("Participant"), required=True, editable=False)
    department = reference("core_department", msg("Department"), required=True, editable=False)
    task: Mapped[str] = fields.text(msg("Task"), length=500, required=True, editable=False)
    asked_by = reference("core_employee", msg("Asked by"), editable=False)
    asked_at: Mapped[datetime] = fields.moment(msg("Asked at"), required=True, editable=False)
    result: Mapped[str | None] = fields.text(msg("Result"), length=500, editable=False)
    done_at: Mapped[datetime | None] = fields.moment(msg("Done at"), editable=False)
