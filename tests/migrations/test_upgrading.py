"""A database comes to the state of the program: from nothing, with plugins that join, leave and return."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, Engine, inspect, text

from config.settings import ROOT
from core.application import Keguan
from core.database.engine import make_engine
from core.kernel.errors import NotFound, StartRefused
from core.operations.authoring import differences
from core.operations.branches import Branch
from core.operations.demo import make_base
from core.operations.migrations import downgrade, missing, retire, upgrade
from tests.migrations.conftest import digest_of, schema_of, tables_of
from tests.sizes import sized
from tests.world import PASSWORD, Site, World

Branches = Callable[..., tuple[Branch, ...]]


def test_from_nothing_to_what_the_models_say_without_any_difference(empty: Engine, branches_of: Branches) -> None:
    applied = upgrade(empty, branches_of())
    assert applied[0] == "core_0001"
    assert {"customers_0001", "contracts_0001"} <= set(applied)
    assert differences(empty, branches_of()) == []
    assert missing(empty, branches_of()) == []


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(empty: Engine, branches_of: Branches) -> None:
    upgrade(empty, branches_of())
    before = digest_of(empty)
    assert upgrade(empty, branches_of()) == []
    assert digest_of(empty) == before


@pytest.mark.requirement("R-455")
def test_a_plugin_joins_a_database_that_is_in_use(empty: Engine, branches_of: Branches, without_plugins: tuple[Branch, ...]) -> None:
    upgrade(empty, without_plugins)
    _found(empty)
    joining = [one for one in _revisions(branches_of("customers")) if one.startswith("customers")]
    assert missing(empty, branches_of("customers")) == joining
    assert upgrade(empty, branches_of("customers")) == joining
    assert upgrade(empty, branches_of("contracts")) == [one for one in _revisions(branches_of("contracts")) if one.startswith("contracts")]
    upgrade(empty, branches_of())
    assert differences(empty, branches_of()) == []
    assert _companies(empty) == ["acme"]


def test_a_plugin_that_is_taken_back_takes_only_its_own_tables(empty: Engine, branches_of: Branches) -> None:
    upgrade(empty, branches_of("customers"))
    before = schema_of(empty)
    upgrade(empty, branches_of("contracts"))
    assert any(name.startswith("contracts_") for name in tables_of(empty))
    downgrade(empty, branches_of("contracts"), "contracts")
    assert schema_of(empty) == before
    upgrade(empty, branches_of())
    assert differences(empty, branches_of()) == []


def test_a_retired_plugin_is_not_missed_and_finds_its_tables_when_it_returns(empty: Engine, branches_of: Branches) -> None:
    upgrade(empty, branches_of("contracts"))
    before = schema_of(empty)
    retire(empty, branches_of("contracts"), "contracts")
    assert missing(empty, branches_of("customers")) == []
    assert upgrade(empty, branches_of("customers")) == []
    assert upgrade(empty, branches_of("contracts")) == []
    assert missing(empty, branches_of("contracts")) == []
    assert schema_of(empty) == before


def test_a_retired_plugin_finds_its_rows_when_it_returns(demonstration: World, branches_of: Branches) -> None:
    """Business rows, the schema and what they refer to are the same as on the day it left."""
    core = demonstration.keguan
    engine, names = core.database.engine, core.registry.names
    leaving = [name for name in names if not core.registry.required_by(name)]
    before, schema = _business_rows(engine, leaving), digest_of(engine)
    assert all(any(table.startswith(f"{name}_") and rows for table, rows in before.items()) for name in leaving)
    staying = branches_of(*(name for name in names if name not in leaving))
    for name in leaving:
        retire(engine, branches_of(), name)
    assert missing(engine, staying) == []
    assert upgrade(engine, staying) == []
    assert _business_rows(engine, leaving) == before
    assert upgrade(engine, branches_of()) == []
    assert missing(engine, branches_of()) == []
    assert (_business_rows(engine, leaving), digest_of(engine)) == (before, schema)


VERSIONS, GIVEN, RIGHT = "alembic_version", "core_grant", ["role_id", "resource", "verb", "scope"]
LATEST = sized(1, 3)
"""Revisions of each branch that a database with rows goes through again."""


@pytest.mark.requirement("R-455")
def test_rows_of_the_revision_before_come_through_the_upgrade(demonstration: World, branches_of: Branches) -> None:
    """What a column says that was there before and after is the same, and what is new does not stumble over rows that exist."""
    core = demonstration.keguan
    engine, passed = core.database.engine, 0
    for branch in branches_of():
        last = [one for one in _revisions(branches_of()) if one.startswith(f"{branch.name}_")][1:][-LATEST:]
        for revision in reversed(last):
            downgrade(engine, branches_of(), branch.name, f"{branch.name}_{int(revision.rpartition('_')[2]) - 1:04}")
            columns = _columns(engine)
            before = {name: _rows(engine, name, columns[name]) for name in columns}
            assert revision in upgrade(engine, branches_of())
            passed += 1
            assert differences(engine, branches_of()) == [], revision
            present = _columns(engine)
            for name, rows in before.items():
                kept = [one for one in columns[name] if one in present[name]]
                if name == GIVEN:  # rights are what some revisions are about: they give, and take nothing away
                    assert set(_only(rows, columns[name], RIGHT)) <= set(_rows(engine, name, RIGHT)), revision
                else:
                    assert _rows(engine, name, kept) == _only(rows, columns[name], kept), f"{revision}: {name}"
    assert passed >= len(branches_of())


def _columns(engine: Engine) -> dict[str, list[str]]:
    looker = inspect(engine)
    return {name: [column["name"] for column in looker.get_columns(name)] for name in tables_of(engine) - {VERSIONS}}


def _rows(engine: Engine, table: str, columns: list[str]) -> list[tuple[Any, ...]]:
    asked = ", ".join(f'"{one}"' for one in columns)
    with engine.connect() as connection:
        return sorted((tuple(row) for row in connection.execute(text(f'SELECT {asked} FROM "{table}"'))), key=repr)


def _only(rows: list[tuple[Any, ...]], columns: list[str], kept: list[str]) -> list[tuple[Any, ...]]:
    places = [columns.index(one) for one in kept]
    return sorted((tuple(row[place] for place in places) for row in rows), key=repr)


GIVING_PRINT = (
    "core/migrations/versions/0022_right_to_print.py",
    "plugins/billing/migrations/versions/0002_statements_are_printed.py",
)


@pytest.mark.requirement("R-444", "R-455")
def test_roles_of_a_company_that_exists_print_as_those_of_a_new_one(core: Keguan) -> None:
    make_base(core.database, core.registry, PASSWORD, core.settings.password_method)
    core.database.release()
    read = "SELECT role_id, resource, scope FROM core_grant WHERE verb = 'print' ORDER BY 1, 2"
    with core.database.engine.begin() as connection:
        new = connection.execute(text(read)).all()
        assert len({role for role, *_ in new}) > 5
        connection.execute(text("DELETE FROM core_grant WHERE verb = 'print'"))
        core_first, billing = (runpy.run_path(str(ROOT / place)) for place in GIVING_PRINT)
        with Operations.context(MigrationContext.configure(connection)):
            core_first["upgrade"]()
            before = connection.execute(text(read)).all()
            billing["upgrade"]()
            assert connection.execute(text(read)).all() == new
            billing["downgrade"]()
            assert connection.execute(text(read)).all() == before
            core_first["downgrade"]()
            assert connection.execute(text(read)).all() == []


GIVING_DIRECTORY = "plugins/customers/migrations/versions/0005_directory.py"


@pytest.mark.requirement("R-016", "R-455")
def test_roles_that_read_customers_look_them_up_in_a_company_that_exists_as_in_a_new_one(core: Keguan) -> None:
    """But for roles that the company made itself and for authorised persons, who are given what was approved, one by one."""
    make_base(core.database, core.registry, PASSWORD, core.settings.password_method)
    core.database.release()
    asked = "SELECT company_id, role_id, resource, verb, scope FROM core_grant WHERE resource %s 'customers.directory' ORDER BY 1, 2, 3, 4"
    given, others = text(asked % "="), text(asked % "<>")
    reading = text("SELECT role_id FROM core_grant WHERE resource = 'customers.customer' AND verb = 'read'")
    with core.database.engine.begin() as connection:
        new = connection.execute(given).all()
        assert len({company for company, *_ in new}) == 2
        assert {role for _, role, *_ in new} == set(connection.scalars(reading))
        connection.execute(text("DELETE FROM core_grant WHERE resource = 'customers.directory'"))
        own = _become_an_own_role(connection, "salesperson") | _let_read_customers(connection, "authorised_person")
        before = connection.execute(others).all()
        revision = runpy.run_path(str(ROOT / GIVING_DIRECTORY))
        with Operations.context(MigrationContext.configure(connection)):
            for _ in range(2):
                revision["upgrade"]()
                assert connection.execute(given).all() == [row for row in new if row[1] not in own]
                revision["downgrade"]()
                assert connection.execute(given).all() == []
            assert connection.execute(others).all() == before


def _become_an_own_role(connection: Connection, preset: str) -> set[int]:
    """Roles of that preset as if each company had made them itself; their ids."""
    found = set(connection.scalars(text("SELECT id FROM core_role WHERE preset = :preset"), {"preset": preset}))
    connection.execute(text("UPDATE core_role SET preset = NULL WHERE preset = :preset"), {"preset": preset})
    return found


def _let_read_customers(connection: Connection, preset: str) -> set[int]:
    """Give roles of that preset the right by hand; their ids."""
    grant = (
        "INSERT INTO core_grant (company_id, role_id, resource, verb, scope, version, created_at, updated_at) SELECT company_id, id, "
        "'customers.customer', 'read', 'own_shared', 1, created_at, updated_at FROM core_role WHERE preset = :preset"
    )
    connection.execute(text(grant), {"preset": preset})
    return set(connection.scalars(text("SELECT id FROM core_role WHERE preset = :preset"), {"preset": preset}))


def _business_rows(engine: Engine, plugins: list[str]) -> dict[str, list[str]]:
    """Every row of the tables of ``plugins``."""
    tables = sorted(name for name in tables_of(engine) if name.partition("_")[0] in plugins)
    with engine.connect() as connection:
        return {name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"')))) for name in tables}


def test_after_plugins_have_left_one_by_one_the_host_still_knows_where_it_stands(
    empty: Engine, branches_of: Branches, without_plugins: tuple[Branch, ...]
) -> None:
    upgrade(empty, branches_of("contracts"))
    retire(empty, branches_of("contracts"), "contracts")
    retire(empty, branches_of("customers"), "customers")
    assert missing(empty, without_plugins) == []
    assert upgrade(empty, without_plugins) == []
    assert upgrade(empty, branches_of("contracts")) == []


def test_a_plugin_that_was_never_there_cannot_retire(empty: Engine, branches_of: Branches) -> None:
    upgrade(empty, branches_of("customers"))
    with pytest.raises(NotFound, match="contracts"):
        retire(empty, branches_of("contracts"), "contracts")


def test_a_plugin_that_was_removed_without_retiring_is_named(empty: Engine, branches_of: Branches) -> None:
    upgrade(empty, branches_of("contracts"))
    with pytest.raises(StartRefused, match=r"module contracts.*plugins retire contracts"):
        upgrade(empty, branches_of("customers"))


@pytest.mark.requirement("R-455")
def test_a_database_that_is_newer_than_the_program_is_refused(empty: Engine, without_plugins: tuple[Branch, ...]) -> None:
    upgrade(empty, without_plugins)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'core_9999'"))
    with pytest.raises(StartRefused, match="newer than this program"):
        missing(empty, without_plugins)


def test_two_processes_that_upgrade_at_once_both_succeed(site: Site, branches_of: Branches, tmp_path: Path) -> None:
    url = site.store.fresh("empty")
    environment = {**os.environ, "KEGUAN_DATABASE_URL": url, "KEGUAN_DATA": str(tmp_path), "LANG": "en"}
    command = [sys.executable, str(ROOT / "app.py"), "upgrade"]
    both = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    counts = sorted(int(out.rpartition("; ")[2].split()[0]) for out, _ in said)
    assert counts == [0, len(_revisions(branches_of()))]
    engine = make_engine(url)
    assert differences(engine, branches_of()) == []
    engine.dispose()


def _revisions(found: tuple[Branch, ...]) -> list[str]:
    return [f"{branch.name}_{path.name[:4]}" for branch in found for path in sorted(branch.folder.glob("0*.py"))]


def _found(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO core_company (slug, name, active, version, created_at, updated_at) "
                "VALUES ('acme', 'Acme', true, 1, '2026-01-01', '2026-01-01')"
            )
        )


def _companies(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT slug FROM core_company")))
