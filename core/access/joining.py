"""What several roles of one employee say of a field together: the widest of it, because rights only add up (R-053, R-442)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.access.criteria import parent_of
from core.database.covering import OPEN
from core.database.fields import fields_of
from core.database.records import Record, mappers
from core.kernel.acting import FieldAccess

ORDER = tuple(FieldAccess)  # wide to narrow


@dataclass(frozen=True)
class Stated:
    """One stored field right of one role."""

    role: int
    resource: str
    table: str
    field: str
    access: FieldAccess


def joined_field_rights(
    holders: Mapping[str, Iterable[tuple[int, str | None]]], said: Iterable[Stated]
) -> dict[tuple[str, str], FieldAccess]:
    """Access by (table, field), where the roles together say another thing than the declaration.

    ``holders`` are the roles (id and preset) with any right on a resource: a role without one has no say. A role that states nothing
    leaves the field as it is declared, which is open to the presets that the field names.
    """
    stated: dict[tuple[str, str, str], dict[int, FieldAccess]] = defaultdict(dict)
    for one in said:
        stated[one.resource, one.table, one.field][one.role] = one.access
    for resource, table, field in opened_by_declaration():
        stated.setdefault((resource, table, field), {})
    found = {}
    for (resource, table, field), by_role in stated.items():
        open_to = opened_by_declaration().get((resource, table, field), ())
        access = _together(tuple(holders.get(resource, ())), by_role, open_to, hidden=(table, field) in hidden_by_declaration())
        if access is not None:
            found[table, field] = access
    return found


def _together(
    roles: tuple[tuple[int, str | None], ...], by_role: Mapping[int, FieldAccess], open_to: Iterable[str], *, hidden: bool
) -> FieldAccess | None:
    silent = [preset for role, preset in roles if role not in by_role]
    said = [by_role[role] for role, _ in roles if role in by_role]
    if set(silent) & set(open_to):
        return FieldAccess.WRITE
    if not silent or hidden:  # of a hidden field a silent role gives nothing
        return min(said, key=ORDER.index) if said else None
    return FieldAccess.WRITE if any(access in OPEN for access in said) else None  # a silent role writes, the other reads openly


def opened_by_declaration() -> Mapping[tuple[str, str, str], tuple[str, ...]]:
    """(resource, table, field) of masked and hidden fields that stand open to preset roles, with those."""
    return _opened_among(len(mappers()))


@lru_cache(maxsize=4)
def _opened_among(_number_of_classes: int) -> Mapping[tuple[str, str, str], tuple[str, ...]]:
    """Asked at every request, and the same until another class is loaded."""
    return {
        (resource_of(model), model.__tablename__, name): declared.open_to
        for model in restrictable_models()
        for name, declared in fields_of(model).items()
        if declared.open_to
    }


def hidden_by_declaration() -> frozenset[tuple[str, str]]:
    """(table, field) of the fields that are hidden from whoever has not been given them."""
    return _hidden_among(len(mappers()))


@lru_cache(maxsize=4)
def _hidden_among(_number_of_classes: int) -> frozenset[tuple[str, str]]:
    models = restrictable_models()
    return frozenset((model.__tablename__, name) for model in models for name, declared in fields_of(model).items() if declared.hidden)


def restrictable_models() -> Iterator[type[Record]]:
    """Stored classes whose fields a role can be given or denied: those that rights are given on, and their parts."""
    for mapper in mappers():
        if resource_of(mapper.class_) and not mapper.class_.__bookkeeping__ and not mapper.class_.__append_only__:
            yield mapper.class_


def resource_of(model: Any) -> str:
    """The resource whose rights reach the records of ``model``; a part has that of the nearest record above it."""
    while model.__scope__ == "child" and not model.__resource__:
        model = parent_of(model)
    return str(model.__resource__)
