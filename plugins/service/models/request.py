"""The service request (R-239, R-377)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import OwnedRecord
from core.database.references import Reference, reference
from core.database.types import Moment
from core.kernel.words import Message, msg
from plugins.customers.public import CUSTOMER_TABLE
from plugins.service.rules import Channel, RequestState, Satisfaction, Urgency


class ServiceRequest(OwnedRecord):
    """What a customer wants done. ``owner`` is the one current handler, never nobody and never two (R-377).

    Deadlines follow from urgency and the company's calendar; ``answered_at`` is when the customer was first spoken to. Moments are UTC.
    """

    __tablename__ = "service_request"
    __resource__ = "service.request"
    __label__: ClassVar[Message] = msg("Service request")
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        Index(None, "company_id", "owner_id", "state", "handle_due_on"),
        Index(None, "company_id", "state", "answer_due_at"),
    )

    owner: Any = Reference("core_employee", msg("Current handler"), required=True, editable=False, filterable=True, history=True)
    title: Mapped[str] = fields.text(
        msg("Subject"),
        length=160,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("What is wrong or wanted, in a few words; colleagues search by it."),
    )
    number: Mapped[str | None] = fields.text(msg("Request number"), length=40, editable=False, searchable=True, sortable=True)
    customer = reference(
        CUSTOMER_TABLE,
        msg("Customer"),
        required=True,
        filterable=True,
        history=True,
        help=msg("The customer whose equipment or question it is about."),
    )
    contact = reference("customers_contact", msg("Contact"))
    channel: Mapped[Channel] = fields.choice(
        msg("Received through"),
        Channel,
        default=Channel.PHONE,
        required=True,
        filterable=True,
        help=msg("How the request came in; reports compare the channels."),
    )
    kind: Mapped[str | None] = fields.code(msg("Kind of service"), "service.kind", filterable=True)
    urgency: Mapped[Urgency] = fields.choice(
        msg("Urgency"),
        Urgency,
        default=Urgency.NORMAL,
        required=True,
        filterable=True,
        history=True,
        help=msg("The deadlines to respond and to handle follow from it and are recalculated when it changes."),
    )
    description: Mapped[str | None] = fields.long_text(msg("What the customer wants"), length=5_000)
    received_at: Mapped[datetime] = fields.declared(
        Moment(),
        fields.Field("moment", msg("Received at"), sortable=True, filterable=True, help=msg("Leave it empty if it is happening now.")),
        nullable=False,
    )
    state: Mapped[RequestState] = fields.state(msg("State"), RequestState, RequestState.RECEIVED)
    state_reason: Mapped[str | None] = fields.text(msg("Reason for the state"), length=500, editable=False)
    accepted_by = reference("core_employee", msg("Received by"), editable=False, filterable=True)
    answer_due_at: Mapped[datetime | None] = fields.moment(msg("Respond by"), editable=False, sortable=True)
    answered_at: Mapped[datetime | None] = fields.moment(msg("Answered at"), editable=False)
    handle_due_on: Mapped[date | None] = fields.day(msg("Handle by"), editable=False, sortable=True, filterable=True)
    due_on: Mapped[date | None] = fields.day(msg("Due date"), editable=False, sortable=True, filterable=True)
    """The same day while the work is to be done; empty afterwards, so that nothing handled shows as late."""
    result: Mapped[str | None] = fields.long_text(msg("Result"), length=5_000, editable=False)
    handled_at: Mapped[datetime | None] = fields.moment(msg("Handled at"), editable=False)
    satisfaction: Mapped[Satisfaction | None] = fields.choice(msg("Satisfaction"), Satisfaction, editable=False, filterable=True)
    feedback: Mapped[str | None] = fields.text(msg("Customer's comments"), length=500, editable=False)
    feedback_at: Mapped[datetime | None] = fields.moment(msg("Feedback at"), editable=False)
    reopened: Mapped[int] = fields.declared(
        Integer(), fields.Field("integer", msg("Times reopened"), editable=False), default=0, nullable=False
    )
    closed_at: Mapped[datetime | None] = fields.moment(msg("Closed at"), editable=False)
    archived_at: Mapped[datetime | None] = fields.moment(msg("Archived at"), editable=False)
    answer_warned_at: Mapped[datetime | None] = mapped_column(Moment)
    handle_warned_at: Mapped[datetime | None] = mapped_column(Moment)
    """When those concerned were told that the deadline has passed; told once."""
