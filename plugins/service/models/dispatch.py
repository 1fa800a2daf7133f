"""The dispatch order and the parts that were used (R-246)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import AboutPerson, ChildRecord, OwnedRecord
from core.database.references import Reference, reference
from core.kernel.words import Message, msg
from plugins.customers.public import CUSTOMER_TABLE
from plugins.service.rules import DispatchState


class DispatchOrder(OwnedRecord):
    """Sends a field worker (``owner``) to the customer of a request. ``number`` is given on the first issue and then stays.

    ``hours`` are the worker's hours on site; ``signed_by`` is who signed on the screen, the drawing is among the files.
    """

    __tablename__ = "service_dispatch"
    __resource__ = "service.dispatch"
    __about_person__ = AboutPerson("customer", frozenset({"address", "contact_name", "contact_phone", "signed_by"}))
    __label__: ClassVar[Message] = msg("Dispatch order")
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        Index(None, "company_id", "owner_id", "starts_at"),
    )

    owner: Any = Reference(
        "core_employee",
        msg("Field worker"),
        required=True,
        filterable=True,
        history=True,
        help=msg("Who goes there; he or she is told as soon as the order is issued."),
    )
    title: Mapped[str] = fields.text(
        msg("Work to be done"),
        length=160,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("The worker reads it first on the phone: what is to be done."),
    )
    number: Mapped[str | None] = fields.text(msg("Dispatch number"), length=40, editable=False, searchable=True, sortable=True)
    request = reference("service_request", msg("Service request"), required=True, filterable=True)
    customer = reference(CUSTOMER_TABLE, msg("Customer"), required=True, editable=False, filterable=True)
    state: Mapped[DispatchState] = fields.state(msg("State"), DispatchState, DispatchState.PLANNED)
    state_reason: Mapped[str | None] = fields.text(msg("Reason for the state"), length=500, editable=False)
    starts_at: Mapped[datetime] = fields.moment(
        msg("Scheduled from"),
        required=True,
        sortable=True,
        filterable=True,
        history=True,
        help=msg("When the worker should be there; it appears in the worker’s calendar."),
    )
    ends_at: Mapped[datetime] = fields.moment(
        msg("Scheduled to"), required=True, history=True, help=msg("When the work is likely to be done, later than the start.")
    )
    address: Mapped[str | None] = fields.text(
        msg("Address"), length=250, history=True, help=msg("Leave it empty for the customer's address.")
    )
    contact_name: Mapped[str | None] = fields.text(msg("Contact on site"), length=80, personal=True)
    contact_phone: Mapped[str | None] = fields.phone(msg("Telephone on site"), help=msg("The worker calls it on the way there."))
    instructions: Mapped[str | None] = fields.long_text(
        msg("Notes for the worker"), length=2_000, help=msg("Gates, safety rules, tools to bring.")
    )
    planned_by = reference("core_employee", msg("Planned by"), editable=False, filterable=True)
    issued_at: Mapped[datetime | None] = fields.moment(msg("Order issued at"), editable=False)
    accepted_at: Mapped[datetime | None] = fields.moment(msg("Order accepted at"), editable=False)
    arrived_at: Mapped[datetime | None] = fields.moment(msg("Arrived at"), editable=False)
    finished_at: Mapped[datetime | None] = fields.moment(msg("Work finished at"), editable=False)
    result: Mapped[str | None] = fields.long_text(msg("Result on site"), length=5_000, editable=False)
    hours: Mapped[Decimal | None] = fields.quantity(msg("Hours worked"), unit=msg("hours"), editable=False)
    signed_by: Mapped[str | None] = fields.text(msg("Signed by the customer"), length=80, editable=False, personal=True)
    signed_at: Mapped[datetime | None] = fields.moment(msg("Time of the signature"), editable=False)


class DispatchPart(ChildRecord):
    """A part that was used on site; code, name, unit and price are copies, so that no catalogue is needed."""

    __tablename__ = "service_dispatch_part"
    __parent__ = "dispatch"
    __label__: ClassVar[Message] = msg("Part used")
    __table_args__ = (Index(None, "company_id", "dispatch_id", "position"),)

    dispatch = reference("service_dispatch", msg("Dispatch order"), required=True, editable=False)
    position: Mapped[int] = mapped_column(Integer)
    code: Mapped[str | None] = fields.text(msg("Part code"), length=60)
    name: Mapped[str] = fields.text(msg("Part name"), length=160, required=True)
    unit: Mapped[str | None] = fields.text(msg("Unit"), length=20)
    quantity: Mapped[Decimal] = fields.quantity(msg("Quantity"), required=True)
    price: Mapped[Decimal] = fields.money(msg("Price"), required=True)
    amount: Mapped[Decimal] = fields.money(msg("Amount"), required=True, editable=False)
