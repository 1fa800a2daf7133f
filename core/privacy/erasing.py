"""Erasing a person: personal values are overwritten everywhere, beside the trail too, and a certificate says so (PIPL 47, GDPR 17).

What remains: that there was somebody, what business was done (contracts, invoices and their numbers), what a law keeps for a time, which
the certificate names with the reason and the last day, and the sealed trail, whose commitments tell nothing any more.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.approvals.operations import forget_wishes
from core.audit.destroying import erase_aside, erase_aside_of
from core.audit.trail import ERASE, PERSON_ERASED, name_action, record_event
from core.database.fields import fields_of
from core.database.people import about_fields
from core.database.records import NAMING, Record
from core.database.sentences import stored
from core.kernel.acting import company_id, employee_id
from core.kernel.clock import now
from core.kernel.errors import Conflict, StaleVersion
from core.kernel.words import Message, msg
from core.privacy.dossier import ERASED, REASON, Dossier, Part, demand, found_person, gathered, masked_values
from core.privacy.holding import LONGEST, clean_reason, holds_on
from core.privacy.keeping import groups_of, written
from core.privacy.models import Erasure
from core.privacy.places import known_places
from core.work.comments import remove_comments
from core.work.models import Comment
from core.work.notices import unname


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
        certificate = _erase(session, found, found.own, why, me)
    _tell(session, certificate, person)
    return certificate


def erase_released(session: Session, table: str, record_id: int) -> Erasure:
    """Erase what a law had kept of somebody who has been erased and keeps no more; a certificate of its own says so.

    Raises :class:`Conflict` under legal hold, :class:`NotFound` for nobody. For the nightly job: no person asks for it.
    """
    demand("erase")
    with as_system(session, REASON):
        found = gathered(session, found_person(session, table, record_id))
        own = [part for part in found.own if part.about]
        _check_holds(session, [found.parts[0], *own])
        certificate = _erase(session, found, own, msg("The period for which a law kept it has ended."), None)
    _tell(session, certificate, found.person)
    return certificate


def _tell(session: Session, certificate: Erasure, person: Record) -> None:
    """Numbers alone: they are kept beside the anchor, for the day on which a backup brings the person back."""
    table, record_id = certificate.table_name, certificate.record_id
    said = {"table": table, "record": record_id, "made": known_by(person), "at": certificate.done_at.isoformat()}
    record_event(session, PERSON_ERASED, f"#{record_id}", **said, fingerprint=certificate.fingerprint)


def known_by(person: Record) -> str:
    """When the record was made: with its number it is this one, and no other that is given the number after a restore."""
    made: datetime = person.created_at
    return made.isoformat()


def erased(session: Session, table: str, record_id: int) -> bool:
    """Whether the person has been erased; as the system."""
    asked = select(Erasure.id).where(Erasure.table_name == table, Erasure.record_id == record_id)
    return session.scalar(asked) is not None


def _check(session: Session, found: Dossier) -> None:
    _check_holds(session, found.own)
    if erased(session, *found.parts[0].key):
        raise Conflict(msg("This person has been erased already."))


def _check_holds(session: Session, parts: Sequence[Part]) -> None:
    if holds := holds_on(session, [part.key for part in parts]):
        raise Conflict(msg("This person is under legal hold and cannot be erased: “%(reason)s”.", reason=holds[0].reason))


def _erase(session: Session, found: Dossier, own: Sequence[Part], reason: Message | str, me: int | None) -> Erasure:
    """Overwrite what is the person's in the records of ``own``; what a law keeps of the dossier stands in the certificate."""
    told: dict[str, set[str]] = defaultdict(set)
    known, names = masked_values(found.person), _names(own)
    unname(session, names, ERASED)
    for place in known_places():
        place.forget(session, {*names, *known} - {""})
    values = sum(_empty(session, part, told) for part in own)
    session.flush()
    for part in own:
        forget_wishes(session, *part.key)
    files = _remove_files(session, found)
    kept = groups_of(found.parts)
    certificate = Erasure(
        company_id=company_id(),
        table_name=type(found.person).__tablename__,
        record_id=found.person.id,
        reason=reason,
        done_by_id=me,
        done_at=now(),
        records=sum(1 for part in own if part.filled or not part.about),
        values=values,
        files=files,
        trail_values=sum(_empty_aside(session, part, {*known, *names}) for part in own),
        told=json.dumps({table: sorted(fields) for table, fields in told.items()}, sort_keys=True),
        kept=written(kept),
        kept_until=min((part.kept.until for part in found.parts if part.kept is not None and part.filled), default=None),
    )
    certificate.fingerprint = fingerprint(certificate)
    session.add(certificate)
    session.flush()
    return certificate


def _empty_aside(session: Session, part: Part, values: Collection[str]) -> int:
    """Destroy what the trail has put aside of this record: everything of one that is the person's alone, with what was said about it; of
    another one the fields that are the person's, or no more than ``values``; how many that were."""
    if part.about:
        return erase_aside_of(session, *part.key, about_fields(part.model) | part.personal)
    if part.shared:
        return erase_aside(session, [part.key], values)
    comments = [(Comment.__tablename__, one) for one in remove_comments(session, *part.key)]
    if about_fields(part.model):  # it carries a value of this person and is about another one
        return erase_aside_of(session, *part.key, part.personal) + erase_aside(session, comments)
    return erase_aside(session, [part.key, *comments])


def _names(own: Sequence[Part]) -> list[str]:
    """What the person is called on the records that are about him or her alone."""
    found = [str(getattr(part.record, name)) for part in own if not part.shared for name in part.personal.intersection(NAMING)]
    return [name for name in found if name != ERASED]


def _empty(session: Session, part: Part, told: dict[str, set[str]]) -> int:
    """Overwrite the personal values of one record; how many there were."""
    record, names = part.record, sorted(part.personal & fields_of(part.model).keys())
    filled = [name for name in names if getattr(record, name) not in (None, "", ERASED)]
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
        *((certificate.kept, certificate.kept_until.isoformat()) if certificate.kept_until is not None else ()),
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
