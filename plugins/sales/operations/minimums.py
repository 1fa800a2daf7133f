"""The minimum gross profit of a person: set by the project manager or the head, never by the person bound (R-003, R-348)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.access.people import employee_within
from core.access.sharing import forget_shares, let_see
from core.database.changes import apply_changes, make_record
from core.kernel.acting import employee_id
from core.kernel.clock import today
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg, on_day
from plugins.sales.errors import OwnMinimum
from plugins.sales.models import ProfitMinimum
from plugins.sales.operations.asking import tell
from plugins.sales.rules.profit import wrong_minimum
from plugins.sales.rules.projects import days_are_sound

WITH_COLLEAGUE = msg("It stays with its colleague. Please set a new one for the other colleague.")


def set_minimum(session: Session, values: Mapping[str, Any]) -> ProfitMinimum:
    """Ask a colleague (``values["employee"]``) of a department that one decides for to bring a gross profit, from today unless said.

    The colleague sees it and is told. Raises :class:`BadInput` for somebody out of reach and where neither rate nor amount is given,
    :class:`OwnMinimum` for oneself.
    """
    authorise(ProfitMinimum, "create")
    minimum: ProfitMinimum = make_record(ProfitMinimum, values)
    person = employee_within(session, minimum.employee_id, ProfitMinimum.__resource__, "create", "employee")
    minimum.department_id, minimum.starts_on = person.department_id, minimum.starts_on or today()
    _check(minimum)
    session.add(minimum)
    session.flush()
    let_see(session, minimum, person.id)
    _tell(session, minimum)
    return minimum


def change_minimum(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> ProfitMinimum:
    """Change what is asked for or its days; for another colleague set a new one. Raises as :func:`set_minimum`."""
    minimum: ProfitMinimum = get_for(session, ProfitMinimum, "update", record_id, version)
    if changes.get("employee", minimum.employee_id) != minimum.employee_id:
        raise BadInput(fields={"employee": WITH_COLLEAGUE})
    changed = apply_changes(minimum, changes)
    minimum.starts_on = minimum.starts_on or today()
    _check(minimum)
    session.flush()
    if changed - {"note"}:
        _tell(session, minimum)
    return minimum


def delete_minimum(session: Session, record_id: int, version: int | None) -> None:
    """Take away what was set by mistake; what ends in good order is given its last day instead."""
    minimum: ProfitMinimum = get_for(session, ProfitMinimum, "delete", record_id, version)
    _check_other(minimum)
    forget_shares(session, minimum)
    session.delete(minimum)
    session.flush()


def _check(minimum: ProfitMinimum) -> None:
    _check_other(minimum)
    wrong: dict[str, Message] = dict(wrong_minimum(minimum.least_profit_rate, minimum.least_profit))
    if minimum.least_profit_rate is None and minimum.least_profit is None:
        wrong["least_profit_rate"] = msg("Please enter a rate, an amount or both; a rate of 0 asks for nothing.")
    if not days_are_sound(minimum.starts_on, minimum.ends_on):
        wrong["ends_on"] = msg("It would end before it starts. Please check both days.")
    if wrong:
        raise BadInput(fields=wrong)


def _check_other(minimum: ProfitMinimum) -> None:
    if minimum.employee_id == employee_id():
        raise OwnMinimum


def _tell(session: Session, minimum: ProfitMinimum) -> None:
    said = msg("A minimum gross profit applies to your deals from %(day)s.", day=on_day(minimum.starts_on or today()))
    tell(session, [minimum.employee_id], said, f"/profit-minimums/{minimum.id}")
