"""The strict base of every stored class: known scope, known prefix, one class per table, safe constraint names (design 3.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from flask_appbuilder.models.sqla import Model
from sqlalchemy import (
    Constraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Table,
    UniqueConstraint,
    cast,
    func,
    inspect,
    literal,
    select,
)
from sqlalchemy.orm import Mapped, MappedColumn, Mapper, aliased, declared_attr, mapped_column, registry

from core.database.fields import Field, fields_of
from core.database.references import Reference, expand_references
from core.database.types import Identity, Moment
from core.kernel.clock import now
from core.kernel.errors import StartRefused
from core.kernel.words import Message, msg, reads_english

LONGEST_NAME = 63  # bytes, PostgreSQL
LONGEST_CALLED = 60  # letters of a text by which a record is called
UNCALLED = "uncalled"  # noted at a record whose __called_by__ is hidden from whoever looks: its name would tell the value
NAMING = ("title", "name", "subject", "number")  # columns that tell what a record is called, the first that says something

UNTOLD = "untold"
"""``info`` of a column that says nothing of the business, as a mark by which memories are found stale; the trail tells nothing of it."""


def _all_columns(constraint: Constraint, table: Table) -> str:
    columns = "_".join(column.name for column in constraint.columns)  # type: ignore[attr-defined]
    room = LONGEST_NAME - len(table.name) - 4
    if len(columns) <= room:
        return columns
    return columns[: room - 9] + "_" + hashlib.sha256(columns.encode()).hexdigest()[:8]


# Named before FAB's own models are imported, else SQLite's batch mode can never drop their constraints.
Model.metadata.naming_convention = {
    "columns": _all_columns,
    "ix": "ix_%(table_name)s_%(columns)s",
    "uq": "uq_%(table_name)s_%(columns)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(columns)s",
    "pk": "pk_%(table_name)s",
}

SCOPES = ("global", "company", "owned", "child")


@dataclass(frozen=True)
class PersonWhen:
    """The rows of a class that are a natural person: those whose fields have the values of ``where``. Then ``fields`` belong to the person
    too, beside those that are personal in every row; the one by which the record is called is among them (R-445). A column without a
    declaration, such as a key made of the name, follows the fields by itself."""

    where: Mapping[str, Any]
    fields: frozenset[str]


@dataclass(frozen=True)
class AboutPerson:
    """Which ``fields`` of a class belong to whoever the reference ``through`` leads to, where that is a natural person: the address of a
    visit, the buyer on an invoice. They are erased with the person, unless a law keeps them (``crm_kept_by_law``), and the trail keeps no
    more than a commitment to them (R-462)."""

    through: str
    fields: frozenset[str]


class Record(Model):
    """A stored class. Derive from one of the four below, never from this: an undeclared scope stops the start."""

    __abstract__ = True
    __allow_unmapped__ = True
    # FAB's classes find each other by bare names (Role, ApiKey …): ours keep a registry of names of their own.
    _sa_registry = registry(metadata=Model.metadata, class_registry={})

    __scope__: ClassVar[str] = ""
    __resource__: ClassVar[str] = ""  # what rights are given on, e.g. "customers.customer"; empty for parts and bookkeeping
    __audited__: ClassVar[bool] = True
    __bookkeeping__: ClassVar[bool] = False  # written by the house itself, so the record guard asks no right
    __private_to__: ClassVar[str] = ""  # column with the only employee who sees the row, but for who may read the resource
    __shared_by__: ClassVar[tuple[str, ...]] = ()  # columns with the department and the role to whom a private row is shown as well
    __sealed__: ClassVar[bool] = False  # no statement of an employee reads it: the house hands it out after a check of its own
    __counted__: ClassVar[bool] = False  # how many different ones a person sees in a day is counted and limited
    __append_only__: ClassVar[bool] = False  # a row that is written stays as it is, whoever acts
    __told_with__: ClassVar[str] = ""  # reference that is told behind the name, where the name says little alone
    __called_by__: ClassVar[str] = ""  # field, of text or a reference, that says what a record is called where no column of NAMING does
    __english__: ClassVar[str] = ""  # field with the name for whoever reads English; the usual name stands in for it
    __person__: ClassVar[PersonWhen | None] = None  # where only some rows are a person, such as a personal customer among companies
    __about_person__: ClassVar[AboutPerson | None] = None  # what belongs to the person whom a record is about
    __business_key__: ClassVar[tuple[str, ...]] = ()  # fields by which people and files know a record, e.g. ("code",)
    __label__: ClassVar[Message]

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    def __init_subclass__(cls, **options: Any) -> None:
        if not cls.__dict__.get("__abstract__"):
            _check(cls)
            expand_references(cls)
            cls.__table_args__ = _table_args(cls)
        super().__init_subclass__(**options)

    @classmethod
    def fields(cls) -> dict[str, Field]:
        """Declared fields by name."""
        return dict(fields_of(cls))

    def __str__(self) -> str:
        if self.__english__ and reads_english() and (english := getattr(self, self.__english__, None)):
            return str(english)
        return self.own_name()

    def own_name(self) -> str:
        """What the record is called whoever reads it: for what is stored."""
        told = self.__called_by__ and not inspect(self).info.get(UNCALLED)
        for name in (*((self.__called_by__,) if told else ()), *NAMING):
            if value := getattr(self, name, None):
                return str(value) if name in NAMING else " ".join(str(value).split())[:LONGEST_CALLED]
        return f"#{self.id}"

    def told_as(self) -> Message | None:
        """What the trail calls a record that no field of its own names, in the language of the reader; None where one does."""
        return None


def naming(model: type[Record], alias: Any = None) -> Any:
    """What a record of ``model`` is called, as a column (of ``alias`` if given): the same as ``str`` of the record.

    None where no column alone says it.
    """
    named = [func.nullif(getattr(alias or model, name), "") for name in NAMING if hasattr(model, name)]
    if model.__english__ and reads_english():
        named.insert(0, func.nullif(getattr(alias or model, model.__english__), ""))
    if model.__called_by__ or model.__str__ is not Record.__str__ or not named:
        return None
    return func.coalesce(*named, literal("#").concat(cast((alias or model).id, String)))


def calling(model: type[Record], *, whole: bool = True) -> Any:
    """The same, also for what is called by a field of its own (``__called_by__``): the beginning of a text, or what it is about.

    With ``whole`` what it is told with stands behind it. None where nothing in the database says what a record is called.
    """
    plain = naming(model)
    whose = name_behind(model, model.__told_with__) if whole and model.__told_with__ else None
    if plain is not None and whose is not None:
        return plain.concat(func.coalesce(literal(" · ").concat(whose), ""))
    if plain is not None or not model.__called_by__:
        return plain
    declared = fields_of(model)[model.__called_by__]
    if declared.kind != "reference":
        return func.substr(getattr(model, declared.name), 1, LONGEST_CALLED)
    return name_behind(model, declared.name)


def name_behind(model: type[Record], reference: str) -> Any:
    """What the record is called that ``reference`` leads to, as a column of ``model``; None where no column alone says it.

    It stands in a select of its own, within the scope of what it tells.
    """
    target = getattr(model, reference).property.mapper.class_
    other: Any = aliased(target)
    name = naming(target, other)
    column = getattr(model, f"{reference}_id")
    return select(name).where(other.id == column).correlate(model).scalar_subquery() if name is not None else None


class GlobalRecord(Record):
    """Belongs to no company: sign-in identities, companies, platform bookkeeping."""

    __abstract__ = True
    __scope__ = "global"


class CompanyRecord(Record):
    """Seen by everybody of its company, by nobody else."""

    __abstract__ = True
    __scope__ = "company"

    company_id: Mapped[int] = mapped_column(Identity, ForeignKey("core_company.id"))


class OwnedRecord(CompanyRecord):
    """Has a stored owner and department, which only a handover changes; seen by the scope of one's roles."""

    __abstract__ = True
    __scope__ = "owned"

    owner: Any = Reference("core_employee", msg("Owner"), required=True, editable=False, filterable=True, history=True)
    department: Any = Reference("core_department", msg("Department"), required=True, editable=False, filterable=True)


class ChildRecord(CompanyRecord):
    """Seen exactly as far as the record named by ``__parent__`` is seen."""

    __abstract__ = True
    __scope__ = "child"
    __parent__: ClassVar[str] = ""


def mappers() -> list[Mapper[Any]]:
    """Mappers of all records of the house and of every installed plugin."""
    return list(Record._sa_registry.mappers)


def _check(cls: type[Record]) -> None:
    table = cls.__dict__.get("__tablename__", "")
    if cls.__scope__ not in SCOPES:
        raise StartRefused(msg("The class %(name)s declares no scope. Derive it from one of the four kinds of record.", name=cls.__name__))
    if not table:
        raise StartRefused(msg("The class %(name)s names no table.", name=cls.__name__))
    if table in Model.metadata.tables:
        raise StartRefused(msg("Two classes claim the table %(table)s; the second is %(name)s.", table=table, name=cls.__name__))
    if cls.__scope__ == "child" and not getattr(cls, "__parent__", ""):
        raise StartRefused(msg("The class %(name)s does not say which record it belongs to.", name=cls.__name__))


def _table_args(cls: type[Record]) -> tuple[Any, ...]:
    args: list[Any] = [arg for arg in cls.__dict__.get("__table_args__", ()) if not isinstance(arg, dict)]
    if cls.__scope__ != "global":
        args.append(UniqueConstraint("company_id", "id"))
    for name, reference in cls.__dict__.get("__references__", {}).items():
        args.append(ForeignKeyConstraint(["company_id", f"{name}_id"], [f"{reference.table}.company_id", f"{reference.table}.id"]))
    if cls.__scope__ != "global":
        args += [Index(None, "company_id", *columns) for columns in _indexed_columns(cls)]
    return tuple(args)


REACH = ("department_id", "owner_id", "id")
"""What a subtree's scope asks of an owned record: counting what one may see reads this index and no row (4.5 ms to 0.7 at 10,000)."""


def _indexed_columns(cls: type[Record]) -> list[tuple[str, ...]]:
    """References, and whatever is promised to be sortable or filterable, each within its company."""
    found: list[tuple[str, ...]] = []
    for name, value in cls.__dict__.items():
        field = value.column.info.get("field") if isinstance(value, MappedColumn) else None
        if field is None:
            continue
        if field.kind == "reference":
            found.append(REACH if cls.__scope__ == "owned" and name == REACH[0] else (name,))
        elif field.sortable or field.filterable:
            found.append((name, "id"))
    return found
