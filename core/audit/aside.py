"""Personal values stand beside the trail, not in it: the trail keeps a salted commitment, which stays when the value is erased (R-445).

A row that says ``{"aside": token, "sha256": digest}`` for a value proves which value it was as long as that stands in the table aside, and
tells nothing once it is gone: the salt goes with it. Sealed rows are never touched, so the trail verifies after an erasure as before.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.audit.models import AsideValue, AuditRow
from core.database.fields import fields_of
from core.database.people import NAMING, about_fields, is_person, personal_fields_of
from core.database.records import Record
from core.kernel.acting import System, acting_as

REVIEWED = {"keguan_reviewed": True}
Salted = tuple[str, str]
"""A salt, and the value that was hashed with it."""


def kept_aside(record: Record, changes: Mapping[str, Any] = MappingProxyType({})) -> frozenset[str]:
    """Fields of this record of which the trail keeps no more than a commitment: those of the person that it is, or may be about."""
    return personal_fields_of(record, changes) | about_fields(type(record))


def subject_of(record: Record) -> str:
    """What the trail calls ``record``: its name, or only its number where the name is a person's, or may be."""
    if is_person(record) or next((name for name in NAMING if name in fields_of(type(record))), "") in about_fields(type(record)):
        return f"#{record.id}"
    return str(record) if type(record).__str__ is not Record.__str__ else record.own_name()


def put_aside(
    record: Record, changes: Mapping[str, Any], company_id: int | None, *, keep: bool
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """``changes`` as the trail may keep them, and the rows of values that stand beside it.

    Unless they are to be kept, as in an erasure, nothing stands beside it, and the commitment says so: its token is empty.
    """
    personal, kept, rows = kept_aside(record, changes), dict(changes), []
    for name in personal & changes.keys():
        both = []
        for value in changes[name]:
            if value in (None, ""):
                both.append(value)
                continue
            row = _row(record, company_id, value)
            if keep:
                rows.append(row)
            both.append({"aside": row["token"] if keep else "", "sha256": commitment(row["salt"], row["value"])})
        kept[name] = both
    return kept, rows


def _row(record: Record, company_id: int | None, value: Any) -> dict[str, Any]:
    return {
        "company_id": company_id,
        "table_name": record.__tablename__,
        "record_id": record.id,
        "token": secrets.token_hex(16),
        "salt": secrets.token_hex(16),
        "value": as_stored(value),
    }


def as_stored(value: Any) -> str:
    """A value as it stands aside."""
    return json.dumps(value, ensure_ascii=False)


def commitment(salt: str, value: str) -> str:
    """What the trail says of ``value`` as it is stored: which it was, and nothing else."""
    return hashlib.sha256(f"{salt}:{value}".encode()).hexdigest()


def write_aside(through: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write values aside by the session or connection that writes the trail, in its transaction."""
    if rows:
        through.execute(insert(AsideValue.__table__), list(rows), execution_options=REVIEWED)


def opened(session: Session, row: AuditRow) -> dict[str, Any]:
    """What ``row`` says was changed, with the values that stand aside put back; None where they have been erased.

    For somebody who has been found to be allowed to see the record; field rights are the caller's to ask.
    """
    changes: dict[str, Any] = json.loads(row.changes)
    found = _values(session, row) if next(commitments(changes), None) else {}
    return {name: _open(both, found) for name, both in changes.items()}


def aside_between(session: Session, table: str, after: int, until: int | None) -> dict[str, Salted]:
    """What stands aside for the records of ``table`` whose ids lie above ``after`` and up to ``until``, by token; for the house alone."""
    asked = select(AsideValue.token, AsideValue.salt, AsideValue.value).where(AsideValue.table_name == table, AsideValue.record_id > after)
    rows = session.execute(asked if until is None else asked.where(AsideValue.record_id <= until))
    return {token: (salt, value) for token, salt, value in rows}


def _values(session: Session, row: AuditRow) -> dict[str, Salted]:
    """Salt and value by token of everything that stands aside for the record of ``row``: asked once for all of its rows."""
    known: dict[Any, dict[str, Salted]] = session.info.setdefault("aside", {})
    key = (row.table_name, row.record_id)
    if key not in known:
        mine = (AsideValue.table_name == row.table_name, AsideValue.record_id == row.record_id)
        with acting_as(System("values beside the trail", row.company_id)):  # reviewed: the record itself has been found to be visible
            rows = session.execute(select(AsideValue.token, AsideValue.salt, AsideValue.value).where(*mine))
            known[key] = {token: (salt, value) for token, salt, value in rows}
    return known[key]


def _open(both: Any, found: Mapping[str, Salted]) -> Any:
    if not isinstance(both, list):
        return both
    return [opened_value(one, found) if is_aside(one) else one for one in both]


def opened_value(one: Mapping[str, str], found: Mapping[str, Salted]) -> Any:
    """The value that the trail has committed itself to by ``one``; None when it is gone or is another one."""
    salt, value = found.get(one["aside"], ("", ""))
    return json.loads(value) if salt and commitment(salt, value) == one["sha256"] else None


def is_aside(one: Any) -> bool:
    """Whether the trail keeps a value of a person's here: no more than a commitment to it."""
    return isinstance(one, dict) and one.keys() == {"aside", "sha256"}


def commitments(changes: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """What ``changes`` of a row commit themselves to, in their order: ``aside`` is the token, empty where nothing was ever kept."""
    for both in changes.values():
        yield from (one for one in both if is_aside(one)) if isinstance(both, list) else ()
