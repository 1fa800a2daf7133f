"""The house itself at work, as its jobs are: whatever nobody does in person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.database.sessions import GuardedSession
from core.kernel.acting import System, acting_as
from tests.world import World


@contextmanager
def house(world: World) -> Iterator[GuardedSession]:
    """A use case of the house in the demo company, committed at the end."""
    with acting_as(System("walk", world.companies["qiheng"].id)), world.keguan.database.transaction() as session:
        yield session
