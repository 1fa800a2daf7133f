"""The dossier of a person: every record of every plugin that is about one, found by declarations and references alone.

A person is a record that is called by a personal value, as a contact is and a personal customer, but no company. What refers to it, and
what carries its telephone, e-mail or other masked value under a personal field of its own, belongs to it. Free texts are not searched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.access.joining import resource_of
from core.access.models import Share
from core.audit.aside import subject_of
from core.audit.reads import note_read
from core.database.covering import open_value
from core.database.fields import fields_of
from core.database.people import about_fields, named_after_person, people_of, personal_fields, personal_fields_of
from core.database.records import NAMING, Record
from core.database.search import search_ids, searchable
from core.extension.exchange import Kept
from core.extension.installed import stored_classes
from core.kernel.acting import Actor, acting
from core.kernel.errors import Forbidden, NotFound
from core.privacy.keeping import kept_by_law
from core.work.models import Attachment

RESOURCE = "core.privacy"
REASON = "personal information"
FOUND = 20
ERASED = "（已删除）"
"""What stands in a text that must not be empty."""


@dataclass(frozen=True)
class Part:
    """One record of a dossier with what it is called, empty where it has no name, and every filled field by name.

    ``personal`` are the fields whose values are those of the person; none where the record only refers to him or her. In a record that is
    a person or a company of its own, or about dealings with the person, these are the shared values alone, such as a telephone or the
    name, and ``shared`` is set; ``about`` where all that the class names as belonging to whom it is about is. What a law keeps is ``kept``.
    """

    model: type[Record]
    record: Any
    title: str
    values: Mapping[str, Any]
    personal: frozenset[str] = frozenset()
    shared: bool = False
    about: bool = False
    kept: Kept | None = None

    @property
    def key(self) -> tuple[str, int]:
        """Table and id."""
        return self.model.__tablename__, int(self.record.id)

    @property
    def filled(self) -> list[str]:
        """Names of fields that hold values of the person now."""
        return sorted(name for name in self.personal & self.values.keys() if self.values[name] != ERASED)

    @property
    def own(self) -> bool:
        """Whether the record carries values of the person that an erasure takes."""
        return bool(self.personal) and self.kept is None


@dataclass(frozen=True)
class Dossier:
    """All that is known of one person."""

    person: Any
    parts: Sequence[Part]
    files: Sequence[Attachment]
    shares: int

    @property
    def own(self) -> list[Part]:
        """Records that carry values of the person."""
        return [part for part in self.parts if part.own]


def person_models() -> list[type[Record]]:
    """Classes whose records, or some of them, are people."""
    return [model for model in stored_classes() if model.__scope__ != "global" and named_after_person(model)]


def person_model(table: str) -> type[Record]:
    """The class of people called ``table``; raises :class:`NotFound` for another."""
    for model in person_models():
        if model.__tablename__ == table:
            return model
    raise NotFound


def found_person(session: Session, table: str, record_id: int) -> Any:
    """The record that is this person; raises :class:`NotFound` where there is none, or it is a company. As the system."""
    model: Any = person_model(table)
    person = session.scalar(select(model).where(model.id == record_id, *people_of(model)))
    if person is None:
        raise NotFound
    return person


def demand(verb: str) -> None:
    """Raise :class:`Forbidden` unless whoever acts may do ``verb`` with personal information."""
    who = acting()
    if isinstance(who, Actor) and not who.may(RESOURCE, verb):
        raise Forbidden(right=(RESOURCE, verb))


def dossier(session: Session, table: str, record_id: int) -> Dossier:
    """Everything that the company knows of the person, over all owners and departments; the trail keeps who asked (PIPL 45).

    Raises :class:`Forbidden` without the right, :class:`NotFound` for nobody.
    """
    demand("read")
    with as_system(session, REASON):
        person = found_person(session, table, record_id)
        found = gathered(session, person)
    note_read(session, "dossier", type(person), [record_id], subject=subject_of(person), records=len(found.parts))
    return found


def find_people(session: Session, text: str) -> list[Any]:
    """People of the whole company by their name, or by a telephone or e-mail written in full; at most :data:`FOUND`, and the trail keeps
    that somebody looked."""
    demand("read")
    wanted = text.strip()
    found: list[Any] = []
    with as_system(session, REASON):
        for model in person_models() if wanted else ():
            target: Any = model
            exact = [getattr(target, name) == wanted for name, one in fields_of(model).items() if one.masked]
            alike = [target.id.in_(search_ids(session, model, wanted))] if searchable(model) else []
            found += session.scalars(select(target).where(or_(*exact, *alike), *people_of(model)).order_by(target.id).limit(FOUND))
    note_read(session, "search", subject=RESOURCE)
    return found[:FOUND]


def gathered(session: Session, person: Any) -> Dossier:
    """The dossier without asking for a right; to be called as the system of the company."""
    model = type(person)
    about = (*_referring(session, person), *_concerning(session, person), *_repeating(session, person), *_carrying(session, person))
    parts = [_part(model, person, personal_fields_of(person)), *about]
    seen: dict[tuple[str, int], Part] = {}
    for part in parts:
        seen[part.key] = _joined(seen.get(part.key), part)
    mine = (Attachment.table_name == model.__tablename__, Attachment.record_id == person.id)
    files = session.scalars(select(Attachment).where(*mine).order_by(Attachment.id)).all()
    shares = session.scalars(select(Share.id).where(Share.resource == model.__resource__, Share.record_id == person.id)).all()
    return Dossier(person, _by_law(session, list(seen.values())), files, len(shares))


def _by_law(session: Session, parts: Sequence[Part]) -> list[Part]:
    """The parts, those that a law keeps marked so."""
    ids: dict[type[Record], list[int]] = {}
    for part in parts:
        if part.own and about_fields(part.model):
            ids.setdefault(part.model, []).append(part.record.id)
    kept = {model: kept_by_law(session, model, numbers) for model, numbers in ids.items()}
    return [replace(part, kept=kept.get(part.model, {}).get(part.record.id)) for part in parts]


def _joined(known: Part | None, part: Part) -> Part:
    """The same record found in two ways: all that is the person's, whichever found it."""
    if known is None or not known.own:
        return part
    both = known.personal | part.personal
    return replace(known, personal=both, shared=known.shared and (part.shared or not part.own), about=known.about or part.about)


def _part(model: type[Record], record: Any, personal: frozenset[str] = frozenset(), *, shared: bool = False, about: bool = False) -> Part:
    """The record with its values as they are, a referenced record as it is called."""
    found = {name: open_value(record, name) for name in fields_of(model)}
    shown = {name: str(value) if isinstance(value, Record) else value for name, value in found.items()}
    filled = {name: value for name, value in shown.items() if value not in (None, "")}
    title = str(record)
    return Part(model, record, "" if title == f"#{record.id}" else title, filled, personal, shared, about)


def _referring(session: Session, person: Any) -> Iterator[Part]:
    """Records that refer to the person: about dealings with him or her, which stay when the person is erased."""
    for model, columns in _leading_to(type(person).__tablename__):
        asked = select(model).where(or_(*(column == person.id for column in columns))).order_by(model.id)
        yield from (_part(model, record) for record in session.scalars(asked))


def _concerning(session: Session, person: Any) -> Iterator[Part]:
    """Records about dealings with the person that hold what belongs to him or her, as the address of a visit, the buyer of an invoice."""
    for model in stored_classes():
        told = model.__about_person__
        if told is not None and model.__references__[told.through].table == type(person).__tablename__:
            asked = select(model).where(getattr(model, f"{told.through}_id") == person.id).order_by(model.id)
            yield from (_part(model, record, told.fields, shared=True, about=True) for record in session.scalars(asked))


def _repeating(session: Session, person: Any) -> Iterator[Part]:
    """Records about dealings with the person that repeat what he or she is called, as a dispatch order does for whoever is to be asked for.

    Those refer to the person, or to a record that does. The repeated value alone is the person's.
    """
    called, own = frozenset({str(getattr(person, name)) for name in NAMING if name in personal_fields_of(person)}), type(person)
    near = {model.__tablename__: _ids(model, columns, person) for model, columns in _leading_to(own.__tablename__)}
    near[own.__tablename__] = _ids(own, [own.id], person)
    for model in stored_classes():
        names = [name for name in personal_fields(model) if fields_of(model)[name].kind == "text" and not fields_of(model)[name].masked]
        ways = [getattr(model, f"{name}_id").in_(near[one.table]) for name, one in model.__references__.items() if one.table in near]
        if not names or not ways or model.__scope__ == "global" or named_after_person(model):
            continue
        said = or_(*(getattr(model, name).in_(called) for name in names))
        for record in session.scalars(select(model).where(said, or_(*ways)).order_by(model.id)):
            yield _part(model, record, frozenset(name for name in names if open_value(record, name) in called), shared=True)


def _ids(model: Any, columns: Sequence[Any], person: Any) -> Any:
    return select(model.id).where(or_(*(column == person.id for column in columns)))


def _leading_to(table: str) -> Iterator[tuple[Any, list[Any]]]:
    """Classes of records that refer to those of ``table``, with the columns by which they do."""
    for model in stored_classes():
        columns = [getattr(model, f"{name}_id") for name, one in model.__references__.items() if one.table == table]
        if columns and model.__scope__ != "global" and not model.__bookkeeping__:
            yield model, columns


def _carrying(session: Session, person: Any) -> Iterator[Part]:
    """Records of other kinds that carry a telephone, an e-mail or another masked value of the person.

    One that may be a person or a company itself shares that value and no more: the name beside it is its own.
    """
    values = masked_values(person)
    for model in stored_classes() if values else ():
        names = [name for name in personal_fields(model) if fields_of(model)[name].masked]
        if names and resource_of(model) and not issubclass(model, type(person)) and model.__scope__ != "global":
            asked = select(model).where(or_(*(getattr(model, name).in_(values) for name in names))).order_by(model.id)
            for record in session.scalars(asked):
                same = frozenset(name for name in names if open_value(record, name) in values)
                shared = named_after_person(model)
                yield _part(model, record, same if shared else personal_fields_of(record), shared=shared)


def masked_values(person: Any) -> frozenset[str]:
    """What the person is found by in other records: telephone, e-mail, identity number, bank account."""
    return frozenset({open_value(person, name) for name, one in fields_of(type(person)).items() if one.masked} - {None, "", ERASED})
