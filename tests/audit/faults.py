"""Faults at any statement, and what they leave: nothing, or everything with its rows in the trail (R-445).

Whoever is answered is told the truth as well: no page says that nothing was changed after it was.
"""

from __future__ import annotations

import enum
import sqlite3
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Table, event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.audit.models import AuditRow
from core.audit.reconciling import audited_models, strangers
from core.extension.calling import registry
from core.kernel.acting import System, acting_as
from core.kernel.errors import KeguanError
from core.web.input import declared_for, read_json
from core.web.nouns import Act, Noun
from core.web.values import load
from core.work.imports import ImportOrder, run_import
from core.work.jobs import enqueue
from core.work.profiles import profile_from
from plugins.customers.operations import change_customer
from tests.badinput.test_bad_input import business_tables
from tests.conformance.doors import TAKEN, ClientFor, Doors, Send
from tests.conformance.examples import Examples
from tests.house import house
from tests.plugins.conftest import Trade
from tests.world import World

PROFILE = Path("config/profiles/listed-companies.toml")
SERVER, SAVED = 500, "已保存"
BESIDE = frozenset({"core_import_run", "core_audit_row"})
"""That a file is being read is written in a use case of its own, also when no row comes in; what the trail tells is compared apart."""


class Said(enum.Enum):
    """What a door says of itself: that it was done, that nothing was changed, that something broke, or why the business refuses it."""

    DONE = enum.auto()
    NOTHING = enum.auto()
    BROKEN = enum.auto()
    REFUSED = enum.auto()


Through = Callable[[], Said]


class Door(NamedTuple):
    """A way to change something: ``ready()`` makes what is needed, and what it returns goes through, always with the same values."""

    name: str
    plugin: str
    ready: Callable[[], Through]


@contextmanager
def failing(world: World, at: int, only: str = "") -> Iterator[list[int]]:
    """The ``at``-th statement or commit (statement alone, of those that name ``only``) fails, as a full disk lets it."""
    seen = [0]

    def fail(statement: str) -> None:
        if only in statement:
            seen[0] += 1
            if seen[0] == at:
                raise OperationalError(statement, {}, Exception("the disk is full"))

    def run(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        fail(statement)

    def commit(connection: Any) -> None:
        fail("COMMIT")

    engine = world.keguan.database.engine
    event.listen(engine, "before_cursor_execute", run)
    event.listen(engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", run)
        event.remove(engine, "commit", commit)


class Seen:
    """What is committed in every table of the business, seen from outside and cheap where nothing was."""

    def __init__(self, world: World) -> None:
        self.world, self._version, self._rows = world, -1, dict[str, Any]()
        engine = world.keguan.database.engine
        self._asked = {table.name: _summed_up(table) for table in business_tables(engine)}
        self._lite = sqlite3.connect(str(engine.url.database)) if engine.dialect.name == "sqlite" else None

    def close(self) -> None:
        """Give the connection back."""
        if self._lite is not None:
            self._lite.close()

    def now(self) -> Mapping[str, Any]:
        """Tables with what tells any two contents of them apart."""
        return self._by_transactions() if self._lite is None else self._by_rows(self._lite)

    def _by_rows(self, lite: sqlite3.Connection) -> Mapping[str, Any]:
        """What counts, versions and times of the rows add up to; looked at again only after somebody has committed something."""
        version = int(lite.execute("PRAGMA data_version").fetchone()[0])
        if version != self._version:
            self._version = version
            self._rows = {table: lite.execute(asked).fetchall() for table, asked in self._asked.items()}
        return self._rows

    def _by_transactions(self) -> Mapping[str, Any]:
        """How many rows there are, and the newest transaction that has written one."""
        engine = self.world.keguan.database.engine
        one = "SELECT '{0}', count(*), max(xmin::text::bigint) FROM \"{0}\""
        asked = " UNION ALL ".join(one.format(table.name) for table in business_tables(engine))
        with engine.connect() as connection:
            return {table: (rows, newest) for table, rows, newest in connection.exec_driver_sql(asked)}

    def told_since(self, newest: int) -> Counter[tuple[str, str]]:
        """What the trail tells since its row ``newest``: how often what was done in which table."""
        with Session(self.world.keguan.database.engine) as session:
            asked = select(AuditRow.table_name, AuditRow.action).where(AuditRow.id > newest)
            return Counter((str(table), str(action)) for table, action in session.execute(asked) if table not in BESIDE)

    def newest(self) -> int:
        """The newest row of the trail."""
        with Session(self.world.keguan.database.engine) as session:
            return int(session.scalar(select(func.max(AuditRow.id))) or 0)

    def untold(self, tables: frozenset[str]) -> list[str]:
        """Records in ``tables`` that are not what the trail says of them."""
        with acting_as(System("a test")), Session(self.world.keguan.database.engine) as session:
            models = [model for model in audited_models() if model.__tablename__ in tables]
            return [f"{model.__tablename__} {one.kind}" for model in models for one in strangers(session, model)]


@dataclass(frozen=True)
class Done:
    """What was committed by going through a door, and what the trail tells of it."""

    tables: frozenset[str]
    told: Counter[tuple[str, str]]
    said: Said
    statements: int


def _summed_up(table: Table) -> str:
    """A statement whose answer is another one after every change: each raises the version or the time of a record; else the rows."""
    said = [name for name in ("id", "version", "updated_at") if name in table.columns]
    sums = [f"max({name})" if name == "updated_at" else f"total({name})" for name in said]
    return f'SELECT {", ".join(["count(*)", *sums]) if len(said) > 1 else "*"} FROM "{table.name}"'


def gone_through(seen: Seen, through: Through, at: int = 0) -> Done:
    """Go through with a fault at the statement ``at`` (0: with none), and look at what is there afterwards."""
    before, newest = seen.now(), seen.newest()
    with failing(seen.world, at) as statements:
        said = through()
    seen.world.keguan.database.release()
    after = seen.now()
    tables = frozenset(table for table in after if after[table] != before[table]) - BESIDE
    return Done(tables, seen.told_since(newest) if tables else Counter(), said, statements[0])


def wrong_with(seen: Seen, done: Done, whole: Done) -> str:
    """What is wrong with what a fault has left, ``whole`` being what the door does without one; empty when that is nothing, or all."""
    if not done.tables:
        return "says that it was done, and nothing was" if done.said is Said.DONE else ""
    if done.said is Said.NOTHING:
        return "says that nothing was changed, and it was"
    if done.told != whole.told:
        return f"the trail tells {dict(done.told)} instead of {dict(whole.told)} of what was written in {sorted(done.tables)}"
    if missing := whole.tables - done.tables:
        return f"nothing was written in {sorted(missing)}"
    return "; ".join(seen.untold(done.tables))


def by_verb(through: Callable[[], Any]) -> Said:
    """A verb below the web."""
    try:
        through()
    except OperationalError:
        return Said.BROKEN
    except KeguanError:
        return Said.REFUSED
    return Said.DONE


def by_web(send: Send) -> Said:
    """A request; a page that says what broke says as well whether it was saved before."""
    answer = send()
    if answer.status_code in TAKEN:
        return Said.DONE
    if answer.status_code < SERVER:
        return Said.REFUSED
    said = answer.json["message"] if answer.is_json and answer.json else answer.text
    return Said.DONE if SAVED in said else Said.NOTHING


class Ways:
    """Every way into one noun: its doors over HTTP, the same below the web, and each verb that its first state allows by both."""

    def __init__(self, examples: Examples, noun: Noun, clients: tuple[ClientFor, ClientFor]) -> None:
        self.examples, self.noun, self.clients = examples, noun, clients

    def all(self) -> Iterator[Door]:
        """In turns by web and by verb."""
        for door in Doors(self.examples, self.noun, self.clients).all():
            yield self._door(door.name, lambda one=door.ready: partial(by_web, one()))  # type: ignore[misc]
        yield self._door("create", self._creating)
        if self.noun.change is not None:
            yield self._door("change", self._changing)
        if self.noun.delete is not None:
            yield self._door("delete", self._deleting)
        for act in self.noun.acts:
            yield self._door(f"{act.verb} by REST", partial(self._acting, act, over_http=True))
            yield self._door(act.verb, partial(self._acting, act, over_http=False))

    def _door(self, name: str, ready: Callable[[], Through]) -> Door:
        return Door(f"{self.noun.path}: {name}", self.noun.plugin, ready)

    def _use_case(self, account: str, verb: Callable[[Any], Any]) -> Through:
        def run() -> None:
            with self.examples.world.use_case(account) as session:
                verb(session)

        return partial(by_verb, run)

    def _creating(self) -> Through:
        noun, raw = self.noun, self.examples.raw(self.noun)
        assert noun.create is not None
        create = noun.create
        return self._use_case(self.examples.account(noun), lambda session: create(session, read_json(noun, raw, creating=True)))

    def _changing(self) -> Through:
        noun, account, record_id = self.noun, self.examples.account(self.noun, "update"), self.examples.fresh(self.noun)
        assert noun.change is not None
        with acting_as(self.examples.world.actor(account)):
            texts = [name for name, field in declared_for(noun, creating=False).items() if field.kind in ("text", "long_text")]
        change, changes = noun.change, {texts[0]: f"改过的文字 {self.examples.next_number()}"}
        version = self.examples.version(noun, record_id)
        return self._use_case(account, lambda session: change(session, record_id, version, changes))

    def _deleting(self) -> Through:
        noun, record_id = self.noun, self.examples.fresh(self.noun)
        assert noun.delete is not None
        delete, version = noun.delete, self.examples.version(noun, record_id)
        return self._use_case(self.examples.account(noun, "delete"), lambda session: delete(session, record_id, version))

    def _acting(self, act: Act, *, over_http: bool) -> Through:
        noun, record_id = self.noun, self.examples.fresh(self.noun)
        account, version = self.examples.in_charge(noun, act, record_id), self.examples.version(noun, record_id)
        asked = {one.name: self.examples.value(noun, one) for one in act.asks}
        if not over_http:
            return self._use_case(account, lambda session: act.run(session, record_id, version, **load(act.asks, asked)))
        program, address = self.clients[1](account), f"/api/v1/{noun.path}/{record_id}/{act.verb}"
        return partial(by_web, lambda: program.post(address, json={**asked, "version": version}))


class Apart:
    """Ways that belong to no noun: a portion of an import, and a job that is asked for beside what is changed."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder, self.number = world, folder, 0

    def all(self) -> Iterator[Door]:
        """Both."""
        yield Door("one portion of an import", "customers", self._importing)
        yield Door("a change with a job", "customers", self._with_a_job)

    def _importing(self) -> Through:
        self.number += 1
        file = self.folder / f"{self.number}.csv"
        file.write_text("ts_code,name,area\n" + "".join(f"{self.number}.{n},进口{self.number}号{n}股份,江苏\n" for n in range(4)), "utf-8")
        order, who = ImportOrder(file, profile_from(tomllib.loads(PROFILE.read_text("utf-8")))), self.world.companies["qiheng"].id
        return partial(by_verb, lambda: run_import(self.world.keguan.database, registry(), order, System("import", who)))

    def _with_a_job(self) -> Through:
        self.number += 1
        customer, key = Trade(self.world).customer(name=f"苏州带活{self.number}机械厂"), f"fault {self.number}"

        def run() -> None:
            with house(self.world) as session:
                enqueue(session, "core.check_trail", {}, key=key)
                change_customer(session, customer.id, None, {"city": key})

        return partial(by_verb, run)
