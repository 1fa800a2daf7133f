"""The declared world as a database: people, rights, and one record of every stored class of every plugin for each slot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from flask_appbuilder.models.sqla import Model
from sqlalchemy import Boolean, Connection, Date, String, UniqueConstraint, select
from sqlalchemy.orm import Session

from core.access.identities import add_user, hash_password
from core.access.models import EmployeeRole, Role, Share, ShareMode
from core.access.roles import create_role, preset_grants, scopes_of, set_grants
from core.database.fields import Field
from core.database.records import Record
from core.database.sessions import Database
from core.database.types import Chosen, Fen, Moment, Quantity
from core.extension.calling import registry
from core.extension.registry import Registry
from core.kernel.acting import Scope, System, acting_as
from core.kernel.clock import now, today
from core.kernel.words import Message
from core.operations.companies import found, preset_roles
from core.organisation.models import Company, Department, Duty, Employee
from core.organisation.operations import add_department, appoint, hire, record_leaving
from core.web.house import Keguan
from core.work.attachments import attach
from core.work.models import Attachment, Notice
from tests.isolation.canaries import Canaries
from tests.isolation.declared import EXTRA_ROLES, ONE, PEOPLE, PLACES, SLOTS, TWO, Person, Slot
from tests.isolation.reference import Reference, Thing

METHOD = "scrypt:1024:8:1"
PASSWORD = "quiet-harbour-1357"
PRESET: dict[str, Mapping[str, Any]] = {
    # States in which most verbs can be reached; everything else follows from the declarations of the fields.
    "customers_customer": {"review": "approved", "state": "negotiating", "credit_code": None},
    "service_handling": {"verb": "take_over"},
}
WAITING: Mapping[str, Mapping[str, Any]] = PRESET | {"customers_customer": {"review": "pending", "state": "pending", "credit_code": None}}
WAITING_SLOTS = frozenset({"east2", "south1", "sales2"})


@dataclass
class House:
    """The built world: what was declared, where it lies in the database, and which canary is whose."""

    reference: Reference
    canaries: Canaries = field(default_factory=Canaries)
    things: dict[str, Thing] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    models: dict[str, type[Record]] = field(default_factory=dict)
    _seen: dict[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)

    def of(self, table: str) -> list[Thing]:
        """The things of one table in the order of their making."""
        return [thing for thing in self.things.values() if thing.table == table]

    def seen(self, who: Person | None, table: str = "", verb: str = "read") -> frozenset[str]:
        """Keys of what ``who`` reaches, by the reference model alone."""
        key = (who.key if who else "", table, verb)
        if key not in self._seen:
            things = [thing for thing in self.things.values() if not table or thing.table == table]
            self._seen[key] = frozenset(thing.key for thing in things if self.reference.sees(who, thing, verb))
        return self._seen[key]

    def leaked(self, who: Person | None, text: str) -> set[tuple[str, str]]:
        """(record, field) of every canary in ``text`` that ``who`` may not see."""
        allowed = self.seen(who) | self._elsewhere(who)
        return {one for one in self.canaries.found(text) if one[0] not in allowed}

    def _elsewhere(self, who: Person | None) -> frozenset[str]:
        """A user of several companies is told the names of all of them, and his or her own name in each, to choose from."""
        homes = [one for one in PEOPLE if who is not None and one.account == who.account and not one.gone]
        return frozenset(key for one in homes for key in (f"core_company:{one.slug}", f"core_employee:{one.key}"))


def build(keguan: Keguan, database: Database) -> House:
    """Make the tables and the declared world in an empty database."""
    Model.metadata.create_all(database.engine)
    house = House(Reference({**preset_grants(keguan.registry), **extra_grants(keguan.registry)}))
    with acting_as(System("world of the isolation tests")), database.transaction() as session:
        _Builder(session, keguan.registry, house).build()
    database.release()
    return house


def extra_grants(registry: Registry) -> dict[str, dict[str, Mapping[str, Scope]]]:
    """What the roles beside the presets give, in the form of the presets: what a company shares as a whole knows no narrower scope."""
    resources = [one for one in registry.resources.values() if not one.name.startswith("core.")]
    return {
        role: {
            one.name: {verb: scope if len(scopes_of(one.name, verb)) > 1 else Scope.COMPANY for verb in verbs if verb in one.verbs}
            for one in resources
        }
        for role, (scope, verbs) in EXTRA_ROLES.items()
    }


class _Builder:
    def __init__(self, session: Session, registry: Registry, house: House) -> None:
        self.session, self.registry, self.house = session, registry, house
        self.companies: dict[str, Company] = {}
        self.departments: dict[tuple[str, str], Department] = {}
        self.employees: dict[str, Employee] = {}
        self.roles: dict[str, dict[str, Role]] = {}
        self.hash = hash_password(PASSWORD, METHOD)

    def build(self) -> None:
        for slug in (ONE, TWO):
            self._company(slug)
        for person in PEOPLE:
            self._person(person)
        for model in self._models():
            for slot in SLOTS:
                self._record(model, slot)
        self.session.flush()

    def _canary(self, key: str, name: str, declared: Field | None = None) -> str | None:
        text = self.house.canaries.mint(key, name, declared)
        if text is not None:
            self.house.texts.setdefault(key, {})[name] = text
        return text

    def _note(self, thing: Thing, record: Any) -> None:
        self.house.things[thing.key] = thing
        self.house.ids[thing.key] = record.id

    def _company(self, slug: str) -> None:
        key = f"core_company:{slug}"
        company = found(self.session, self.registry, slug, str(self._canary(key, "name")))
        self.companies[slug] = company
        self._note(Thing(key, "core_company", "", "company", slug), company)
        top = self.session.scalars(select(Department).where(Department.company_id == company.id)).one()
        self._department(slug, "hq", top)
        for code, above in PLACES[slug].items():
            name = str(self._canary(f"core_department:{slug}/{code}", "name"))
            self._department(slug, code, add_department(self.session, company.id, code, name, self.departments[slug, above]))
        role = self.session.scalars(select(Role).where(Role.company_id == company.id).order_by(Role.id)).first()
        self._note(Thing(f"core_role:{slug}", "core_role", "core.role", "company", slug), role)
        self.roles[slug] = preset_roles(self.session, company.id) | self._extra_roles(company)

    def _extra_roles(self, company: Company) -> dict[str, Role]:
        """As the platform gives them: no company may give a right over all companies."""
        made = {}
        with acting_as(System("world of the isolation tests", company.id)):
            for key, resources in extra_grants(self.registry).items():
                made[key] = role = create_role(self.session, self.registry, key)
                wanted = {(resource, verb): scope for resource, verbs in resources.items() for verb, scope in verbs.items()}
                set_grants(self.session, self.registry, role.id, role.version, wanted)
        return made

    def _department(self, slug: str, code: str, department: Department) -> None:
        self.departments[slug, code] = department
        self._note(Thing(f"core_department:{slug}/{code}", "core_department", "core.department", "company", slug), department)

    def _person(self, person: Person) -> None:
        key = f"core_employee:{person.key}"
        name = str(self._canary(key, "name"))
        user_id = self._user(person, name)
        home = self.departments[person.slug, person.department]
        position = str(self._canary(key, "position"))
        employee = hire(self.session, home, user_id=user_id, number=f"N{len(self.employees):03}", name=name, position=position)
        self.employees[person.key] = employee
        self._note(Thing(key, "core_employee", "core.employee", "company", person.slug), employee)
        for role in person.roles:
            link = EmployeeRole(company_id=employee.company_id, employee_id=employee.id, role_id=self.roles[person.slug][role].id)
            self.session.add(link)
        for code in person.charge:
            appoint(self.session, employee, self.departments[person.slug, code], Duty.IN_CHARGE)
        if person.gone:
            record_leaving(self.session, employee, today() - timedelta(days=1))
        self._notice(person, employee)

    def _user(self, person: Person, name: str) -> int:
        if person.account not in self.house.users:
            user = add_user(self.session, person.account, name, self.hash)
            user.active = not person.closed
            self.house.users[person.account] = user.id
        return self.house.users[person.account]

    def _notice(self, person: Person, employee: Employee) -> None:
        key = f"core_notice:{person.key}"
        notice = Notice(company_id=employee.company_id, employee_id=employee.id, message=Message(str(self._canary(key, "message"))))
        self.session.add(notice)
        self.session.flush()
        self._note(Thing(key, "core_notice", "", "private", person.slug, owner=person.account), notice)

    def _models(self) -> list[type[Record]]:
        """Stored classes of the plugins, referenced ones first."""
        classes = {model.__tablename__: model for name in self.registry.names for model in self.registry.models[name]}
        self.house.models = {
            **classes,
            "core_employee": Employee,
            "core_department": Department,
            "core_role": Role,
            "core_notice": Notice,
            "core_attachment": Attachment,
        }
        return [classes[table.name] for table in Model.metadata.sorted_tables if table.name in classes]

    def _record(self, model: Any, slot: Slot) -> None:
        thing = self._thing(model, slot)
        values = self._values(model, slot, thing)
        record = model(company_id=self.companies[slot.slug].id, **values)
        self.session.add(record)
        self.session.flush()
        self._note(thing, record)
        self.house.values[thing.key] = {
            name: getattr(record, f"{name}_id" if one.kind == "reference" else name) for name, one in model.fields().items()
        }
        for share in thing.shares:
            self._share(thing, record, share)
        if thing.resource:
            self._file(thing, record)

    def _file(self, of: Thing, record: Any) -> None:
        """A file with a canary in its name and one in its content."""
        key = f"core_attachment:{of.key}"
        content = f"{self._canary(key, 'content')}\n".encode()
        stored = attach(self.session, record, f"{self._canary(key, 'name')}.txt", BytesIO(content))
        self._note(Thing(key, "core_attachment", "", "child", of.slug, of.slot, parent=of), stored)

    def _thing(self, model: Any, slot: Slot) -> Thing:
        table = model.__tablename__
        # What a record is follows from what it says of itself, not from its declared scope: that may be what is wrong.
        kind = "child" if getattr(model, "__parent__", "") else "owned" if "owner" in model.fields() else "company"
        department = slot.department or self._owner(slot)[0].department
        parent = None
        if kind == "child":
            parent = self.house.things[f"{model.fields()[model.__parent__].target}:{slot.name}"]
        shares = slot.shares if kind == "owned" and model.__resource__ else ()
        return Thing(f"{table}:{slot.name}", table, model.__resource__, kind, slot.slug, slot.name, slot.owner, department, parent, shares)

    def _owner(self, slot: Slot) -> tuple[Person, Employee]:
        key = f"{slot.owner}@{slot.slug}"
        return next(one for one in PEOPLE if one.key == key), self.employees[key]

    def _values(self, model: Any, slot: Slot, thing: Thing) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, declared in model.fields().items():
            if declared.kind == "reference":
                values[f"{name}_id"] = self._reference(model, slot, thing, name, declared)
            elif not hasattr(declared.default, "value") and declared.kind != "flag":
                values[name] = self._value(thing.key, name, declared)
        for column in model.__table__.columns:
            if (
                "field" not in column.info
                and not column.nullable
                and column.default is None
                and not column.primary_key
                and column.key != "company_id"
            ):
                values[column.key] = undeclared(column.type, len(self.house.ids))
        return values | dict((WAITING if slot.name in WAITING_SLOTS else PRESET).get(model.__tablename__, {}))

    def _value(self, key: str, name: str, declared: Field) -> Any:
        number = len(self.house.texts)
        typed = {
            "integer": 3,
            "quantity": Decimal(2),
            "money": Decimal(1_000_003 + 7 * number),
            "date": today() + timedelta(days=30),
            "moment": now() - timedelta(days=1),
        }
        if declared.kind == "choice":
            return next(iter(declared.choices or ()), None)
        if declared.kind == "code" and not registry().code_lists[declared.code_list].open:
            return registry().code_lists[declared.code_list].entries[0][0]
        return typed[declared.kind] if declared.kind in typed else self._canary(key, name, declared)

    def _reference(self, model: Any, slot: Slot, thing: Thing, name: str, declared: Field) -> int | None:
        if declared.target == "core_department":
            return self.departments[slot.slug, thing.department].id
        if declared.target == "core_employee":
            return self._owner(slot)[1].id
        linked = slot.links if slot.links and model.__scope__ == "owned" and not _once(model, f"{name}_id") else slot.name
        return self.house.ids.get(f"{declared.target}:{linked}")

    def _share(self, thing: Thing, record: Any, share: Any) -> None:
        employee = self.employees[f"{share.account}@{thing.slug}"]
        until = now() + timedelta(days=9) if share.live else now() - timedelta(minutes=1)
        mode = ShareMode.WRITE if share.writes else ShareMode.READ
        row = Share(
            company_id=record.company_id, resource=thing.resource, record_id=record.id, employee_id=employee.id, mode=mode, until=until
        )
        self.session.add(row)
        self.session.flush()


def _once(model: Any, column: str) -> bool:
    """Whether no two records may have the same value in ``column``, such as the project of a proposal."""
    uniques = (one for one in model.__table__.constraints if isinstance(one, UniqueConstraint))
    return any({part.key for part in one.columns} == {"company_id", column} for one in uniques)


def undeclared(kind: Any, number: int) -> Any:
    """A value of a column that no field declares: bookkeeping of the plugin, another one for each ``number``."""
    if isinstance(kind, String):  # long texts too
        return f"-{number}"[: kind.length or 40]
    by_kind = {Boolean: False, Date: today(), Moment: now(), Fen: Decimal(number), Quantity: Decimal(number)}
    if isinstance(kind, Chosen):
        return next(iter(kind.choices))
    return next((value for one, value in by_kind.items() if isinstance(kind, one)), number)


@contextmanager
def unwritten(database: Database) -> Iterator[None]:
    """Everything inside, whoever commits it, happens in one transaction that is rolled back at the end.

    Sessions join it by savepoints, and blocks may be nested: the inner one takes back what was done in it.
    """
    engine: Any = database.engine
    if isinstance(engine, Connection):
        with _taken_back(database, engine.begin_nested()):
            yield
        return
    factories = (database.session.session_factory, database.identity.session_factory, database.questions)
    binds = [factory.kw["bind"] for factory in factories]
    database.release()
    with engine.connect() as connection:
        outer = connection.begin()
        _bind(database, connection, factories, [connection] * len(factories), "create_savepoint")
        try:
            with _taken_back(database, outer):
                yield
        finally:
            _bind(database, engine, factories, binds, "conditional_savepoint")


def _bind(database: Database, engine: Any, factories: Sequence[Any], binds: Sequence[Any], mode: str) -> None:
    database.engine = engine
    for factory, bind in zip(factories, binds, strict=True):
        factory.configure(bind=bind, join_transaction_mode=mode)


@contextmanager
def _taken_back(database: Database, transaction: Any) -> Iterator[None]:
    try:
        yield
    finally:
        database.release()
        transaction.rollback()
