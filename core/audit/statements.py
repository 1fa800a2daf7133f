"""One statement that changes or deletes many records leaves a row for each of them, whoever wrote it (R-445).

What it is about to change is read before it runs, and again after it, in the same transaction: so nobody can forget the trail, and
what the database itself works out (``version + 1``) is told as it came out. Statements on tables instead of classes are refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Delete, Insert, Table, Update, event, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session

from core.audit.trail import Entry, doer, plain, told_columns, wait_with
from core.database.records import Record, mappers
from core.kernel.acting import System, acting_as
from core.kernel.errors import Forbidden
from core.kernel.words import msg

ACTION = "keguan_action"
"""Option of a statement: what the trail calls that which it does to each record, instead of update."""
KEEP_UP = "keep_up"
"""That a record repeats what was entered elsewhere, as a customer does its latest follow-up; whoever tells that tells this too."""


def install_statements(session_class: Any) -> None:
    """Attach this to every session of ``session_class``, after the record guard: what comes here has the scope of who acts already."""
    event.listen(session_class, "do_orm_execute", trace)


def trace(state: ORMExecuteState) -> Any:
    """Run a statement that writes audited records between two readings; raises :class:`Forbidden` for one that could not be told of."""
    statement = state.statement
    if not isinstance(statement, Insert | Update | Delete):
        return None
    model = _class_behind(statement.table.name) if isinstance(statement.table, Table) else None
    if model is None or not model.__audited__:
        return None
    if not state.is_orm_statement or isinstance(statement, Insert) or state.is_executemany:
        raise Forbidden(msg("Bulk writes pass by the record guard and are refused."))
    return _traced(state, statement, model)


def _traced(state: ORMExecuteState, statement: Update | Delete, model: type[Record]) -> Any:
    session, options = state.session, {"keguan_reviewed": bool(state.execution_options.get("keguan_reviewed"))}
    asked = _reading(model).with_for_update()
    if statement.whereclause is not None:
        asked = asked.where(statement.whereclause)
    before = {row["id"]: row for row in session.execute(asked, state.parameters or None, execution_options=options).mappings()}
    done = state.invoke_statement(statement=statement.where(inspect(model).columns.id.in_(before)))
    after = {} if isinstance(statement, Delete) else _present(session, model, tuple(before))
    action = "delete" if isinstance(statement, Delete) else state.execution_options.get(ACTION, "update")
    wait_with(session, _entries(session, model, str(action), before, after))
    return done


def _reading(model: type[Record]) -> Any:
    return select(*(getattr(model, attribute.key).label(attribute.key) for attribute in inspect(model).column_attrs))


def _present(session: Session, model: type[Record], ids: Sequence[int]) -> dict[int, Any]:
    """What the records are now, even those that the statement has taken out of the sight of who acts."""
    with acting_as(System("what a statement has changed")):
        return {row["id"]: row for row in session.execute(_reading(model).where(model.id.in_(ids))).mappings()}


def _entries(session: Session, model: type[Record], action: str, before: Mapping[int, Any], after: Mapping[int, Any]) -> list[Entry]:
    found = []
    for record_id, row in before.items():
        reached = after.get(record_id, {})
        both = {name: [plain(row[name]), plain(reached.get(name))] for name in told_columns(model)}
        changes = {name: [old, new] for name, (old, new) in both.items() if old != new}
        if changes or action == "delete":
            found.append(Entry(doer(session), action, standing(model, reached or row), "", changes))
    return found


@cache
def _class_behind(table: str) -> type[Record] | None:
    return next((mapper.class_ for mapper in mappers() if mapper.class_.__tablename__ == table), None)


def standing(model: type[Record], row: Mapping[str, Any]) -> Record:
    """A record with these values that belongs to no session, so that the trail can call it by its name."""
    record: Record = inspect(model).class_manager.new_instance()
    record.__dict__.update(row)
    return record
