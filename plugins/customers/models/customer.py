"""The customer (R-064)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from core.database import fields
from core.database.records import OwnedRecord, PersonWhen
from core.database.references import reference
from core.kernel.words import Message, msg
from plugins.customers.rules import CustomerKind, CustomerState, Review, Settlement, Size, name_key


class Customer(OwnedRecord):
    """A company or a person that buys, has bought or may buy.

    ``owner`` is the one salesperson who follows it (R-341). ``last_contact_at``, ``next_contact_on`` and ``next_step`` repeat the latest
    follow-up, so that lists can be ordered by them.
    """

    __tablename__ = "customers_customer"
    __resource__ = "customers.customer"
    __business_key__ = ("code",)
    __counted__ = True
    __person__ = PersonWhen(
        {"kind": CustomerKind.PERSON}, frozenset({"name", "name_key", "erp_name", "address", "website", "needs", "preferences", "note"})
    )
    __label__: ClassVar[Message] = msg("Customer")
    __table_args__ = (
        UniqueConstraint("company_id", "code"),
        Index(None, "company_id", "name_key"),
        Index(None, "company_id", "credit_code"),
        Index(None, "company_id", "phone"),
        Index(None, "company_id", "owner_id", "next_contact_on"),  # the desk asks each morning whom to contact
    )

    name: Mapped[str] = fields.text(
        msg("Customer name"),
        length=120,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("The full registered name: it is compared with existing customers while you type, and stands on contracts and invoices."),
    )
    code: Mapped[str | None] = fields.text(
        msg("Customer code"), length=40, searchable=True, history=True, help=msg("Leave it empty to have one assigned.")
    )
    kind: Mapped[CustomerKind] = fields.choice(
        msg("Customer kind"),
        CustomerKind,
        default=CustomerKind.COMPANY,
        required=True,
        filterable=True,
        help=msg("A personal customer counts as a person: name and address fall under the protection of personal data."),
    )
    state: Mapped[CustomerState] = fields.state(msg("State"), CustomerState, CustomerState.PENDING)
    review: Mapped[Review] = fields.state(msg("Review"), Review, Review.PENDING)
    review_note: Mapped[str | None] = fields.text(msg("Reason of the review"), length=500, editable=False)
    state_reason: Mapped[str | None] = fields.text(msg("Reason for the state"), length=500, editable=False)
    entered_by = reference("core_employee", msg("Entered by"), editable=False)
    parent = reference(
        "customers_customer",
        msg("Parent customer"),
        filterable=True,
        history=True,
        help=msg("The group or head office that it belongs to; the page of the parent lists it."),
    )
    star_grade: Mapped[int | None] = fields.integer(
        msg("Star grade"),
        stars=True,
        sortable=True,
        filterable=True,
        history=True,
        help=msg("From 1 to 5: the more stars, the sooner a customer without recent contact is shown as overdue."),
    )

    industry: Mapped[str | None] = fields.code(
        msg("Industry"),
        "customers.industry",
        filterable=True,
        help=msg("Used in reports and filters; your administrator maintains the choices."),
    )
    region: Mapped[str | None] = fields.code(
        msg("Region"),
        "customers.region",
        length=40,
        filterable=True,
        help=msg("The region that serves the customer; used in reports and filters."),
    )
    city: Mapped[str | None] = fields.text(msg("City"), length=40)
    address: Mapped[str | None] = fields.text(
        msg("Address"),
        length=250,
        history=True,
        help=msg("Where the customer is visited; used on dispatch orders unless another address is entered."),
    )
    phone: Mapped[str | None] = fields.phone(
        msg("Telephone"),
        history=True,
        help=msg("The switchboard, with area code; the same number at another customer is shown as a possible duplicate."),
    )
    email: Mapped[str | None] = fields.email(msg("E-mail"))
    website: Mapped[str | None] = fields.text(msg("Website"), length=200, help=msg("The address of the customer's website."))

    size: Mapped[Size | None] = fields.choice(
        msg("Size"), Size, help=msg("By the national classification of company sizes; an estimate is enough.")
    )
    credit_code: Mapped[str | None] = fields.text(
        msg("Unified social credit code"),
        length=18,
        history=True,
        help=msg("18 digits and letters, checked by the last one; the same code at another customer is shown as a possible duplicate."),
    )
    id_number: Mapped[str | None] = fields.text(
        msg("ID number"),
        length=18,
        history=True,
        personal=True,
        masked=True,
        mask="id_number",
        help=msg("Resident identity number; for personal customers only."),
    )
    listed_on: Mapped[date | None] = fields.day(
        msg("Listed on"), help=msg("First day of trading on a stock exchange, for listed companies only.")
    )
    erp_name: Mapped[str | None] = fields.text(
        msg("Name in the ERP"),
        length=120,
        help=msg("Fill it in only if the ERP calls the customer otherwise; such differences have a view of their own."),
    )
    erp_code: Mapped[str | None] = fields.text(msg("Code in the ERP"), length=40, help=msg("Used to match data exchanged with the ERP."))
    cooperating_since: Mapped[date | None] = fields.day(
        msg("Cooperating since"), help=msg("Filled in automatically when the first contract is signed; enter it for existing customers.")
    )
    source: Mapped[str | None] = fields.code(
        msg("Source"),
        "customers.source",
        length=40,
        filterable=True,
        help=msg("How the customer came to us; reports compare these sources."),
    )

    settlement: Mapped[Settlement | None] = fields.choice(
        msg("Settlement method"), Settlement, history=True, help=msg("How the customer usually pays, as it was agreed.")
    )
    payment_terms: Mapped[str | None] = fields.text(
        msg("Payment terms"), length=200, history=True, help=msg("As agreed, such as 30% in advance, 60% on delivery, 10% after a year.")
    )
    discount: Mapped[Decimal | None] = fields.quantity(
        msg("Share of list price"),
        unit=msg("%"),
        history=True,
        help=msg("Share of the list price that was agreed, above 0 up to 100: 85 means 15% off."),
    )
    credit_limit: Mapped[Decimal | None] = fields.money(
        msg("Credit limit"),
        history=True,
        help=msg("The most that the customer may owe us; leave it empty where nothing was agreed. The page shows how much of it is left."),
    )

    needs: Mapped[str | None] = fields.long_text(
        msg("Needs"), length=2_000, help=msg("What the customer wants to achieve, in their own words; read it before every visit.")
    )
    preferences: Mapped[str | None] = fields.long_text(
        msg("Preferences"), length=2_000, help=msg("How the customer likes to be approached: times, channels, which gifts are acceptable.")
    )
    note: Mapped[str | None] = fields.long_text(msg("Note"), length=5_000)

    last_contact_at: Mapped[datetime | None] = fields.moment(msg("Last contact"), editable=False, sortable=True, filterable=True)
    next_contact_on: Mapped[date | None] = fields.day(msg("Next contact"), editable=False, sortable=True, filterable=True)
    next_step: Mapped[str | None] = fields.text(msg("Next step"), length=200, editable=False)
    name_key: Mapped[str] = mapped_column(String(200), default="")

    @validates("name")
    def _keep_key(self, _: str, name: str) -> str:
        """The key for finding duplicates always follows the name."""
        self.name_key = name_key(name or "")
        return name
