"""Tags on records: words of the company, seen by whoever sees the record, put on and taken off by whoever may change it.

The words are a code list (``core.tag``): an administrator renames them, gives other words for them and switches them off there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, cast, exists, func, select
from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for
from core.access.taken_back import CHANGED_SINCE, Done
from core.audit.trail import record_deed
from core.database.records import Record
from core.kernel.acting import company_id
from core.kernel.clock import now
from core.kernel.errors import BadInput, Conflict
from core.kernel.words import msg
from core.organisation.code_lists import STEP, entries, meant_by, resolve
from core.organisation.models import CodeEntry
from core.work.models import Tagging

TAGS = "core.tag"
LONGEST_TAG = 20  # letters of a word
MOST_TAGS = 10  # on one record
TAGGED = "tagged"
"""What the trail calls the tags of a record: [None, code] for one that was put on, [code, None] for one that was taken off."""


def tag_record(model: type[Record], session: Session, record_id: int, version: int | None, *, tag: str) -> Any:
    """Put a tag on the record: a word of the company, whatever its case and width, or a new one. One that is there stays.

    Raises :class:`NotFound` for a record that the person may not change, :class:`BadInput` for a word that is too long or no longer in
    use, and beyond :data:`MOST_TAGS`.
    """
    record = get_for(session, model, "update", record_id, version)
    code = _code_of(session, tag)
    present = tags_of(session, record)
    if code not in present:
        if len(present) >= MOST_TAGS:
            raise BadInput(fields={"tag": msg("The record has %(most)s tags. Please remove one first.", most=MOST_TAGS)})
        _put_on(session, record, code)
    return record


def untag_record(model: type[Record], session: Session, record_id: int, version: int | None, *, tag: str) -> Any:
    """Take a tag off the record; one that is not there is left alone. Raises :class:`NotFound` as :func:`tag_record` does."""
    record = get_for(session, model, "update", record_id, version)
    entry = meant_by(session, TAGS, tag)
    code = entry.code if entry is not None else tag
    if code in tags_of(session, record):
        _take_off(session, record, code)
    return record


def take_back_tags(model: type[Record], session: Session, record_id: int, done: Done) -> None:
    """Take back that many records were tagged, or that their tags were taken off; raises :class:`Conflict` for what was changed since."""
    record = get_for(session, model, "update", record_id)
    before, after = done.of(session, record).get(TAGGED, (None, None))
    present = tags_of(session, record)
    if (after is not None and after not in present) or before in present or before == after:
        raise Conflict(CHANGED_SINCE)
    if after is not None:
        _take_off(session, record, after)
    if before is not None:
        _put_on(session, record, before)


def tags_of(session: Session, record: Any) -> list[str]:
    """Codes of the tags of a record that the person sees, in the order of the list."""
    asked = select(Tagging.tag).where(Tagging.record_id == record.id, *_of_present(type(record), record.created_at))
    return in_order(session, session.scalars(asked))


def in_order(session: Session, codes: Any) -> list[str]:
    """``codes`` as the list has them in order."""
    place = {entry.code: number for number, entry in enumerate(entries(session, TAGS))}
    return sorted(codes, key=lambda code: (place.get(code, len(place)), code))


@cache
def tags_of_page(model: Any) -> Select[Any]:
    """The tags of the records of ``model`` whose ids are the parameter ``page``, as one text; see :func:`read_tags`.

    Whoever asks has found that the person sees these records.
    """
    line = cast(Tagging.record_id, String).concat(" ").concat(Tagging.tag)
    return (
        select(func.aggregate_strings(line, "\n"))
        .join(model, model.id == Tagging.record_id)
        .where(Tagging.record_id.in_(bindparam("page", expanding=True)), *_of_present(model, model.created_at))
    )


def read_tags(told: str | None) -> dict[int, list[str]]:
    """Codes by the id of the record, as :func:`tags_of_page` has answered."""
    found: dict[int, list[str]] = {}
    for line in (told or "").split("\n") if told else ():
        number, _, code = line.partition(" ")
        found.setdefault(int(number), []).append(code)
    return found


def has_tag(model: Any, codes: Sequence[str]) -> ColumnElement[bool]:
    """Records of ``model`` with one of the tags ``codes``; with any tag at all for none of them."""
    mine = exists(Tagging.id).where(Tagging.record_id == model.id, *_of_present(model, model.created_at))
    return mine.where(Tagging.tag.in_(codes)) if codes else mine


def taggings_of(model: Any) -> tuple[Any, ColumnElement[bool]]:
    """The tags (column ``tag``) beside records of ``model``, which the person sees, and what joins them."""
    asked = select(Tagging.record_id, Tagging.tag, Tagging.created_at).where(Tagging.table_name == model.__tablename__)
    beside = asked.subquery().c  # it carries the scope of its class; the list itself may ask for tags
    return beside, and_(beside.record_id == model.id, beside.created_at >= model.created_at)


def _of_present(model: type[Record], since: Any) -> tuple[ColumnElement[bool], ...]:
    """Tags of the record that has the id now: SQLite gave the id of a deleted one again before tables counted on."""
    return Tagging.table_name == model.__tablename__, Tagging.created_at >= since


def _put_on(session: Session, record: Any, code: str) -> None:
    mine = (Tagging.table_name == type(record).__tablename__, Tagging.record_id == record.id, Tagging.tag == code)
    stale = session.scalars(select(Tagging).where(*mine)).one_or_none()
    if stale is not None:  # of a record that had this id before
        stale.created_at = now()
    else:
        session.add(Tagging(table_name=type(record).__tablename__, record_id=record.id, tag=code))
    record_deed(session, record, "tag", {TAGGED: [None, code]})
    session.flush()


def _take_off(session: Session, record: Any, code: str) -> None:
    mine = (Tagging.table_name == type(record).__tablename__, Tagging.record_id == record.id, Tagging.tag == code)
    for tagging in session.scalars(select(Tagging).where(*mine)).all():
        session.delete(tagging)
    record_deed(session, record, "untag", {TAGGED: [code, None]})
    session.flush()


def _code_of(session: Session, word: str) -> str:
    """The code that ``word`` means; a new word becomes one of the list."""
    name = " ".join(unicodedata.normalize("NFKC", word).split())
    if not name or len(name) > LONGEST_TAG or not name.isprintable():
        raise BadInput(fields={"tag": msg("Please give the tag a name of up to %(most)s letters.", most=LONGEST_TAG)})
    if meant_by(session, TAGS, name) is not None:
        return resolve(session, TAGS, name)
    code = "".join("_" if one.isspace() or one in ",;|" else one for one in name)
    if meant_by(session, TAGS, code) is not None:
        return resolve(session, TAGS, code)
    last = max((entry.position for entry in entries(session, TAGS)), default=0)
    with as_system(session, "a new tag of the company"):
        session.add(CodeEntry(company_id=company_id(), list_name=TAGS, code=code, chinese=name, position=last + STEP))
    return code
