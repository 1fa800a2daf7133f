"""Sign-in identities: passwords, epochs, tokens and keys. Each credential dies when the account's epoch rises."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask_appbuilder.security.sqla.models import User
from flask_jwt_extended import create_access_token, create_refresh_token, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from core.access.attempts import forget_attempts
from core.access.models import Account
from core.kernel.errors import BadInput, SignInRequired
from core.kernel.words import msg

SHORTEST_PASSWORD = 10


@dataclass(frozen=True)
class Identity:
    """A checked credential: whose it is, and the company an API key is bound to."""

    user_id: int
    language: str
    theme: str
    platform_administrator: bool
    company_id: int | None = None
    user_name: str = ""
    password_due: bool = False
    second_factor: bool = False
    factor_asked_on: date | None = None
    factor_due: bool = False
    factor_round: int = 0


def digest(key: str) -> bytes:
    """What is stored of a random key."""
    return hashlib.sha256(key.encode()).digest()


def hash_password(password: str, method: str) -> str:
    """Salted hash by ``method`` (werkzeug's notation)."""
    return generate_password_hash(password, method)


@lru_cache(maxsize=4)
def _dummy_hash(method: str) -> str:
    return generate_password_hash(secrets.token_hex(), method)


def check_credentials(session: Session, username: str, password: str, method: str) -> User:
    """Return the active user; the same error and the same work for an unknown name and a wrong password."""
    user = session.scalar(select(User).where(User.username == username))
    stored = user.password if user is not None and user.active and user.password else _dummy_hash(method)
    if not check_password_hash(stored, password) or user is None or not user.active:
        raise SignInRequired(msg("The account or password is incorrect. Please check both and try again."))
    return user


STANDING = (
    *(User.id, User.username, User.first_name, User.last_name),
    *(Account.epoch, Account.language, Account.theme, Account.platform_administrator, Account.password_due),
    *(Account.second_factor, Account.factor_round, Account.factor_asked_on, Account.factor_due),
)
"""What an identity is made of; asked for as columns, because every request asks."""


def identity_of(session: Session, user_id: int, epoch: int | None) -> Identity | None:
    """The identity of an active user, unless the account has left ``epoch``; None skips that check."""
    statement = select(*STANDING).join(Account, Account.user_id == User.id).where(User.id == user_id, User.active)
    row = session.execute(statement).one_or_none()
    return None if row is None else identity_in_epoch(row, epoch)


def identity_in_epoch(standing: Any, epoch: int | None) -> Identity | None:
    """The identity of an open account (a row with ``STANDING``), unless it has left ``epoch``."""
    if epoch is not None and standing.epoch != epoch:
        return None
    return Identity(
        standing.id,
        standing.language,
        standing.theme,
        standing.platform_administrator,
        user_name=f"{standing.first_name}{standing.last_name}" or standing.username,
        password_due=standing.password_due,
        second_factor=standing.second_factor,
        factor_asked_on=standing.factor_asked_on,
        factor_due=standing.factor_due,
        factor_round=standing.factor_round,
    )


def account_of(session: Session, user_id: int) -> Account:
    """The account of an existing user."""
    return session.scalars(select(Account).where(Account.user_id == user_id)).one()


def make_tokens(session: Session, user_id: int, *, refresh: bool) -> dict[str, str]:
    """Access token, and a refresh token when asked for; both carry the account's epoch and the round of its second factor."""
    account = account_of(session, user_id)
    claims = {"epoch": account.epoch, "factor": account.factor_round}
    tokens = {"access_token": create_access_token(str(user_id), fresh=True, additional_claims=claims)}
    if refresh:
        tokens["refresh_token"] = create_refresh_token(str(user_id), additional_claims=claims)
    return tokens


def by_token(session: Session, token: str, kind: str = "access") -> Identity:
    """The identity behind a bearer token; raises :class:`SignInRequired` for anything but a live one of ``kind``."""
    try:
        claims = decode_token(token)
    except (JWTExtendedException, PyJWTError) as error:
        raise SignInRequired from error
    if claims.get("type") != kind or not str(claims.get("sub", "")).isdigit():
        raise SignInRequired
    identity = identity_of(session, int(claims["sub"]), int(claims.get("epoch", 0)))
    if identity is None or claims.get("factor", 0) != identity.factor_round:
        raise SignInRequired
    return identity


def set_password(session: Session, user: User, password: str, method: str) -> None:
    """Store a new password and end every session, token and key made under the old one."""
    if len(password) < SHORTEST_PASSWORD or password.lower() == user.username.lower() or len(set(password)) < 5:
        raise BadInput(
            fields={
                "new": msg(
                    "A password needs at least %(least)s characters, five of them different, and must not be the account name.",
                    least=SHORTEST_PASSWORD,
                )
            }
        )
    user.password = hash_password(password, method)
    account_of(session, user.id).epoch += 1
    forget_attempts(session, user.username)
    session.flush()


def change_password(session: Session, user_id: int, current: str, new: str, method: str) -> None:
    """Change one's own password; the present one is asked for."""
    user = session.get(User, user_id)
    if user is None or not check_password_hash(user.password or "", current):
        raise BadInput(fields={"current": msg("This is not your current password. Please type it again.")})
    if current == new:
        raise BadInput(fields={"new": msg("Please choose a password other than the current one.")})
    set_password(session, user, new, method)
    account_of(session, user_id).password_due = False


def add_user(
    session: Session, username: str, name: str, password_hash: str, *, email: str = "", demo: bool = False, platform: bool = False
) -> User:
    """Create a sign-in identity with its account; it opens nothing until somebody hires it into a company (R-050)."""
    user = User(
        username=username, first_name=name, last_name="", email=email or f"{username}@example.invalid", active=True, password=password_hash
    )
    session.add(user)
    session.flush()
    session.add(Account(user_id=user.id, demo=demo, platform_administrator=platform))
    session.flush()
    return user
