"""What moved when somebody left: kept so that it can be looked up and undone (R-165)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import CompanyRecord
from core.database.references import reference
from core.database.types import Identity
from core.kernel.words import Message, msg


class Handover(CompanyRecord):
    """Everything that one employee owned was given to another, in one step."""

    __tablename__ = "core_handover"
    __resource__ = "core.employee"
    __audited__ = False  # one event in the trail tells of the whole step
    __label__: ClassVar[Message] = msg("Handover")

    giver = reference("core_employee", msg("Handed over by"), required=True)
    taker = reference("core_employee", msg("Taken over by"), required=True)
    done_by = reference("core_employee", msg("Done by"))
    reason: Mapped[str | None] = fields.text(msg("Reason"), length=200)
    records: Mapped[int] = fields.integer(msg("Records"), required=True)
    undone_at: Mapped[datetime | None] = fields.moment(msg("Undone"))


class HandoverPart(CompanyRecord):
    """Records of one kind and one department that moved: their ids as a JSON list, and where they were before."""

    __tablename__ = "core_handover_part"
    __audited__ = False
    __bookkeeping__ = True
    __sealed__ = True  # ids of records that the reader may not see: the house alone reads it
    __label__: ClassVar[Message] = msg("Part of a handover")

    handover = reference("core_handover", msg("Handover"), required=True)
    table_name: Mapped[str] = mapped_column(String(63))
    department_id: Mapped[int | None] = mapped_column(Identity)
    record_ids: Mapped[str] = mapped_column(Text)
