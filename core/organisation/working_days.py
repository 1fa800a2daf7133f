"""Working days of the company: the public calendar, and where the company departs from it."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.kernel.acting import company_id
from core.kernel.working_days import is_public_working_day
from core.organisation.memory import remembered
from core.organisation.models import CompanyDay


def is_working_day(session: Session, day: date) -> bool:
    """Whether people of the company work on ``day``."""
    return company_days(session).get(day, is_public_working_day(day))


def add_working_days(session: Session, day: date, n: int) -> date:
    """The ``n``-th working day after ``day``, before it when ``n`` is negative; with 0 the day itself, or the next working one."""
    step = timedelta(days=-1 if n < 0 else 1)
    found = day
    if n == 0:
        while not is_working_day(session, found):
            found += step
    for _ in range(abs(n)):
        found += step
        while not is_working_day(session, found):
            found += step
    return found


def working_days_between(session: Session, a: date, b: date) -> int:
    """How many working days come after ``a`` up to ``b``, that one included; negative when ``b`` is the earlier day."""
    if b < a:
        return -working_days_between(session, b, a)
    return sum(is_working_day(session, a + timedelta(days=n)) for n in range(1, (b - a).days + 1))


def company_days(session: Session) -> dict[date, bool]:
    """The days on which the company departs from the public calendar."""
    company_id()  # nobody has no calendar
    return remembered(session, "company days", _read) or {}


def _read(session: Session, company: int) -> dict[date, bool]:
    asked = select(CompanyDay.day, CompanyDay.working).where(CompanyDay.company_id == company)
    return {row.day: row.working for row in session.execute(asked)}
