"""Keys for programs: made for one employee, shown once, dead when revoked, past their day or left behind by a new password (B1)."""

from __future__ import annotations

import enum
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.identities import Identity, account_of, digest, identity_of
from core.access.models import Account, ApiKey
from core.audit.trail import record_event
from core.database.engine import writing
from core.kernel.clock import now
from core.kernel.errors import BadInput, Conflict, NotFound, SignInRequired
from core.kernel.words import msg

KEY_PREFIX = "kg_"
LIVES = (30, 90, 180, 365)  # days that a person may choose
MOST = 20  # usable keys of one person in one company
LONGEST_NAME = 80
NOTED_EVERY = timedelta(hours=1)


class KeyState(enum.Enum):
    """What has become of a key."""

    USABLE = msg("Usable")
    EXPIRED = msg("Expired")
    REVOKED = msg("Revoked")
    ENDED = msg("Ended by a new password")


def state_of(key: ApiKey, epoch: int) -> KeyState:
    """The state of ``key`` for an account that is in ``epoch``."""
    if key.revoked:
        return KeyState.REVOKED
    if key.expires_at is not None and key.expires_at <= now():
        return KeyState.EXPIRED
    return KeyState.USABLE if key.epoch == epoch else KeyState.ENDED


def keys_of(session: Session, user_id: int, company_id: int) -> Sequence[tuple[ApiKey, KeyState]]:
    """The keys of a person in a company, newest first, with what has become of each."""
    epoch = account_of(session, user_id).epoch
    found = session.scalars(select(ApiKey).where(ApiKey.user_id == user_id, ApiKey.company_id == company_id).order_by(ApiKey.id.desc()))
    return [(key, state_of(key, epoch)) for key in found]


def add_key(session: Session, user_id: int, company_id: int, name: str, days: int) -> str:
    """Make a key called ``name`` for ``days`` days and return it: nobody can read it again.

    Raises :class:`BadInput` for a missing name or another number of days, :class:`Conflict` when there are too many.
    """
    wrong = {}
    if not name.strip() or len(name.strip()) > LONGEST_NAME:
        wrong["name"] = msg("Please describe in up to %(most)s characters what uses the key.", most=LONGEST_NAME)
    if days not in LIVES:
        wrong["days"] = msg("Please choose one of these: %(days)s days.", days=", ".join(map(str, LIVES)))
    if wrong:
        raise BadInput(fields=wrong)
    if sum(state is KeyState.USABLE for _, state in keys_of(session, user_id, company_id)) >= MOST:
        raise Conflict(msg("There are %(most)s usable keys already. Please revoke one that is no longer needed.", most=MOST))
    key = make_api_key(session, user_id, company_id, name.strip(), days)
    record_event(session, "api_key_added", name.strip(), days=days)
    return key


def revoke_key(session: Session, key_id: int, *, user_id: int | None = None, company_id: int | None = None) -> ApiKey:
    """End a key at once; revoking it again changes nothing. :class:`NotFound` for a key of another person or company."""
    key: ApiKey | None = session.scalar(select(ApiKey).where(ApiKey.id == key_id))
    if key is None or (user_id is not None and key.user_id != user_id) or (company_id is not None and key.company_id != company_id):
        raise NotFound(msg("There is no such key."))
    if not key.revoked:
        key.revoked = True
        session.flush()
        record_event(session, "api_key_revoked", key.name)
    return key


def make_api_key(session: Session, user_id: int, company_id: int, name: str, days: int | None = 90) -> str:
    """A new key, shown once; it acts as the user's employee of the company."""
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    expires = now() + timedelta(days=days) if days else None
    epoch = account_of(session, user_id).epoch
    session.add(ApiKey(user_id=user_id, company_id=company_id, name=name, digest=digest(key), epoch=epoch, expires_at=expires))
    session.flush()
    return key


def by_api_key(session: Session, key: str) -> Identity:
    """The identity behind an API key; raises :class:`SignInRequired` when it is unknown, revoked or past its day."""
    found = session.execute(
        select(ApiKey, Account).join(Account, Account.user_id == ApiKey.user_id).where(ApiKey.digest == digest(key))
    ).one_or_none()
    if found is None or state_of(found[0], found[1].epoch) is not KeyState.USABLE:
        raise SignInRequired
    identity = identity_of(session, found[0].user_id, found[0].epoch)
    if identity is None:
        raise SignInRequired
    _note_use(session, found[0])
    return replace(identity, company_id=found[0].company_id)


def _note_use(session: Session, key: ApiKey) -> None:
    """Write down that the key was used, in a short transaction of its own; once in an hour is enough to see which keys nobody needs."""
    moment = now()
    if key.last_used_at is not None and key.last_used_at + NOTED_EVERY > moment:
        return
    with writing(), Session(session.get_bind()) as work, work.begin():
        work.scalars(select(ApiKey).where(ApiKey.id == key.id)).one().last_used_at = moment
