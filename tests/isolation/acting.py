"""Working as a declared person below the web."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.database.sessions import GuardedSession
from core.kernel.acting import Actor, acting_as
from core.switchboard.actors import resolve_actor
from tests.isolation.conftest import Ground
from tests.isolation.declared import person


def actor_of(ground: Ground, key: str) -> Actor:
    """The declared person with the rights of this moment."""
    who = person(key)
    company = ground.house.ids[f"core_company:{who.slug}"]
    found = resolve_actor(ground.keguan.database.identity(), ground.house.users[who.account], company)
    assert found is not None, f"{key} opens nothing"
    ground.keguan.database.release()  # inside one outer transaction a reader's savepoint would take later work back with it
    return found


@contextmanager
def reading(ground: Ground, who: Any) -> Iterator[GuardedSession]:
    """A fresh session in which ``who`` reads."""
    database = ground.keguan.database
    database.release()
    with acting_as(who):
        yield database.session()
    database.release()


@contextmanager
def use_case(ground: Ground, who: Any) -> Iterator[GuardedSession]:
    """One use case of ``who``."""
    with acting_as(who), ground.keguan.database.transaction() as session:
        yield session
    ground.keguan.database.release()
