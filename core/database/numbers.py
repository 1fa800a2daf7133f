"""Document numbers, counted per company, kind and year (design 3.2, 3.4)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.database.records import Record
from core.database.types import Identity

NUMBERS = Table(
    "core_number",
    Record.metadata,
    Column("company_id", Identity, ForeignKey("core_company.id"), primary_key=True, autoincrement=False),
    Column("kind", String(80), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
)
"""The last number given. A plain table: the record guard refuses it to everybody but this module."""


def insert_into(session: Session, table: Table) -> Any:
    """An insert into ``table`` that knows ``on_conflict_do_update``, whose form both databases share."""
    return {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[session.get_bind().dialect.name](table)


def take_number(session: Session, company_id: int, kind: str, year: int) -> int:
    """The next number of ``kind`` in ``company_id`` and ``year``, from 1 on.

    The counter is part of the use case: when that fails the number is given again, so no number is ever missing. Its row stays
    locked until the commit, so take the number last.
    """
    insert = insert_into(session, NUMBERS).values(company_id=company_id, kind=kind, year=year, last=1)
    following = insert.on_conflict_do_update(index_elements=["company_id", "kind", "year"], set_={"last": NUMBERS.c.last + 1})
    # Reviewed: the company is an argument, and a counter tells nothing about any record.
    return int(session.execute(following.returning(NUMBERS.c.last), execution_options={"keguan_reviewed": True}).scalar_one())
