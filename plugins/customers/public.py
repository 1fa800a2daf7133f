"""What a plugin that requires customers may import."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from core.access.field_rights import access_on, shown_value
from core.access.guard import get_for, seen_here
from core.database.covering import OPEN
from core.kernel.acting import acting
from core.kernel.clock import local
from core.kernel.words import Message, msg
from plugins.customers.models import Contact, Customer
from plugins.customers.rules import Review

CUSTOMER_TABLE = "customers_customer"
"""For ``reference(CUSTOMER_TABLE, …)``."""
CUSTOMER_RESOURCE = "customers.customer"
CONTACT_TABLE = "customers_contact"
"""For ``reference(CONTACT_TABLE, …)``; check it with :func:`belongs_to`."""


@dataclass(frozen=True)
class CustomerSummary:
    """What others need to know of a customer: ``missing`` is what has to be filled in before a contract is signed (R-334), ``entered_on``
    the day since which there can be business with it.
    """

    id: int
    name: str
    code: str
    owner_id: int
    approved: bool
    entered_on: date
    missing: tuple[Message, ...] = ()


@dataclass(frozen=True)
class RegisteredCustomer:
    """What documents made out to a customer say of it; empty where nobody has entered it. A person has no credit code."""

    name: str
    city: str
    address: str
    phone: str
    credit_code: str


@dataclass(frozen=True)
class CustomerHandedOver:
    """A customer went from one employee to another, who works in ``department_id``.

    ``only`` are the records that follow, by table, where a handover is taken back: those that had followed it; else all that are open.
    """

    customer_id: int
    name: str
    previous_owner_id: int
    owner_id: int
    department_id: int
    only: Mapping[str, Sequence[int]] | None = None

    def reaches(self, model: Any) -> ColumnElement[bool]:
        """Records of ``model``, which name a customer and have an owner, that may follow this handover."""
        mine = and_(model.customer_id == self.customer_id, model.owner_id == self.previous_owner_id)
        return mine if self.only is None else and_(mine, model.id.in_(self.only.get(model.__tablename__, ())))


def is_approved(customer: Customer) -> bool:
    """Whether the head has approved the customer: contracts are signed and orders taken only then (R-334, R-351)."""
    return customer.review == Review.APPROVED


def sees_customer(session: Session, customer_id: int) -> bool:
    """Whether the person who acts may see the customer at all."""
    return session.scalar(select(Customer.id).where(Customer.id == customer_id)) is not None


def belongs_to(session: Session, contact_id: int, customer_id: int | None) -> bool:
    """Whether the contact is one of this customer, as far as the person who acts may see it."""
    asked = select(Contact.id).where(Contact.id == contact_id, Contact.customer_id == customer_id)
    return session.scalar(asked) is not None


def customer_summary(session: Session, customer_id: int) -> CustomerSummary:
    """The customer as it stands; raises :class:`NotFound` when the person who acts may not see it."""
    return _summary(session, get_for(session, Customer, "read", customer_id))


def agreed_credit(session: Session, customer_id: int) -> Decimal | None:
    """The most that the customer whose page is being made may owe; None where nothing was agreed, or who acts is not told."""
    customer = seen_here(session, Customer, customer_id)
    return customer.credit_limit if access_on(acting(), customer, "credit_limit") in OPEN else None


def registered_customer(session: Session, customer_id: int) -> RegisteredCustomer:
    """How the customer is registered, as far as the person who acts may read it; raises :class:`NotFound` where nothing of it is seen."""
    found = get_for(session, Customer, "read", customer_id)
    told = {name: shown_value(acting(), found, name) or "" for name in ("name", "city", "address", "phone", "credit_code")}
    return RegisteredCustomer(**told)


def approved_customers(session: Session, limit: int, after: int = 0) -> list[CustomerSummary]:
    """Customers that the person who acts may see and that have been approved, oldest first; only those entered after the id ``after``."""
    wanted = select(Customer).where(Customer.review == Review.APPROVED, Customer.id > after).order_by(Customer.id).limit(limit)
    return [_summary(session, customer) for customer in session.scalars(wanted).all()]


def customers_by_code(session: Session, codes: Collection[str]) -> Mapping[str, int]:
    """Code to id of those customers with one of ``codes`` that the person who acts may see; for files that name customers."""
    found = session.execute(select(Customer.code, Customer.id).where(Customer.code.in_([code for code in codes if code])))
    return {str(code): customer_id for code, customer_id in found}


def customer_names(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    """Names of those customers of ``ids`` that the person who acts may see, by id; asked in portions, so that there may be many."""
    wanted = sorted(set(ids))
    found: dict[int, str] = {}
    for start in range(0, len(wanted), 1_000):
        rows = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(wanted[start : start + 1_000])))
        found |= dict(rows.all())
    return found


def _summary(session: Session, customer: Customer) -> CustomerSummary:
    return CustomerSummary(
        id=customer.id,
        name=customer.name,
        code=customer.code or "",
        owner_id=customer.owner_id,
        approved=is_approved(customer),
        entered_on=local(customer.created_at).date(),
        missing=_missing(session, customer),
    )


def _missing(session: Session, customer: Customer) -> tuple[Message, ...]:
    found = [] if customer.address else [msg("Address")]
    reachable = customer.phone or session.scalar(
        select(Contact.id).where(Contact.customer_id == customer.id, or_(Contact.phone.is_not(None), Contact.mobile.is_not(None))).limit(1)
    )
    return tuple(found if reachable else [*found, msg("Telephone")])
