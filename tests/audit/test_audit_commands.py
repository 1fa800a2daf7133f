"""``python app.py audit``: seal, verify, export, begin anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.audit.exporting import VERIFIER
from core.operations import verify_trail
from tests.commands.test_commands import command
from tests.world import World

__all__ = ["command"]
Command = Callable[..., tuple[int, str]]
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@SQLITE
def test_an_auditor_gets_the_trail_with_the_program_that_checks_it(world: World, command: Command, tmp_path: Path) -> None:
    code, said = command("audit", "export", str(tmp_path / "out"), "--company", "qiheng")
    assert code == 0, said
    folder = tmp_path / "out" / "qiheng"
    assert {path.name for path in folder.iterdir()} == {"rows.jsonl", "blocks.txt", VERIFIER.name}
    heads = json.loads(command("audit", "heads", "--json")[1])
    assert verify_trail.main(str(folder), *(row["head"] for row in heads if row["company"] == "qiheng")) == 0
    code, said = command("audit", "export", str(tmp_path / "out"), "--company", "qiheng")
    assert code == 2, "a folder that is there is not written over"


@SQLITE
@pytest.mark.requirement("R-445")
def test_a_set_back_database_is_found_refused_and_cleared_by_a_new_epoch(world: World, command: Command) -> None:
    assert command("audit", "seal")[0] == 0
    with Session(world.keguan.database.engine) as session:
        session.execute(text("DELETE FROM core_audit_block"))
        session.commit()
    code, said = command("audit", "verify", "--json")
    assert (code, {one["kind"] for one in json.loads(said)["problems"]}) == (1, {"rolled_back"})
    assert command("audit", "seal")[0] == 1
    code, said = command("audit", "epoch", "--reason", "restored from Sunday", "--yes")
    assert code == 0, said
    assert command("audit", "verify")[0] == 0
