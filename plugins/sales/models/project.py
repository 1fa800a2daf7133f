"""The project with its members, milestones and entries (R-096, R-204, R-205)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import ChildRecord, OwnedRecord
from core.database.references import reference
from core.kernel.words import Message, msg
from plugins.customers.public import CUSTOMER_TABLE
from plugins.sales.rules.opportunities import Warned
from plugins.sales.rules.projects import ProjectState

PROJECT = "sales_project"


class Project(OwnedRecord):
    """What is carried out for a customer after its proposal was approved (R-324); the owner is its manager. ``progress`` in per cent.

    ``least_profit_rate`` (per cent) and ``least_profit`` (yuan) are what its manager wants each quotation and order of it to bring (R-348).
    """

    __tablename__ = PROJECT
    __resource__ = "sales.project"
    __label__: ClassVar[Message] = msg("Project")

    title: Mapped[str] = fields.text(
        msg("Project title"),
        length=160,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("What it is called in lists, on orders and on the timeline of the customer."),
    )
    proposal = reference(
        "sales_proposal",
        msg("Project proposal"),
        required=True,
        history=True,
        help=msg("The approved proposal that the project carries out; its customer becomes that of the project."),
    )
    customer = reference(CUSTOMER_TABLE, msg("Customer"), required=True, editable=False, filterable=True)
    state: Mapped[ProjectState] = fields.state(msg("State"), ProjectState, ProjectState.RUNNING)
    state_reason: Mapped[str | None] = fields.text(msg("Reason for the state"), length=500, editable=False)
    warned: Mapped[Warned | None] = fields.choice(msg("Warning"), Warned, editable=False, filterable=True)
    progress: Mapped[int | None] = fields.integer(msg("Progress"), unit=msg("%"), editable=False, sortable=True, history=True)
    contract_number: Mapped[str | None] = fields.text(
        msg("Contract number"),
        length=40,
        searchable=True,
        history=True,
        help=msg("The number of the contract that pays for it; reached milestones release its parts."),
    )
    starts_on: Mapped[date | None] = fields.day(msg("Starts on"), history=True, help=msg("Taken from the proposal when it is empty."))
    ends_on: Mapped[date | None] = fields.day(
        msg("Ends on"),
        sortable=True,
        filterable=True,
        history=True,
        help=msg("Planned last day; taken from the proposal when it is empty."),
    )
    ended_on: Mapped[date | None] = fields.day(msg("Ended on"), editable=False)
    touched_at: Mapped[datetime] = fields.moment(msg("Last progress"), required=True, editable=False, sortable=True)
    least_profit_rate: Mapped[Decimal | None] = fields.quantity(
        msg("Minimum gross margin"),
        unit=msg("%"),
        history=True,
        help=msg("Of the amount of each quotation and order of the project; finance decides about anything below it."),
    )
    least_profit: Mapped[Decimal | None] = fields.money(
        msg("Minimum gross profit"), history=True, help=msg("Of each quotation and order of the project, in yuan.")
    )
    note: Mapped[str | None] = fields.long_text(msg("Note"), length=5_000)


class ProjectMember(ChildRecord):
    """A colleague who works on the project and sees it for that."""

    __tablename__ = "sales_project_member"
    __resource__ = "sales.project_member"
    __called_by__ = "employee"
    __parent__ = "project"
    __label__: ClassVar[Message] = msg("Project member")
    __table_args__ = (UniqueConstraint("company_id", "project_id", "employee_id"),)

    project = reference(PROJECT, msg("Project"), required=True, filterable=True)
    employee = reference("core_employee", msg("Project member"), required=True, filterable=True)
    duty: Mapped[str] = fields.text(
        msg("Role in the project"),
        length=80,
        required=True,
        history=True,
        help=msg("What the colleague answers for in the project, such as design or installation."),
    )


class Milestone(ChildRecord):
    """Something that the project has to reach; ``part`` is the position of the payment of the contract that it makes due, from 1."""

    __tablename__ = "sales_milestone"
    __resource__ = "sales.milestone"
    __parent__ = "project"
    __label__: ClassVar[Message] = msg("Milestone")

    project = reference(PROJECT, msg("Project"), required=True, filterable=True)
    name: Mapped[str] = fields.text(
        msg("Milestone"),
        length=120,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("A result that one can see, such as delivered or accepted."),
    )
    due_on: Mapped[date | None] = fields.day(
        msg("Due on"),
        sortable=True,
        filterable=True,
        history=True,
        help=msg("After this day a milestone that has not been reached is shown as overdue."),
    )
    part: Mapped[int | None] = fields.integer(
        msg("Payment that becomes due"), history=True, help=msg("Position of the part in the payment schedule of the contract.")
    )
    reached_on: Mapped[date | None] = fields.day(msg("Reached on"), editable=False, sortable=True, filterable=True, history=True)
    note: Mapped[str | None] = fields.text(msg("Note"), length=500)


class ProjectEntry(ChildRecord):
    """What was done for the project and how far it is now, in per cent (R-205)."""

    __tablename__ = "sales_project_entry"
    __resource__ = "sales.project_entry"
    __called_by__ = "content"
    __parent__ = "project"
    __label__: ClassVar[Message] = msg("Project entry")

    project = reference(PROJECT, msg("Project"), required=True, filterable=True)
    content: Mapped[str] = fields.long_text(msg("Progress made"), length=5_000, required=True, searchable=True)
    progress: Mapped[int | None] = fields.integer(
        msg("Progress"), unit=msg("%"), help=msg("How much of the whole project is done, from 0 to 100; the project shows the latest.")
    )
    at: Mapped[datetime] = fields.moment(msg("Written at"), required=True, editable=False, sortable=True, filterable=True)
    person = reference("core_employee", msg("Registered by"), required=True, editable=False, filterable=True)
