"""Part of ``make import-check``: the practice data of Maven Analytics become a running business; exact figures, seconds and memory.

``python -m tests.business_check [sqlite] [postgres]``, both where none is named; fails where the real data are missing.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, select, text

from config.settings import Settings
from core.application import create_core, move_in
from core.kernel.acting import System, acting_as
from core.organisation.models import Employee
from core.switchboard.actors import resolve_actor
from plugins.customers.models import Customer
from plugins.sales.models import Opportunity
from tests.databases import Files, Server, Store

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data" / "maven-crm"
PLAN = ROOT / "config" / "businesses" / "maven" / "plan.toml"
SECONDS, MEGABYTES = 60, 250
IN_STAGE = "SELECT count(*) FROM sales_opportunity o JOIN sales_stage s ON s.id = o.stage_id WHERE o.state = 'open' AND s.name = "
EXPECTED = {
    "SELECT count(*), sum(amount) FROM sales_opportunity WHERE state = 'won'": (4_238, 10_005_534_00),
    "SELECT count(*) FROM sales_opportunity WHERE state = 'lost'": (2_473,),
    f"{IN_STAGE}'Engaging'": (1_589,),
    f"{IN_STAGE}'Prospecting'": (500,),
    "SELECT count(*) FROM sales_opportunity WHERE customer_id IS NULL": (1_425,),
    "SELECT count(*) FROM sales_opportunity_line WHERE name = 'GTX Pro'": (1_480,),
    "SELECT count(*), count(parent_id) FROM customers_customer": (85, 15),
    "SELECT count(*) FROM customers_customer WHERE industry = 'technology'": (12,),
    "SELECT count(*) FROM core_employee e JOIN core_employee_role r ON r.employee_id = e.id JOIN core_role p ON p.id = r.role_id "
    "WHERE p.preset = 'salesperson'": (35,),
    "SELECT count(*) FROM core_department_leader WHERE duty = 'head'": (6,),
    "SELECT count(*) FROM core_department WHERE parent_id IS NOT NULL": (9,),
    "SELECT count(*) FROM core_account a JOIN core_employee e ON e.user_id = a.user_id JOIN core_employee_role r ON r.employee_id = e.id "
    "JOIN core_role p ON p.id = r.role_id WHERE p.preset = 'salesperson' AND a.password_due": (35,),
    "SELECT currency FROM core_company": ("USD",),
}
STATE = "SELECT {columns} FROM {table} ORDER BY id"
TABLES = {
    "sales_opportunity": "external_number, owner_id, customer_id, amount, state, version",
    "sales_opportunity_line": "opportunity_id, product_id, amount, version",
    "customers_customer": "code, owner_id, parent_id, version",
    "catalog_product": "code, list_price, version",
    "core_employee": "number, department_id, superior_id, version",
}


def run(url: str, data: Path, *arguments: str) -> tuple[float, float, float]:
    """Run the program; seconds by the clock, of the processor, and megabytes at most."""
    environment = {**os.environ, "KEGUAN_DATA": str(data), "KEGUAN_DATABASE_URL": url}
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, str(ROOT / "app.py"), *arguments], env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"app.py {arguments[0]} ended with code {process.returncode}"
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def check(store: Store, folder: Path) -> str:
    """Import into an empty deployment and look, then once more for the same; how long it took and how much memory."""
    url = store.fresh("business")
    run(url, folder / "data", "init")
    wall, cpu, megabytes = run(url, folder / "data", "company", "import", str(PLAN), str(DATA))
    took = f"{url.partition(':')[0]}: {wall:.1f} s by the clock, processor {cpu:.1f} s, {megabytes:.0f} MB"
    engine = create_engine(url)
    with engine.connect() as connection:
        for statement, wanted in EXPECTED.items():
            found = tuple(connection.execute(text(statement)).one())
            assert tuple(str(value) for value in found) == tuple(str(value) for value in wanted), f"{statement}: {found}, wanted {wanted}"
        before = _state(connection)
    again = run(url, folder / "data", "company", "import", str(PLAN), str(DATA))[0]
    with engine.connect() as connection:
        assert [table for table, rows in _state(connection).items() if rows != before[table]] == []
    took += f"; again {again:.1f} s, nothing changed"
    engine.dispose()
    took += f"; {look_at_owners(url, folder)}"
    assert wall <= SECONDS, f"slower than {SECONDS} s"
    assert megabytes <= MEGABYTES, f"more than {MEGABYTES} MB"
    return took


class Business:
    """What the files themselves say of whose everything is, reckoned without the program."""

    def __init__(self, folder: Path) -> None:
        with (folder / "sales_pipeline.csv").open(encoding="utf-8", newline="") as file:
            self.deals = list(csv.DictReader(file))
        with (folder / "accounts.csv").open(encoding="utf-8", newline="") as file:
            self.accounts = {row["account"] for row in csv.DictReader(file)}
        self.agents = sorted({deal["sales_agent"] for deal in self.deals})

    def owners(self) -> dict[str, str]:
        """Account to the agent whose won deals with it are worth most."""
        worth: dict[str, Counter[str]] = defaultdict(Counter)
        for deal in self.deals:
            if deal["deal_stage"] == "Won" and deal["account"]:
                worth[deal["account"]][deal["sales_agent"]] += int(deal["close_value"])
        return {account: max(agents, key=lambda agent: agents[agent]) for account, agents in worth.items()}

    def of(self, agent: str) -> set[tuple[str, str | None]]:
        """Numbers of the deals of an agent, with the accounts that they name."""
        return {(deal["opportunity_id"], deal["account"] or None) for deal in self.deals if deal["sales_agent"] == agent}


def look_at_owners(url: str, folder: Path) -> str:
    """Each account is its best agent's; each agent sees all of the own deals, whoever follows their account, and no account but the own."""
    business = Business(DATA)
    owners = business.owners()
    assert owners.keys() == business.accounts, "an account of which nobody has won anything has no owner in the files"
    keguan = create_core(Settings(data=folder / "data", database_url=url))
    move_in(keguan)
    with acting_as(System("business check")):
        session = keguan.database.session()
        stored = select(Customer.code, Employee.name).join(Employee, Employee.id == Customer.owner_id)
        assert {one.code: one.name for one in session.execute(stored)} == owners
        people = {
            one.name: (one.user_id, one.company_id) for one in session.scalars(select(Employee).where(Employee.name.in_(business.agents)))
        }
    keguan.database.release()
    strange = 0
    for agent in business.agents:
        own = {account for account, owner in owners.items() if owner == agent}
        with acting_as(resolve_actor(keguan.database.identity(), *people[agent])):
            session = keguan.database.session()
            deals = {(number, name) for number, name in session.execute(select(Opportunity.external_number, Opportunity.customer_name))}
            assert deals == business.of(agent), agent
            assert set(session.scalars(select(Customer.code))) == own, agent
        keguan.database.release()
        strange += len({account for _, account in deals if account} - own)
    keguan.database.engine.dispose()
    assert strange > len(owners), "hardly anybody has a deal with an account of somebody else"
    return f"{len(owners)} accounts with their best of {len(people)} agents, who have deals with {strange} accounts of others"


def _state(connection: Connection) -> dict[str, Sequence[Any]]:
    """What the import has written, by table."""
    return {table: connection.execute(text(STATE.format(columns=what, table=table))).all() for table, what in TABLES.items()}


def main() -> int:
    """Both databases, or those that are asked for."""
    if not DATA.is_dir():
        print(f"The real data are missing: {DATA}", file=sys.stderr)
        return 1
    for kind in sys.argv[1:] or ("sqlite", "postgres"):
        with tempfile.TemporaryDirectory(prefix="keguan-business-") as name:
            store: Store = Server() if kind == "postgres" else Files(Path(name))
            try:
                print(check(store, Path(name)))
            finally:
                store.drop()
    print("business-check: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
