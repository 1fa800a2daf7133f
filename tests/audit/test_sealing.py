"""Sealed rows: bound into chained blocks, anchored outside; whatever is done to them afterwards is found (R-445)."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.audit.alarms import open_alarms
from core.audit.anchors import Anchors
from core.audit.models import AuditBlock
from core.audit.reads import note_read
from core.audit.sealing import Sealed, begin_epoch, keep_sealed
from core.audit.trail import write as write_rows
from core.audit.verification import Verification, verify
from core.audit.words import problem_told
from core.work.models import Notice
from core.work.trail_watch import watch_once
from tests.world import World


@pytest.fixture
def anchors(tmp_path: Path) -> Anchors:
    return Anchors(tmp_path / "elsewhere")


def write(world: World, count: int, account: str = "leader") -> None:
    with world.use_case(account) as session:
        for number in range(count):
            note_read(session, "search", subject=f"{account} {number}")


def seal(world: World, anchors: Anchors) -> Sealed:
    return keep_sealed(world.keguan.database, anchors)


def checked(world: World, anchors: Anchors) -> Verification:
    with Session(world.keguan.database.engine) as session:
        found = verify(session, world.keguan.settings.audit_key, anchors)
    assert all(str(problem_told(one)) for one in found.problems)
    return found


def blocks(world: World) -> list[AuditBlock]:
    with Session(world.keguan.database.engine) as session:
        return list(session.scalars(select(AuditBlock).order_by(AuditBlock.chain, AuditBlock.number)))


def raw(world: World, statement: str) -> None:
    with world.keguan.database.engine.begin() as connection:
        connection.execute(text(statement))


def alarms(world: World) -> list[str]:
    with Session(world.keguan.database.engine) as session:
        return [alarm.kind for alarm in open_alarms(session)]


@pytest.mark.requirement("R-445")
def test_what_is_written_is_sealed_in_chains_by_company_and_anchored(world: World, anchors: Anchors) -> None:
    first = seal(world, anchors)
    write(world, 3)
    write(world, 2, "sales2")
    assert first.rows > 0
    assert (seal(world, anchors).rows, seal(world, anchors).rows) == (5, 0)
    found = checked(world, anchors)
    assert (found.found, found.unsealed, found.pending, found.epochs) == (0, 0, 0, [])
    for chain in {block.chain for block in blocks(world)}:
        newest = anchors.newest(chain)
        assert newest is not None
        assert newest.head == found.heads[chain].head


def test_the_youngest_rows_are_told_as_not_sealed_yet(world: World, anchors: Anchors) -> None:
    seal(world, anchors)
    write(world, 4)
    found = checked(world, anchors)
    assert (found.found, found.unsealed) == (0, 4)


def test_many_rows_become_several_blocks(world: World, anchors: Anchors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.audit.sealing.MOST", 7)
    write(world, 30)
    seal(world, anchors)
    assert max(block.count for block in blocks(world)) <= 7
    assert checked(world, anchors).found == 0


@pytest.mark.requirement("R-445")
def test_database_and_data_folder_set_back_together_are_found_against_the_anchor(world: World, anchors: Anchors) -> None:
    seal(world, anchors)
    last = max(block.last_id for block in blocks(world))
    write(world, 5)
    seal(world, anchors)
    raw(world, f"DELETE FROM core_audit_row WHERE id > {last}")
    raw(world, f"DELETE FROM core_audit_block WHERE last_id > {last}")
    assert {one.kind for one in checked(world, anchors).problems} == {"rolled_back"}
    assert (watch_once(world.keguan.database, anchors).alarms, alarms(world)) == ((("anchor_contradicts", 0),), ["anchor_contradicts"])
    write(world, 2)
    assert seal(world, anchors).rows == 0, "nothing is sealed over a contradiction"


def test_a_restored_database_begins_a_new_epoch_that_every_later_check_tells(world: World, anchors: Anchors) -> None:
    test_database_and_data_folder_set_back_together_are_found_against_the_anchor(world, anchors)
    begun = begin_epoch(world.keguan.database, anchors, "the disk broke; backup of Sunday")
    assert begun == [world.companies["qiheng"].id]
    write(world, 2)
    seal(world, anchors)
    found = checked(world, anchors)
    assert (found.found, {one.kind for one in found.epochs}, alarms(world)) == (0, {"epoch", "lost"}, [])
    assert "restored database" in str(problem_told(found.epochs[0]))


@pytest.mark.requirement("R-445")
def test_an_anchor_out_of_reach_alarms_once_and_is_caught_up_with(world: World, anchors: Anchors, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("a file where the folder should be")
    for _ in range(3):
        write(world, 1)
        watch_once(world.keguan.database, anchors)
    assert alarms(world) == ["anchor_unreachable"]
    with Session(world.keguan.database.engine) as session:
        told = session.scalars(select(Notice).where(Notice.employee_id == world.employees["auditor"].id)).all()
    assert [notice.url for notice in told] == ["/trail"]
    assert "anchor_unreachable" in {one.kind for one in checked(world, anchors).problems}
    (tmp_path / "elsewhere").unlink()
    write(world, 1)
    seal(world, anchors)
    assert (alarms(world), checked(world, anchors).found) == (["anchor_emptied"], 0)


def test_a_row_that_the_program_has_not_written_alarms_when_it_is_sealed(world: World, anchors: Anchors) -> None:
    seal(world, anchors)
    write(world, 1)
    raw(world, "UPDATE core_audit_row SET who = 'somebody else' WHERE id = (SELECT max(id) FROM core_audit_row)")
    seal(world, anchors)
    assert alarms(world) == ["row_forged"]
    assert [one.kind for one in checked(world, anchors).problems] == ["row"]


@pytest.mark.postgres
@pytest.mark.parametrize("database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_long_transaction_that_commits_late_is_no_insertion(world: World, anchors: Anchors) -> None:
    """A lower id that becomes visible after a higher one: it is sealed after it, not passed over."""
    seal(world, anchors)
    wrote, go_on = Event(), Event()

    def slow() -> None:
        engine = world.keguan.database.engine
        with Session(engine) as session, world.act("leader"):
            session.info["in_use_case"] = True
            note_read(session, "search", subject="slow")
            write_rows(session)
            wrote.set()
            go_on.wait(20)
            session.commit()

    thread = Thread(target=slow)
    thread.start()
    assert wrote.wait(20)
    write(world, 3)
    assert seal(world, anchors).rows == 0, "a writer is under way"
    go_on.set()
    thread.join()
    assert seal(world, anchors).rows == 4
    assert checked(world, anchors).found == 0
