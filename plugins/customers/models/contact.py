"""The contact person (R-071)."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import ChildRecord
from core.database.references import reference
from core.kernel.words import Message, msg
from plugins.customers.rules import DecisionRole


class Contact(ChildRecord):
    """Somebody at the customer; at most one is the primary contact."""

    __tablename__ = "customers_contact"
    __resource__ = "customers.contact"
    __business_key__ = ("customer", "name")
    __counted__ = True
    __parent__ = "customer"
    __label__: ClassVar[Message] = msg("Contact")

    customer = reference("customers_customer", msg("Customer"), required=True, filterable=True)
    name: Mapped[str] = fields.text(msg("Contact name"), length=80, required=True, searchable=True, sortable=True, personal=True)
    position: Mapped[str | None] = fields.text(
        msg("Position"), length=80, history=True, help=msg("As on the business card; earlier positions stay in the history.")
    )
    department: Mapped[str | None] = fields.text(msg("Department"), length=80)
    mobile: Mapped[str | None] = fields.phone(
        msg("Mobile"), history=True, help=msg("Partly hidden from people without the right to see it in full; each full view is recorded.")
    )
    phone: Mapped[str | None] = fields.phone(
        msg("Telephone"), help=msg("With area code, such as 0512-6688 0000; partly hidden from people without the right to see it in full.")
    )
    email: Mapped[str | None] = fields.email(msg("E-mail"))
    wechat: Mapped[str | None] = fields.text(
        msg("WeChat"), length=60, personal=True, help=msg("The WeChat ID itself, not the name shown in chats.")
    )
    address: Mapped[str | None] = fields.text(msg("Address"), length=250, personal=True)
    decision_role: Mapped[DecisionRole | None] = fields.choice(
        msg("Role in decisions"), DecisionRole, filterable=True, help=msg("How much say the person has in what the customer buys.")
    )
    primary: Mapped[bool] = fields.flag(
        msg("Primary contact"), help=msg("Offered first for opportunities and requests of the customer; there is one per customer.")
    )
    note: Mapped[str | None] = fields.long_text(msg("Note"), length=2_000)
