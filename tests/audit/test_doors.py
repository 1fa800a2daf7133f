"""Doors x verbs: whatever door a change comes by, it leaves its row; the table is printed and has no empty cell (R-445)."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.approvals import operations as do
from core.approvals.chains import chain_of, kind_called
from core.approvals.models import ApprovalCase
from core.audit.models import AuditRow
from core.audit.reconciling import all_strangers
from core.commands import run
from core.extension.approving import Asked, Step, Who
from core.extension.exchange import JobHandler
from core.kernel.acting import System, acting_as
from core.kernel.words import Message
from core.work import handlers
from core.work.import_jobs import request_import
from core.work.jobs import enqueue
from core.work.running import run_due_jobs
from plugins.customers.models import Customer
from plugins.customers.operations import change_customer, create_customer, delete_customer, suspend_customer
from tests.evidence import Evidence
from tests.plugins.conftest import Trade, trade
from tests.world import Browser, Site, World, browser_for, program_for

__all__ = ["trade"]
HEAD = "head.east"
VERBS = ("create", "update", "step", "delete")
Act = Callable[[], None]
Prepared = Callable[[], Act]
OF_CUSTOMERS = ("form", "REST", "verb", "job", "import", "CLI import")
PROFILE = Path("config/profiles/listed-companies.toml")
JOB = "core.test_of_doors"
NEVER: Mapping[tuple[str, str], str] = {
    ("import", "step"): "an import adds records and completes them",
    ("import", "delete"): "an import adds records and completes them",
    ("CLI import", "step"): "the command only imports",
    ("CLI import", "delete"): "the command only imports",
    ("CLI", "delete"): "accounts are closed, never deleted",
    ("approval", "create"): "a decision is about a record that is there",
    ("approval", "delete"): "a decision is about a record that is there",
}
"""Cells that cannot be: why there is no such verb behind the door."""


class Doors:
    """Every door with what it can do: each function makes ready what is needed, and gives what goes through the door."""

    def __init__(self, world: World, site: Site, application: Flask, trade: Trade, folder: Path) -> None:
        self.world, self.site, self.trade, self.folder = world, site, trade, folder
        self.browser, self.program = browser_for(application, world, HEAD), program_for(application, world, HEAD)
        self.number = 0

    def all(self) -> dict[str, dict[str, Prepared]]:
        """Door to verb to what makes it ready."""
        return {
            "form": self._over_http(self._by_form),
            "REST": self._over_http(self._by_rest),
            "verb": {verb: self._bound(self._by_verb, verb) for verb in VERBS},
            "job": {verb: self._bound(self._by_job, verb) for verb in VERBS},
            "import": {"create": lambda: lambda: self._by_import("江苏"), "update": lambda: lambda: self._by_import("浙江")},
            "CLI import": {"create": lambda: lambda: self._by_command("广东"), "update": lambda: lambda: self._by_command("北京")},
            "CLI": {"create": lambda: self._company_added, "update": lambda: self._account_closed, "step": lambda: self._module_off},
            "approval": {"update": self._approving, "step": self._handing_in},
        }

    def _bound(self, by: Callable[[str, Customer | None], None], verb: str) -> Prepared:
        def ready() -> Act:
            one = None if verb == "create" else self._one()
            return lambda: by(verb, one)

        return ready

    def _over_http(self, by: Callable[[str, Customer | None], int]) -> dict[str, Prepared]:
        def asked(verb: str, one: Customer | None) -> None:
            status = by(verb, one)
            assert status in (200, 201, 303), f"{by.__name__} {verb}: {status}"

        return {verb: self._bound(asked, verb) for verb in VERBS}

    def _one(self) -> Customer:
        return self.trade.customer()

    def _name(self) -> str:
        self.number += 1
        return f"苏州门{self.number}精密机械有限公司"

    def _by_form(self, verb: str, one: Customer | None) -> int:
        if one is None:
            return self.browser.post("/customers/add", data={"name": self._name()}).status_code
        end, values = {"update": ("edit", {"city": "苏州"}), "step": ("suspend", {"reason": "暂停合作"}), "delete": ("delete", {})}[verb]
        return self.browser.post(f"/customers/{one.id}/{end}", data={"version": str(one.version), **values}).status_code

    def _by_rest(self, verb: str, one: Customer | None) -> int:
        program: Browser = self.program
        if one is None:
            return program.post("/api/v1/customers/", json={"name": self._name()}).status_code
        path = f"/api/v1/customers/{one.id}"
        if verb == "update":
            return program.put(path, json={"version": one.version, "city": "苏州"}).status_code
        if verb == "delete":
            return program.delete(path).status_code
        return program.post(f"{path}/suspend", json={"version": one.version, "reason": "暂停合作"}).status_code

    def _by_verb(self, verb: str, one: Customer | None) -> None:
        with self.world.use_case(HEAD) as session:
            perform(session, verb, one.id if one else 0, self._name())

    def _by_job(self, verb: str, one: Customer | None) -> None:
        with self.world.use_case(HEAD) as session:
            enqueue(session, JOB, {"verb": verb, "id": one.id if one else 0, "name": self._name()})
        self._work()

    def _work(self) -> None:
        run_due_jobs(self.world.keguan.database, self.world.keguan.registry)

    def _by_import(self, region: str) -> None:
        rows = f"ts_code,name,area\n9.SZ,门窗股份,{region}\n".encode()
        who = System("import", self.world.companies["qiheng"].id)
        with acting_as(who), self.world.keguan.database.transaction() as session:
            request_import(session, "doors.csv", io.BytesIO(rows), PROFILE.read_text("utf-8"))
        self._work()

    def _by_command(self, region: str) -> None:
        file = self.folder / "doors.csv"
        file.write_text(f"ts_code,name,area\n8.SZ,命令股份,{region}\n", encoding="utf-8")
        self._command("import", str(file), "--profile", str(PROFILE))

    def _command(self, *arguments: str) -> None:
        assert run(self.site.settings, list(arguments)) == 0, arguments
        self.site.present = ""

    def _company_added(self) -> None:
        self._command("company", "add", "acme", "Acme")

    def _account_closed(self) -> None:
        self._command("user", "close", "sales.west1", "--yes")

    def _module_off(self) -> None:
        self._command("plugins", "disable", "billing", "--company", "qiheng", "--yes")

    def _handing_in(self) -> Act:
        with self.world.use_case("security") as session:
            chain = chain_of(session, kind_called("customers.review"))
            do.set_chain(session, "customers.review", chain.number, [Step(Message("审核"), (Asked(Who.IN_CHARGE),))])

        def hand_in() -> None:
            self.trade.entered()

        return hand_in

    def _approving(self) -> Act:
        self._handing_in()()
        with acting_as(System("tests")), Session(self.world.keguan.database.engine) as session:
            case = session.scalars(select(ApprovalCase.id).order_by(ApprovalCase.id.desc()).limit(1)).one()
        return lambda: self._approve(case)

    def _approve(self, case: int) -> None:
        with self.world.use_case("leader") as session:
            do.approve(session, case)


def perform(session: Any, verb: str, record_id: int, name: str) -> None:
    """One verb of customers."""
    if verb == "create":
        create_customer(session, {"name": name})
    elif verb == "update":
        change_customer(session, record_id, None, {"city": "无锡"})
    elif verb == "delete":
        delete_customer(session, record_id, None)
    else:
        suspend_customer(session, record_id, None, reason="暂停合作")


def rows(world: World, door: str) -> int:
    """How long the trail is, of customers alone where the door changes them."""
    asked = select(func.count()).select_from(AuditRow).where(AuditRow.action != "refused")
    if door in OF_CUSTOMERS:
        asked = asked.where(AuditRow.table_name == Customer.__tablename__)
    with acting_as(System("tests")), Session(world.keguan.database.engine) as session:
        return int(session.scalar(asked) or 0)


@pytest.mark.requirement("R-445")
@pytest.mark.evidence("trail-doors-{database_kind}")
def test_every_door_leaves_its_row_for_every_verb(
    world: World,
    site: Site,
    trade: Trade,
    application: Flask,
    database_kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Afterwards the records are what the trail says of them."""
    work = JobHandler(
        JOB, lambda session, task: perform(session, task.payload["verb"], task.payload["id"], task.payload["name"]), Message("x")
    )
    monkeypatch.setattr(handlers, "_above", [*handlers._above, work])
    evidence = Evidence(f"trail-doors-{database_kind}", shares=False)
    table = []
    for door, verbs in Doors(world, site, application, trade, tmp_path).all().items():
        for verb in VERBS:
            ready, why = verbs.get(verb), NEVER.get((door, verb))
            assert (ready is None) == (why is not None), f"{door} {verb}: the cell is empty"
            if ready is None:
                table.append(f"{door:10} {verb:8} –: {why}")
                continue
            act = ready()
            before = rows(world, door)
            act()
            more = rows(world, door) - before
            table.append(f"{door:10} {verb:8} {more} rows")
            evidence.positive(f"{door} {verb}: {more} rows") if more > 0 else evidence.failed(f"{door} {verb}", "left no row")
    with acting_as(System("tests")), Session(world.keguan.database.engine) as session:
        found = all_strangers(session)
    evidence.positive("records are what the trail says") if not found else evidence.failed("records", str(found))
    with capsys.disabled():
        print("\n" + "\n".join(table))
    evidence.close()
