"""A line of a contract."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import ChildRecord
from core.database.references import reference
from core.kernel.words import Message, msg


class ContractLine(ChildRecord):
    """What is sold: code, name, unit and price are copies, so that a change of the catalogue changes no contract."""

    __tablename__ = "contracts_line"
    __parent__ = "contract"
    __label__: ClassVar[Message] = msg("Contract line")
    __table_args__ = (Index(None, "company_id", "contract_id", "position"),)

    contract = reference("contracts_contract", msg("Contract"), required=True, editable=False)
    position: Mapped[int] = mapped_column(Integer)
    code: Mapped[str | None] = fields.text(msg("Product code"), length=60)
    name: Mapped[str] = fields.text(msg("Product name"), length=160, required=True)
    unit: Mapped[str | None] = fields.text(msg("Unit"), length=20)
    quantity: Mapped[Decimal] = fields.quantity(msg("Quantity"), required=True)
    price: Mapped[Decimal] = fields.money(msg("Price"), required=True)
    amount: Mapped[Decimal] = fields.money(msg("Amount"), required=True, editable=False)
