"""The project proposal (R-096, R-204)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import OwnedRecord
from core.database.references import reference
from core.kernel.words import Message, msg
from plugins.customers.public import CUSTOMER_TABLE
from plugins.sales.rules.projects import ProposalState


class ProjectProposal(OwnedRecord):
    """Why a project should be begun; the head of the department decides. ``amount`` and ``cost`` in yuan."""

    __tablename__ = "sales_proposal"
    __resource__ = "sales.proposal"
    __label__: ClassVar[Message] = msg("Project proposal")

    title: Mapped[str] = fields.text(
        msg("Project title"),
        length=160,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("Becomes the title of the project once it is approved."),
    )
    customer = reference(
        CUSTOMER_TABLE,
        msg("Customer"),
        required=True,
        filterable=True,
        history=True,
        help=msg("Who the project is for; the project is created for the same customer."),
    )
    opportunity = reference("sales_opportunity", msg("Opportunity"), filterable=True)
    state: Mapped[ProposalState] = fields.state(msg("State"), ProposalState, ProposalState.DRAFT)
    amount: Mapped[Decimal | None] = fields.money(
        msg("Expected amount"),
        sortable=True,
        history=True,
        help=msg("In yuan: what the customer is likely to pay for the whole project."),
    )
    cost: Mapped[Decimal | None] = fields.money(
        msg("Expected cost"),
        history=True,
        help=msg("In yuan: what the project is likely to cost the company; whoever approves compares it with the amount."),
    )
    starts_on: Mapped[date | None] = fields.day(msg("Starts on"), history=True, help=msg("Planned first day of work."))
    ends_on: Mapped[date | None] = fields.day(msg("Ends on"), history=True, help=msg("Planned last day, not before the first."))
    reason: Mapped[str | None] = fields.long_text(
        msg("Reason for the project"), length=5_000, help=msg("The case for the project; the approver reads this first.")
    )
    plan: Mapped[str | None] = fields.long_text(msg("Approach"), length=10_000)
    submitted_at: Mapped[datetime | None] = fields.moment(msg("Submitted at"), editable=False)
    submitted_by = reference("core_employee", msg("Submitted by"), editable=False)
    reviewed_by = reference("core_employee", msg("Reviewed by"), editable=False)
    reviewed_at: Mapped[datetime | None] = fields.moment(msg("Reviewed at"), editable=False)
    review_note: Mapped[str | None] = fields.text(msg("Opinion of the reviewer"), length=500, editable=False)
