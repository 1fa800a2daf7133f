"""Questions about customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, object_session

from core.access.field_rights import may_query
from core.access.guard import as_system
from core.access.models import Share
from core.database.search import mean_as_many, newest_ids
from core.database.together import told
from core.exports.reading import count_seen
from core.kernel.acting import acting, actor
from core.kernel.clock import local, now
from core.organisation.models import Department, Employee
from plugins.customers.errors import NamesHidden, TermTooShort
from plugins.customers.models import Customer, Interaction
from plugins.customers.rules import HINT_LENGTH, CustomerKind, CustomerState, Review, masked_name, name_key

HINTS = 5
"""Possible duplicates that are shown at most."""
SHORTEST, FOUND = 2, 20
"""Characters of a name that the directory wants to be told, and customers that it tells of at most."""
LOOKED_AT = 5_000
"""Customers at most whose names are compared for one question: the index means pinyin and codes too, so two letters may mean a million."""


@dataclass(frozen=True)
class DuplicateHint:
    """A customer that may be the same: all that the declared channel C-01 tells of another's customer (R-339).

    ``record_id`` is set only for a customer that one may see anyway.
    """

    name: str
    owner: str
    department: str
    last_contact_at: datetime | None
    record_id: int | None = None


@dataclass(frozen=True)
class DirectoryEntry:
    """A customer of the company: all that the declared channel C-01 tells of it in the directory (R-016).

    ``record_id`` is set only for a customer that one may see anyway; the day is None too for whoever may not know the last contact.
    """

    name: str
    owner: str
    last_contact_on: date | None
    record_id: int | None = None


def may_look_up() -> bool:
    """Whether whoever acts may read what customers are called: a search would tell it letter by letter."""
    return may_query(acting(), Customer, "name")


def look_up(session: Session, text: str) -> tuple[list[DirectoryEntry], bool]:
    """Customers of the whole company whose name has every word of ``text``, at most :data:`FOUND`, and whether there may be more.

    People who are customers are left out: their name is personal information, and nobody needs it to know whose customer a company is.
    Raises :class:`TermTooShort`, and :class:`NamesHidden` where the name of customers may not be read.
    """
    if not may_look_up():
        raise NamesHidden
    if sum(map(str.isalnum, text)) < SHORTEST:
        raise TermTooShort(SHORTEST)
    found = _in_directory(session, text)
    ids = [row[0] for row in found[:FOUND]]
    count_seen(Customer, ids)
    mine = set(session.scalars(select(Customer.id).where(Customer.id.in_(ids))))
    more = len(found) > FOUND or mean_as_many(session, Customer, text, LOOKED_AT)
    return sorted((_entry(row, seen=row[0] in mine) for row in found[:FOUND]), key=lambda one: one.name), more


def _in_directory(session: Session, text: str) -> Sequence[Any]:
    """The rows, through the index of names; that holds codes too, of which the directory tells nothing, so the name is looked at again."""
    found = Customer.id.in_(newest_ids(session, Customer, text, LOOKED_AT))
    with as_system(session, "customer directory C-01"):
        return session.execute(
            select(Customer.id, Customer.name, Employee.name, Customer.last_contact_at)
            .join(Employee, Employee.id == Customer.owner_id)
            .where(found, Customer.kind == CustomerKind.COMPANY, *map(_in_name, text.split()))
            .order_by(Customer.id.desc())
            .limit(FOUND + 1)
        ).all()


def _in_name(word: str) -> ColumnElement[bool]:
    """Names with ``word``, whatever the width of letters, the brackets or the legal form."""
    return or_(Customer.name.icontains(word, autoescape=True), Customer.name_key.contains(name_key(word), autoescape=True))


def _entry(row: Any, *, seen: bool) -> DirectoryEntry:
    """What is told; the house has read over the person, so what a role may not know is taken out here."""
    record_id, name, owner, last_contact_at = row
    known = last_contact_at is not None and may_query(acting(), Customer, "last_contact_at")
    return DirectoryEntry(name, owner, local(last_contact_at).date() if known else None, record_id if seen else None)


def is_shared(customer: Customer) -> bool:
    """Whether the customer, which is in a session, is opened to anybody besides its owner (R-443)."""
    session = object_session(customer)
    wanted = select(Share.id).where(Share.resource == Customer.__resource__, Share.record_id == customer.id).limit(1)
    return session is not None and session.scalar(wanted) is not None


def possible_duplicates(session: Session, *, name: str = "", credit_code: str = "", phone: str = "") -> list[DuplicateHint]:
    """Customers of the whole company with the same credit code or telephone, or whose name is or begins alike; at most :data:`HINTS`.

    What is told counts as seen. None for whoever may not read what customers are called.
    """
    alike = _alike(name, credit_code, phone)
    if not alike or not may_look_up():
        return []
    with as_system(session, "duplicate hint C-01"):
        found = session.execute(
            select(Customer.id, Customer.name, Employee.name, Department.name, Customer.last_contact_at)
            .join(Employee, Employee.id == Customer.owner_id)
            .join(Department, Department.id == Customer.department_id)
            .where(or_(*alike))
            .order_by(Customer.name_key, Customer.id)
            .limit(HINTS)
        ).all()
    ids = [row[0] for row in found]
    count_seen(Customer, ids)
    mine = set(session.scalars(select(Customer.id).where(Customer.id.in_(ids))))
    return [_hint(row, seen=row[0] in mine) for row in found]


def _alike(name: str, credit_code: str, phone: str) -> list[ColumnElement[bool]]:
    key = name_key(name)
    found: list[ColumnElement[bool]] = []
    if len(key) >= HINT_LENGTH:
        found.append(and_(Customer.name_key >= key, Customer.name_key < key + "\U0010ffff"))
    elif key:
        found.append(Customer.name_key == key)
    if credit_code.strip():
        found.append(Customer.credit_code == credit_code.strip().upper())
    if phone.strip():
        found.append(Customer.phone == phone.strip())
    return found


def _hint(row: Any, *, seen: bool) -> DuplicateHint:
    record_id, name, owner, department, last_contact_at = row
    known = last_contact_at if may_query(acting(), Customer, "last_contact_at") else None
    return DuplicateHint(name, owner if seen else masked_name(owner), department, known, record_id if seen else None)


def sharers(session: Session, customer: Customer) -> Sequence[tuple[Share, Employee]]:
    """With whom a customer that was loaded under scope is shared now, and how."""
    statement = (
        select(Share, Employee)
        .join(Employee, Employee.id == Share.employee_id)
        .where(Share.resource == Customer.__resource__, Share.record_id == customer.id, or_(Share.until.is_(None), Share.until > now()))
        .order_by(Employee.name, Employee.id)
    )
    return [(share, employee) for share, employee in session.execute(statement).all()]


def out_of_touch(moment: datetime, days: Sequence[int]) -> ColumnElement[bool]:
    """Customers that are followed, and were last contacted longer ago than ``days`` says for their star grade, one to five (R-317)."""
    late = [and_(Customer.star_grade == star, Customer.last_contact_at < moment - timedelta(days=one)) for star, one in enumerate(days, 1)]
    ungraded = and_(Customer.star_grade.is_(None), Customer.last_contact_at < moment - timedelta(days=days[0]))
    followed = and_(Customer.review == Review.APPROVED, Customer.state != CustomerState.SUSPENDED)
    return and_(followed, or_(Customer.last_contact_at.is_(None), ungraded, *late))


def incomplete() -> ColumnElement[bool]:
    """Customers that nobody can reach or sort by what is entered of them (R-438)."""
    return or_(*(column.is_(None) for column in (Customer.address, Customer.phone, Customer.industry, Customer.region)))


def named_otherwise_in_erp() -> ColumnElement[bool]:
    """Customers whose name here is not their name in the ERP (R-331); letters and spaces count as they are written."""
    return and_(Customer.erp_name.is_not(None), Customer.erp_name != Customer.name)


def waiting_for_review() -> Select[Customer]:
    """Customers that wait for a head, oldest first."""
    return select(Customer).where(Customer.review == Review.PENDING).order_by(Customer.id)


def own_customers() -> Select[Customer]:
    """Customers that the person who acts follows."""
    return select(Customer).where(Customer.owner_id == actor().employee_id)


def own_due(day: date) -> Select[Customer]:
    """Customers of the person who acts whose next contact is due, longest overdue first."""
    return own_customers().where(Customer.next_contact_on <= day).order_by(Customer.next_contact_on, Customer.id)


def contacts_due(day: date) -> Select[Any]:
    """Customers of :func:`own_due` as rows to be told: name and next step."""
    mine = (Customer.owner_id == actor().employee_id) & (Customer.next_contact_on <= day)
    rows = told(Customer.id, Customer.name, Customer.next_step, day=Customer.next_contact_on)
    return rows.where(mine).order_by(Customer.next_contact_on, Customer.id)


def to_review() -> Select[Any]:
    """Customers of :func:`waiting_for_review` as rows to be told: name."""
    return told(Customer.id, Customer.name).where(Customer.review == Review.PENDING).order_by(Customer.id)


def talks_of(customer_id: int) -> Select[Any]:
    """Follow-ups of a customer as rows to be told, newest first: way and content."""
    who = Employee.name if may_query(acting(), Interaction, "person") else None
    rows = told(Interaction.id, Interaction.way, Interaction.content, at=Interaction.at, who=who)
    mine = rows.join(Employee, Employee.id == Interaction.person_id).where(Interaction.customer_id == customer_id)
    return mine.order_by(Interaction.at.desc(), Interaction.id.desc())
