"""``python -m bench.trail``: the questions of an auditor to a trail of ten million rows, each asked anew on a connection of its own.

Code 1 when an answer takes longer than is promised (5 seconds).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, text

from bench.exporting import keguan_in
from bench.figures import machine
from core.audit.models import AuditRow
from core.audit.searching import Search, find_rows
from core.database.engine import refresh_statistics
from core.kernel.clock import now
from core.operations.branches import branches
from core.operations.catalogues import compile_all
from core.operations.demo import make_base
from core.operations.language import catalogues_of, speaking
from core.operations.migrations import upgrade
from core.web.house import Keguan
from tests.databases import Files, Server, Store
from tests.world import PASSWORD, World, look_around

WHO = "auditor"
PROMISED = 5.0
PART = 250_000
TABLES = ("customers_customer", "contracts_contract", "sales_opportunity", "billing_invoice", "service_request")
ACTIONS = ("update", "create", "look_at_list", "unmask", "export", "delete", "sign_in", "refused")
FILL = """
WITH RECURSIVE n(i) AS (SELECT CAST(:first AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :first + :part)
INSERT INTO core_audit_row (company_id, at, employee_id, who, action, table_name, record_id, subject, changes, address, mac, version,
                            created_at, updated_at)
SELECT CASE i % 5 WHEN 0 THEN :other ELSE :company END,
       {at},
       :person + (i * 7919) % :people, '某人', {action}, {table}, (i * 104729) % 400000, {subject},
       '{{"city": ["苏州", "无锡"]}}', '10.0.0.8',
       '0000000000000000000000000000000000000000000000000000000000000000', 1, :since, :since
FROM n
"""
AT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', :since, '+' || (i * :seconds / :count) || ' seconds')",
    "postgresql": "CAST(:since AS timestamp) + make_interval(secs => i * CAST(:seconds AS bigint) / :count)",
}
"""When row ``i`` was written: they are spread evenly over three years."""
ACTION = f"CASE (i * 31) % 40 {' '.join(f'WHEN {place} THEN {name!r}' for place, name in enumerate(ACTIONS[1:]))} ELSE 'update' END"
TABLE = f"CASE (i / 5 * 17) % 5 {' '.join(f'WHEN {place} THEN {name!r}' for place, name in enumerate(TABLES))} END"
SUBJECT = "CASE (i * 13) % 4 WHEN 0 THEN '苏州' WHEN 1 THEN '杭州' WHEN 2 THEN '成都' ELSE '武汉' END || ((i * 104729) % 400000) || '机械'"


def fill(keguan: Keguan, world: World, count: int) -> None:
    """Rows of three years, written past everything that could slow it down."""
    company, other = world.companies["qiheng"].id, world.companies["huarui"].id
    people = sorted(one.id for one in world.employees.values() if one.company_id == company)
    engine = keguan.database.engine
    statement = text(FILL.format(at=AT[engine.dialect.name], action=ACTION, table=TABLE, subject=SUBJECT))
    seconds = 3 * 365 * 86_400
    since = (now() - timedelta(seconds=seconds)).replace(tzinfo=None, microsecond=0)
    values = {"company": company, "other": other, "person": people[0], "people": len(people), "seconds": seconds, "count": count}
    values["since"] = since.strftime("%Y-%m-%d %H:%M:%S.000000") if engine.dialect.name == "sqlite" else since
    indexes = [one for one in AuditRow.__table__.indexes if one.name]
    for one in indexes:
        one.drop(keguan.database.engine)
    for first in range(0, count, PART):
        with keguan.database.engine.begin() as connection:
            part = min(PART, count - first)
            connection.execute(statement, {**values, "first": first, "part": part})
        print(f"\r{first + part:,} rows", end="", flush=True)
    print()
    for one in indexes:  # made at once instead of row by row
        one.create(keguan.database.engine)
    refresh_statistics(keguan.database.engine)


def questions(world: World) -> Mapping[str, Search]:
    """What auditors ask."""
    who = world.employees["sales.east1"].id
    day, moment = timedelta(days=1), now()
    one = ("customers_customer", 104_729)
    return {
        "everything about a record": Search(record=one),
        "who saw the values of a record": Search(record=one, actions=("unmask",)),
        "what somebody did": Search(people=(who,)),
        "what somebody exported": Search(people=(who,), actions=("export",)),
        "what somebody did in a week two years ago": Search(people=(who,), since=moment - 700 * day, until=moment - 693 * day),
        "every export": Search(actions=("export",)),
        "exports and unmasked values of three people": Search(people=(who, who + 1, who + 2), actions=("export", "unmask")),
        "changes of contracts in March": Search(tables=("contracts_contract",), actions=("update",), until=moment - 250 * day),
        "records whose name begins so": Search(subject="苏州"),
        "a record by its whole name": Search(subject="杭州104729机械"),
        "a name that nothing has": Search(subject="没有这个名字"),
        "somebody and a name": Search(people=(who,), subject="苏州1"),
        "the newest page": Search(),
        "a page far back": Search(before=(moment - 900 * day, 10**12)),
        "somebody who never did it": Search(people=(who,), actions=("erase",)),
    }


def ask(keguan: Keguan, world: World) -> dict[str, tuple[float, int]]:
    """Seconds and rows of each question, as the auditor, with nothing read before."""
    found = {}
    for name, search in questions(world).items():
        keguan.database.engine.dispose()
        with world.reading(WHO) as session:
            session.scalar(select(AuditRow.id).limit(1))
            began = time.perf_counter()
            rows, _ = find_rows(session, search)
            found[name] = time.perf_counter() - began, len(rows)
        keguan.database.release()
    return found


def measure(store: Store, folder: Path, count: int) -> dict[str, tuple[float, int]]:
    """Fill a database of ``store`` and ask it."""
    keguan = keguan_in(folder, store.fresh("trail"))
    upgrade(keguan.database.engine, branches(keguan.registry))
    with speaking("zh_CN", catalogues_of(keguan.registry)):
        make_base(keguan.database, keguan.registry, PASSWORD, keguan.settings.password_method)
    world = look_around(keguan)
    fill(keguan, world, count)
    try:
        return ask(keguan, world)
    finally:
        keguan.database.engine.dispose()


def main() -> int:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--postgres", action="store_true", help="on the server of KEGUAN_TEST_POSTGRES instead of an SQLite file")
    asked = parser.parse_args()
    compile_all()
    with tempfile.TemporaryDirectory(prefix="keguan-trail-") as folder:
        store: Store = Server() if asked.postgres else Files(Path(folder))
        try:
            found = measure(store, Path(folder), asked.rows)
        finally:
            store.drop()
    print(f"{machine()}\n{asked.rows:,} rows of the trail, {'PostgreSQL' if asked.postgres else 'SQLite'}")
    for name, (seconds, rows) in found.items():
        print(f"{name:45} {seconds:7.3f} s {rows:4} rows{'' if seconds <= PROMISED else '  TOO SLOW'}")
    return 1 if any(seconds > PROMISED for seconds, _ in found.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
