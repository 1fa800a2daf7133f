"""Which fields belong to a person, and which records are one: read from declarations alone (R-445, R-462)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement

from core.database.fields import fields_of
from core.database.records import Record

NAMING = ("title", "name", "number")  # what str(record) says, in this order


def personal_fields(model: Any) -> frozenset[str]:
    """Declared fields of ``model`` whose values belong to a person."""
    return _personal_fields(model)


@cache
def _personal_fields(model: Any) -> frozenset[str]:
    return frozenset(name for name, declared in fields_of(model).items() if declared.personal or declared.masked)


def named_after_person(model: Any) -> bool:
    """Whether records of ``model``, or those that it declares as a person, are called by a personal value, as a contact is by the
    person's name: such a record is that person."""
    names = [name for name in NAMING if name in fields_of(model)]
    return bool(names) and names[0] in personal_fields(model) | (model.__person__.fields if model.__person__ else frozenset())


def people_of(model: Any) -> list[ColumnElement[bool]]:
    """Which rows of a class that is named after people are people, as conditions of a statement; none where all are."""
    return [getattr(model, name) == value for name, value in model.__person__.where.items()] if model.__person__ else []


def is_person(record: Record) -> bool:
    """Whether the record is a person."""
    when = record.__person__
    return named_after_person(type(record)) and (when is None or all(getattr(record, name) == value for name, value in when.where.items()))


def personal_fields_of(record: Record, changes: Mapping[str, Any] = MappingProxyType({})) -> frozenset[str]:
    """Declared fields of this record whose values belong to a person; after ``changes`` (old and new value by name) to what it is, those
    of both."""
    found, when = personal_fields(type(record)), record.__person__
    if when is None:
        return found
    is_one = all(value in (getattr(record, name), *changes.get(name, ())) for name, value in when.where.items())
    return found | when.fields if is_one else found


def about_fields(model: Any) -> frozenset[str]:
    """Declared fields of ``model`` whose values belong to the person whom a record is about."""
    return model.__about_person__.fields if model.__about_person__ else frozenset()
