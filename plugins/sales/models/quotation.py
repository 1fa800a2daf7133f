"""The quotation (R-097)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import OwnedRecord
from core.database.references import reference
from core.kernel.words import Message, msg
from plugins.customers.public import CONTACT_TABLE, CUSTOMER_TABLE
from plugins.sales.models.line import ProductLine
from plugins.sales.rules.quotations import LIFECYCLE, QuotationState

QUOTATION = "sales_quotation"


class Quotation(OwnedRecord):
    """What goods would cost a customer. ``amount`` (yuan) is the sum of the lines; ``number`` is given once and stays.

    Another offer to the same customer about the same is a new ``edition`` under the same number; ``former`` is the one it takes the place
    of, which is kept as it was. Valid until the end of the day ``valid_until``.
    """

    __tablename__ = QUOTATION
    __resource__ = "sales.quotation"
    __label__: ClassVar[Message] = msg("Quotation")
    __table_args__ = (UniqueConstraint("company_id", "number", "edition"),)

    title: Mapped[str] = fields.text(
        msg("Quotation title"),
        length=160,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("Printed at the top of the quotation."),
    )
    number: Mapped[str | None] = fields.text(msg("Quotation number"), length=40, editable=False, searchable=True, sortable=True)
    edition: Mapped[int] = fields.integer(msg("Version"), required=True, editable=False)
    customer = reference(
        CUSTOMER_TABLE,
        msg("Customer"),
        required=True,
        filterable=True,
        history=True,
        help=msg("Must be the customer of the opportunity and the project that are chosen."),
    )
    contact = reference(CONTACT_TABLE, msg("Contact"))
    opportunity = reference("sales_opportunity", msg("Opportunity"), filterable=True)
    project = reference(
        "sales_project",
        msg("Project"),
        filterable=True,
        history=True,
        help=msg("The minimum margin of the project then holds for this quotation."),
    )
    state: Mapped[QuotationState] = fields.state(msg("State"), QuotationState, LIFECYCLE.initial)
    state_reason: Mapped[str | None] = fields.text(msg("Reason for the state"), length=500, editable=False)
    amount: Mapped[Decimal] = fields.money(
        msg("Quotation amount"), default=Decimal("0.00"), required=True, editable=False, sortable=True, history=True
    )
    quoted_on: Mapped[date | None] = fields.day(
        msg("Quotation date"),
        sortable=True,
        filterable=True,
        history=True,
        help=msg("Prices are those of the lists valid on this day. Leave it empty for today."),
    )
    valid_until: Mapped[date | None] = fields.day(
        msg("Valid until"),
        sortable=True,
        filterable=True,
        history=True,
        help=msg("Last day on which the customer can accept. Leave it empty for the number of days that the company has set."),
    )
    terms: Mapped[str | None] = fields.long_text(
        msg("Delivery and payment terms"), length=5_000, help=msg("Printed below the lines, word for word.")
    )
    note: Mapped[str | None] = fields.long_text(msg("Note"), length=5_000)
    submitted_at: Mapped[datetime | None] = fields.moment(msg("Finalised at"), editable=False)
    price_doubt: Mapped[Message | str | None] = fields.sentence(msg("Reason for price approval"))
    price_passed_by = reference("core_employee", msg("Price approved by"), editable=False)
    price_passed_at: Mapped[datetime | None] = fields.moment(msg("Price approved at"), editable=False)
    sent_way: Mapped[str | None] = fields.code(msg("Sent via"), "sales.quotation_way", editable=False, history=True)
    sent_on: Mapped[date | None] = fields.day(msg("Sent on"), editable=False, sortable=True, filterable=True)
    answered_on: Mapped[date | None] = fields.day(msg("Answered on"), editable=False, sortable=True, filterable=True)
    declined_reason: Mapped[str | None] = fields.code(
        msg("Decline reason"), "sales.lost_reason", editable=False, filterable=True, history=True
    )
    answer: Mapped[str | None] = fields.text(msg("Customer's answer"), length=500, editable=False)
    former = reference(QUOTATION, msg("Replaces"), editable=False, filterable=True)


class QuotationLine(ProductLine):
    """What was quoted."""

    __tablename__ = "sales_quotation_line"
    __parent__ = "quotation"
    __label__: ClassVar[Message] = msg("Quotation line")
    __table_args__ = (Index(None, "company_id", "quotation_id", "position"),)

    quotation = reference(QUOTATION, msg("Quotation"), required=True, editable=False)
