"""Calendar feeds: an approved address by which a calendar fetches one person's own days, as long as everything still holds (R-343).

Nothing is remembered of what was allowed when it was asked for: each fetch looks at the account, the membership, the rights and the modules
of its moment. The address holds a random token; its hash is stored, and the address is shown once.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import open_for_writing
from core.access.identities import account_of, digest, identity_of
from core.audit.reads import note_read
from core.database.sessions import Database
from core.exports.models import ExportRequest, FeedDay
from core.exports.operations import demand_source, move, own_export
from core.exports.settings import FEED_DAYS, FEED_FETCHES
from core.exports.sources import CALENDAR, source_called
from core.exports.states import ExportFormat, ExportState
from core.exports.terms import demand_unchanged
from core.kernel.acting import Actor, acting_as, actor
from core.kernel.clock import now, today
from core.kernel.errors import Conflict, KeguanError, NotFound, Taken, TooManyAttempts
from core.kernel.words import msg
from core.organisation.models import Employee
from core.organisation.parameters import parameter
from core.switchboard.actors import resolve_actor


@dataclass(frozen=True)
class Feed:
    """A feed that lives: whose it is, in which language, and the kinds of days that still may leave."""

    request_id: int
    who: Actor
    language: str
    kinds: tuple[str, ...]


def begin_feed(session: Session, request_id: int, version: int) -> str:
    """The token of one's own approved feed, which lives from now on; nobody can read it again.

    Raises :class:`Conflict` when it was not approved, has begun or was changed, :class:`Forbidden` when the right is gone.
    """
    request = own_export(session, request_id)
    if request.format is not ExportFormat.ICS or request.version != version:
        raise Conflict(msg("Something has happened to this export meanwhile. Please look at it again."))
    if request.state is not ExportState.APPROVED or request.expires_at is None or request.expires_at < now():
        raise Conflict(msg("This calendar feed is not approved, or its time is over. Please request it again."))
    demand_unchanged(request)
    demand_source(actor(), source_called(CALENDAR, actor()))
    token = secrets.token_urlsafe(32)
    move(session, request, "begin_feed")
    request.token, request.epoch = digest(token).hex(), account_of(session, actor().user_id).epoch
    request.expires_at = now() + timedelta(days=int(parameter(session, FEED_DAYS)))
    session.flush()
    return token


def feed_behind(identity: Session, token: str) -> Feed:
    """The feed behind ``token``; ``identity`` is unguarded, nobody acts yet.

    Raises :class:`NotFound`, always the same, for a token that nobody has given, for a feed that was ended or is past its time, for an
    account that is closed, has left its epoch or works here no longer, and when nothing of it may leave any more.
    """
    request = identity.scalar(select(ExportRequest).where(ExportRequest.token == digest(token).hex()))
    if request is None or request.state is not ExportState.FEEDING or request.expires_at is None or request.expires_at < now():
        raise NotFound
    user_id = identity.scalar(select(Employee.user_id).where(Employee.id == request.asked_by_id))
    standing = identity_of(identity, user_id, request.epoch) if user_id is not None and request.epoch is not None else None
    who = resolve_actor(identity, standing.user_id, request.company_id) if standing is not None else None
    if standing is None or standing.password_due or who is None or who.employee_id != request.asked_by_id:
        raise NotFound
    try:
        demand_unchanged(request)
    except KeguanError:
        raise NotFound from None
    with acting_as(who):
        open_now = source_called(CALENDAR, who).fields()
    kinds = tuple(name for name in request.columns if name in open_now)
    if not kinds:
        raise NotFound
    return Feed(request.id, who, standing.language, kinds)


def count_fetch(database: Database, feed: Feed, entries: int) -> None:
    """Count one fetch as the person whose feed it is; the first of a day stands in the trail.

    Raises :class:`TooManyAttempts` when the day allows no further one.
    """
    try:
        _count(database, feed, entries)
    except Taken:  # another fetch of this moment was the first of the day
        _count(database, feed, entries)


def _count(database: Database, feed: Feed, entries: int) -> None:
    with database.transaction() as session:
        same = (FeedDay.request_id == feed.request_id, FeedDay.day == today())
        counted = session.scalar(select(FeedDay).where(*same).with_for_update())
        if counted is None:
            counted = FeedDay(company_id=feed.who.company_id, employee_id=feed.who.employee_id, request_id=feed.request_id, day=today())
            counted.fetches = counted.entries = 0
            session.add(counted)
            note_read(session, "export", subject=f"#{feed.request_id}", calendar=list(feed.kinds), entries=entries)
        if counted.fetches >= int(parameter(session, FEED_FETCHES)):
            raise TooManyAttempts(msg("This calendar was fetched too often today. Please continue tomorrow."), timedelta(hours=1))
        open_for_writing(session, counted)
        counted.fetches, counted.entries = counted.fetches + 1, max(counted.entries, entries)


def fetches_of(session: Session, requests: Sequence[int]) -> dict[int, int]:
    """How often each of one's own feeds was fetched today."""
    asked = select(FeedDay.request_id, FeedDay.fetches).where(FeedDay.request_id.in_(requests), FeedDay.day == today())
    return dict(session.execute(asked).all())
