"""Backup and restore: what comes back is what was there, and what will not do is refused before anything is touched."""

from __future__ import annotations

import io
import json
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.access.models import WebSession
from core.approvals.operations import approve, reject
from core.approvals.queries import waiting_for
from core.audit.models import AuditRow
from core.exports.backups import BackupWish, WishState, ask_for_backup
from core.kernel.acting import System, acting_as, actor
from core.operations.backups import databases
from core.operations.backups.manifest import Manifest, digest_of, files_below, write_manifest
from core.operations.demo_counts import digest
from core.operations.pulse import beating
from core.organisation.models import Duty
from core.organisation.operations import appoint
from plugins.customers.models import Customer
from plugins.customers.operations import create_customer
from tests.commands.test_commands import command
from tests.world import Browser, Site, World

__all__ = ["command"]
Command = Callable[..., tuple[int, str]]
Clients = Callable[[str], Browser]
DECIDERS = (("admin", "leader"), ("admin2", "head2"))
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def target(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where regular backups go."""
    monkeypatch.setattr(site.settings, "backups", tmp_path / "backups")
    yield tmp_path / "backups"
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def let_out(world: World) -> Callable[..., list[int]]:
    """Let the administrator of each company ask for a backup into a folder, and the leader, or whoever stands above, say yes."""

    network, head = world.departments["huarui/network"], world.employees["head2"]
    with acting_as(System("tests", network.company_id)), world.keguan.database.transaction() as session:
        appoint(session, head, network, Duty.HEAD)

    def ask(folder: Path, *, keys: bool = False, companies: Sequence[tuple[str, str]] = DECIDERS) -> list[int]:
        wishes = []
        for administrator, decider in companies:
            with world.use_case(administrator) as session:
                wish = ask_for_backup(session, folder=str(folder), reason="搬迁机房", keys=keys)
                wishes.append(wish.id)
            with world.use_case(decider) as session:
                approve(session, session.scalars(waiting_for(actor())).one().id)
        return wishes

    return ask


def made(command: Command, target: Path, *options: str) -> Path:
    """A new backup below ``target``."""
    code, said = command("backup", str(target), "--json", *options)
    assert code == 0, said
    return Path(json.loads(said)["folder"])


def enter(world: World, name: str) -> int:
    """A customer of east."""
    with world.use_case("sales.east1") as session:
        return int(create_customer(session, {"name": name}).id)


def names(world: World) -> set[str]:
    """All customers."""
    with acting_as(System("tests")), Session(world.keguan.database.engine) as session:
        return set(session.scalars(select(Customer.name)))


def rows(world: World, action: str) -> list[AuditRow]:
    """What the trail says of ``action``."""
    with acting_as(System("tests")), Session(world.keguan.database.engine) as session:
        return list(session.scalars(select(AuditRow).where(AuditRow.action == action)))


@pytest.mark.requirement("R-445", "R-454")
def test_what_comes_back_is_what_was_there(world: World, command: Command, client_for: Clients, target: Path) -> None:
    """Rows, attachments and digests; what came later is gone, nobody is signed in, and the trail goes on in a new epoch."""
    number = enter(world, "苏州恒达")
    seller = client_for("sales.east1")
    sent = {"file": (io.BytesIO("对账说明".encode()), "说明.txt")}
    assert seller.post(f"/customers/{number}/files", data=sent, content_type="multipart/form-data").status_code == 303
    assert command("audit", "seal")[0] == 0
    before = digest(world.keguan.database, "qiheng")
    folder = made(command, target, "--reason", "before the new year")
    enter(world, "后来才有")
    assert command("audit", "seal")[0] == 0
    shutil.rmtree(world.keguan.settings.data / "attachments")

    code, said = command("restore", str(folder), "--reason", "a disk has died", "--yes", "--json")
    assert (code, json.loads(said)["found"]) == (0, 0), said
    assert json.loads(said)["began_anew"] >= 1
    assert names(world) == {"苏州恒达"}
    assert digest(world.keguan.database, "qiheng") == before
    assert seller.get("/customers/").status_code in (302, 303)
    answer = client_for("sales.east1").get(f"/customers/{number}/files/1")
    assert (answer.status_code, answer.data) == (200, "对账说明".encode())
    answer.close()
    assert [json.loads(row.changes)["reason"] for row in rows(world, "restore")] == ["a disk has died"]
    assert command("audit", "verify")[0] == 0
    assert enter(world, "又有新的") > 0


@pytest.mark.requirement("R-343", "R-444")
def test_the_trail_names_who_let_the_backup_out_why_and_its_digest(world: World, command: Command, target: Path) -> None:
    _, said = command("backup", str(target), "--reason", "moving to another host", "--json")
    told = json.loads(said)
    (begun,), (done,) = rows(world, "backup"), rows(world, "backup_made")
    assert begun.who.startswith("system: terminal: ")
    assert json.loads(begun.changes)["reason"] == "moving to another host"
    assert json.loads(done.changes)["sha256"] == told["digest"] == digest_of(Path(told["folder"]) / "manifest.json")


def test_without_trail_there_is_no_backup(world: World, command: Command, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr("core.audit.trail.put", broken)
    with pytest.raises(RuntimeError):
        command("backup", str(target))
    assert not target.exists()


def test_keys_and_sessions_stay_out_unless_somebody_wants_the_keys(
    world: World, command: Command, client_for: Clients, target: Path, let_out: Callable[..., list[int]]
) -> None:
    client_for("sales.east1")
    settings = world.keguan.settings
    folder = made(command, target)
    secrets = [path.read_bytes() for path in (settings.data / "secrets").iterdir()]
    for name in files_below(folder):
        found = (folder / name).read_bytes()
        assert not any(secret in found for secret in secrets)
    with Session(world.keguan.database.engine) as session:
        digests = list(session.scalars(select(WebSession.digest)))
    assert digests
    copy = next(path for path in folder.iterdir() if path.name in (databases.SQLITE, databases.POSTGRES)).read_bytes()
    assert not [one for one in digests if one in copy or one.hex().encode() in copy]
    shutil.rmtree(target)
    let_out(target, keys=True)
    assert (made(command, target, "--with-keys") / "secrets" / "audit.key").read_bytes() == settings.audit_key


@SQLITE
def test_a_backup_that_anybody_has_touched_is_refused_before_anything_happens(world: World, command: Command, target: Path) -> None:
    """Any byte of any file, a file more and a file less."""
    enter(world, "苏州恒达")
    folder = made(command, target)
    enter(world, "杭州德信")
    chance = random.Random(7)
    for name in [*files_below(folder), "manifest.json", "manifest.code"] * 8:
        path = folder / name
        whole = path.read_bytes()
        place = chance.randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(7))]) + whole[place + 1 :])
        code, said = command("restore", str(folder), "--yes")
        assert (code, said.count("\n")) == (2, 1), f"{name} at {place}: {said}"
        path.write_bytes(whole)
    (folder / "more.txt").write_text("?")
    assert "more.txt does not belong" in command("restore", str(folder), "--yes")[1]
    (folder / "more.txt").unlink()
    (folder / databases.SQLITE).rename(folder / "aside")
    assert "Nothing was restored" in command("restore", str(folder), "--yes")[1]
    (folder / "aside").rename(folder / databases.SQLITE)
    assert command("restore", str(folder), "--check")[0] == 0
    assert names(world) == {"苏州恒达", "杭州德信"}


@SQLITE
def test_what_cannot_be_restored_is_one_sentence(world: World, command: Command, target: Path, tmp_path: Path) -> None:
    folder = made(command, target)
    with beating(world.keguan.settings.data):
        assert "stop it first" in command("restore", str(folder), "--yes")[1]
    assert "is no backup" in command("restore", str(tmp_path), "--yes")[1]
    manifest = folder / "manifest.json"
    whole = manifest.read_bytes()
    told = json.loads(whole)
    for change, sentence in (
        ({"database": "postgresql"}, "another kind of database"),
        ({"revisions": ("core_9999",)}, "newer program"),
        ({"revisions": ("elsewhere_0001",)}, "module elsewhere"),
    ):
        write_manifest(folder, Manifest(**{**told, **change}), world.keguan.settings.audit_key)
        code, said = command("restore", str(folder), "--yes")
        assert (code, sentence in said) == (2, True), said


@pytest.mark.parametrize("database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_without_the_programs_of_postgresql_it_says_what_to_install(
    world: World, command: Command, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    code, said = command("backup", str(target))
    assert (code, "install the client programs of PostgreSQL" in said) == (2, True)
    assert not list(target.iterdir())


@SQLITE
def test_a_company_that_was_founded_after_the_backup_goes_and_its_anchor_is_kept(world: World, command: Command, target: Path) -> None:
    assert command("audit", "seal")[0] == 0
    folder = made(command, target)
    assert command("company", "add", "later", "Later")[0] == 0
    with Session(world.keguan.database.engine) as session:
        number = session.execute(text("SELECT id FROM core_company WHERE slug = 'later'")).scalar_one()
    assert command("audit", "seal")[0] == 0
    anchors = world.keguan.settings.anchor_folder
    assert (anchors / f"chain-{number}.heads").is_file()
    assert command("restore", str(folder), "--yes")[0] == 0
    assert command("audit", "verify")[0] == 0
    assert list(anchors.glob(f"chain-{number}.*.gone"))


@pytest.mark.requirement("R-343", "R-454")
def test_a_backup_that_leaves_is_let_out_by_another_person_of_every_company_once(
    world: World, command: Command, target: Path, let_out: Callable[..., list[int]]
) -> None:
    """Without, with one company's yes alone, with keys, into another folder, and a second time: one sentence, and nothing is written."""
    elsewhere = target.parent / "disk"
    assert_refused(command, elsewhere, "启衡机电")
    let_out(elsewhere, companies=DECIDERS[:1])
    assert_refused(command, elsewhere, "华睿仪器")
    wishes = let_out(elsewhere, companies=DECIDERS[1:])
    assert_refused(command, elsewhere, "with keys", "--with-keys")
    assert_refused(command, target.parent / "other", "启衡机电")
    (target.parent / "link").symlink_to(target.parent / "other")
    assert_refused(command, target.parent / "link", "启衡机电")
    assert rows(world, "backup") == []
    code, said = command("backup", str(elsewhere), "--json")
    assert code == 0, said
    assert_refused(command, elsewhere, "启衡机电")
    told = json.loads(said)
    with acting_as(System("tests")), Session(world.keguan.database.engine) as session:
        found = {one.id: (one.state, one.sha256, one.name) for one in session.scalars(select(BackupWish))}
    assert set(found.values()) == {(WishState.MADE, told["digest"], Path(told["folder"]).name)}
    assert set(wishes) <= set(found)
    noted = [row for row in rows(world, "backup_made") if row.company_id is not None]
    assert [json.loads(row.changes)["sha256"][1] for row in noted] == [told["digest"]] * 2


def assert_refused(command: Command, folder: Path, sentence: str, *options: str) -> None:
    """One sentence, code 2, and nothing in the folder."""
    before = sorted(folder.rglob("*")) if folder.is_dir() else []
    code, said = command("backup", str(folder), *options)
    assert (code, sentence in said) == (2, True), said
    assert (sorted(folder.rglob("*")) if folder.is_dir() else []) == before


@SQLITE
def test_nobody_approves_the_own_backup_and_a_refusal_is_told(world: World, client_for: Clients, target: Path) -> None:
    """Asked for on the page; the case knows who may decide."""
    admin, sent = client_for("admin"), {"folder": str(target), "reason": "搬迁机房", "keys": "1"}
    for wrong in ("", "backups", "/mnt/../etc", "/mnt/\0"):
        assert admin.post("/backups/", data={**sent, "folder": wrong}).status_code == 422, wrong
    assert admin.post("/backups/", data={**sent, "reason": ""}).status_code == 422
    assert rows(world, "ask_for_backup") == []
    assert admin.post("/backups/", data=sent).status_code == 303
    assert client_for("leader").post("/backups/", data=sent).status_code == 403
    with world.use_case("leader") as session:
        case = session.scalars(waiting_for(actor())).one().id
    asked = client_for("leader").get(f"/approvals/{case}").text
    assert (f"{target} + secrets/" in asked, "搬迁机房" in asked) == (True, True)
    assert admin.post(f"/approvals/{case}/approve").status_code == 403
    with world.use_case("leader") as session:
        reject(session, case, opinion="本月已备份")
    assert "本月已备份" in admin.get("/backups/").text
    assert "本月已备份" in client_for("auditor").get("/backups/").text
