"""Sessions of browsers: kept on the server once somebody is signed in, a signed cookie without secrets before that."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import and_, bindparam, delete, join, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.access.identities import STANDING, Identity, account_of, digest, identity_in_epoch
from core.access.models import Account, WebSession
from core.access.resolve import MEMBERSHIP, WORKING, Membership
from core.database.engine import writing
from core.database.sessions import Database
from core.kernel.clock import now, today
from core.organisation.models import Company, Employee

log = logging.getLogger("keguan.access")
PREFIX = "s."
TOUCH_AFTER = timedelta(minutes=5)  # a session's last use is noted this often, not at every request


_STORED = (
    *(WebSession.id.label("session_id"), WebSession.user_id, WebSession.epoch.label("session_epoch")),
    *(WebSession.values.label("stored"), WebSession.seen_at, WebSession.expires_at),
)
_KNOWN = len(_STORED) + len(STANDING)
_WITH_ACCOUNT = (
    select(*_STORED, *STANDING, *MEMBERSHIP)
    .outerjoin(User, and_(User.id == WebSession.user_id, User.active))
    .outerjoin(Account, Account.user_id == User.id)
    .outerjoin(join(Employee, Company, WORKING), Employee.user_id == User.id)
    .where(WebSession.digest == bindparam("digest"))
    .order_by(Company.name)
)
"""One statement at each request instead of three, and built once: a row for each company that the user works in, or one without."""


class ServerSession(SecureCookieSession):
    """The values of one signed-in browser. ``key`` is only in the cookie, its hash in the database.

    ``identity`` is who signed in; None once the account is closed or has left the epoch of the session. ``memberships`` are
    the companies that he works in today.
    """

    key: str = ""
    identity: Identity | None = None
    memberships: tuple[Membership, ...] = ()


class UnreadSession(SecureCookieSession):
    """Stands in for a session that the database could not tell: the gate raises ``error``, and nobody is signed out by it."""

    def __init__(self, error: SQLAlchemyError) -> None:
        super().__init__()
        self.error = error


class WebSessions(SecureCookieSessionInterface):
    """Flask's session interface over :class:`WebSession`; uses the identity session, never the business one."""

    def __init__(self, database: Database, hours: int, idle_minutes: int) -> None:
        self.database = database
        self.life = timedelta(hours=hours)
        self.idle = timedelta(minutes=idle_minutes)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        if cookie.startswith(PREFIX):
            try:
                found = self._load(cookie[len(PREFIX) :])
            except SQLAlchemyError as error:  # raised here it would leave the answer without a session, so that no page could be drawn
                return UnreadSession(error)
            return found if found is not None else SecureCookieSession()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if isinstance(session, UnreadSession):
            return
        if not isinstance(session, ServerSession):
            super().save_session(app, session, response)
        elif session.modified:
            try:
                self._keep(session)
            except SQLAlchemyError:  # what was asked for has been done by now: the answer stands
                log.exception("what a browser is to remember could not be kept")

    def _keep(self, session: ServerSession) -> None:
        with self._change() as work:
            stored = work.scalar(select(WebSession).where(WebSession.digest == digest(session.key)))
            if stored is not None:
                stored.values = json.dumps(dict(session))

    def begin(self, app: Flask, user_id: int, response: Response) -> None:
        """Sign the browser in under a fresh key; a key that was there before sign-in is worth nothing."""
        key = secrets.token_urlsafe(32)
        with self._change() as work:
            epoch = account_of(work, user_id).epoch
            values = json.dumps({"csrf_token": secrets.token_hex(20)})
            work.add(
                WebSession(digest=digest(key), user_id=user_id, epoch=epoch, values=values, seen_at=now(), expires_at=now() + self.life)
            )
        response.set_cookie(
            self.get_cookie_name(app),
            PREFIX + key,
            httponly=True,
            samesite="Lax",
            secure=bool(app.config["SESSION_COOKIE_SECURE"]),
            path="/",
        )

    def end(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Sign out: the key is forgotten on the server, so a copied cookie is dead too."""
        if isinstance(session, ServerSession):
            with self._change() as work:
                work.execute(delete(WebSession).where(WebSession.digest == digest(session.key)))
        response.delete_cookie(self.get_cookie_name(app), path="/")

    def _load(self, key: str) -> ServerSession | None:
        with self.database.question() as asking:
            rows = asking.execute(_WITH_ACCOUNT, {"digest": digest(key), "day": today()}).all()
        row, moment = rows[0] if rows else None, now()
        if row is None or row.user_id is None or row.expires_at <= moment or row.seen_at + self.idle <= moment:
            return None
        session = ServerSession(json.loads(row.stored))
        session.key = key
        session.identity = identity_in_epoch(row, row.session_epoch) if row.epoch is not None else None
        session.memberships = tuple(Membership(*found[_KNOWN:]) for found in rows if found[_KNOWN] is not None)
        session.modified = False
        if row.seen_at + TOUCH_AFTER <= moment:
            with self._change() as touching:
                touching.scalars(select(WebSession).where(WebSession.id == row.session_id)).one().seen_at = moment
        return session

    @contextmanager
    def _change(self) -> Iterator[Session]:
        """A short transaction of its own: FAB and others may commit the shared identity session at any time."""
        with writing(), Session(self.database.engine) as work, work.begin():
            yield work


def end_sessions_of(session: Session, user_id: int, keep: str = "") -> None:
    """End every browser session of the user, but the one with the key ``keep``."""
    session.execute(delete(WebSession).where(WebSession.user_id == user_id, WebSession.digest != digest(keep)))


__all__: list[Any] = ["ServerSession", "UnreadSession", "WebSessions", "end_sessions_of"]
