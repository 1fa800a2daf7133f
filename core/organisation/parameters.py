"""Parameters: what a rule depends on, as the company has set it for a day (R-061).

>>> days = parameter(session, "billing.feedback_days")
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.fields import Field
from core.database.values import clean_value
from core.extension.calling import registry
from core.extension.exchange import ParameterSpec
from core.kernel.acting import company_id
from core.kernel.choices import Choice
from core.kernel.clock import today
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import msg
from core.organisation.memory import remembered
from core.organisation.models import Parameter

CORE_PARAMETERS: tuple[ParameterSpec, ...] = (
    ParameterSpec(
        "core.reason_for_key_changes",
        msg("Key fields are changed only with a reason"),
        Field("flag", msg("Demand a reason")),
        False,
        msg("Names, tax numbers, prices, discounts and whatever else keeps a history: whoever changes one says why."),
        source="R-164",
    ),
    ParameterSpec(
        "core.handover_undo_days",
        msg("Days within which a handover can be undone"),
        Field("integer", msg("Days")),
        7,
        msg("After that, what was handed over stays with its new owner."),
        source="R-165",
        unit=msg("days"),
        least=0,
        most=365,
    ),
    ParameterSpec(
        "core.application_departments",
        msg("Departments that need an access application"),
        Field("text", msg("Codes of departments"), max_length=200),
        "-",
        msg("Codes, separated by commas. There, and below, nobody gets an account without an approved application. Enter - for none."),
        source="R-345",
    ),
    ParameterSpec(
        "core.approval_days",
        msg("Days until approvers are reminded"),
        Field("integer", msg("Days")),
        2,
        msg("Working days of the company. Approvers who take longer are reminded once."),
        source="R-062",
        unit=msg("working days"),
        least=1,
        most=60,
    ),
    ParameterSpec(
        "core.approval_remind_hours",
        msg("Hours between two reminders by the submitter"),
        Field("integer", msg("Hours")),
        4,
        msg("Nobody can be reminded of the same document more often."),
        source="R-062",
        unit=msg("hours"),
        least=0,
        most=240,
    ),
)


def parameter(session: Session, name: str, on: date | None = None) -> Any:
    """The value in force for the company on the day ``on`` (today unless given), in the type of its field.

    All values of the company are read by one statement and kept for the session. Raises :class:`NotFound` for a name nobody declares.
    """
    spec = spec_called(name)
    day = on or today()
    for starts_on, value in _values(session).get(name, ()):
        if starts_on <= day:
            return from_text(spec.field, value)
    return clean_value(spec.field, spec.default)


def spec_called(name: str) -> ParameterSpec:
    """The declaration of the parameter ``name``."""
    spec = registry().parameters.get(name)
    if spec is None:
        raise NotFound(msg("There is no parameter called %(name)s.", name=name))
    return spec


def checked(spec: ParameterSpec, value: Any) -> Any:
    """``value`` as it can be in force; raises :class:`BadInput` with one sentence otherwise."""
    try:
        clean = clean_value(spec.field, value)
    except BadInput as error:
        raise BadInput(fields={"value": error.message}) from error
    if clean is None:
        raise BadInput(fields={"value": msg("Please enter a value.")})
    if (spec.least is not None and clean < spec.least) or (spec.most is not None and clean > spec.most):
        raise BadInput(fields={"value": _bounds(spec)})
    return clean


def as_text(value: Any) -> str:
    """A typed value as it is stored."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value.value) if isinstance(value, Choice) else str(value)


def from_text(field: Field, text: str) -> Any:
    """The typed value of what is stored."""
    makers: Mapping[str, Any] = {
        "integer": int,
        "flag": lambda stored: stored == "1",
        "date": date.fromisoformat,
        "money": Decimal,
        "quantity": Decimal,
        "choice": field.choices,
    }
    return makers.get(field.kind, str)(text)


def _values(session: Session) -> Mapping[str, list[tuple[date, str]]]:
    """Every value of the company by name, the latest first."""
    company_id()  # nobody has no parameters
    return remembered(session, "parameters", _read) or {}


def _read(session: Session, company: int) -> dict[str, list[tuple[date, str]]]:
    found: dict[str, list[tuple[date, str]]] = {}
    asked = select(Parameter.name, Parameter.starts_on, Parameter.value).where(Parameter.company_id == company)
    for name, starts_on, value in session.execute(asked.order_by(Parameter.starts_on.desc())):
        found.setdefault(name, []).append((starts_on, value or ""))
    return found


def _bounds(spec: ParameterSpec) -> Any:
    if spec.least is not None and spec.most is not None:
        return msg("Please enter a value from %(least)s to %(most)s.", least=spec.least, most=spec.most)
    if spec.least is not None:
        return msg("Please enter a value of at least %(least)s.", least=spec.least)
    return msg("Please enter a value of at most %(most)s.", most=spec.most)
