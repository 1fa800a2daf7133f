"""The name search: one table of tokens for all records, kept by the session itself (design 3.8).

``core_search`` holds one row of :func:`core.kernel.searchtext.tokens` for each record with searchable fields. SQLite finds rows through
an FTS5 table beside it, PostgreSQL through a GIN index over its stored terms. It is a plain table, so that the record guard refuses it to
everybody but this module: what one may find is decided by the record's own scope, never here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    column,
    delete,
    event,
    func,
    inspect,
    literal_column,
    select,
    table,
)
from sqlalchemy.orm import Session

from core.database.fields import fields_of
from core.database.numbers import insert_into
from core.database.records import LONGEST_CALLED, Record
from core.database.search_ddl import follow_table
from core.database.types import Identity
from core.kernel.acting import company_id
from core.kernel.searchtext import match_expression_postgres, match_expression_sqlite, query, tokens

SEARCH = Table(
    "core_search",
    Record.metadata,
    Column("id", Identity, primary_key=True),
    Column("company_id", Identity, ForeignKey("core_company.id"), nullable=False),
    Column("kind", String(63), nullable=False),  # the record's table
    Column("record_id", Identity, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("company_id", "kind", "record_id"),
)
FTS = table("core_search_fts", column("rowid"))
REVIEWED = {"keguan_reviewed": True}

follow_table(SEARCH)


def install_search(session_class: Any) -> None:
    """Keep the index with every flush of ``session_class``."""
    event.listen(session_class, "after_flush", _follow)


def search_ids(session: Session, model: type[Record], text: str) -> Select[Any]:
    """Ids of the records of ``model`` that ``text`` means, of every company: only for ``select(model).where(model.id.in_(…))``.

    The guard adds the scope of the person who acts to the outer statement. A text without letters and digits finds nothing.
    """
    found = select(SEARCH.c.record_id).where(SEARCH.c.kind == model.__tablename__).execution_options(**REVIEWED)
    return found.where(_matches(session.get_bind().dialect.name, text))


def newest_ids(session: Session, model: type[Record], text: str, most: int) -> Select[Any]:
    """As :func:`search_ids`, but only of the company of whoever acts, and at most ``most``, those that were indexed last.

    For whoever shows a few: however many records mean ``text``, no more than so many are looked at.
    """
    found = select(SEARCH.c.record_id).where(SEARCH.c.kind == model.__tablename__, SEARCH.c.company_id == company_id())
    found = found.limit(most).execution_options(**REVIEWED)
    dialect = session.get_bind().dialect.name
    if dialect == "postgresql":
        return found.where(_matches(dialect, text)).order_by(SEARCH.c.id.desc())
    # FTS5 tells what it finds from the last row to the first one, so nothing is sorted.
    return found.join(FTS, FTS.c.rowid == SEARCH.c.id).where(_told_by_fts(text)).order_by(FTS.c.rowid.desc())


def mean_as_many(session: Session, model: type[Record], text: str, most: int) -> bool:
    """Whether ``text`` means ``most`` records of the company or more, so that :func:`newest_ids` may leave some out."""
    found = select(func.count()).select_from(newest_ids(session, model, text, most).subquery())
    return session.scalar(found, execution_options=REVIEWED) == most  # reviewed: of the rows only that there are so many is told


def _matches(dialect: str, text: str) -> ColumnElement[bool]:
    if dialect == "postgresql":
        wanted = func.to_tsquery(literal_column("'simple'"), match_expression_postgres(query(text)))
        return literal_column("core_search.search_terms").op("@@")(wanted)
    return SEARCH.c.id.in_(select(FTS.c.rowid).where(_told_by_fts(text)))


def _told_by_fts(text: str) -> ColumnElement[bool]:
    return literal_column("core_search_fts").op("MATCH")(match_expression_sqlite(query(text)))


_SEARCHABLE: dict[type[Record], tuple[str, ...]] = {}


def searchable(model: type[Record]) -> tuple[str, ...]:
    """Names of the fields of ``model`` that the name search covers."""
    if model not in _SEARCHABLE:
        _SEARCHABLE[model] = tuple(name for name, field in fields_of(model).items() if field.searchable)
    return _SEARCHABLE[model]


def index_missing(session: Session, model: type[Record], after: int = 0, most: int = 500) -> int | None:
    """Write the rows of up to ``most`` records of ``model`` with an id beyond ``after`` that have none: their fields have become searchable
    since they were written. Returns the last id that was looked after, None when there is no more. For the house alone, as it upgrades.
    """
    indexed = select(SEARCH.c.id).where(SEARCH.c.kind == model.__tablename__, SEARCH.c.record_id == model.id)
    asked = select(model).where(model.id > after, ~indexed.exists()).order_by(model.id).limit(most)
    records = session.scalars(asked, execution_options=REVIEWED).all()  # reviewed: tells which records of the house lack their row
    _write(session, records)
    return records[-1].id if records else None


def searched_models() -> list[type[Record]]:
    """All classes whose records the search finds."""
    mapped = (mapper.class_ for mapper in Record._sa_registry.mappers)
    return [model for model in mapped if issubclass(model, Record) and model.__scope__ != "global" and searchable(model)]


def index_record(session: Session, record: Record) -> None:
    """Write the row of one record; the session does it by itself with every flush."""
    _write(session, [record])


def _follow(session: Session, context: Any) -> None:
    changed = [record for record in session.new if _has_text(record)]
    changed += [record for record in session.dirty if _has_text(record) and _text_changed(record)]
    _write(session, changed)
    for record in session.deleted:
        if _has_text(record):
            gone = delete(SEARCH).where(
                SEARCH.c.company_id == record.company_id, SEARCH.c.kind == record.__tablename__, SEARCH.c.record_id == record.id
            )
            session.execute(gone, execution_options=REVIEWED)  # reviewed: the very record that this flush deletes


def _has_text(record: Any) -> bool:
    return isinstance(record, Record) and record.__scope__ != "global" and bool(searchable(type(record)))


def _text_changed(record: Any) -> bool:
    return any(inspect(record).attrs[name].history.has_changes() for name in searchable(type(record)))


def _write(session: Session, records: Iterable[Any]) -> None:
    rows = [
        {"company_id": record.company_id, "kind": record.__tablename__, "record_id": record.id, "body": _body(record)} for record in records
    ]
    if not rows:
        return
    insert = insert_into(session, SEARCH)
    upsert = insert.on_conflict_do_update(index_elements=["company_id", "kind", "record_id"], set_={"body": insert.excluded.body})
    # Reviewed: rows of records that the guard has just let pass in the same flush.
    session.execute(upsert, rows, execution_options=REVIEWED)


def _body(record: Any) -> str:
    """The tokens of all searchable fields; of a long text its beginning counts, by which the record is called."""
    known = fields_of(type(record))
    texts = ((str(getattr(record, name) or ""), known[name].kind) for name in searchable(type(record)))
    return "  ".join(tokens(" ".join(text.split())[:LONGEST_CALLED] if kind == "long_text" else text) for text, kind in texts)
