"""The minimum gross profit of a person (R-003, R-348)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import OwnedRecord
from core.database.references import reference
from core.kernel.words import Message, msg


class ProfitMinimum(OwnedRecord):
    """What the deals of ``employee`` have to bring from ``starts_on`` until ``ends_on``, both included; an open end stays open.

    ``least_profit_rate`` in per cent of the amount, ``least_profit`` in yuan, as of a project. The owner is whoever has set it, the
    department that of the person bound, who reads it by a share. Of several on one day the one that began last counts.
    """

    __tablename__ = "sales_profit_minimum"
    __resource__ = "sales.profit_minimum"
    __called_by__ = "employee"
    __label__: ClassVar[Message] = msg("Personal gross profit minimum")
    __table_args__ = (Index(None, "company_id", "employee_id", "starts_on"),)

    employee = reference(
        "core_employee",
        msg("Applies to"),
        required=True,
        filterable=True,
        history=True,
        help=msg("Whose opportunities, quotations and orders the minimum holds for."),
    )
    starts_on: Mapped[date | None] = fields.day(
        msg("Starts on"),
        sortable=True,
        filterable=True,
        history=True,
        help=msg("First day on which it applies. Leave it empty to start today."),
    )
    ends_on: Mapped[date | None] = fields.day(
        msg("Ends on"),
        sortable=True,
        filterable=True,
        history=True,
        help=msg("Last day on which it applies. Leave it empty to keep it until another one takes its place."),
    )
    least_profit_rate: Mapped[Decimal | None] = fields.quantity(
        msg("Minimum gross margin"), unit=msg("%"), history=True, help=msg("Of the amount of each opportunity, quotation and order.")
    )
    least_profit: Mapped[Decimal | None] = fields.money(
        msg("Minimum gross profit"), history=True, help=msg("Of each opportunity, quotation and order, in yuan.")
    )
    note: Mapped[str | None] = fields.text(msg("Note"), length=500)
