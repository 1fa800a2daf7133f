"""Files of customers: found by their code, entered or changed in batches with as few statements as possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.criteria import visible
from core.access.guard import as_system, authorise, open_for_writing
from core.access.people import employees_by_user_name, holders
from core.database.changes import apply_changes, make_record
from core.extension.exchange import CREATED, UNCHANGED, UPDATED, ConvertedRow, ImportTarget, Outcome, rejected
from core.kernel.acting import acting, employee_id
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.organisation.models import Employee
from core.work.mapping import pick
from plugins.customers.models import Customer
from plugins.customers.operations.customers import check_customer
from plugins.customers.rules import CustomerState, Review, Source


def write_customers(session: Session, rows: Sequence[ConvertedRow]) -> list[Outcome]:
    """Enter or change the customers of ``rows``; a row that cannot be taken is rejected alone, with its reason."""
    authorise(Customer, "create")
    batch = Batch(session, rows)
    outcomes = [batch.write(row) for row in rows]
    session.flush()
    return outcomes


class Batch:
    """What the rows of one batch need to be looked up, each by one statement."""

    def __init__(self, session: Session, rows: Sequence[ConvertedRow]) -> None:
        self._session = session
        codes = {str(row.values["code"]) for row in rows if row.values.get("code")}
        named = Customer.code.in_(codes)
        self._known = {str(customer.code): customer for customer in session.scalars(select(Customer).where(named))}
        self._writable = set(session.scalars(select(Customer.code).where(named, visible(Customer, acting(), "update"))))
        with as_system(session, "codes of customers are unique in the company"):
            self._taken = set(session.scalars(select(Customer.code).where(named)))
        self._owners = _owners(session, rows)
        self._people = employees_by_user_name(session, {row.owner for row in rows if row.owner})

    def write(self, row: ConvertedRow) -> Outcome:
        """Enter or change one customer; nothing of it stays when it is rejected."""
        code = str(row.values.get("code") or "")
        if not code:
            return rejected(msg("This row has no customer code. Please add one, so that it can be found again."), "code")
        if code in self._taken and code not in self._writable:
            return rejected(msg("Another customer has the code %(code)s. Please choose another.", code=code), "code")
        try:
            return self._change(self._known[code], row.values) if code in self._known else self._enter(row, code)
        except BadInput as error:
            field, reason = next(iter(error.fields.items()), ("", error.message))
            return rejected(reason, field)

    def _change(self, customer: Customer, values: Mapping[str, Any]) -> Outcome:
        before = {name: getattr(customer, name) for name in values if name in Customer.fields()}
        try:
            changed = apply_changes(customer, values)
            check_customer(customer)
        except BadInput:
            for name, value in before.items():
                setattr(customer, name, value)
            raise
        if not changed:
            return UNCHANGED
        open_for_writing(self._session, customer)
        return UPDATED

    def _enter(self, row: ConvertedRow, code: str) -> Outcome:
        customer: Customer = make_record(Customer, {"source": Source.IMPORT, **row.values})
        check_customer(customer)
        owner = self._owner_of(row)
        if owner is None and employee_id() is None:
            return rejected(msg("The profile gives this row to nobody who works here. Please name an owner or a department."))
        if owner is not None:
            customer.owner_id, customer.department_id = owner.id, owner.department_id
        customer.entered_by_id = employee_id()
        if row.review == "approved":
            customer.review, customer.state = Review.APPROVED, CustomerState.NEGOTIATING
        self._session.add(customer)
        self._known[code] = customer
        self._taken.add(code)
        self._writable.add(code)
        return CREATED

    def _owner_of(self, row: ConvertedRow) -> Employee | None:
        if row.owner:
            return self._people.get(row.owner)
        candidates = self._owners.get(row.department or "", {})
        number = pick(tuple(sorted(candidates)), row.key)
        return candidates[number] if number is not None else None


def _owners(session: Session, rows: Sequence[ConvertedRow]) -> dict[str, dict[str, Employee]]:
    """Salespeople of each department that the rows name, by employee number."""
    codes = {row.department for row in rows if row.department}
    return {code: {employee.number: employee for employee in holders(session, "salesperson", code)} for code in codes}


TARGET = ImportTarget("customers.customer", write_customers)
