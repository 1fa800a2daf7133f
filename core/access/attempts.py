"""Guessing passwords is made slow: how often one may be wrong, for an account and from an address, before one has to wait.

Counted in the database, so that every process agrees and a restart forgets nothing. A browser that has signed in to the account before
is counted apart: strangers who guess cannot shut a colleague out of it. What is signed in goes on, and so do keys and tokens.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import TypeVar

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access.models import SignInCount
from core.database.engine import writing
from core.database.sessions import Database
from core.kernel.clock import now, today
from core.kernel.errors import SignInRequired, TooManyAttempts
from core.kernel.words import Message, counted

T = TypeVar("T")

KEPT = timedelta(days=2)  # of a count in which nothing happens any more
ACCOUNT, DEVICE, ADDRESS, CODE = "account", "device", "address", "code"


@dataclass(frozen=True)
class Limits:
    """How often a password may be wrong for one account, from one address, and how many minutes one then waits."""

    account: int = 5
    address: int = 100
    minutes: int = 15

    @property
    def wait(self) -> timedelta:
        """How long one waits."""
        return timedelta(minutes=self.minutes)

    def most(self, key: str) -> int:
        """How often one may be wrong under ``key``."""
        return self.address if key.startswith(ADDRESS) else self.account


_limits = [Limits()]


def limit_attempts(limits: Limits) -> None:
    """Let ``limits`` be those of this process; the application says so once at start."""
    _limits[:] = [limits]


def limits() -> Limits:
    """Those of this process."""
    return _limits[0]


@dataclass(frozen=True)
class Knock:
    """Somebody at a door: the name that was typed, the network address, and what only a browser known to this account has.

    ``second`` is set where a code is asked for after the right password: wrong ones are counted apart, because each right password begins
    its own count anew, and so that who knows the password alone shuts nobody out of a known browser.
    """

    name: str
    address: str = ""
    device: str = ""
    second: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """What a wrong password or code counts against, always in the same order."""
        if self.second:
            return (f"{CODE}:{account_key(self.name)}:{_short(self.device) if self.device else ''}",)
        if self.device:
            return (f"{DEVICE}:{account_key(self.name)}:{_short(self.device)}",)
        return (f"{ACCOUNT}:{account_key(self.name)}", *((f"{ADDRESS}:{network_of(self.address)}",) if self.address else ()))


@dataclass(frozen=True)
class Locked:
    """Wrong passwords have just locked an account, a browser known to it, or an address; ``first_today`` for the first time this day."""

    kind: str
    failures: int
    first_today: bool


class WrongPassword(SignInRequired):
    """The password is not right; ``locked`` when that was the last try for now."""

    def __init__(self, message: Message, locked: Locked | None) -> None:
        super().__init__(message)
        self.locked = locked


def within_limits(database: Database, knock: Knock, check: Callable[[], T]) -> T:
    """What ``check`` returns, which raises :class:`SignInRequired` for a wrong password; it is not even called when one has to wait.

    A try is counted before it is checked and taken back when it was right, so that a thousand at the same moment are five. Raises
    :class:`TooManyAttempts` with one sentence, the same for an account that does not exist; :class:`WrongPassword` otherwise.
    """
    last = _take(database, knock.keys)
    try:
        found = check()
    except SignInRequired as error:
        raise WrongPassword(error.message, _lock(database, last) if last else None) from error
    with writing(), Session(database.engine) as work, work.begin():
        for key in knock.keys:
            count = _counted(work, key)
            count.failures = max(count.failures - 1, 0) if key.startswith(ADDRESS) else 0
    return found


def _take(database: Database, keys: Collection[str]) -> str:
    """Count a try under ``keys``; return the key for which it is the last one, if any."""
    moment = now()
    with writing(), Session(database.engine) as work, work.begin():
        counts = [_counted(work, key) for key in keys]
        for count in counts:
            if count.failures and _over(count) <= moment:
                count.failures, count.refused = 0, 0
        shut = [count for count in counts if count.failures >= limits().most(count.key)]
        for count in shut:
            count.refused += 1
        for count in counts if not shut else ():
            count.begun_at = count.begun_at if count.failures else moment
            count.failures, count.last_at = count.failures + 1, moment
        wait = max((_over(count) for count in shut), default=moment) - moment
        last = next((count.key for count in counts if count.failures == limits().most(count.key)), "")
    if shut:
        raise TooManyAttempts(told(wait), wait)
    return last


def told(wait: timedelta) -> Message:
    """What somebody is told who has to wait; it is the same whether there is such an account or not."""
    return counted(
        "There were too many wrong attempts. Please try again in %(count)s minute; where you are signed in already, you can go on.",
        "There were too many wrong attempts. Please try again in %(count)s minutes; where you are signed in already, you can go on.",
        max(-(-int(wait.total_seconds()) // 60), 1),
    )


def _over(count: SignInCount) -> datetime:
    """When the wrong passwords are forgotten: of an account so long after the last, of an address, which many share, after the first."""
    return (count.begun_at if count.key.startswith(ADDRESS) else count.last_at) + limits().wait


def _lock(database: Database, key: str) -> Locked:
    """What the wrong password has locked that was the last one under ``key``."""
    with writing(), Session(database.engine) as work, work.begin():
        count = _counted(work, key)
        first, count.told_on = count.told_on != today(), today()
        return Locked(key.partition(":")[0], count.failures, first)


def _counted(work: Session, key: str) -> SignInCount:
    """The count under ``key``, held until the commit: two processes take their turns."""
    asked = select(SignInCount).where(SignInCount.key == key).with_for_update()
    found = work.scalar(asked)
    if found is None:
        try:
            with work.begin_nested():
                work.add(SignInCount(key=key, failures=0, refused=0, begun_at=now(), last_at=now()))
        except IntegrityError:
            work.expire_all()
        found = work.scalars(asked).one()
    return found


def locked_until(session: Session, user_id: int) -> datetime | None:
    """Until when strangers' browsers cannot sign in to the account of the user; None when they can."""
    name = session.scalars(select(User.username).where(User.id == user_id)).one()
    strangers = (f"{ACCOUNT}:{account_key(name)}", f"{CODE}:{account_key(name)}:")
    counts = session.scalars(select(SignInCount).where(SignInCount.key.in_(strangers), SignInCount.failures >= limits().account))
    return max((_over(count) for count in counts if _over(count) > now()), default=None)


def forget_attempts(session: Session, name: str) -> int:
    """Let everybody try again at the account of that name; return how many wrong passwords are forgotten."""
    key = account_key(name)
    known = select(SignInCount).where(
        or_(SignInCount.key == f"{ACCOUNT}:{key}", *(SignInCount.key.startswith(f"{kind}:{key}:") for kind in (DEVICE, CODE)))
    )
    forgotten = 0
    for count in session.scalars(known):
        forgotten, count.failures, count.refused = forgotten + count.failures, 0, 0
    session.flush()
    return forgotten


def forget_old_counts(session: Session) -> None:
    """Remove counts in which nothing has happened for days. For the house itself."""
    old = delete(SignInCount).where(SignInCount.last_at < now() - KEPT)
    session.execute(old, execution_options={"synchronize_session": False})


def account_key(name: str) -> str:
    """What stands for the account of that name; a password typed as a name is not kept."""
    return _short(name.strip().casefold())


def network_of(address: str) -> str:
    """What stands for the address: of the newer kind its network, of which one person has any number of addresses."""
    try:
        found = ip_address(address)
    except ValueError:
        return _short(address)
    return str(found) if found.version == 4 else str(ip_network((found, 64), strict=False))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
