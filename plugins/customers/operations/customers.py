"""Entering, changing and deleting a customer (R-156)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access.guard import as_system, authorise, get_for
from core.access.models import Share
from core.database.changes import apply_changes, make_record
from core.database.numbers import take_number
from core.kernel.acting import Actor, acting, company_id, employee_id
from core.kernel.clock import today
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from plugins.customers.errors import CodeTaken, HasRecords
from plugins.customers.models import Contact, Customer, Interaction
from plugins.customers.operations.reviewing import hand_in
from plugins.customers.permissions import CUSTOMER, TERMS
from plugins.customers.rules import CustomerKind, customer_code, is_credit_code, is_id_number

TERMS_FIELDS = ("settlement", "payment_terms", "discount", "credit_limit")


def create_customer(session: Session, values: Mapping[str, Any]) -> Customer:
    """Enter a customer; it belongs to whoever enters it and waits for the head's review (R-151).

    Without ``code`` it is given one, counted per company and year, in which numbers may be missing. Raises :class:`BadInput`, and
    :class:`CodeTaken` for a code that another customer has.
    """
    authorise(Customer, "create")
    customer: Customer = make_record(Customer, values)
    check_customer(customer)
    check_terms({name for name in TERMS_FIELDS if getattr(customer, name) is not None})
    customer.entered_by_id = employee_id()
    customer.code = customer.code or _next_code(session)
    session.add(customer)
    store(session, customer)
    hand_in(session, customer)
    return customer


def change_customer(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Customer:
    """Change the given fields of a customer and no others. Raises as :func:`create_customer`."""
    customer: Customer = get_for(session, Customer, "update", record_id, version)
    with session.no_autoflush:
        check_terms(apply_changes(customer, changes))
        if not customer.code:
            raise BadInput(fields={"code": msg("A customer needs a code. Please enter one.")})
        check_customer(customer)
        check_parent(session, customer)
        store(session, customer)
    return customer


def delete_customer(session: Session, record_id: int, version: int | None) -> None:
    """Delete a customer to whom no other record belongs, entered by mistake; raises :class:`HasRecords` otherwise."""
    customer: Customer = get_for(session, Customer, "delete", record_id, version)
    if any(session.scalar(select(part.id).where(part.customer_id == record_id).limit(1)) for part in (Contact, Interaction)):
        raise HasRecords
    session.execute(delete(Share).where(Share.resource == Customer.__resource__, Share.record_id == record_id))
    session.delete(customer)
    try:
        session.flush()
    except IntegrityError as error:  # records of plugins that this one knows nothing of, even of those switched off
        raise HasRecords from error


def check_customer(customer: Customer) -> None:
    """Raise :class:`BadInput` for values that contradict what they mean; brings credit code and identity number into capitals."""
    wrong: dict[str, Message] = {}
    if customer.star_grade is not None and not 1 <= customer.star_grade <= 5:
        wrong["star_grade"] = msg("The star grade is a number from 1 to 5. Please check it.")
    if customer.discount is not None and not Decimal(0) < customer.discount <= 100:
        wrong["discount"] = msg("The discount is a percentage above 0 and up to 100. Please check it.")
    if customer.credit_limit is not None and customer.credit_limit < 0:
        wrong["credit_limit"] = msg("A credit limit is not below 0. Please check it.")
    if customer.credit_code:
        customer.credit_code = customer.credit_code.upper()
        if not is_credit_code(customer.credit_code):
            wrong["credit_code"] = msg("This is not a unified social credit code. Please check its 18 characters.")
    if customer.id_number:
        customer.id_number = customer.id_number.replace(" ", "").upper()
        if customer.kind != CustomerKind.PERSON:
            wrong["id_number"] = msg("Only a personal customer has an ID number. Please leave it empty, or choose the other kind.")
        elif not is_id_number(customer.id_number):
            wrong["id_number"] = msg("This is not a resident ID number. Please check its 18 characters.")
    if wrong:
        raise BadInput(fields=wrong)


def check_terms(changed: Collection[str]) -> None:
    """Raise :class:`BadInput` when terms of payment are among the changed fields and who acts may not change them (R-035)."""
    who = acting()
    touched = [name for name in TERMS_FIELDS if name in changed]
    if touched and isinstance(who, Actor) and not who.may(CUSTOMER, TERMS):
        sentence = msg("You may not change discount, settlement and credit. Please ask for an approval.")
        raise BadInput(fields=dict.fromkeys(touched, sentence))


def check_parent(session: Session, customer: Customer) -> None:
    """Raise :class:`BadInput` when a known customer would belong to itself, even at the end of a chain."""
    seen, above = {customer.id}, customer.parent_id
    while above is not None:
        if above in seen:
            raise BadInput(
                fields={
                    "parent": msg("The chain of parent customers would lead back to %(name)s. Please choose another.", name=customer.name)
                }
            )
        seen.add(above)
        above = session.scalar(select(Customer.parent_id).where(Customer.id == above))


def store(session: Session, customer: Customer) -> None:
    """Write the customer; the database itself refuses a code that is taken, also by a customer that one may not see."""
    wanted = str(customer.code)  # after a flush that failed it cannot be asked for any more
    try:
        session.flush()
    except IntegrityError as error:
        if "code" in str(error.orig) and "customers_customer" in str(error.orig):
            raise CodeTaken(wanted) from error
        raise


def _next_code(session: Session) -> str:
    """The next code that nobody was given by hand already."""
    company, year = company_id(), today().year
    with as_system(session, "codes of customers are unique in the company"):
        while True:
            code = customer_code(year, take_number(session, company, Customer.__resource__, year))
            if session.scalar(select(Customer.id).where(Customer.code == code)) is None:
                return code
