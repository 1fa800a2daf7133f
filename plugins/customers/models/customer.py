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

    name: Mapped[str] = fields.text(msg("Customer name"), length=120, required=True, searchable=True, sortable=True, history=True)
    code: Mapped[str | None] = fields.text(
        msg("Customer code"), length=40, searchable=True, history=True, help=msg("Leave it empty to have one given.")
    )
    kind: Mapped[CustomerKind] = fields.choice(
        msg("Customer kind"), CustomerKind, default=CustomerKind.COMPANY, required=True, filterable=True
    )
    state: Mapped[CustomerState] = fields.state(msg("State"), CustomerState, CustomerState.PENDING)
    review: Mapped[Review] = fields.state(msg("Review"), Review, Review.PENDING)
    review_note: Mapped[str | None] = fields.text(msg("Reason of the review"), length=500, editable=False)
    state_reason: Mapped[str | None] = fields.text(msg("Reason of the state"), length=500, editable=False)
    entered_by = reference("core_employee", msg("Entered by"), editable=False)
    parent = reference("customers_customer", msg("Parent customer"), filterable=True, history=True)
    star_grade: Mapped[int | None] = fields.integer(msg("Star grade"), sortable=True, filterable=True, history=True)

    industry: Mapped[str | None] = fields.code(msg("Industry"), "customers.industry", filterable=True)
    region: Mapped[str | None] = fields.code(msg("Region"), "customers.region", length=40, filterable=True)
    city: Mapped[str | None] = fields.text(msg("City"), length=40)
    address: Mapped[str | None] = fields.text(msg("Address"), length=250, history=True)
    phone: Mapped[str | None] = fields.phone(msg("Telephone"), history=True)
    email: Mapped[str | None] = fields.email(msg("E-mail"))
    website: Mapped[str | None] = fields.text(msg("Website"), length=200)

    size: Mapped[Size | None] = fields.choice(msg("Size"), Size)
    credit_code: Mapped[str | None] = fields.text(msg("Unified social credit code"), length=18, history=True)
    id_number: Mapped[str | None] = fields.text(
        msg("ID number"),
        length=18,
        history=True,
        personal=True,
        masked=True,
        mask="id_number",
        help=msg("Resident identity number; for personal customers only."),
    )
    listed_on: Mapped[date | None] = fields.day(msg("Listed on"))
    erp_name: Mapped[str | None] = fields.text(msg("Name in the ERP"), length=120)
    erp_code: Mapped[str | None] = fields.text(msg("Code in the ERP"), length=40)
    cooperating_since: Mapped[date | None] = fields.day(msg("Cooperating since"))
    source: Mapped[str | None] = fields.code(msg("Source"), "customers.source", length=40, filterable=True)

    settlement: Mapped[Settlement | None] = fields.choice(msg("Settlement method"), Settlement)
    payment_terms: Mapped[str | None] = fields.text(msg("Payment terms"), length=200, history=True)
    discount: Mapped[Decimal | None] = fields.quantity(msg("Share of list price"), unit=msg("%"), history=True)

    needs: Mapped[str | None] = fields.long_text(msg("Needs"), length=2_000)
    preferences: Mapped[str | None] = fields.long_text(msg("Preferences"), length=2_000)
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
