"""Fixtures for everybody. A test that asks for ``core``, ``world`` or ``client_for`` runs on SQLite and, marked, on PostgreSQL.

To run on one kind only: ``@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from core.operations.catalogues import compile_all
from core.testing.databases import Files, Server
from core.testing.world import BLANK, DEMONSTRATION, PEOPLED, Browser, Site, World, browser_for, look_around, program_for
from core.web.house import Keguan


def pytest_configure(config: pytest.Config) -> None:
    """Tests on PostgreSQL are told by their mark, in the house and outside."""
    config.addinivalue_line("markers", "postgres: needs the PostgreSQL server named by KEGUAN_TEST_POSTGRES")


KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Site]]:
    """The sites of this worker by kind of database, each made when it is first asked for."""
    compile_all()
    data = tmp_path_factory.mktemp("data")
    made: dict[str, Site] = {}

    def site(kind: str) -> Site:
        if kind not in made:
            made[kind] = Site(Server() if kind == "postgres" else Files(tmp_path_factory.mktemp("databases")), data)
        return made[kind]

    yield site
    for one in made.values():
        one.keguan.database.engine.dispose()
        one.store.drop()


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """ "sqlite" or "postgres"."""
    return str(request.param)


@pytest.fixture
def site(request: pytest.FixtureRequest, sites: Callable[[str], Site], database_kind: str) -> Iterator[Site]:
    """Keguan and its web application on a fresh database: with the demo companies if the test looks at ``world``, else empty."""
    found, asked = sites(database_kind), request.fixturenames
    found.open(DEMONSTRATION if "demonstration" in asked else PEOPLED if "world" in asked else BLANK)
    yield found
    found.close()


@pytest.fixture
def core(site: Site) -> Keguan:
    """Database, registry and settings, migrated, without the web."""
    return site.keguan


@pytest.fixture
def database_url(site: Site) -> Iterator[str]:
    """Address of the fresh database, for other processes; it is thrown away afterwards."""
    yield site.settings.database
    site.present = ""


@pytest.fixture
def world(site: Site) -> World:
    """Two companies with departments, people, roles and modules, without records of plugins."""
    return look_around(site.keguan)


@pytest.fixture
def demonstration(world: World) -> World:
    """The same with one round of the demonstration: what every plugin writes to show itself."""
    return world


@pytest.fixture
def application(site: Site) -> Flask:
    """The web application."""
    return site.application


@pytest.fixture
def client_for(application: Flask, world: World) -> Callable[[str], Browser]:
    """Make a signed-in browser: ``client_for("sales.east1").get("/customers/")``."""
    return lambda account: browser_for(application, world, account)


@pytest.fixture
def token_client_for(application: Flask, world: World) -> Callable[[str], Browser]:
    """Make a client with a bearer token: ``token_client_for("sales.east1").get("/api/v1/customers/")``."""
    return lambda account: program_for(application, world, account)
