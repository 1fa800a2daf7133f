"""The follow-up (R-072)."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import ChildRecord
from core.database.references import reference
from core.database.types import Moment
from core.kernel.clock import now
from core.kernel.words import Message, msg
from plugins.customers.rules import ContactWay


class Interaction(ChildRecord):
    """One contact with a customer: way, time, what was said, what came of it and what comes next. ``at`` is UTC."""

    __tablename__ = "customers_interaction"
    __resource__ = "customers.interaction"
    __called_by__ = "content"
    __business_key__ = ("customer", "at")
    __parent__ = "customer"
    __label__: ClassVar[Message] = msg("Follow-up")
    __table_args__ = (Index(None, "company_id", "customer_id", "at"),)

    customer = reference("customers_customer", msg("Customer"), required=True, filterable=True)
    content: Mapped[str] = fields.long_text(
        msg("What was said"),
        length=10_000,
        required=True,
        searchable=True,
        help=msg("Everybody who sees the customer can read this: write what was said and agreed, without judging people."),
    )
    way: Mapped[ContactWay] = fields.choice(msg("Channel"), ContactWay, default=ContactWay.VISIT, required=True, filterable=True)
    at: Mapped[datetime] = fields.declared(
        Moment(),
        fields.Field("moment", msg("Time"), sortable=True, filterable=True, help=msg("Leave it empty if it is happening now.")),
        insert_default=now,
        nullable=False,
    )
    contact = reference("customers_contact", msg("Contact"), help=msg("Only contacts of this customer can be chosen."))
    result: Mapped[str | None] = fields.text(msg("Result"), length=500, help=msg("The outcome, in one line."))
    next_step: Mapped[str | None] = fields.text(msg("Next step"), length=200, help=msg("One sentence on what to do that day."))
    next_on: Mapped[date | None] = fields.day(
        msg("Next contact"),
        sortable=True,
        filterable=True,
        help=msg("You are reminded on the Home page from this day on; the customer shows it as its next contact."),
    )
    person = reference("core_employee", msg("Follow-up by"), required=True, editable=False, filterable=True)
