"""Moving what an employee owns, class by class, and remembering where it was."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, cast, func, literal, select, union_all, update
from sqlalchemy.orm import Session

from core.audit.statements import ACTION
from core.audit.trail import write as write_trail
from core.database.fields import Field
from core.kernel.acting import company_id
from core.kernel.choices import Choice
from core.kernel.clock import now
from core.kernel.lifecycle import is_final
from core.kernel.words import Message
from core.organisation.models import Employee, Handover, HandoverPart

CHUNK = 500
REVIEWED = {"keguan_reviewed": True, "synchronize_session": False, ACTION: "hand_over"}
"""Reviewed: what is written was counted under the right to hand over. The trail tells of each record; one event tells of the whole."""


@dataclass(frozen=True)
class Moving:
    """Records of one kind that move: how many, and how many of them in which state; ``closed`` of them are finished."""

    model: type[Any]
    total: int
    closed: int
    states: tuple[tuple[Message, int], ...] = ()

    @property
    def open(self) -> int:
        """How many are not finished."""
        return self.total - self.closed


def count_owned(session: Session, models: Sequence[Any], giver_id: int) -> tuple[Moving, ...]:
    """What the employee owns, by kind and state, asked by one statement; kinds without records are left out."""
    if not models:
        return ()
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for table, state, count in session.execute(union_all(*(_counted(model, giver_id) for model in models))):
        found[table].append((state, count))
    return tuple(_moving(model, found[model.__tablename__]) for model in models if found[model.__tablename__])


def _counted(model: Any, giver_id: int) -> Select[Any]:
    state = cast(model.state, String) if _choices(model) is not None else literal("")
    mine = (model.company_id == company_id(), model.owner_id == giver_id)
    asked = select(literal(model.__tablename__), state, func.count(model.id)).where(*mine)
    return asked.group_by(model.state) if _choices(model) is not None else asked.having(func.count(model.id) > 0)


def _choices(model: Any) -> type[Choice] | None:
    """The states of a class, if it has any."""
    declared: Field | None = model.fields().get("state")
    return declared.choices if declared is not None else None


def _moving(model: Any, rows: Sequence[tuple[str, int]]) -> Moving:
    choices = _choices(model)
    total = sum(count for _, count in rows)
    if choices is None:
        return Moving(model, total, 0)
    counts = dict(rows)
    states = [state for state in choices if state.value in counts]
    closed = sum(counts[state.value] for state in states if is_final(state))
    return Moving(model, total, closed, tuple((state.label, counts[state.value]) for state in states))


def move_owned(session: Session, model: Any, handover: Handover, taker: Employee) -> int:
    """Move the records of one kind and remember where they were."""
    mine = (model.company_id == handover.company_id, model.owner_id == handover.giver_id)
    before: dict[int, list[int]] = defaultdict(list)
    for record_id, department_id in session.execute(select(model.id, model.department_id).where(*mine).order_by(model.id)):
        before[department_id].append(record_id)
    for department_id, ids in before.items():
        _remember(session, handover, model.__tablename__, department_id, ids)
        _write(session, model, ids, handover.giver_id, owner_id=taker.id, department_id=taker.department_id)
    return sum(len(ids) for ids in before.values())


def move_led(session: Session, handover: Handover) -> int:
    """Whoever had the giver as superior has the taker now; the taker keeps its own superior."""
    spared = _chain(session, handover.taker_id)  # whoever stands above the taker must not come below
    led = (Employee.company_id == handover.company_id, Employee.superior_id == handover.giver_id, Employee.id.not_in(spared))
    ids = list(session.scalars(select(Employee.id).where(*led)))
    if ids:
        _remember(session, handover, Employee.__tablename__, None, ids)
        _lead(session, ids, handover.giver_id, handover.taker_id)
    return len(ids)


def _lead(session: Session, ids: Sequence[int], present: int, superior: int) -> None:
    """Let ``superior`` lead those of the employees whom ``present`` leads still."""
    for chunk in _chunks(ids):
        led = update(Employee).where(Employee.id.in_(chunk), Employee.superior_id == present)
        session.execute(led.values(superior_id=superior, version=Employee.version + 1), execution_options=REVIEWED)
        write_trail(session)


def _chain(session: Session, employee_id: int) -> list[int]:
    """The employee and everybody above."""
    found: list[int] = []
    above: int | None = employee_id
    while above is not None and above not in found:
        found.append(above)
        above = session.scalar(select(Employee.superior_id).where(Employee.id == above))
    return found


def _remember(session: Session, handover: Handover, table: str, department_id: int | None, ids: list[int]) -> None:
    part = HandoverPart(company_id=handover.company_id, handover_id=handover.id, table_name=table, department_id=department_id)
    part.record_ids = json.dumps(ids, separators=(",", ":"))
    session.add(part)


def give_back(session: Session, model: Any, part: HandoverPart, handover: Handover) -> int:
    """Give the records of a part that are still with the taker back; how many these are."""
    ids = json.loads(part.record_ids)
    return _write(session, model, ids, handover.taker_id, owner_id=handover.giver_id, department_id=part.department_id)


def give_back_led(session: Session, parts: Sequence[HandoverPart], handover: Handover) -> None:
    """Let the giver lead again whom the taker has led since the handover."""
    for part in parts:
        if part.table_name == Employee.__tablename__:
            _lead(session, json.loads(part.record_ids), handover.taker_id, handover.giver_id)


def _write(session: Session, model: Any, ids: list[int], present: int, **values: Any) -> int:
    """Write records that still belong to ``present``; each gets a new version, so that nobody saves over the change.

    The rows of the trail are written with each portion, so that what waits for the commit stays small however much somebody owns.
    """
    written = 0
    for chunk in _chunks(ids):
        mine = update(model).where(model.id.in_(chunk), model.owner_id == present)
        changed: Any = session.execute(mine.values(version=model.version + 1, updated_at=now(), **values), execution_options=REVIEWED)
        written += changed.rowcount
        write_trail(session)
    return written


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
