"""A masked value stands in no answer, log, notice, job, trail or file of a walk through all routes (R-442, security.md E1).

The routes are those of the application's own map, as the probes ask them. Everything that a walk writes is kept until its end, so that a
value which one route has copied is found in the answer of the next one, and in the tables.
"""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, inspect, select, text

from core.database.fields import fields_of
from tests.evidence import Evidence
from tests.isolation.building import House, unwritten
from tests.isolation.callers import Answer, Caller, Callers
from tests.isolation.declared import Person, person
from tests.isolation.probes import DONE, Prober
from tests.isolation.reference import Thing
from tests.isolation.routes import routes_of
from tests.sizes import WHOLE, sized

WALKERS = ("head.east@first", "leader@first", "chief@first", "contracts@first")
IN_CI = WALKERS[:1]
KEPT_BESIDE = {"core_aside_value"}
"""Where a masked value has its place beside its record: what the trail must not hold."""
LEFT_OUT = ("uncover", "password")
"""What shows a value on purpose, and what is refused in a transaction of its own, with which that of the whole walk would end here."""
BROKEN = " keguan cannot be read"


class Masked:
    """Which canaries are masked, and for whom one of them may stand open all the same."""

    def __init__(self, house: House, stored: Any) -> None:
        self.house, self.stored = house, stored
        self.tables = {name for name, model in house.models.items() if any(one.masked for one in fields_of(model).values())}

    def found(self, said: str, who: Person | None = None) -> set[tuple[str, str]]:
        """(record, field) of each masked canary in ``said`` that ``who`` has no right to read openly."""
        return {one for one in self.house.canaries.found(said) if self._masked(*one) and not self._open(who, *one)}

    def _masked(self, key: str, name: str) -> bool:
        thing = self.house.things.get(key)
        model = self.house.models.get(thing.table) if thing is not None else None
        declared = fields_of(model).get(name) if model is not None else None
        return declared is not None and declared.masked

    def _open(self, who: Person | None, key: str, name: str) -> bool:
        thing = self.house.things[key]
        declared = fields_of(self.house.models[thing.table])[name]
        return who is not None and (
            self.owner(thing) == self.house.ids[f"core_employee:{who.key}"] or bool(set(who.roles) & set(declared.open_to))
        )

    def owner(self, thing: Thing | None) -> int | None:
        """The id of the employee who owns it now: the walk itself hands records over."""
        if thing is None or not thing.owner:
            return None if thing is None else self.owner(thing.parent)
        table: Any = self.house.models[thing.table].__table__
        if "owner_id" not in table.c:
            return self.house.ids[f"core_employee:{thing.owner}@{thing.slug}"]
        asked = select(table.c.owner_id).where(table.c.id == self.house.ids[thing.key])
        owner: int | None = self.stored.execute(asked).scalar()
        return owner


@pytest.mark.requirement("R-442")
@pytest.mark.evidence("canaries-{database_kind}")
def test_no_masked_value_leaves_by_any_route(callers: Callers, house: House, caplog: pytest.LogCaptureFixture, database_kind: str) -> None:
    caplog.set_level(logging.DEBUG)
    evidence, masked = Evidence(f"canaries-{database_kind}", callers.keguan.registry.names), Masked(house, callers.database.engine)
    for key in WALKERS if WHOLE else IN_CI:
        for caller in (callers.by_session(person(key)), callers.by_token(person(key))):
            _walk(caller, callers, masked, evidence)
    for table in sorted(_tables_with_it(callers, masked) - masked.tables - KEPT_BESIDE):
        evidence.failed(table, "its rows hold a masked value")
    if leaked := masked.found(caplog.text):
        evidence.failed("log", f"it tells of {sorted(leaked)[:4]}")
    for name in sorted(_files_with_it(callers, masked)):
        evidence.failed(name, "a file of the data folder holds a masked value")
    evidence.close()


def _walk(caller: Caller, callers: Callers, masked: Masked, evidence: Evidence) -> None:
    """Every route that the caller may go, reading first: what is written changes what is read afterwards."""
    prober = Prober(callers, evidence, near=sized(1, 3), far=1, barred=sized(0.02, 0.3))
    routes = [one for one in routes_of(callers.application) if one.function not in LEFT_OUT and one.need.level not in ("public", "closed")]
    family = "page" if caller.channel == "session" else "rest"
    keep, chance = sized(0.25, 1.0), Random(442)
    for route in sorted((one for one in routes if one.family == family), key=lambda one: one.method != "GET"):
        for probe in prober.of_route(caller, route):
            if keep < 1 and chance.random() > keep:
                continue
            answer = prober._ask(probe)
            _judge(evidence, masked, caller, probe.name, route.plugin, answer)


def _judge(evidence: Evidence, masked: Masked, caller: Caller, name: str, plugin: str, answer: Answer) -> None:
    if leaked := masked.found(answer.text, caller.person):
        evidence.failed(name, f"{answer.status} tells of {sorted(leaked)[:4]}", plugin)
    elif answer.status in DONE:
        evidence.positive(name, plugin)
    else:
        evidence.refused(f"{name} {answer.status}", plugin)


def _tables_with_it(callers: Callers, masked: Masked) -> set[str]:
    """Names of the tables of which a row holds a masked value: notices, jobs, the trail, sent forms, all of them."""
    connection: Any = callers.database.engine
    names = inspect(connection).get_table_names()
    return {name for name in names if masked.found(str(connection.execute(text(f"SELECT * FROM {name}")).all()))}


def _files_with_it(callers: Callers, masked: Masked) -> set[str]:
    """Names of the files of the data folder that hold a masked value, packed ones looked into; the database itself is looked at above."""
    folder, found = callers.keguan.settings.data, set()
    for path in folder.rglob("*"):
        if path.is_file() and masked.found(_text_of(path)):
            found.add(str(path.relative_to(folder)))
    return found


def _text_of(path: Path) -> str:
    if not zipfile.is_zipfile(path):
        return path.read_bytes().decode("utf-8", "replace")
    with zipfile.ZipFile(path) as packed:
        return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


@pytest.mark.requirement("R-442")
def test_no_error_of_the_database_and_no_file_tells_a_masked_value(
    callers: Callers, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Each route that writes, with a database that refuses to: the page, the log and the error itself."""
    caplog.set_level(logging.DEBUG)
    masked, caller, chance = Masked(house, callers.database.engine), callers.by_session(person("head.east@first")), Random(443)
    prober, failed = Prober(callers, Evidence("none"), near=1, far=0, barred=0.0), 0
    for route in (one for one in routes_of(callers.application) if one.family == "page" and one.method == "POST"):
        if route.need.level == "public" or (not WHOLE and chance.random() > 0.15):
            continue
        for probe in prober.of_route(caller, route):
            with unwritten(callers.database), _refusing(callers):
                answer = prober._ask(probe)
            failed += answer.status == 500
            assert not masked.found(answer.text, caller.person), probe.name
    assert failed > 3, "no write has failed, so nothing was tried"
    assert not masked.found(caplog.text)
    assert _files_with_it(callers, masked) == set()


@contextmanager
def _refusing(callers: Callers) -> Iterator[None]:
    """Every statement that writes is one that the database cannot read: its error carries statement and values."""

    def spoil(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> tuple[str, Any]:
        writes = statement.startswith(("INSERT", "UPDATE", "DELETE")) and "core_web_session" not in statement
        return (statement + BROKEN if writes else statement), parameters

    engine: Any = callers.database.engine
    event.listen(engine, "before_cursor_execute", spoil, retval=True)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", spoil)


def test_a_masked_value_would_be_found_where_it_stands_open(callers: Callers, house: House, caplog: pytest.LogCaptureFixture) -> None:
    """The control: to its owner the page shows it, and a log, a table or a file that held it would be told."""
    masked = Masked(house, callers.database.engine)
    owner = person("east1@first")
    thing = next(one for one in house.of("customers_contact") if masked.owner(one) == house.ids[f"core_employee:{owner.key}"])
    page = callers.by_session(owner).ask("GET", f"/contacts/{house.ids[thing.key]}").text
    assert {name for key, name in masked.found(page) if key == thing.key} >= {"mobile", "email"}
    assert not masked.found(page, owner)
    others = callers.by_session(person("head.east@first")).ask("GET", f"/contacts/{house.ids[thing.key]}")
    assert (others.status, masked.found(others.text)) == (200, set())
    caplog.set_level(logging.DEBUG)
    logging.getLogger("keguan").warning("calling %s", house.texts[thing.key]["mobile"])
    assert masked.found(caplog.text) == {(thing.key, "mobile")}
    assert "customers_contact" in _tables_with_it(callers, masked)
    left = callers.keguan.settings.data / "left.xlsx"
    with zipfile.ZipFile(left, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sheet1.xml", house.texts[thing.key]["mobile"])
    try:
        assert _files_with_it(callers, masked) == {left.name}
    finally:
        left.unlink()
