"""A backup brings nobody back who has been erased since: what was erased is kept beside the anchor, by numbers alone (PIPL 47)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from core.audit.anchors import Anchors
from core.kernel.errors import Conflict
from core.operations.backups.databases import put_back
from core.privacy.erasing import erase_person
from core.privacy.holding import place_hold, release_hold
from core.privacy.repeating import AGAIN, Repeated, repeat_erasures
from core.testing.world import World
from plugins.customers.operations import add_contact
from tests.audit.test_beside import found
from tests.commands.test_commands import command
from tests.operations.test_backups import made, target
from tests.plugins.conftest import Trade
from tests.privacy.test_privacy import TABLE, rows_of_database

__all__ = ["command", "target"]
Command = Callable[..., tuple[int, str]]
NAME, MOBILE = "卓不凡", "13987654321"


def enter(world: World, customer: int, name: str = NAME) -> int:
    """A contact with a telephone."""
    with world.use_case("sales.east1") as session:
        return int(add_contact(session, {"customer": customer, "name": name, "mobile": MOBILE}).id)


def erase(world: World, person: int) -> None:
    """As the leader, on request."""
    with world.use_case("leader") as session:
        erase_person(session, TABLE, person, None, "本人要求")


def anchors(world: World) -> Anchors:
    """Where heads and erasures are kept."""
    return Anchors(world.keguan.settings.anchor_folder)


def restored(command: Command, folder: Path) -> Repeated:
    """What a restore says of erasures; the trail is in order after it."""
    code, said = command("restore", str(folder), "--reason", "a disk has died", "--yes", "--json")
    assert (code, json.loads(said)["found"]) == (0, 0), said
    return Repeated(**json.loads(said)["repeated"])


@pytest.mark.requirement("R-445", "R-462")
def test_who_was_erased_since_the_backup_is_erased_again(world: World, command: Command, target: Path) -> None:
    customer = Trade(world).customer().id
    person, other = enter(world, customer), enter(world, customer, "另一位")
    folder = made(command, target)
    erase(world, person)
    assert command("audit", "seal")[0] == 0
    kept = next(iter(anchors(world).folder.glob("*.erased"))).read_text(encoding="utf-8")
    assert NAME not in kept
    assert MOBILE not in kept

    assert restored(command, folder) == Repeated(erased=1)
    left = rows_of_database(world)
    assert NAME not in left
    assert MOBILE in left, f"the other one (#{other}) is there as before"
    assert AGAIN.text in left
    assert found(world) == []
    assert command("audit", "seal")[0] == 0
    assert restored(command, folder) == Repeated(erased=1), "the same backup once more"
    assert NAME not in rows_of_database(world)
    assert repeat_erasures(world.keguan.database, anchors(world)) == Repeated(), "who is erased stays as he is"


def test_a_hold_of_the_backup_keeps_and_the_command_says_what_to_do(world: World, command: Command, target: Path) -> None:
    person = enter(world, Trade(world).customer().id)
    with world.use_case("leader") as session:
        hold = place_hold(session, TABLE, person, "诉讼").id
    folder = made(command, target)
    with world.use_case("leader") as session:
        release_hold(session, hold)
    erase(world, person)
    assert command("audit", "seal")[0] == 0
    code, said = command("restore", str(folder), "--reason", "a disk has died", "--yes")
    assert code == 0
    assert "legal hold" in said
    assert NAME in rows_of_database(world)
    with world.use_case("leader") as session:
        release_hold(session, hold)
    assert repeat_erasures(world.keguan.database, anchors(world)) == Repeated(erased=1)
    assert NAME not in rows_of_database(world)


def test_somebody_else_who_was_given_the_number_stays(world: World, command: Command, target: Path) -> None:
    """The backup is older than the person who was erased; the number goes to the next one who is entered."""
    customer = Trade(world).customer().id
    folder = made(command, target)
    person = enter(world, customer)
    erase(world, person)
    assert command("audit", "seal")[0] == 0
    assert restored(command, folder) == Repeated()
    second = enter(world, customer, "另一位")
    if second != person:  # PostgreSQL may have gone on counting
        with world.keguan.database.engine.begin() as connection:
            connection.execute(text(f"UPDATE {TABLE} SET id = {person} WHERE id = {second}"))
    assert repeat_erasures(world.keguan.database, anchors(world)) == Repeated()
    assert "另一位" in rows_of_database(world)


def test_a_new_epoch_by_hand_erases_again_too(world: World, command: Command, target: Path) -> None:
    """The database was set back by its own tools; then the trail is let go on."""
    person = enter(world, Trade(world).customer().id)
    folder = made(command, target)
    erase(world, person)
    assert command("audit", "seal")[0] == 0
    world.keguan.database.release()
    put_back(world.keguan.database.engine, folder)
    assert command("audit", "seal")[0] == 1, "the anchor contradicts"
    code, said = command("audit", "epoch", "--reason", "restored from Sunday", "--yes")
    assert code == 0, said
    assert "erased again" in said
    assert NAME not in rows_of_database(world)
    assert command("audit", "verify")[0] == 0


def test_without_anchor_nobody_is_known_to_have_been_erased(world: World, tmp_path: Path) -> None:
    person = enter(world, Trade(world).customer().id)
    erase(world, person)
    assert repeat_erasures(world.keguan.database, Anchors(tmp_path / "nowhere")) == Repeated()
    with pytest.raises(Conflict):
        erase(world, person)
