"""A contract sent back because data are missing (R-224)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import ChildRecord
from core.database.references import reference
from core.kernel.words import Message, msg


class DataReturn(ChildRecord):
    """What is missing, who asked, who has to complete it, and when that was done: open until ``completed_at`` is set (R-334)."""

    __tablename__ = "contracts_data_return"
    __parent__ = "contract"
    __label__: ClassVar[Message] = msg("Return for data")

    contract = reference("contracts_contract", msg("Contract"), required=True, editable=False)
    reason: Mapped[str] = fields.text(msg("What is missing"), length=500, required=True)
    asked_by = reference("core_employee", msg("Asked for by"), editable=False)
    asked_at: Mapped[datetime] = fields.moment(msg("Asked for at"), required=True, editable=False)
    manager = reference("core_employee", msg("To be completed by"), required=True, editable=False)
    completed_by = reference("core_employee", msg("Completed by"), editable=False)
    completed_at: Mapped[datetime | None] = fields.moment(msg("Completed at"), editable=False)
    answer: Mapped[str | None] = fields.text(msg("Answer"), length=500)
