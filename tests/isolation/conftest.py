"""The built world of the isolation harnesses, once per worker and kind of database; nothing that a test does to it stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

import pytest
from flask import Flask

from config.settings import Settings
from core.application import create_core, move_in
from core.exports.sightings import SightingsFile, use_sightings
from core.operations.catalogues import compile_all
from core.web.fab import build_web
from core.web.house import Keguan
from tests.databases import Files, Server
from tests.isolation.building import House, build, unwritten
from tests.isolation.callers import Callers


@dataclass
class Ground:
    """A running Keguan on the database of the declared world."""

    keguan: Keguan
    house: House

    @cached_property
    def application(self) -> Flask:
        """The web application, built when the first test asks for it."""
        return build_web(self.keguan)


@pytest.fixture(scope="session")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Ground]]:
    """The ground of this worker by kind of database, made when it is first asked for."""
    compile_all()
    made: dict[str, tuple[Files | Server, Ground]] = {}

    def ground(kind: str) -> Ground:
        if kind not in made:
            store = Server() if kind == "postgres" else Files(tmp_path_factory.mktemp("isolation"))
            settings = Settings(
                data=tmp_path_factory.mktemp("data"), environment="testing", database_url=store.fresh("isolation"), threads=4
            )
            keguan = create_core(settings)
            made[kind] = store, Ground(keguan, build(keguan, keguan.database))
        return made[kind][1]

    yield ground
    for store, one in made.values():
        one.keguan.database.engine.dispose()
        store.drop()


@pytest.fixture
def count_anew(tmp_path: Path) -> Callable[[], None]:
    """From the call on, nobody has seen anything today: what was read is counted outside of the transaction that is rolled back."""
    numbers = count()
    return lambda: use_sightings(SightingsFile(tmp_path / f"sightings-{next(numbers)}.db"))


@pytest.fixture
def ground(grounds: Callable[[str], Ground], database_kind: str, count_anew: Callable[[], None]) -> Iterator[Ground]:
    """The declared world on the database of this test, inside a transaction that is rolled back."""
    found = grounds(database_kind)
    move_in(found.keguan)
    count_anew()
    with unwritten(found.keguan.database):
        yield found


@pytest.fixture
def house(ground: Ground) -> House:
    """What was declared and where it lies."""
    return ground.house


@pytest.fixture
def callers(ground: Ground) -> Callers:
    """Everybody, by session, token and key."""
    return Callers(ground.application, ground.keguan, ground.house)
