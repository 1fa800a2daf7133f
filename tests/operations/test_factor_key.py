"""The key of the second factors is made once; where accounts are set up with it, a lost one is told and never made anew in silence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.access.factor_codes import draw_secret, seal, seal_factors_with
from core.access.models import SecondFactor
from core.application import create_core
from core.kernel.acting import System, acting_as
from core.kernel.errors import StartRefused
from core.operations.health import examine
from tests.world import World

pytestmark = pytest.mark.requirement("R-440")


@pytest.fixture
def key(world: World) -> Iterator[Path]:
    """The key of a deployment in which nobody has set anything up yet."""
    world.keguan.settings.make_secrets()
    seal_factors_with(world.keguan.settings.factor_key)
    yield world.keguan.settings.data / "secrets" / "factor.key"
    seal_factors_with(world.keguan.settings.factor_key)


def set_up(world: World) -> None:
    """Somebody has set up the second factor."""
    user_id = world.employees["leader"].user_id
    with acting_as(System("test")), world.keguan.database.transaction() as session:
        session.add(SecondFactor(user_id=user_id, secret=seal(user_id, draw_secret())))


def advice(world: World) -> str:
    finding = next(one for one in examine(world.keguan.settings, lambda: world.keguan) if one.name == "secrets")
    return str(finding.advice or "")


def test_the_start_refuses_to_make_a_new_key_where_factors_are_sealed_and_says_so_in_one_sentence(world: World, key: Path) -> None:
    set_up(world)
    kept = key.read_bytes()
    key.unlink()
    with pytest.raises(StartRefused, match="put it back from your backup") as refused:
        create_core(world.keguan.settings)
    assert str(key) in str(refused.value.message)
    assert not key.exists(), "a new key was made all the same"
    key.write_bytes(kept)
    key.chmod(0o600)
    create_core(world.keguan.settings).database.engine.dispose()
    assert advice(world) == ""


def test_a_deployment_without_second_factors_makes_its_key(world: World, key: Path) -> None:
    key.unlink()
    world.keguan.settings.__dict__.pop("factor_key", None)  # as in a process that has just begun
    create_core(world.keguan.settings).database.engine.dispose()
    assert key.is_file()


def test_the_doctor_tells_a_key_that_opens_nothing(world: World, key: Path) -> None:
    set_up(world)
    assert advice(world) == ""
    seal_factors_with(b"made anew")
    assert "not the one that accounts were set up with" in advice(world)


def test_the_doctor_tells_a_lost_key(world: World, key: Path) -> None:
    set_up(world)
    key.unlink()
    said = {one.name: str(one.advice or "") for one in examine(world.keguan.settings, lambda: create_core(world.keguan.settings))}
    assert "The key of the second factors is missing" in said["plugins"]
    assert not key.exists()
