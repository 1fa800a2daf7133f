"""Setting the chain of a kind: a new number each time, so that running cases keep what they began with (R-489)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import authorise, open_for_writing
from core.access.models import Role
from core.access.separation import Power, is_business_table, kept_apart, power_of_role, powers_apart
from core.approvals.chains import chain_of, kind_called, step_as_json
from core.approvals.errors import ChainChanged
from core.approvals.models import ApprovalChain
from core.approvals.staff import is_present
from core.audit.trail import name_action
from core.extension.approving import CHANGED, ApprovalKind, Asked, Step, Who
from core.kernel.acting import company_id, employee_id
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.organisation.models import Employee

MOST_STEPS, MOST_ASKED, LONGEST_TITLE = 12, 12, 80


def set_chain(session: Session, kind_name: str, number: int, steps: Sequence[Step]) -> ApprovalChain:
    """Let ``steps`` hold for documents that are submitted from now on; no steps mean that no approval is needed.

    ``number`` is the chain that was looked at. Raises :class:`ChainChanged` when another one holds meanwhile, :class:`BadInput` for steps
    that ask nobody, ask somebody who does not exist here or whose account is kept from such documents (R-370), or name a field that the
    kind does not offer.
    """
    authorise(ApprovalChain, "update")
    kind = kind_called(kind_name)
    if chain_of(session, kind).number != number:
        raise ChainChanged
    if len(steps) > MOST_STEPS:
        raise BadInput(msg("A chain has at most %(most)s steps.", most=MOST_STEPS))
    for place, step in enumerate(steps, 1):
        _check_step(session, kind, place, step)
    chain = ApprovalChain(
        company_id=company_id(), kind=kind.name, number=number + 1, steps=[step_as_json(one) for one in steps], set_by_id=employee_id()
    )
    session.add(chain)
    open_for_writing(session, chain)
    name_action(session, chain, "set_chain")
    session.flush()
    return chain


def _check_step(session: Session, kind: ApprovalKind, place: int, step: Step) -> None:
    if not str(step.title).strip() or len(step.title.text) > LONGEST_TITLE:
        raise BadInput(msg("Step %(place)s needs a name of at most %(most)s characters.", place=place, most=LONGEST_TITLE))
    if not step.asked or len(step.asked) > MOST_ASKED:
        raise BadInput(msg("Step %(place)s must ask at least one person, and at most %(most)s.", place=place, most=MOST_ASKED))
    if step.from_amount is not None and step.from_amount < 0:
        raise BadInput(msg("The amount of step %(place)s must not be below 0.", place=place))
    if step.field and step.field not in offered_fields(kind) and not (step.field == CHANGED and step.value in kind.changes):
        raise BadInput(msg("Step %(place)s has a condition on a field that this document does not offer.", place=place))
    for asked in step.asked:
        _check_asked(session, place, asked)
        if is_business_table(kind.model.__tablename__):
            _check_apart(session, place, asked)


def offered_fields(kind: ApprovalKind) -> tuple[str, ...]:
    """Declared fields that a condition of a company may ask for."""
    return tuple(dict.fromkeys([*kind.fields, *(step.field for step in kind.chain if step.field)]))


def _check_asked(session: Session, place: int, asked: Asked) -> None:
    if asked.who is Who.PERSON:
        person = session.get(Employee, asked.employee_id) if asked.employee_id is not None else None
        if person is None or not is_present(person):
            raise BadInput(msg("Step %(place)s names somebody who does not work here. Please choose a colleague.", place=place))
    if asked.who is Who.ROLE:
        known = Role.id == asked.role_id if asked.role_id is not None else Role.preset == asked.role
        if session.scalars(select(Role.id).where(known)).first() is None:
            raise BadInput(msg("Step %(place)s names a role that does not exist here. Please choose another.", place=place))


def _check_apart(session: Session, place: int, asked: Asked) -> None:
    """Neither a person nor a role that gives rights, switches the system or looks after the trail decides about a business record."""
    if asked.who is Who.PERSON and asked.employee_id is not None:
        person = session.get_one(Employee, asked.employee_id)
        if (why := kept_apart(powers_apart(session), person)) is not None:
            raise BadInput(msg("Step %(place)s: %(why)s Please choose another colleague.", place=place, why=why))
    if asked.who is Who.ROLE:
        known = Role.id == asked.role_id if asked.role_id is not None else Role.preset == asked.role
        for role in session.scalars(select(Role).where(known)).all():
            if (power := power_of_role(session, role.id)) is not None:
                raise BadInput(_role_apart(place, role, power))


def _role_apart(place: int, role: Role, power: Power) -> Message:
    return msg(
        "Step %(place)s: the role “%(role)s” is for %(power)s, so it sees no business records. Please choose another role.",
        place=place,
        role=role.name,
        power=power.label,
    )
