"""Sign-in identities: passwords, epochs, tokens and keys. Each credential dies when the account's epoch rises."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from flask_appbuilder.security.sqla.models import User
from flask_jwt_extended import create_access_token, create_refresh_token, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from core.access.models import Account, ApiKey
from core.kernel.clock import now
from core.kernel.errors import BadInput, SignInRequired
from core.kernel.words import msg

KEY_PREFIX = "kg_"
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
        raise SignInRequired(msg("User name or password is not right. Please check both and try again."))
    return user


def identity_of(session: Session, user_id: int, epoch: int | None) -> Identity | None:
    """The identity if the account is open and still in ``epoch``."""
    statement = select(User, Account).join(Account, Account.user_id == User.id).where(User.id == user_id, User.active)
    row = session.execute(statement).one_or_none()
    return None if row is None else identity_in_epoch(row[0], row[1], epoch)


def identity_in_epoch(user: User, account: Account, epoch: int | None) -> Identity | None:
    """The identity of an open account, unless it has left ``epoch``."""
    if epoch is not None and account.epoch != epoch:
        return None
    return Identity(
        user.id,
        account.language,
        account.theme,
        account.platform_administrator,
        user_name=f"{user.first_name}{user.last_name}" or user.username,
    )


def account_of(session: Session, user_id: int) -> Account:
    """The account of an existing user."""
    return session.scalars(select(Account).where(Account.user_id == user_id)).one()


def make_tokens(session: Session, user_id: int, *, refresh: bool) -> dict[str, str]:
    """Access token, and a refresh token when asked for; both carry the account's epoch."""
    claims = {"epoch": account_of(session, user_id).epoch}
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
    if identity is None:
        raise SignInRequired
    return identity


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
    found = session.scalar(select(ApiKey).where(ApiKey.digest == digest(key)))
    if found is None or found.revoked or (found.expires_at is not None and found.expires_at <= now()):
        raise SignInRequired
    identity = identity_of(session, found.user_id, found.epoch)
    if identity is None:
        raise SignInRequired
    return Identity(**{**identity.__dict__, "company_id": found.company_id})


def set_password(session: Session, user: User, password: str, method: str) -> None:
    """Store a new password and end every session, token and key made under the old one."""
    if len(password) < SHORTEST_PASSWORD or password.lower() == user.username.lower() or len(set(password)) < 5:
        raise BadInput(
            fields={
                "new": msg(
                    "A password has at least %(least)s characters, five different ones, and is not the user name.", least=SHORTEST_PASSWORD
                )
            }
        )
    user.password = hash_password(password, method)
    account_of(session, user.id).epoch += 1
    session.flush()


def change_password(session: Session, user_id: int, current: str, new: str, method: str) -> None:
    """Change one's own password; the present one is asked for."""
    user = session.get(User, user_id)
    if user is None or not check_password_hash(user.password or "", current):
        raise BadInput(fields={"current": msg("This is not your present password.")})
    set_password(session, user, new, method)


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
