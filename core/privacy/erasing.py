"""Erasing a person: personal values are overwritten everywhere, beside the trail too, and a certificate says so (PIPL 47, GDPR 17).

What remains: that there was somebody, what business was done (contracts, invoices and their numbers are kept by law), and the sealed
trail, whose commitments tell nothing any more.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.approvals.operations import forget_wishes
from core.audit.aside import erase_aside
from core.audit.trail import ERASE, name_action, record_event
from core.database.fields import fields_of
from core.database.records import NAMING
from core.database.sentences import stored
from core.kernel.acting import company_id, employee_id
from core.kernel.clock import now
from core.kernel.errors import Conflict, StaleVersion
from core.kernel.words import Message, msg
from core.privacy.dossier import REASON, Dossier, Part, demand, found_person, gathered, masked_values
from core.privacy.holding import LONGEST, clean_reason, holds_on
from core.privacy.models import Erasure
from core.privacy.places import known_places
from core.work.comments import remove_comments
from core.work.models import Comment
from core.work.notices import unname

ERASED = "（已删除）"
"""What stands in a text that must not be empty."""


def erase_person(session: Session, table: str, record_id: int, version: int | None, reason: Message | str) -> Erasure:
    """Erase the person, with every copy of his or her masked values; cannot be undone. Returns the certificate.

    Raises :class:`Conflict` under legal hold or where he or she has been erased, :class:`BadInput` without a reason,
    :class:`StaleVersion` when somebody has changed the record meanwhile.
    """
    demand("erase")
    me, why = employee_id(), reason if isinstance(reason, Message) else clean_reason(reason)
    with as_system(session, REASON):
        person = found_person(session, table, record_id)
        if version is not None and person.version != version:
            raise StaleVersion({}, {}, person.version)
        found = gathered(session, person)
        _check(session, found)
        certificate = _erase(session, found, why, me)
    record_event(session, "person_erased", f"#{record_id}", table=table, record=record_id, fingerprint=certificate.fingerprint)
    return certificate


def erased(session: Session, table: str, record_id: int) -> bool:
    """Whether the person has been erased; as the system."""
    asked = select(Erasure.id).where(Erasure.table_name == table, Erasure.record_id == record_id)
    return session.scalar(asked) is not None


def _check(session: Session, found: Dossier) -> None:
    keys = [(part.model.__tablename__, part.record.id) for part in found.own]
    if holds := holds_on(session, keys):
        raise Conflict(msg("This person is under legal hold and cannot be erased: “%(reason)s”.", reason=holds[0].reason))
    if erased(session, *keys[0]):
        raise Conflict(msg("This person has been erased already."))


def _erase(session: Session, found: Dossier, reason: Message | str, me: int | None) -> Erasure:
    told: dict[str, set[str]] = defaultdict(set)
    known = masked_values(found.person)
    names = _names(found)
    unname(session, names, ERASED)
    for place in known_places():
        place.forget(session, {*names, *known} - {""})
    values = sum(_empty(session, part, told) for part in found.own)
    session.flush()
    keys = [(part.model.__tablename__, part.record.id) for part in found.own]
    whole = [(part.model.__tablename__, part.record.id) for part in found.own if not part.shared]
    lent = [key for key in keys if key not in whole]
    for key in keys:
        forget_wishes(session, *key)
    comments = [(Comment.__tablename__, one) for key in whole for one in remove_comments(session, *key)]
    certificate = Erasure(
        company_id=company_id(),
        table_name=keys[0][0],
        record_id=keys[0][1],
        reason=reason,
        done_by_id=me,
        done_at=now(),
        records=len(keys),
        values=values,
        files=_remove_files(session, found),
        trail_values=erase_aside(session, [*whole, *comments]) + erase_aside(session, lent, {*known, *names}),
        told=json.dumps({table: sorted(names) for table, names in told.items()}, sort_keys=True),
    )
    certificate.fingerprint = fingerprint(certificate)
    session.add(certificate)
    session.flush()
    return certificate


def _names(found: Dossier) -> list[str]:
    """What the person is called on the records that are about him or her alone."""
    return [str(getattr(part.record, name)) for part in found.own if not part.shared for name in part.personal.intersection(NAMING)]


def _empty(session: Session, part: Part, told: dict[str, set[str]]) -> int:
    """Overwrite the personal values of one record; how many there were."""
    record, names = part.record, sorted(part.personal & fields_of(part.model).keys())
    filled = [name for name in names if getattr(record, name) not in (None, "")]
    if filled:
        open_for_writing(session, record)
        name_action(session, record, ERASE)
    for name in filled:
        setattr(record, name, ERASED if fields_of(part.model)[name].required else None)
        told[part.model.__tablename__].add(name)
    return len(filled)


def _remove_files(session: Session, found: Dossier) -> int:
    """The bytes go with the next sweep of the file store, unless another record has the same file."""
    for attachment in found.files:
        session.delete(attachment)
    return len(found.files)


def fingerprint(certificate: Erasure) -> str:
    """A hash over what the certificate says."""
    said = [
        *(
            certificate.company_id,
            certificate.table_name,
            certificate.record_id,
            stored(certificate.reason, LONGEST),
            certificate.done_by_id,
        ),
        *(certificate.done_at.isoformat(), certificate.records, certificate.values, certificate.files, certificate.trail_values),
        certificate.told,
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
