"""Somebody who tries everything that could bring a business record before an administrator, and the one who looks (R-053, R-370)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select

from core.access.administration import appoint_leader, employ, set_roles
from core.access.administration.staff_files import write_staff
from core.access.guard import as_system
from core.access.models import EmployeeRole, Grant, Role
from core.access.roles import change_role, create_role, give_role, set_grants, take_role
from core.approvals import operations as do
from core.approvals.chains import chain_of, kind_called
from core.approvals.models import ApprovalCase, CaseState
from core.approvals.queries import waiting_for
from core.extension.approving import Asked, Step, Who
from core.extension.exchange import ConvertedRow
from core.extension.installed import stored_classes
from core.kernel.acting import Scope, System, acting_as
from core.kernel.clock import today
from core.kernel.errors import BadInput, KeguanError
from core.kernel.words import Message
from core.organisation.models import Department, Duty, Employee
from core.switchboard.actors import resolve_actor
from core.testing.world import World
from plugins.contracts.models import Contract

KIND, FILLER, PASSWORD = "contracts.signing", "sales.east1", "plain-sailing-2468"
ABOVE_FILLER = ("east", "sales", "hq")
GIVING = {
    *(("core.role", verb) for verb in ("create", "update")),
    *(("core.employee", verb) for verb in ("create", "update", "import")),
    ("core.access_application", "grant"),
    ("core.approval_chain", "update"),
}
SYSTEM = {("core.module", "update"), ("core.parameter", "update"), ("core.department", "update"), ("core.backup", "ask")}


def powers(world: World) -> dict[int, set[str]]:
    """Powers by account, by what the tables say: written down here again, so that the product is not asked about itself."""
    found: dict[int, set[str]] = defaultdict(set)
    with acting_as(System("separation in tests")):
        session = world.keguan.database.session()
        for user, resource, verb in session.execute(_held()):
            if not resource.startswith("core.") or resource == "core.privacy":
                found[user].add("business")
            elif (resource, verb) in GIVING:
                found[user].add("grant")
            elif resource == "core.audit":
                found[user].add("audit")
            elif (resource, verb) in SYSTEM:
                found[user].add("system")
        session.rollback()
    return found


def _held() -> Any:
    return (
        select(Employee.user_id, Grant.resource, Grant.verb)
        .join(EmployeeRole, EmployeeRole.employee_id == Employee.id)
        .join(Role, Role.id == EmployeeRole.role_id)
        .join(Grant, Grant.role_id == Role.id)
        .where(Role.active)
    )


def business_models(world: World) -> list[Any]:
    """Classes of plugins whose records belong to somebody, or are part of such, and of which there are any."""
    plugins = [model for model in stored_classes() if not model.__tablename__.startswith("core_")]
    owned = [model for model in plugins if model.__scope__ in ("owned", "child")]
    with acting_as(System("separation in tests")):
        session = world.keguan.database.session()
        found = [model for model in owned if session.scalar(select(func.count()).select_from(model))]
        session.rollback()
    return found


def read_by(world: World, user: int, models: list[Any]) -> dict[str, int]:
    """How many business records the account reads in all companies in which it works, by table: asked as that person."""
    found: dict[str, int] = defaultdict(int)
    session = world.keguan.database.session()
    with acting_as(System("separation in tests")):
        companies = list(session.scalars(select(Employee.company_id).where(Employee.user_id == user)))
        actors = [one for company in companies if (one := resolve_actor(session, user, company)) is not None]
    for actor in actors:
        with acting_as(actor):
            for model in models:
                found[model.__tablename__] += session.scalar(select(func.count()).select_from(model)) or 0
    session.rollback()
    return {table: count for table, count in found.items() if count}


class Walk:
    """Tries verbs at random: on roles, chains, stand-ins, leaders, applications, people and files."""

    def __init__(self, world: World, seed: int, contract: int) -> None:
        self.world, self.random, self.contract = world, Random(seed), contract
        self.newcomers, self.administrators = 0, [world.employees[account].id for account in ("admin", "security", "auditor")]
        with world.use_case("security") as session:
            self.empty = create_role(session, world.keguan.registry, "评审小组", None).id
        with world.reading("security") as session:
            self.roles = list(session.scalars(select(Role.id)))
            lasting = [f"{one}_administrator" for one in ("system", "security", "audit")]
            self.others = list(session.scalars(select(Role.id).where(Role.preset.not_in(lasting) | Role.preset.is_(None))))
            self.presets = [str(one) for one in session.scalars(select(Role.preset)) if one]
            self.people = list(session.scalars(select(Employee.id)))
            self.names = dict(session.execute(select(Employee.id, Employee.name)).all())
            self.places = list(session.scalars(select(Department.id)))
        self.rights = [(name, verb) for name, one in world.keguan.registry.resources.items() for verb in one.verbs]
        self._set("core.access", [Asked(Who.PERSON, employee_id=world.employees["leader"].id)])

    def step(self) -> str:
        """One verb; its name and how it came out."""
        on_roles = (self.give, self.give, self.take, self.roles_set, self.right, self.right, self.switch)
        around = (*(self.chain, self.submit) * 3, self.delegate, self.appoint, self.appoint, self.access, self.employ, self.bring_in)
        verb: Callable[[], None] = self.random.choice((*on_roles, *around))
        try:
            verb()
        except KeguanError as error:
            return f"{verb.__name__}: {type(error).__name__}"
        return f"{verb.__name__}: done"

    def give(self) -> None:
        with self._security() as session:
            role = self.empty if self.random.random() < 0.3 else self._role()
            give_role(session, session.get(Employee, self._person()), session.get(Role, role))

    def take(self) -> None:
        with self._security() as session:
            take_role(session, session.get(Employee, self._colleague()), session.get(Role, self._role()))

    def roles_set(self) -> None:
        with self._security() as session:
            set_roles(session, self._colleague(), self.random.sample(self.roles, self.random.randint(0, 2)))

    def right(self) -> None:
        with self._security() as session:
            role = session.get_one(Role, self._role())
            scope = self.random.choice((Scope.COMPANY, None))
            set_grants(session, self.world.keguan.registry, role.id, role.version, {self.random.choice(self.rights): scope})

    def switch(self) -> None:
        with self._security() as session:
            role = session.get_one(Role, self.random.choice(self.others))
            change_role(session, role.id, role.version, {"active": not role.active})

    def chain(self) -> None:
        """Whoever it may be is asked, by name, by role or by place."""
        person, role = Asked(Who.PERSON, employee_id=self._suspect()), Asked(Who.ROLE, role_id=self._role())
        by_place = (Asked(who) for who in (Who.HEAD, Who.SUPERIOR, Who.IN_CHARGE))
        self._set(KIND, [self.random.choice((person, role, Asked(Who.ROLE, role_id=self.empty), *by_place))])

    def submit(self) -> None:
        """The contract is handed in, again if need be: whoever is asked reads it."""
        with self.world.use_case(FILLER) as session:
            running = select(ApprovalCase.id).where(ApprovalCase.kind == KIND, ApprovalCase.state == CaseState.RUNNING)
            if (case := session.scalar(running)) is not None:
                do.withdraw(session, case)
            with as_system(session, "whatever roles the filler has by now"):
                record = session.get_one(Contract, self.contract)
            do.submit(session, KIND, record)

    def delegate(self) -> None:
        giver = self.random.choice(("head.east", "head.west", "leader", "finance", "contracts", "security", "auditor"))
        first = today() - timedelta(days=self.random.randint(0, 1))
        with self.world.use_case(giver) as session:
            made = do.delegate(session, taker=self._suspect(), first_on=first, last_on=today()).id
        if self.random.random() < 0.5:
            with self.world.use_case(giver) as session:
                do.end_delegation(session, made)

    def appoint(self) -> None:
        with self.world.use_case("admin") as session:
            duty = self.random.choice((Duty.HEAD, Duty.IN_CHARGE))
            place = self.world.departments[f"qiheng/{self.random.choice(ABOVE_FILLER)}"].id
            appoint_leader(session, place, None, employee=self._suspect(), duty=duty)

    def access(self) -> None:
        """Applied for, approved and granted, to whomever it may be."""
        person, role = self._person(), self._role()
        until = today() + timedelta(days=self.random.randint(0, 9))
        values = {"name": self.names[person], "department": self.random.choice(self.places), "role": role, "reason": "核对", "until": until}
        with self.world.use_case(FILLER) as session:
            application = do.apply_for_access(session, values).id
        with self.world.use_case("leader") as session:
            mine = (ApprovalCase.kind == "core.access", ApprovalCase.record_id == application)
            waiting = waiting_for(self.world.actor("leader")).where(*mine)
            do.approve(session, session.scalars(waiting).one().id)
        with self._security() as session:
            do.grant_access(session, application, None, employee=person)

    def employ(self) -> None:
        self.newcomers += 1
        values = {"name": f"新人{self.newcomers}", "department": self.random.choice(self.places), "user_name": f"new{self.newcomers}"}
        with self._security() as session:
            person = employ(session, {**values, "first_password": PASSWORD}).id
            for role in self.random.sample(self.roles, self.random.randint(0, 2)):
                give_role(session, session.get(Employee, person), session.get(Role, role))
        self._joined(person, str(values["name"]))

    def bring_in(self) -> None:
        """A staff file with a role for the newcomer, who heads a department or not."""
        self.newcomers += 1
        name = f"来人{self.newcomers}"
        values = {"name": name, "user_name": f"file{self.newcomers}", "department": "east", "role": self.random.choice(self.presets)}
        with self._security() as session:
            (outcome,) = write_staff(session, [ConvertedRow(2, (name,), values)])
            if outcome.reason is not None:
                raise BadInput(outcome.reason)
            person = session.scalars(select(Employee.id).where(Employee.name == name)).one()
        self._joined(person, name)

    def _set(self, kind: str, asked: list[Asked]) -> None:
        with self._security() as session:
            number = chain_of(session, kind_called(kind)).number
            do.set_chain(session, kind, number, [Step(Message("审批"), (one,)) for one in asked])

    def _joined(self, person: int, name: str) -> None:
        self.people.append(person)
        self.names[person] = name

    def _security(self) -> Any:
        return self.world.use_case("security")

    def _person(self) -> int:
        return self.random.choice(self.people)

    def _colleague(self) -> int:
        """Anybody but the three administrators, who stay what they are: there would soon be nobody to look after."""
        return self.random.choice([one for one in self.people if one not in self.administrators])

    def _suspect(self) -> int:
        """One of the three administrators as often as anybody else."""
        return self.random.choice(self.administrators) if self.random.random() < 0.5 else self._person()

    def _role(self) -> int:
        return self.random.choice(self.roles)
