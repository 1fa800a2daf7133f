"""Mistakes about people, found at start: a field that belongs to a person and that no erasure would reach does not load (R-462)."""

from __future__ import annotations

from typing import Any

from core.database.fields import TEXTS, fields_of
from core.database.people import about_fields, named_after_person, personal_fields
from core.database.records import NAMING, mappers
from core.extension.registry import Registry
from core.kernel.errors import StartRefused
from core.kernel.words import msg


def check_people(registry: Registry) -> None:
    """Check what every plugin says of people. Raises :class:`StartRefused` for the first mistake."""
    people = {model.__tablename__: model for model in (mapper.class_ for mapper in mappers()) if named_after_person(model)}
    for name in registry.names:
        for model in registry.models[name]:
            _check_who(model)
            _check_about(model, people)
    _check_kept(registry)


def _check_who(model: Any) -> None:
    """A class that says which of its rows are a person says it by fields that it has, and is called by one of those of the person."""
    when, known = model.__person__, fields_of(model)
    if when is None:
        return
    called = next((one for one in NAMING if one in known), "")
    columns = model.__mapper__.column_attrs.keys()
    if not when.where or not {*when.where, *when.fields} <= set(columns) or called not in when.fields:
        raise StartRefused(
            msg("The class %(model)s does not say rightly which of its records are people, and by which fields.", model=model.__name__)
        )


def _check_about(model: Any, people: dict[str, Any]) -> None:
    """A class about people hands over to the erasure whatever it declares personal, and whatever is called as a field of the person is.

    A class that is a person itself has its own; the name of a document is no name of a person unless it says so.
    """
    about, known = model.__about_person__, fields_of(model)
    leading = {name: one.table for name, one in model.__references__.items() if one.table in people}
    if about is not None and (
        about.through not in leading or not about.fields <= {name for name, one in known.items() if one.kind in TEXTS}
    ):
        raise StartRefused(
            msg(
                "The class %(model)s does not say rightly whom its records are about, and which texts belong to that person.",
                model=model.__name__,
            )
        )
    if named_after_person(model) or not leading:
        return
    alike = {name for table in leading.values() for name in _of_the_person(people[table])}
    for name in sorted((personal_fields(model) | alike & {one for one in known if known[one].kind in TEXTS}) - about_fields(model)):
        raise StartRefused(
            msg(
                "The field %(field)s of %(model)s may hold what belongs to a person, and no erasure would reach it."
                " Please name it in __about_person__.",
                field=name,
                model=model.__name__,
            )
        )


def _of_the_person(model: Any) -> frozenset[str]:
    """Fields that tell of the person beside the name and free words."""
    when, known = model.__person__, fields_of(model)
    found = personal_fields(model) | (when.fields if when else frozenset())
    return frozenset(name for name in found if name in known and known[name].kind != "long_text") - frozenset(NAMING)


def _check_kept(registry: Registry) -> None:
    """What a law keeps is something that would be erased else, and the plugin's own."""
    for name, law in registry.at_start("crm_kept_by_law"):
        if law.model not in registry.models[name] or not about_fields(law.model):
            raise StartRefused(
                msg("The plugin %(name)s keeps %(model)s by law, which no erasure would touch.", name=name, model=law.model.__name__)
            )
