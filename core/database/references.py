"""References between records: column, composite foreign key and relationship from one declaration (design 3.2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import foreign, mapped_column, relationship

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
