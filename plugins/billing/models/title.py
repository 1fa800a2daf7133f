"""Buyer's title data."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import AboutPerson, ChildRecord
from core.database.references import reference
from core.kernel.words import Message, msg
from plugins.billing.permissions import INVOICERS
from plugins.customers.public import CUSTOMER_TABLE


class InvoiceTitle(ChildRecord):
    """What stands on an invoice about its buyer; a customer may have several, one of which is proposed."""

    __tablename__ = "billing_title"
    __resource__ = "billing.title"
    __business_key__ = ("customer", "name")
    __about_person__ = AboutPerson("customer", frozenset({"name", "tax_number", "bank", "account", "address", "phone"}))
    __parent__ = "customer"
    __label__: ClassVar[Message] = msg("Buyer's title data")

    customer = reference(CUSTOMER_TABLE, msg("Customer"), required=True, filterable=True)
    name: Mapped[str] = fields.text(
        msg("Buyer"),
        length=120,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("The full name of the company that the invoice is made out to."),
    )
    tax_number: Mapped[str | None] = fields.text(
        msg("Tax number of the buyer"),
        length=20,
        history=True,
        help=msg("15, 17, 18 or 20 digits and capital letters; the buyer needs it to deduct the tax."),
    )
    bank: Mapped[str | None] = fields.text(
        msg("Bank"), length=120, history=True, help=msg("Name of the bank with its branch, as on the account permit.")
    )
    account: Mapped[str | None] = fields.text(
        msg("Bank account"),
        length=40,
        history=True,
        masked=True,
        mask="bank_account",
        open_to=INVOICERS,
        help=msg("Only a part is shown in lists; the full number needs the right to see it."),
    )
    address: Mapped[str | None] = fields.text(
        msg("Address"), length=200, history=True, help=msg("The registered address, as it is printed on special invoices.")
    )
    phone: Mapped[str | None] = fields.phone(
        msg("Telephone"), history=True, open_to=INVOICERS, help=msg("The registered telephone, as it is printed on special invoices.")
    )
    proposed: Mapped[bool] = fields.flag(
        msg("Default title data"), help=msg("Put into new invoice notices of the customer; there is one per customer.")
    )
