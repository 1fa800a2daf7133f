"""The form of a chain: from steps to what is asked, and back from what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.access.models import Role
from core.approvals.operations.chain_setting import MOST_STEPS, offered_fields
from core.database.fields import Field
from core.database.values import clean_value
from core.extension.approving import CHANGED, ApprovalKind, Asked, Needs, Step, Who
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.organisation.models import Employee
from core.web.codes import code_options
from core.web.nouns import Nouns
from core.web.pages import Option, StepForm
from core.web.showing import YES_NO, form_field, typed_value

AMOUNT = Field("money", msg("From amount"), "amount")
PERSON = Field("reference", msg("A named person"), "person", target="core_employee")
PLAIN = (Who.SUPERIOR, Who.HEAD, Who.IN_CHARGE)


def roles_of(session: Any) -> Sequence[Role]:
    """The roles of the company in their order, those out of use too: a step may still ask one."""
    found: Sequence[Role] = session.scalars(select(Role).order_by(Role.id)).all()
    return found


def asked_options(roles: Sequence[Role]) -> tuple[Option, ...]:
    """Whom a step can ask: by what they are to the filler, or by a role of the company."""
    named = tuple(Option(f"role:{role.id}", msg("Role: %(name)s", name=role.name)) for role in roles if role.active)
    return (*(Option(who.value, who.label) for who in PLAIN), *named)


def condition_options(kind: ApprovalKind) -> tuple[Option, ...]:
    """Conditions that the kind offers, each as ``field=value``."""
    known = kind.model.fields()
    found = [Option(f"{CHANGED}={name}", msg("Changed field: %(field)s", field=known[name].label)) for name in kind.changes]
    for name in offered_fields(kind):
        field = known[name]
        for value, label in _values(field):
            found.append(Option(f"{name}={value}", msg("%(field)s: %(value)s", field=field.label, value=label)))
    return tuple(found)


def _values(field: Field) -> Sequence[tuple[str, Any]]:
    if field.kind == "flag":
        return [("1", YES_NO[True]), ("0", YES_NO[False])]
    if field.choices is not None:
        return [(str(one.value), one.label) for one in field.choices]
    return [(one.value, one.label) for one in code_options(field, "")]


def forms_of(session: Any, nouns: Nouns, steps: Sequence[Step], roles: Sequence[Role]) -> tuple[StepForm, ...]:
    """The steps as they stand in the form, and an empty one at the end."""
    asked = [one for step in steps for one in step.asked]
    named = select(Employee.id, Employee.name).where(Employee.id.in_([one.employee_id for one in asked if one.who is Who.PERSON]))
    names = {row.id: row.name for row in session.execute(named)} if any(one.who is Who.PERSON for one in asked) else {}
    shown = [*steps, Step(Message(""), ())] if len(steps) < MOST_STEPS else steps
    return tuple(_form(nouns, place, step, names, roles) for place, step in enumerate(shown))


def _form(nouns: Nouns, place: int, step: Step, names: Mapping[int, str], roles: Sequence[Role]) -> StepForm:
    person = next((one.employee_id for one in step.asked if one.who is Who.PERSON), None)
    field = Field(**{**PERSON.__dict__, "name": f"person-{place}"})
    return StepForm(
        place,
        str(step.title) if step.title.text else "",
        step.needs.value,
        tuple(_asked_value(one, roles) for one in step.asked if one.who is not Who.PERSON),
        replace(form_field(nouns, field, str(person or ""), shown=names.get(person or 0, "")), create=None),
        typed_value(AMOUNT, step.from_amount),
        f"{step.field}={step.value}" if step.field else "",
    )


def _asked_value(asked: Asked, roles: Sequence[Role]) -> str:
    if asked.who is not Who.ROLE:
        return asked.who.value
    role_id = asked.role_id or next((role.id for role in roles if role.preset == asked.role), None)
    return f"role:{role_id}"


def typed_steps(form: Any) -> tuple[Step, ...]:
    """The steps that were typed; one without a name and without anybody is left out. Raises :class:`BadInput` for what is no amount."""
    steps = [_typed(form, place) for place in range(MOST_STEPS) if f"title-{place}" in form]
    return tuple(step for step in steps if step.title.text or step.asked)


def _typed(form: Any, place: int) -> Step:
    field, _, value = form.get(f"when-{place}", "").partition("=")
    asked = [_typed_asked(one) for one in form.getlist(f"asked-{place}")]
    if person := form.get(f"person-{place}", ""):
        asked.append(Asked(Who.PERSON, employee_id=number(person)))
    needs = Needs.ALL if form.get(f"needs-{place}") == Needs.ALL.value else Needs.ANY
    return Step(Message(form.get(f"title-{place}", "").strip()), tuple(asked), needs, typed_amount(form, f"amount-{place}"), field, value)


def _typed_asked(text: str) -> Asked:
    kind, _, which = text.partition(":")
    if kind == Who.ROLE.value:
        return Asked(Who.ROLE, role_id=number(which))
    if kind not in PLAIN:
        raise BadInput(msg("Please choose from the list whom a step asks."))
    return Asked(Who(kind))


def typed_amount(form: Mapping[str, str], name: str) -> Decimal | None:
    """An amount in yuan, None for nothing typed."""
    amount: Decimal | None = clean_value(AMOUNT, form.get(name, ""))
    return amount


def number(text: str) -> int:
    """An id that was sent; 0, which nobody has, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
