"""Sharing one customer with a named person, to read or to write, until a day (R-013, R-443)."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import get_for
from core.access.models import Share, ShareMode
from core.access.people import active_employee
from core.access.taken_back import Done, put_back_shares
from core.audit.trail import record_event
from core.kernel.clock import SHANGHAI, today
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.work.notices import notify
from plugins.customers.models import Customer


def share_customer(
    session: Session,
    record_id: int,
    version: int | None,
    *,
    employee: int | None = None,
    mode: ShareMode = ShareMode.READ,
    until: date | None = None,
) -> Share:
    """Open the customer to ``employee`` up to the end of the day ``until``, or without end; sharing again changes the share.

    Raises :class:`BadInput` for the owner itself, a day that is over, or nobody named.
    """
    customer: Customer = get_for(session, Customer, "share", record_id, version)
    if employee is None or employee == customer.owner_id:
        raise BadInput(fields={"employee": msg("Please choose a colleague other than the owner.")})
    if until is not None and until < today():
        raise BadInput(fields={"until": msg("This day has passed. Please choose today or a later day.")})
    person = active_employee(session, employee, "employee")
    share = _share_of(session, customer, person.id) or Share(resource=Customer.__resource__, record_id=customer.id, employee_id=person.id)
    share.mode, share.until = ShareMode(mode), _end_of(until)
    session.add(share)
    session.flush()
    notify(session, person.id, msg("The customer %(name)s was shared with you.", name=customer.name), f"/customers/{customer.id}")
    return share


def take_back_share(session: Session, record_id: int, done: Done) -> None:
    """Take back that many were shared, or that their shares were ended. Raises :class:`Conflict` for a share that was changed since."""
    customer: Customer = get_for(session, Customer, "share", record_id)
    put_back_shares(session, customer, done)


def unshare_customer(session: Session, record_id: int, version: int | None, *, employee: int | None = None) -> None:
    """End a share at once; raises :class:`BadInput` when there is none."""
    customer: Customer = get_for(session, Customer, "share", record_id, version)
    share = _share_of(session, customer, employee) if employee is not None else None
    if share is None:
        raise BadInput(fields={"employee": msg("This customer is not shared with that colleague. Please choose another.")})
    session.delete(share)
    record_event(session, "unshare", str(customer), customer=customer.id, employee=employee)
    session.flush()


def _share_of(session: Session, customer: Customer, employee_id: int) -> Share | None:
    wanted = select(Share).where(Share.resource == Customer.__resource__, Share.record_id == customer.id, Share.employee_id == employee_id)
    return session.scalars(wanted).one_or_none()


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.max, SHANGHAI)
