"""What a plugin says of a document that needs approval: its kind, and the chain that holds until a company sets its own (R-062, R-489)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.kernel.choices import Choice
from core.kernel.words import Message, msg

CHANGED = "changed_field"
"""What a step names as its ``field`` when it asks which key field is changed; its ``value`` is the name of that."""


class Who(Choice):
    """How a step names who decides, always seen from whoever filled the document in."""

    SUPERIOR = "superior", msg("Superior")
    HEAD = "head", msg("Head of the department")
    IN_CHARGE = "in_charge", msg("Leader in charge")
    ROLE = "role", msg("Role")
    PERSON = "person", msg("A named person")


class Needs(Choice):
    """How many of those whom a step asks must agree."""

    ANY = "any", msg("One of them agrees")
    ALL = "all", msg("All of them agree")


@dataclass(frozen=True)
class Asked:
    """One whom a step asks. ``role`` is the key of a preset role for :attr:`Who.ROLE`; companies may also name roles and people."""

    who: Who
    role: str = ""
    role_id: int | None = None
    employee_id: int | None = None


@dataclass(frozen=True)
class Step:
    """One step of a chain. Steps follow each other; those whom one step asks decide side by side.

    ``from_amount`` (yuan): the step is left out for documents below it. ``field`` and ``value``: only for documents whose declared
    ``field`` holds ``value`` as it is stored.
    """

    title: Message
    asked: tuple[Asked, ...]
    needs: Needs = Needs.ANY
    from_amount: Decimal | None = None
    field: str = ""
    value: str = ""


def _amount(record: Any) -> Decimal | None:
    return getattr(record, "amount", None)


def _authors(record: Any) -> Iterable[int | None]:
    return (getattr(record, "owner_id", None), getattr(record, "entered_by_id", None))


def _nothing(session: Any, record: Any, opinion: str = "") -> None:
    return None


@dataclass(frozen=True)
class ApprovalKind:
    """A kind of document that can need approval, called ``<plugin>.<what>``; it works everywhere by this declaration.

    ``amount(record)`` is what steps from an amount on look at, in yuan. ``right`` is the verb on ``resource`` that whoever submits needs.
    ``authors(record)`` are the employees who made the document besides the one who submits it: none of them decides. ``content(session,
    record)`` is what was approved beside the declared fields, such as its lines: when any of it changes, the approval no longer holds.
    ``bound`` names the declared fields for which that is so, None all that people write.
    ``may_submit(record)`` says why it cannot be submitted now, or None. The others are called inside the transaction of the last decision,
    as the person who decides, with the record open for writing: ``on_approved(session, record)``, ``on_returned`` and ``on_rejected`` also
    with the opinion, ``on_withdrawn`` as the filler. An error of theirs takes the decision back. ``chain`` holds where a
    company has set none; an empty one means that no approval is needed. ``fields`` are declared fields that a company's conditions may
    ask for. ``by_hand`` False: its own verb submits it, so its page offers no button for that; ``by_anybody``: that verb
    is open to everybody who works here, so that ``right`` does not tell who may submit. ``decided_by`` are the actions of the trail by
    which such a document is decided where no chain asks anybody: its page shows them as the review that it had. ``changes`` are key fields
    whose change such a case is about: the house makes these kinds by itself. ``gates`` are the verbs of the document that use the
    approval (:func:`core.approvals.operations.use_approval`): where one of them is the next step, its button says why it waits until the
    approval was given, and handing the document in takes its place as the page's own verb.
    """

    name: str
    title: Message
    resource: str
    model: type[Any]
    chain: tuple[Step, ...] = ()
    amount: Callable[[Any], Decimal | None] = _amount
    right: str = "update"
    authors: Callable[[Any], Iterable[int | None]] = _authors
    content: Callable[[Any, Any], Any] = _nothing
    bound: tuple[str, ...] | None = None
    may_submit: Callable[[Any], Message | None] = lambda record: None
    on_approved: Callable[[Any, Any], None] = _nothing
    on_returned: Callable[[Any, Any, str], None] = _nothing
    on_rejected: Callable[[Any, Any, str], None] = _nothing
    on_withdrawn: Callable[[Any, Any], None] = _nothing
    fields: tuple[str, ...] = ()
    by_hand: bool = True
    by_anybody: bool = False
    decided_by: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    source: str = ""

    @property
    def plugin(self) -> str:
        """Who declares it; ``core`` for the host's own."""
        return self.name.split(".", 1)[0]
