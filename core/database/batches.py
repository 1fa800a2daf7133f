"""What makes many records at once cheap: identities and keys are asked for by one statement each, and plans follow what was written."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Engine, String, cast, column, func, literal, select, table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from core.database.records import Record

REVIEWED = {"keguan_reviewed": True}


def number_ahead(session: Session, records: Sequence[Record]) -> None:
    """Give new ``records`` of one class their identities now: they are then inserted in one go instead of each being asked for its own.

    They must be all of that class that the use case inserts: on SQLite the next identity is one more than the largest there is, which
    nobody else can take while the use case holds the write lock.
    """
    if records:
        # The class may be of any plugin: only its numbers are drawn, which tell nothing about any record.
        for record, number in zip(records, _numbers(session, type(records[0]).__tablename__, len(records)), strict=True):
            record.id = number


def among(session: Session, attribute: Any, keys: Collection[str]) -> ColumnElement[bool]:
    """Whether the text in ``attribute`` is one of ``keys``, however many: one parameter instead of one for each.

    With a parameter each PostgreSQL comes to a plan for all lists, which compares every row with every key.
    """
    if session.get_bind().dialect.name == "postgresql":
        given: Any = select(func.unnest(cast(literal(sorted(keys), ARRAY(String)), ARRAY(String))))
    else:
        given = select(func.json_each(literal(json.dumps(sorted(keys)))).table_valued("value").c.value)
    found: ColumnElement[bool] = attribute.in_(given)
    return found


def refresh_statistics(engine: Engine, models: Collection[type[Record]]) -> None:
    """Let PostgreSQL count the tables of ``models`` anew now, not when it comes to it: its plans for an empty table stay else in use.

    For the edge, between two use cases; SQLite needs nothing.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for model in models:
                connection.exec_driver_sql(f'ANALYZE "{model.__tablename__}"')


def _numbers(session: Session, name: str, count: int) -> Sequence[int]:
    if session.get_bind().dialect.name == "postgresql":
        drawn = select(func.nextval(func.pg_get_serial_sequence(name, "id"))).select_from(func.generate_series(1, count))
        return session.scalars(drawn, execution_options=REVIEWED).all()
    last = session.scalar(select(func.coalesce(func.max(column("id")), 0)).select_from(table(name)), execution_options=REVIEWED)
    return range(int(last or 0) + 1, int(last or 0) + count + 1)
