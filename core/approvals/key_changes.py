"""Key fields whose change needs approval: the demand below all doors, and the wish that a case carries (R-058, R-164, R-354).

Every kind of business record with key fields has a kind of approval of its own, by the declaration of its fields alone. Its chain is empty
until a company sets one. From then on no person changes such a field directly: the change is asked for, and done by the same verb, as the
person who has asked, once everybody has agreed. A verb with a name of its own (sign, claim, hand over) is a procedure with rights and
approvals of its own, as for the reason (:mod:`core.access.reasons`); so is what the house does by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from core.access.reasons import key_fields
from core.approvals.chains import Chain, step_from, stored_text
from core.approvals.models import ApprovalChain
from core.audit.trail import plain, told_columns
from core.database.records import Record
from core.extension.approving import CHANGED, ApprovalKind, Step
from core.extension.calling import registry
from core.kernel.acting import Actor, System, acting, acting_as
from core.kernel.errors import Conflict
from core.kernel.words import listed, msg

UPDATE = "update"
PASSING, CHAINS = "approved_change", "chains_of_changes"


@dataclass(frozen=True)
class Wanted:
    """A change of one record that needs approval: what it would change (column to [old, new]), and the steps that it passes."""

    kind: ApprovalKind
    record_id: int
    changes: Mapping[str, list[Any]]
    chain: Chain
    steps: tuple[Step, ...]
    amount: Decimal | None


class NeedsApproval(Conflict):
    """A key field would be changed for which the company wants an approval. A door that can ask for it does so, every other refuses."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self.wanted = tuple(wanted)
        labels = [
            field.label for one in wanted for name, field in key_fields(one.kind.model).items() if column_of(field, name) in one.changes
        ]
        super().__init__(
            msg(
                "A change of %(fields)s needs approval here, so nothing was changed. Please change it on the page of the record.",
                fields=listed(dict.fromkeys(labels)),
            )
        )

    def about(self, model: type[Any], record_id: int) -> Wanted | None:
        """What is wanted of that record."""
        return next((one for one in self.wanted if one.kind.model is model and one.record_id == record_id), None)


def install_approvals(session_class: Any) -> None:
    """Attach the demand to every session of ``session_class``, below all doors and after the one for a reason."""
    event.listen(session_class, "before_flush", demand_approval)


def demand_approval(session: Session, *_: Any) -> None:
    """Refuse that a person changes a key field for which the chain of the company asks somebody; raises :class:`NeedsApproval`."""
    who = acting()
    if not isinstance(who, Actor) or session.info.get(PASSING):
        return
    actions = session.info.get("actions", {})
    dirty = [one for one in session.dirty if isinstance(one, Record) and actions.get(one, UPDATE) == UPDATE]
    wanted = [found for record in dirty if (found := _wanted(session, who, record)) is not None]
    if wanted:
        raise NeedsApproval(wanted)


@contextmanager
def approved(session: Session) -> Iterator[None]:
    """Inside, the verb of a change that everybody asked has agreed to runs."""
    session.info[PASSING] = True
    try:
        yield
        session.flush()
    finally:
        session.info.pop(PASSING, None)


def _wanted(session: Session, who: Actor, record: Record) -> Wanted | None:
    state: Any = inspect(record)
    columns = _key_columns(inspect(type(record)))
    changed = tuple(name for name, column in columns.items() if state.attrs[column].history.has_changes())
    kind = kind_for(type(record)) if changed else None
    if kind is None or not (chain := _chain(session, who, kind)).steps:
        return None
    now, was = _Looked(record), _Looked(record, before=True)
    steps = tuple(step for step in chain.steps if _applies(step, kind, (now, was), changed))
    changes = {name: [plain(was.value(name)), plain(now.value(name))] for name in told_columns(type(record)) if was.differs(name)}
    return Wanted(kind, state.identity[0], changes, chain, steps, kind.amount(now)) if steps else None


@cache
def _key_columns(mapper: Any) -> Mapping[str, str]:
    return {name: column_of(field, name) for name, field in key_fields(mapper.class_).items()}


def column_of(field: Any, name: str) -> str:
    """The column that stores a field."""
    return f"{name}_id" if field.kind == "reference" else name


def kind_for(model: type[Any]) -> ApprovalKind | None:
    """The kind of changes of key fields of ``model``."""
    return next((kind for kind in registry().approvals.values() if kind.changes and kind.model is model), None)


def _chain(session: Session, who: Actor, kind: ApprovalKind) -> Chain:
    """The chain in force, asked once per use case; as columns, because this runs while the session writes."""
    known: dict[str, Chain] = session.info.setdefault(CHAINS, {})
    if kind.name not in known:
        asked = select(ApprovalChain.number, ApprovalChain.steps).where(ApprovalChain.kind == kind.name)
        with session.no_autoflush, acting_as(System("whether a change needs approval", who.company_id)):  # reviewed: the steps alone
            found = session.execute(asked.order_by(ApprovalChain.number.desc()).limit(1)).one_or_none()
        known[kind.name] = Chain(found.number, tuple(step_from(one) for one in found.steps)) if found else Chain(0, kind.chain)
    return known[kind.name]


class _Looked:
    """A record as it is to become, or as it was ``before``; read as the record itself is."""

    def __init__(self, record: Any, *, before: bool = False) -> None:
        self._record, self._state, self._before = record, inspect(record), before

    def __getattr__(self, name: str) -> Any:
        return self.value(name)

    def value(self, name: str) -> Any:
        """The value of a column."""
        if self._before and self.differs(name):
            old = self._state.attrs[name].history.deleted
            return old[0] if old else None
        return getattr(self._record, name)

    def differs(self, name: str) -> bool:
        """Whether the column is changed."""
        return name in self._state.mapper.column_attrs and self._state.attrs[name].history.has_changes()


def _applies(step: Step, kind: ApprovalKind, looks: Sequence[_Looked], changed: Sequence[str]) -> bool:
    """A step applies when it does for the record as it was, or as it would be: nobody passes a limit in two small changes."""
    amounts = [kind.amount(one) for one in looks]
    if step.from_amount is not None and not any(one is None or one >= step.from_amount for one in amounts):
        return False
    if step.field == CHANGED:
        return step.value in changed
    return not step.field or step.value in {stored_text(one, step.field) for one in looks}


Run = Callable[[Session, int, int | None, Mapping[str, Any]], Any]
"""Runs a verb with the values that a wish keeps."""
_found: list[Callable[[], Mapping[tuple[str, str], Run]]] = []


def use_verbs(verbs: Callable[[], Mapping[tuple[str, str], Run]]) -> None:
    """Say where verbs that a wish names are found, by table and name: nouns are known further up in the house."""
    _found[:] = [verbs]


def verb_called(table: str, name: str) -> Run | None:
    """The verb ``name`` of the records in ``table``."""
    return _found[0]().get((table, name)) if _found else None
