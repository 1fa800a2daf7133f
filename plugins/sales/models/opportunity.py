"""The opportunity (R-092)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import AboutPerson, OwnedRecord
from core.database.references import reference
from core.kernel.words import Message, msg
from plugins.customers.public import CONTACT_TABLE, CUSTOMER_TABLE
from plugins.sales.models.line import ProductLine
from plugins.sales.rules.opportunities import OpportunityState, Warned


class Opportunity(OwnedRecord):
    """Something that may be sold. ``amount`` (yuan) is the sum of the lines where there are any; ``chance`` in per cent.

    ``customer_name`` is told to whoever sees the opportunity, also when the customer is another's: that much of the minimal directory
    (C-01), no more. ``price_doubt`` says why its prices were too low when it was last changed or won (R-348). ``touched_at`` is when
    somebody last did something about it. ``external_number`` is its key in files.
    """

    __tablename__ = "sales_opportunity"
    __resource__ = "sales.opportunity"
    __about_person__ = AboutPerson("customer", frozenset({"customer_name"}))
    __label__: ClassVar[Message] = msg("Opportunity")
    __table_args__ = (UniqueConstraint("company_id", "external_number"), Index(None, "company_id", "state", "touched_at"))

    title: Mapped[str] = fields.text(
        msg("Opportunity title"),
        length=160,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("What the customer may buy, in a few words; colleagues search by it."),
    )
    customer = reference(
        CUSTOMER_TABLE,
        msg("Customer"),
        filterable=True,
        history=True,
        help=msg("The customer who may buy; only customers that you may see can be chosen."),
    )
    customer_name: Mapped[str | None] = fields.text(msg("Customer name"), length=120, editable=False, searchable=True, personal=True)
    contact = reference(CONTACT_TABLE, msg("Contact"))
    state: Mapped[OpportunityState] = fields.state(msg("State"), OpportunityState, OpportunityState.OPEN)
    warned: Mapped[Warned | None] = fields.choice(msg("Warning"), Warned, editable=False, filterable=True)
    stage = reference("sales_stage", msg("Stage"), filterable=True, editable=False, history=True)
    staged_on: Mapped[date | None] = fields.day(msg("In this stage since"), editable=False)
    amount: Mapped[Decimal] = fields.money(
        msg("Expected amount"),
        default=Decimal("0.00"),
        sortable=True,
        history=True,
        help=msg("In yuan; as soon as there are lines, their sum takes its place."),
    )
    chance: Mapped[int | None] = fields.integer(
        msg("Probability"),
        unit=msg("%"),
        history=True,
        help=msg("From 0 to 100; moving to another stage sets the probability of that stage."),
    )
    expected_on: Mapped[date | None] = fields.day(
        msg("Expected on"),
        sortable=True,
        filterable=True,
        history=True,
        help=msg("When the customer is likely to decide; after this day an open opportunity counts as overdue."),
    )
    next_step: Mapped[str | None] = fields.text(msg("Next step"), length=200)
    next_on: Mapped[date | None] = fields.day(
        msg("Next step on"), sortable=True, filterable=True, help=msg("You are reminded on the Home page from this day on.")
    )
    source: Mapped[str | None] = fields.code(
        msg("Source"), "sales.source", filterable=True, help=msg("How the opportunity came up; reports compare these sources.")
    )
    description: Mapped[str | None] = fields.long_text(msg("Description"), length=5_000)
    price_doubt: Mapped[Message | str | None] = fields.sentence(msg("Price concern"))
    opened_on: Mapped[date] = fields.day(msg("Opened on"), required=True, editable=False, sortable=True)
    touched_at: Mapped[datetime] = fields.moment(msg("Last progress"), required=True, editable=False, sortable=True)
    closed_on: Mapped[date | None] = fields.day(msg("Closed on"), editable=False, sortable=True, filterable=True)
    won_reason: Mapped[str | None] = fields.code(msg("Why it was won"), "sales.won_reason", editable=False, history=True)
    lost_reason: Mapped[str | None] = fields.code(
        msg("Why it was lost"), "sales.lost_reason", editable=False, filterable=True, history=True
    )
    close_note: Mapped[str | None] = fields.text(msg("Note on closing"), length=500, editable=False)
    competitor = reference("sales_competitor", msg("Competitor"), editable=False)
    archived_at: Mapped[datetime | None] = fields.moment(msg("Archived at"), editable=False)
    external_number: Mapped[str | None] = fields.text(msg("External number"), length=60, editable=False, searchable=True)


class OpportunityLine(ProductLine):
    """What the customer may buy."""

    __tablename__ = "sales_opportunity_line"
    __parent__ = "opportunity"
    __label__: ClassVar[Message] = msg("Opportunity line")
    __table_args__ = (Index(None, "company_id", "opportunity_id", "position"),)

    opportunity = reference("sales_opportunity", msg("Opportunity"), required=True, editable=False)
