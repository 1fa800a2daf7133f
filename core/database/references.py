"""References between records: column, composite foreign key and relationship from one declaration (design 3.2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, foreign, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from core.database.fields import Field
from core.database.types import Identity
from core.kernel.errors import StartRefused
from core.kernel.words import Message, msg


class Reference:
    """Declared on a class as ``customer = reference("customers_customer", label)``; replaced when the class is built.

    It makes the column ``customer_id``, the key ``(company_id, customer_id)`` to ``(company_id, id)`` of the target, so that
    no row can ever point into another company, and a relationship joined on ``customer_id`` alone (joined on both columns,
    setting it to nothing would also empty the company).
    """

    def __init__(self, table: str, label: Message, **marks: Any) -> None:
        self.table = table
        self.field = Field("reference", label, target=table, **marks)

    def column(self, name: str) -> Any:
        """The column behind the reference called ``name``."""
        field = Field(**{**self.field.__dict__, "name": name})
        return mapped_column(Identity, nullable=not field.required, info={"field": field})

    def relationship(self, owner: type[Any], name: str) -> Any:
        """The relationship called ``name``; its target is looked up by table when the mappers are configured."""
        return relationship(
            lambda: class_of(owner, self.table),
            primaryjoin=lambda: foreign(getattr(owner, f"{name}_id")) == class_of(owner, self.table).id,
            foreign_keys=lambda: [getattr(owner, f"{name}_id")],
            remote_side=lambda: [class_of(owner, self.table).id],  # a record may point to one of its own kind
            uselist=False,
            lazy="select",
        )


def reference(table: str, label: Message, **marks: Any) -> Any:
    """Declare a reference to the records of ``table``; see :class:`Reference`."""
    return Reference(table, label, **marks)


def expand_references(cls: type[Any]) -> None:
    """Replace every :class:`Reference` of ``cls``, its own and inherited, by column and relationship."""
    found: dict[str, Reference] = {}
    for parent in reversed(cls.__mro__):
        found.update({name: value for name, value in vars(parent).items() if isinstance(value, Reference)})
    for name, value in found.items():
        setattr(cls, f"{name}_id", value.column(name))
        setattr(cls, name, value.relationship(cls, name))
        vars(cls).get("__annotations__", {}).pop(name, None)
    cls.__references__ = found


def class_of(owner: type[Any], table: str) -> type[Any]:
    """The class mapped to ``table``; raises :class:`StartRefused` when no installed plugin has it."""
    for mapper in owner._sa_registry.mappers:
        if getattr(mapper.local_table, "name", "") == table:
            found: type[Any] = mapper.class_
            return found
    raise StartRefused(msg("A reference points to the table %(table)s, which no installed plugin has.", table=table))


@cache
def _by_id(model: Any) -> Select[Any]:
    return select(model).where(model.id.in_(bindparam("ids", expanding=True)))


def load_references(session: Session, records: Sequence[Any], names: Collection[str]) -> None:
    """Load what ``records``, all of one class, refer to by ``names``: one statement for each class referred to, within scope.

    A name may lead on from there (``contract.customer``). What one may not see becomes None, as it is when a reference is followed.
    """
    if not records:
        return
    ids: dict[type[Any], set[int]] = {}
    targets = {name: getattr(type(records[0]), name).property.mapper.class_ for name in dict.fromkeys(map(head_of, names))}
    for name, target in targets.items():
        ids.setdefault(target, set()).update(value for record in records if (value := getattr(record, f"{name}_id")) is not None)
    found = {
        (target, one.id): one
        for target, wanted in ids.items()
        if wanted
        for one in session.scalars(_by_id(target), {"ids": sorted(wanted)})  # type: ignore[arg-type]  # mypy takes a class for unhashable
    }
    for record in records:
        for name, target in targets.items():
            set_committed_value(record, name, found.get((target, getattr(record, f"{name}_id"))))
    for name in names:
        head, _, rest = name.partition(".")
        if rest:
            load_references(session, [one for record in records if (one := getattr(record, head)) is not None], [rest])


def head_of(path: str) -> str:
    """The first reference of a path such as ``contract.customer``."""
    return path.partition(".")[0]
