"""Two that write the same in one moment: whoever is second reads a sentence, whichever verb it was."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from core.access.models import Role
from core.kernel.acting import System, acting_as
from core.kernel.errors import Taken
from tests.world import World


def test_what_is_unique_is_refused_in_a_sentence_below_every_verb(world: World) -> None:
    """A verb looks before it writes, but another may write between the two: here nobody has looked."""
    database, company_id = world.keguan.database, world.companies["qiheng"].id

    def store() -> None:
        with acting_as(System("a test")), database.transaction() as session:
            session.add(Role(company_id=company_id, name="同一刻的角色", active=True))

    store()
    with pytest.raises(Taken) as refused:
        store()
    assert "in this moment" in refused.value.message.text
    with acting_as(System("a test")), database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Role).where(Role.name == "同一刻的角色")) == 1
