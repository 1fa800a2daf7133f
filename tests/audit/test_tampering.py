"""Whatever is done to sealed rows is found: thousands of ways at random, and every byte of an exported trail (R-445).

``make prove`` tries 10,000 ways and every byte instead of a slice.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from core.audit.anchors import Anchors
from core.audit.exporting import VERIFIER, Exported, export_trail
from core.audit.sealing import keep_sealed
from core.audit.trail import record_event
from core.audit.verification import verify
from core.kernel.acting import System, acting_as
from core.operations import verify_trail
from tests.audit.tampering import WAYS
from tests.audit.test_beside import made_people
from tests.audit.test_sealing import anchors, raw, seal, write
from tests.evidence import Evidence
from tests.sizes import WHOLE
from tests.world import World

__all__ = ["anchors"]
TRIALS = 10_000 if WHOLE else 300
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


TABLES = ("core_audit_row", "core_audit_block", "core_company", "core_aside_value")


@pytest.fixture
def sealed(world: World, anchors: Anchors) -> sqlite3.Connection:
    """The tables of a small sealed trail, in memory and without constraints: some blocks in each of three chains."""
    for table in ("core_audit_row", "core_aside_value"):
        raw(world, f"DELETE FROM {table}")  # what the making of the world has left: each check would read it
    people = made_people(world)
    with acting_as(System("a test")), world.keguan.database.transaction() as session:
        record_event(session, "sign_in_failed", "nobody")
    for count in range(1, 5):
        write(world, count)
        write(world, count, "sales2")
        next(people)
        seal(world, anchors)
    copy = sqlite3.connect(":memory:", isolation_level=None)
    copy.execute("ATTACH ? AS live", (world.keguan.database.engine.url.database,))
    for table in TABLES:
        copy.execute(f"CREATE TABLE {table} AS SELECT * FROM live.{table}")
    copy.execute("DETACH live")
    return copy


def _found(copy: sqlite3.Connection, key: bytes, anchors: Anchors) -> int:
    engine = create_engine("sqlite://", creator=lambda: copy, poolclass=StaticPool)
    with Session(engine) as session:
        return verify(session, key, anchors).found


@SQLITE
@pytest.mark.requirement("R-445")
@pytest.mark.evidence("tampering")
def test_every_tampering_is_found(world: World, sealed: sqlite3.Connection, anchors: Anchors) -> None:
    evidence = Evidence("tampering", shares=False)
    key = world.keguan.settings.audit_key
    assert _found(sealed, key, anchors) == 0
    evidence.positive("an untouched copy")
    for number in range(TRIALS):
        chance = random.Random(number)
        copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        sealed.backup(copy)
        way = WAYS[number % len(WAYS)]
        item = f"{number} {way.__name__}: {way(copy, chance)}"
        evidence.refused(item) if _found(copy, key, anchors) else evidence.failed(item, "was not found")
        copy.close()
    evidence.close()


def _exported(world: World, anchors: Anchors, folder: Path, rows: int = 200) -> Exported:
    keep_sealed(world.keguan.database, anchors)
    for _ in range(4):
        write(world, rows // 4)
        keep_sealed(world.keguan.database, anchors)
    chain = world.companies["qiheng"].id
    with acting_as(System("a test")), Session(world.keguan.database.engine) as session:
        return export_trail(session, chain, folder)


def _ask(folder: Path, *kept: str) -> tuple[int, str]:
    """The verifier in an empty environment: a copy of the one file, isolated, no variables, another working folder."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / VERIFIER.name), str(folder), *kept],
        env={},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


@SQLITE
@pytest.mark.requirement("R-445")
def test_the_independent_verifier_needs_nothing_but_the_export_and_an_old_head(world: World, anchors: Anchors, tmp_path: Path) -> None:
    chain = world.companies["qiheng"].id
    seal(world, anchors)
    old = anchors.newest(chain)
    assert old is not None
    done = _exported(world, anchors, tmp_path / "trail")
    assert _ask(done.folder, old.head, done.head)[0] == 0
    assert _ask(done.folder, str(anchors.path(chain)))[0] == 0, "the anchor itself is a list of heads"
    code, said = _ask(done.folder, "0" * 64)
    assert (code, "NOT IN THE TRAIL" in said) == (1, True)
    lines = [line for line in VERIFIER.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) < 100
    assert "core" not in {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}


@SQLITE
@pytest.mark.requirement("R-445")
@pytest.mark.evidence("trail-bytes")
def test_every_byte_of_an_exported_trail_counts(world: World, anchors: Anchors, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = _exported(world, anchors, tmp_path / "trail")
    assert done.rows > 200
    evidence = Evidence("trail-bytes", shares=False)
    assert verify_trail.main(str(done.folder), done.head) == 0
    evidence.positive("the export as it was written")
    for name in ("rows.jsonl", "blocks.txt"):
        path = done.folder / name
        whole = path.read_bytes()
        step = 1 if WHOLE else max(1, len(whole) // 150)
        for place in range(0, len(whole), step):
            changed = bytearray(whole)
            changed[place] ^= 1 << place % 8
            path.write_bytes(changed)
            item = f"{name}, byte {place}"
            if verify_trail.main(str(done.folder), done.head) == 0:
                evidence.failed(item, f"was not found in {whole[max(0, place - 10) : place + 10]!r}")
            else:
                evidence.refused(item)
        path.write_bytes(whole)
    assert verify_trail.main(str(done.folder), done.head) == 0
    capsys.readouterr()
    evidence.close()


@SQLITE
@pytest.mark.parametrize("cut", ["rows.jsonl", "blocks.txt", "both"])
def test_a_truncated_export_lacks_the_head_that_was_kept(world: World, anchors: Anchors, tmp_path: Path, cut: str) -> None:
    done = _exported(world, anchors, tmp_path / "trail", 40)
    for name, gone in (("blocks.txt", 1), ("rows.jsonl", 10)):
        if cut in (name, "both"):
            path = done.folder / name
            path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-gone]))
    assert _ask(done.folder, done.head)[0] == 1
