"""Files of customers: found by their code, entered or changed in batches with as few statements as possible; of contacts and follow-ups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.criteria import visible
from core.access.guard import as_system, authorise, open_for_writing
from core.access.people import employees_called, holders
from core.database.batches import among, number_ahead
from core.database.changes import apply_changes, make_record
from core.database.fields import Field
from core.extension.exchange import CREATED, UNCHANGED, UPDATED, ConvertedRow, ImportTarget, Outcome, rejected
from core.kernel.acting import acting, employee_id
from core.kernel.clock import SHANGHAI, today
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.organisation.code_lists import resolve_values
from core.organisation.models import Employee
from core.work.declared_imports import declared_import
from core.work.import_fields import written_fields
from core.work.mapping import pick
from plugins.customers.models import Contact, Customer, Interaction
from plugins.customers.operations.contacts import add_contact, change_contact
from plugins.customers.operations.customers import TERMS_FIELDS, check_customer, check_parent, check_terms
from plugins.customers.operations.interactions import change_interaction, write_interaction
from plugins.customers.public import customers_by_code
from plugins.customers.rules import CustomerState, Review, Source

FOR_NEW = ("owner", "parent", "entered_on", "entered_by")
"""What a row says of a customer beside its fields; all but the parent count for a new one alone."""
NOON = time(12)


def write_customers(session: Session, rows: Sequence[ConvertedRow]) -> list[Outcome]:
    """Enter or change the customers of ``rows``; a row that cannot be taken is rejected alone, with its reason.

    Beside fields of the record a row may hold ``parent`` (the code of another customer, of this file or known) and ``owner`` (user name or
    full name of whom a new customer is given to). ``entered_on`` and ``entered_by`` keep when and by whom a new one was entered where the
    file comes from.
    """
    authorise(Customer, "create")
    batch = Batch(session, rows)
    outcomes = {row.number: batch.write(row) for row in _parents_first(rows)}
    batch.enter_all()
    return [outcomes[row.number] for row in rows]


class Batch:
    """What the rows of one batch need to be looked up, each by one statement."""

    def __init__(self, session: Session, rows: Sequence[ConvertedRow]) -> None:
        self._session = session
        named = among(session, Customer.code, {str(row.values["code"]) for row in rows if row.values.get("code")})
        with as_system(session, "codes of customers are unique in the company"):
            self._taken = set(session.scalars(select(Customer.code).where(named)))
        self._known: dict[str, Customer] = {}
        self._writable: set[str | None] = set()
        if self._taken:  # of a first import, nothing is known
            self._known = {str(customer.code): customer for customer in session.scalars(select(Customer).where(named))}
            self._writable = set(session.scalars(select(Customer.code).where(named, visible(Customer, acting(), "update"))))
        self._new: list[Customer] = []
        self._parents = customers_by_code(session, {str(row.values["parent"]) for row in rows if row.values.get("parent")})
        self._links: list[tuple[Customer, Customer]] = []
        self._owners = _owners(session, rows)
        authors = {str(row.values["entered_by"]) for row in rows if row.values.get("entered_by")}
        self._people = employees_called(session, {*authors, *(name for row in rows if (name := _owner_named(row)))})

    def write(self, row: ConvertedRow) -> Outcome:
        """Enter or change one customer; nothing of it stays when it is rejected."""
        code = str(row.values.get("code") or "")
        if not code:
            return rejected(msg("This row has no customer code. Please add one, so that it can be found again."), "code")
        if code in self._taken and code not in self._writable:
            return rejected(msg("Another customer has the code “%(code)s”. Please choose another.", code=code), "code")
        try:
            values = resolve_values(self._session, Customer, self._own(row.values))
            return self._change(self._known[code], values) if code in self._known else self._enter(row, code, values)
        except BadInput as error:
            field, reason = next(iter(error.fields.items()), ("", error.message))
            return rejected(reason, field)

    def enter_all(self) -> None:
        """Write the new customers in one go, then lead them to parents that are new as well."""
        number_ahead(self._session, self._new)
        self._session.add_all(self._new)
        self._session.flush()
        for customer, parent in self._links:
            customer.parent_id = parent.id
        self._session.flush()

    def _own(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Fields of the record; its parent by id, unless that is as new as the record."""
        own = {name: value for name, value in given.items() if name not in FOR_NEW}
        code = str(given.get("parent") or "")
        if code in self._parents:
            own["parent"] = self._parents[code]
        elif code and code not in self._known:
            raise BadInput(fields={"parent": msg("There is no customer with the code %(code)s. Please import it first.", code=code)})
        return own

    def _change(self, customer: Customer, values: Mapping[str, Any]) -> Outcome:
        columns = {name: "parent_id" if name == "parent" else name for name in values if name in Customer.fields()}
        before = {column: getattr(customer, column) for column in columns.values()}
        try:
            with self._session.no_autoflush:
                changed = apply_changes(customer, values)
                check_terms(changed)
                check_customer(customer)
                check_parent(self._session, customer)
        except BadInput:
            for column, value in before.items():
                setattr(customer, column, value)
            raise
        if not changed:
            return UNCHANGED
        open_for_writing(self._session, customer)
        return UPDATED

    def _enter(self, row: ConvertedRow, code: str, values: Mapping[str, Any]) -> Outcome:
        customer: Customer = make_record(Customer, {"source": Source.IMPORT, **values})
        check_customer(customer)
        check_terms({name for name in TERMS_FIELDS if getattr(customer, name) is not None})
        owner = self._owner_of(row)
        if owner is None and employee_id() is None:
            return rejected(msg("The profile assigns this row to nobody who works here. Please name an owner or a department."))
        if owner is not None:
            customer.owner_id, customer.department_id = owner.id, owner.department_id
        self._keep_origin(customer, row)
        if row.review == "approved":
            customer.review, customer.state = Review.APPROVED, CustomerState.NEGOTIATING
        if row.values.get("parent") and "parent" not in values:
            self._links.append((customer, self._known[str(row.values["parent"])]))
        self._new.append(customer)
        self._known[code] = customer
        self._taken.add(code)
        self._writable.add(code)
        return CREATED

    def _keep_origin(self, customer: Customer, row: ConvertedRow) -> None:
        """Day and author of before, where the file tells them; a day that is still to come is refused."""
        day, author = row.values.get("entered_on"), str(row.values.get("entered_by") or "")
        if day is not None:
            if day > today():
                raise BadInput(fields={"entered_on": msg("This day is in the future. Please choose today or an earlier day.")})
            customer.created_at = datetime.combine(day, NOON, SHANGHAI)
        if author and author not in self._people:
            raise BadInput(fields={"entered_by": msg("Nobody called %(name)s works here. Please check the name.", name=author)})
        customer.entered_by_id = self._people[author].id if author else employee_id()

    def _owner_of(self, row: ConvertedRow) -> Employee | None:
        if name := _owner_named(row):
            if name not in self._people and row.values.get("owner"):
                raise BadInput(fields={"owner": msg("Nobody called %(name)s works here. Please check the name.", name=name)})
            return self._people.get(name)
        candidates = self._owners.get(row.department or "", {})
        number = pick(tuple(sorted(candidates)), row.key)
        return candidates[number] if number is not None else None


def _owner_named(row: ConvertedRow) -> str:
    """Whom the row itself names, else whom the profile spreads it to."""
    return str(row.values.get("owner") or row.owner or "")


def _parents_first(rows: Sequence[ConvertedRow]) -> list[ConvertedRow]:
    """The rows in an order in which a parent that stands in the file comes before what belongs to it."""
    above = {str(row.values.get("code")): str(row.values.get("parent") or "") for row in rows}
    if not any(above.values()):
        return list(rows)

    def depth(row: ConvertedRow) -> int:
        seen, code = set(), str(row.values.get("parent") or "")
        while code in above and code not in seen:
            seen.add(code)
            code = above[code]
        return len(seen)

    return sorted(rows, key=depth)


def _owners(session: Session, rows: Sequence[ConvertedRow]) -> dict[str, dict[str, Employee]]:
    """Salespeople of each department that the rows name, by employee number."""
    codes = {row.department for row in rows if row.department}
    return {code: {employee.number: employee for employee in holders(session, "salesperson", code)} for code in codes}


def _fields() -> Sequence[Field]:
    return (
        *written_fields(Customer),
        Field("text", msg("Code of the parent customer"), "parent", max_length=40),
        Field("text", msg("Owner"), "owner", max_length=80, help=msg("Account or full name of the owner of a new customer.")),
        Field("date", msg("Entered on"), "entered_on", help=msg("When the customer was entered in the system that the file comes from.")),
        Field(
            "text",
            msg("Entered by"),
            "entered_by",
            max_length=80,
            help=msg("Account or full name of the person who entered the customer."),
        ),
    )


TARGET = ImportTarget(
    "customers.customer",
    write_customers,
    _fields,
    (("code",),),
    {
        "code": ("客户编号", "客户代码", "编号", "代码", "证券代码", "ts_code", "customer no"),
        "name": ("公司名称", "企业名称", "名称", "证券简称", "company", "company name"),
        "industry": ("所属行业", "sector"),
        "region": ("地域", "省份", "省市", "area", "province"),
        "phone": ("电话", "联系电话", "tel", "phone"),
        "email": ("邮箱", "email"),
        "id_number": ("身份证号", "身份证号码", "公民身份号码", "identity number"),
        "credit_code": ("税号", "纳税人识别号", "统一社会信用代码"),
        "listed_on": ("上市日期", "list_date"),
        "owner": ("负责人", "业务员", "销售", "客户经理", "sales"),
        "entered_on": ("创建时间", "创建日期", "录入时间", "created on", "created at"),
        "entered_by": ("创建人", "录入人", "created by"),
        "note": ("备注", "remarks"),
    },
)

CUSTOMER_COLUMN = ("客户", "客户编号", "客户代码", "所属客户", "customer no", "account")
CONTACTS = declared_import(
    Contact,
    add_contact,
    change_contact,
    entered_on=True,
    aliases={
        "customer": CUSTOMER_COLUMN,
        "name": ("姓名", "联系人", "联系人姓名", "contact", "full name"),
        "mobile": ("手机", "手机号", "手机号码", "mobile phone"),
        "phone": ("电话", "座机", "固定电话", "tel"),
        "position": ("职务", "职位", "title", "job title"),
        "wechat": ("微信", "微信号"),
        "entered_on": ("创建时间", "创建日期", "录入时间", "created on", "created at"),
        "note": ("备注", "remarks"),
    },
)
"""Contacts are found by their customer and name (R-475)."""
INTERACTIONS = declared_import(
    Interaction,
    write_interaction,
    change_interaction,
    keys=(Interaction.__business_key__, ("customer", "at", "content")),
    author="person",
    aliases={
        "customer": CUSTOMER_COLUMN,
        "at": ("跟进时间", "拜访时间", "时间", "日期", "date"),
        "content": ("跟进内容", "内容", "拜访内容", "notes"),
        "way": ("跟进方式", "方式"),
        "person": ("跟进人", "拜访人", "业务员", "创建人", "created by"),
        "next_on": ("下次跟进时间", "下次联系时间"),
    },
)
"""Follow-ups are found by their customer and time, where two may fall together by their text as well."""
TARGETS = (TARGET, CONTACTS, INTERACTIONS)
