"""Fields that several verbs ask for, and days that saved lists depend on."""

from __future__ import annotations

from datetime import date, timedelta

from core.database.fields import Field
from core.kernel.clock import today
from core.kernel.words import msg
from core.organisation.parameters import parameter
from core.organisation.working_days import add_working_days
from core.web.gate import database_of

REASON = Field("text", msg("Reason"), "reason", required=True, max_length=500)
SIGNED_ON = Field("date", msg("Signed on"), "on")
SIGNER = Field("reference", msg("Signer"), "signer", target="core_employee")


def days_ago(name: str) -> date:
    """Today less the days of the parameter ``contracts.<name>``."""
    return today() - _days(name)


def working_days_ago(name: str) -> date:
    """What began before this day is late today, when the parameter ``contracts.<name>`` gives so many working days."""
    session = database_of().session()
    return add_working_days(session, today(), -parameter(session, f"contracts.{name}"))


def in_days(name: str) -> date:
    """Today and the days of the parameter ``contracts.<name>``."""
    return today() + _days(name)


def _days(name: str) -> timedelta:
    return timedelta(days=parameter(database_of().session(), f"contracts.{name}"))
