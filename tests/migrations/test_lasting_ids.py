"""The id of a deleted record is never given again: the trail tells records by their ids (R-054)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from core.operations import migrations
from core.operations.branches import Branch
from core.operations.lasting_ids import let_ids_last
from core.operations.migrations import upgrade
from plugins.customers.models import Customer
from plugins.customers.operations import create_customer, delete_customer
from tests.world import World

Branches = Callable[..., tuple[Branch, ...]]
MARKED = """SELECT m.name, instr(m.sql, 'AUTOINCREMENT') > 0 FROM sqlite_master m JOIN pragma_table_info(m.name) c
            WHERE m.type = 'table' AND c.name = 'id' AND c.pk = 1 AND c.type = 'INTEGER' AND m.name NOT LIKE 'core_search_fts%'"""
FOUND = text(
    "INSERT INTO core_company (slug, name, active, version, created_at, updated_at) "
    "VALUES (:slug, 'Acme', true, 1, '2026-01-01', '2026-01-01') RETURNING id"
)


def found(connection: Connection, slug: str) -> int:
    """The id of a new company."""
    return int(connection.execute(FOUND, {"slug": slug}).scalar_one())


@pytest.mark.requirement("R-054")
def test_the_next_record_does_not_inherit_the_id_of_one_that_was_deleted(world: World) -> None:
    with world.use_case("sales.east1") as session:
        first: Any = create_customer(session, {"name": "苏州一号机械厂"}).id
    with world.use_case("sales.east1") as session:
        delete_customer(session, first, None)
    with world.use_case("sales.east1") as session:
        assert session.get(Customer, first) is None
        assert create_customer(session, {"name": "苏州二号机械厂"}).id > first


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_table_of_a_new_database_counts_on(empty: Engine, branches_of: Branches) -> None:
    upgrade(empty, branches_of())
    with empty.connect() as connection:
        marked: dict[str, int] = dict(connection.execute(text(MARKED)).all())  # type: ignore[arg-type]
        assert [name for name, yes in marked.items() if not yes] == []
        assert {"ab_user", "core_company", "customers_customer", "contracts_line"} <= set(marked)
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_database_in_use_counts_on_from_its_last_records(empty: Engine, branches_of: Branches, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of an older program: its tables say nothing of the kind, hold rows, and somebody has them open."""
    with monkeypatch.context() as older:
        older.setattr(migrations, "let_ids_last", lambda _: None)
        upgrade(empty, branches_of())
    with empty.begin() as connection:
        ids = [found(connection, slug) for slug in ("one", "two")]
        for table, column in (("core_export_request", "reach"), ("core_erasure", "kept"), ("core_erasure", "kept_until")):
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))  # they came later
        connection.execute(text("UPDATE alembic_version SET version_num = 'core_0032' WHERE version_num = 'core_0036'"))
    with empty.connect() as open_already:
        assert len(open_already.execute(text("SELECT id FROM core_company")).all()) == 2
        open_already.rollback()
        assert upgrade(empty, branches_of()) == ["core_0033", "core_0034", "core_0035", "core_0036"]
        open_already.execute(text("DELETE FROM core_company WHERE id = :id"), {"id": ids[-1]})
        assert found(open_already, "three") > ids[-1]
        open_already.commit()
    with empty.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        before = connection.execute(text(MARKED)).all()
        let_ids_last(connection)
        assert connection.execute(text(MARKED)).all() == before
