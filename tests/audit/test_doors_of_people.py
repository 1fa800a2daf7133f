"""Doors x what is done between people: handing over, sharing, roles, access; each leaves its row, no cell is empty (R-445)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.administration import hand_over_everything, undo_handover
from core.access.administration.employees import set_roles
from core.access.models import EmployeeRole, Role, Share
from core.approvals import operations as do
from core.approvals.chains import chain_of, kind_called
from core.approvals.models import AccessApplication, ApplicationState, ApprovalCase
from core.audit.models import AuditRow
from core.audit.reconciling import all_strangers
from core.commands import run
from core.extension.approving import Asked, Step, Who
from core.extension.exchange import JobHandler
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from core.kernel.words import Message
from core.organisation.models import Employee, Handover
from core.work import handlers
from core.work.jobs import enqueue
from core.work.running import run_due_jobs
from plugins.customers.models import Customer
from plugins.customers.operations import hand_over_customer, share_customer, unshare_customer
from tests.evidence import Evidence
from tests.plugins.conftest import Trade, trade
from tests.world import Browser, Site, World, browser_for, program_for

__all__ = ["trade"]
GIVER, TAKER, HEAD, SECURITY = "sales.east1", "sales.east2", "head.east", "security"
JOB = "core.test_of_doors_of_people"
Given = dict[str, Any]
VERBS: Mapping[str, tuple[str, type[Any]]] = {
    "hand over": (HEAD, Customer),
    "hand over all": (SECURITY, Customer),
    "undo": (SECURITY, Customer),
    "share": (HEAD, Share),
    "unshare": (HEAD, Share),
    "give role": (SECURITY, EmployeeRole),
    "take role": (SECURITY, EmployeeRole),
    "apply": (GIVER, AccessApplication),
    "grant": (SECURITY, EmployeeRole),
    "revoke": (SECURITY, EmployeeRole),
}
"""What is done: by whom, and the class whose records must have a row by it."""
OF_CUSTOMERS = ("hand over", "share", "unshare")
IMPORTED = "an import adds records of a noun and completes them"
NO_REST = "REST serves nouns and their verbs; this is a page of the administration"
NO_COMMAND = "there is no such command"
DECIDED = "a decision is about a document that was handed in"
NEVER: Mapping[tuple[str, str], str] = {
    **{(door, verb): IMPORTED for door in ("import", "CLI import") for verb in VERBS},
    **{("REST", verb): NO_REST for verb in VERBS if verb not in OF_CUSTOMERS},
    **{("CLI", verb): NO_COMMAND for verb in VERBS if verb != "hand over all"},
    **{("approval", verb): DECIDED for verb in VERBS if verb != "apply"},
}
DOORS = ("form", "REST", "verb", "job", "import", "CLI import", "approval", "CLI")  # the command last: somebody leaves by it


class Doors:
    """Every verb made ready, then done through the door that is asked for."""

    def __init__(self, world: World, site: Site, application: Flask, trade: Trade) -> None:
        self.world, self.site, self.application, self.trade = world, site, application, trade
        with world.use_case(SECURITY) as session:
            chain = chain_of(session, kind_called("core.access"))
            do.set_chain(session, "core.access", chain.number, [Step(Message("审批"), (Asked(Who.HEAD),))])

    def ready(self, verb: str) -> Given:
        """What the verb needs: values as it takes them, and the id that it is about."""
        giver, taker = self.trade.employee(GIVER), self.trade.employee(TAKER)
        if verb in OF_CUSTOMERS:
            customer = self.trade.customer()
            if verb == "unshare":
                perform(self.world, HEAD, "share", {"id": customer.id, "employee": taker})
            told = {"hand over": {"owner": taker, "reason": "岗位调整"}, "share": {"employee": taker, "mode": "read"}}
            return {"id": customer.id, **told.get(verb, {"employee": taker})}
        if verb in ("hand over all", "undo"):
            self.trade.customer()
            given = {"id": giver, "taker": taker, "reason": "离职"}
            return given if verb != "undo" else {"id": perform(self.world, SECURITY, "hand over all", given).id}
        if verb in ("give role", "take role"):
            return self._roles(verb, taker)
        wanted = {"name": "何暖心", "department": self.world.departments["qiheng/service"].id, "role": self._role("authorised_person")}
        given = {**wanted, "reason": "核对售后合同", "until": today() + timedelta(days=30)}
        return given if verb == "apply" else self._approved(verb, given)

    def _roles(self, verb: str, employee: int) -> Given:
        with self._over_all() as session:
            has = set(session.scalars(select(EmployeeRole.role_id).where(EmployeeRole.employee_id == employee)))
        more = self._role("after_sales")
        both, one = sorted(has | {more}), sorted(has - {more})
        perform(self.world, SECURITY, verb, {"id": employee, "roles": one if verb == "give role" else both})
        return {"id": employee, "roles": both if verb == "give role" else one}

    def _role(self, preset: str) -> int:
        with self._over_all() as session:
            mine = (Role.preset == preset, Role.company_id == self.world.companies["qiheng"].id)
            return session.scalars(select(Role.id).where(*mine)).one()

    def _approved(self, verb: str, given: Given) -> Given:
        with self._over_all() as session:  # else the role would stay by another application
            stands = session.scalars(select(AccessApplication.id).where(AccessApplication.state == ApplicationState.GRANTED)).all()
        for one in stands:
            perform(self.world, SECURITY, "revoke", {"id": one, "reason": "项目结束"})
        application = perform(self.world, GIVER, "apply", given).id
        self.decide()
        granted = {"id": application, "employee": self.trade.employee("service")}
        if verb == "grant":
            return granted
        perform(self.world, SECURITY, "grant", granted)
        return {"id": application, "reason": "项目结束"}

    def decide(self) -> None:
        """Let the head approve the newest application."""
        with self._over_all() as session:
            case = session.scalars(select(ApprovalCase.id).order_by(ApprovalCase.id.desc()).limit(1)).one()
        with self.world.use_case(HEAD) as session:
            do.approve(session, case)

    def _over_all(self) -> Any:
        return Session(self.world.keguan.database.engine)

    def through(self, door: str, verb: str, given: Given) -> None:
        """Do the verb."""
        account = VERBS[verb][0]
        if door == "verb":
            perform(self.world, account, verb, given)
        elif door == "job":
            with self.world.use_case(account) as session:
                enqueue(
                    session, JOB, {"verb": verb, "given": {name: str(value) if name == "until" else value for name, value in given.items()}}
                )
            run_due_jobs(self.world.keguan.database, self.world.keguan.registry)
        elif door == "form":
            self._by_form(browser_for(self.application, self.world, account), verb, given)
        elif door == "REST":
            values = {name: value for name, value in given.items() if name != "id"}
            path = f"/api/v1/customers/{given['id']}/{verb.replace(' ', '_')}"
            answer = program_for(self.application, self.world, account).post(path, json={"version": self._version(given["id"]), **values})
            assert answer.status_code in (200, 201, 204), answer.text
        elif door == "CLI":
            line = ["user", "leave", GIVER, "--company", "qiheng", "--successor", TAKER, "--yes"]
            assert run(self.site.settings, line) == 0
            self.site.present = ""
        else:
            self.decide()

    def _version(self, record_id: int, model: Any = Customer) -> int:
        with self._over_all() as session:
            return int(session.get(model, record_id).version)

    def _by_form(self, browser: Browser, verb: str, given: Given) -> None:
        one = given.get("id", 0)
        values = {name: str(value) for name, value in given.items() if name not in ("id", "roles")}
        if verb in OF_CUSTOMERS:
            path = f"/customers/{one}/{verb.replace(' ', '_')}"
            values["version"] = str(self._version(one))
        elif verb in ("give role", "take role"):
            path, values = f"/employees/{one}/roles", {f"role-{role}": "1" for role in given["roles"]}
        elif verb == "undo":
            path, values["version"] = f"/handovers/{one}/undo", str(self._version(one, Handover))
        elif verb == "hand over all":
            path, values["version"] = f"/handovers/employees/{one}", str(self._version(one, Employee))
        else:
            path = "/access-applications/" + ("" if verb == "apply" else f"{one}/{verb}")
            if verb != "apply":
                values["version"] = str(self._version(one, AccessApplication))
        answer = browser.post(path, data=values)
        assert answer.status_code == 303, (path, answer.status_code, answer.text[:2_000])


def perform(world: World, account: str, verb: str, given: Given) -> Any:
    with world.use_case(account) as session:
        return done(session, verb, given)


def done(session: Any, verb: str, given: Given) -> Any:
    """The verb of the house or of customers."""
    values = {name: value for name, value in given.items() if name != "id"}
    one = given.get("id", 0)
    verbs: Mapping[str, Callable[..., Any]] = {
        "hand over": partial(hand_over_customer, session, one, None),
        "hand over all": partial(hand_over_everything, session, one, None),
        "undo": partial(undo_handover, session, one),
        "share": partial(share_customer, session, one, None),
        "unshare": partial(unshare_customer, session, one, None),
        "give role": lambda roles: set_roles(session, one, roles),
        "take role": lambda roles: set_roles(session, one, roles),
        "apply": lambda **told: do.apply_for_access(session, told | {"until": date.fromisoformat(str(told["until"]))}),
        "grant": partial(do.grant_access, session, one, None),
        "revoke": partial(do.revoke_access, session, one, None),
    }
    return verbs[verb](**values)


def rows(world: World, verb: str) -> int:
    """How many rows tell of changes of the records that the verb changes."""
    asked = select(func.count()).select_from(AuditRow).where(AuditRow.table_name == VERBS[verb][1].__tablename__)
    with acting_as(System("tests")), Session(world.keguan.database.engine) as session:
        return int(session.scalar(asked) or 0)


@pytest.mark.requirement("R-445", "R-165", "R-055")
@pytest.mark.evidence("trail-doors-of-people-{database_kind}")
def test_every_door_leaves_its_row_for_what_is_done_between_people(
    world: World,
    site: Site,
    trade: Trade,
    application: Flask,
    database_kind: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Afterwards the records are what the trail says of them."""
    work = JobHandler(JOB, lambda session, task: done(session, task.payload["verb"], task.payload["given"]), Message("x"))
    monkeypatch.setattr(handlers, "_above", [*handlers._above, work])
    evidence = Evidence(f"trail-doors-of-people-{database_kind}", shares=False)
    doors, table = Doors(world, site, application, trade), []
    for door in DOORS:
        for verb in VERBS:
            if why := NEVER.get((door, verb)):
                table.append(f"{door:10} {verb:13} –: {why}")
                continue
            given = doors.ready(verb)
            if door == "approval":
                perform(world, GIVER, verb, given)
            before = rows(world, verb)
            doors.through(door, verb, given)
            more = rows(world, verb) - before
            table.append(f"{door:10} {verb:13} {more} rows")
            evidence.positive(f"{door} {verb}: {more} rows") if more > 0 else evidence.failed(f"{door} {verb}", "left no row")
    with acting_as(System("tests")), Session(world.keguan.database.engine) as session:
        found = all_strangers(session)
    evidence.positive("records are what the trail says") if not found else evidence.failed("records", str(found))
    with capsys.disabled():
        print("\n" + "\n".join(table))
    evidence.close()
