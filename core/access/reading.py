"""Which stored classes a statement touches, so that it gets the criteria of those and not of all (speed, not trust)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnClause, Executable, Select, TableClause, TextClause
from sqlalchemy.orm import Mapper
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import AliasedReturnsRows
from sqlalchemy.sql.visitors import HasTraverseInternals

from core.database.covering import covered_columns
from core.database.records import Record, mappers
from core.kernel.acting import Acting

PLAIN = (TableClause, ColumnClause)
SEPARATE = frozenset({"selectin", "select", "raise", "raise_on_sql", "noload"})
"""Loading strategies that read in a statement of their own, which passes the guard by itself."""


@dataclass(slots=True)
class Form:
    """What is the same for all statements of one form: the scoped classes that they touch, and who may see all that they tell."""

    touched: list[type[Record]]
    open_to: set[Acting] = field(default_factory=set)
    clean: bool = False
    """Whether one of them was looked through whole, nothing reviewed left out, and no part stands outside of all classes."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a statement reads, and whether a part of it stands outside of all classes; ``standing`` from the second time on."""

    form: Form
    past_classes: bool
    standing: bool


_read: WeakKeyDictionary[Executable, Reading] = WeakKeyDictionary()
_forms: dict[Any, Form] = {}
FORMS, PEOPLE = 1_000, 1_000  # a program asks in a few hundred forms


def reading_of(statement: Executable) -> Reading:
    """What ``statement`` reads. A statement never changes, so one that is built once and asked at every request is looked through once."""
    known = _read.get(statement)
    if known is None:
        form = _form_of(statement)
        known = Reading(form, not form.clean and _past_classes(form, statement), standing=False)
        _read[statement] = replace(known, standing=True)
    return known


def _past_classes(form: Form, statement: Executable) -> bool:
    found = reads_past_classes(statement)
    form.clean = not found and not any(_reviewed(element) for element in visitors.iterate(statement))  # type: ignore[arg-type]
    return found


def covered(form: Form, statement: Executable, who: Acting) -> Executable:
    """``statement`` of ``form`` with single columns covered as far as ``who`` may see them; whether any has to be is found out once."""
    if who in form.open_to:
        return statement
    shown: Executable = covered_columns(statement, who)
    if shown is statement:
        if len(form.open_to) >= PEOPLE:
            form.open_to.clear()
        form.open_to.add(who)
    return shown


def _form_of(statement: Executable) -> Form:
    """The form of the statement: SQLAlchemy itself keeps one compiled text for all of one form, so they touch the same classes.

    What a subquery was reviewed for is no part of it, so :func:`reads_past_classes` looks at each that has, or might have, such a part.
    """
    key = statement._generate_cache_key()  # type: ignore[attr-defined]
    if key is None:
        return Form(touched_classes(statement))
    known = _forms.get(key.key)
    if known is None:
        if len(_forms) >= FORMS:
            _forms.clear()
        known = _forms[key.key] = Form(touched_classes(statement))
    return known


def scoped_classes() -> list[type[Record]]:
    """Every mapped class whose rows belong to a company."""
    return [mapper.class_ for mapper in mappers() if mapper.class_.__scope__ != "global"]


def touched_classes(statement: Executable) -> list[type[Record]]:
    """Scoped classes named anywhere in ``statement``; all of them when its options may join further ones."""
    if not all(_reads_separately(option) for option in getattr(statement, "_with_options", ())):
        return scoped_classes()
    found: dict[type[Record], None] = {}
    for element in visitors.iterate(statement):  # type: ignore[arg-type]
        # The walk does not come by a class that only bare columns stand for; asking a column for what it has not takes long.
        for one in (element, *element._from_obj) if isinstance(element, Select) else (element,):
            model = _class_behind(one)
            if model is not None and model.__scope__ != "global":
                found[model] = None
    return list(found)


def _class_behind(element: Any) -> type[Record] | None:
    notes: Any = getattr(element, "_annotations", {})
    mapper = getattr(notes.get("parententity"), "mapper", None) or notes.get("parentmapper")
    return mapper.class_ if mapper is not None and issubclass(mapper.class_, Record) else None


def reads_past_classes(statement: Executable) -> bool:
    """Whether any part of ``statement`` names a bare table, or SQL as text: no criteria of a class reach such a part.

    A subquery with the execution option ``keguan_reviewed`` is a reviewed place and is not looked into.
    """
    waiting: list[tuple[Any, frozenset[Any]]] = [(statement, frozenset())]
    known: set[Any] = set()  # what columns belong to: a subquery has several and is looked into once
    while waiting:
        element, classes = waiting.pop()
        if isinstance(element, TextClause | TableClause) or _literal(element):
            return True
        if isinstance(element, ColumnClause):
            if element.table is not None and element.table not in classes and element.table not in known:
                known.add(element.table)
                waiting.append((element.table, frozenset()))
        elif not isinstance(element, Select):
            waiting += ((part, classes) for part in element.get_children() if not _of_class(part))
        elif not _reviewed(element):
            parts = HasTraverseInternals.get_children(element, omit_attrs=("_correlate", "_correlate_except"))
            loaded = _loaded(element)
            waiting += ((part, loaded) for part in parts if not _of_class(part))
    return False


def _reviewed(element: Any) -> bool:
    """Whether the element is a select that a reviewed place of the house has marked."""
    return isinstance(element, Select) and bool(element.get_execution_options().get("keguan_reviewed"))


def _of_class(element: Any) -> bool:
    """Whether a table, an alias of one, or a column stands there as that of a mapped class, whose criteria it will get."""
    plain = isinstance(element.element, TableClause) if isinstance(element, AliasedReturnsRows) else isinstance(element, PLAIN)
    notes: Any = getattr(element, "_annotations", {})
    return plain and ("parententity" in notes or "parentmapper" in notes)


def _loaded(element: Any) -> frozenset[Any]:
    """Tables of the classes that the select itself reads from; loaders name their bare columns beside them."""
    tables = (one for one in (*element._raw_columns, *element._from_obj) if isinstance(one, TableClause))
    entities = (table._annotations.get("parententity") for table in tables)
    return frozenset(entity.local_table for entity in entities if isinstance(entity, Mapper))


def _literal(element: Any) -> bool:
    """SQL written as a column; a number, or the star of a count, reads nothing."""
    return isinstance(element, ColumnClause) and element.is_literal and element.name != "*" and not element.name.isdigit()


def _reads_separately(option: Any) -> bool:
    steps = getattr(option, "context", ())
    return all(_strategy(step) in SEPARATE for step in steps) if steps else getattr(option, "_is_criteria_option", False)


def _strategy(step: Any) -> str:
    chosen = dict(step.strategy or ())
    return str(chosen.get("lazy", "select"))
