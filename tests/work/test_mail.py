"""Mail leaves after the commit, by a worker, to a real server; the heads of the trail go out daily and its alarms at once."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread
from typing import ClassVar

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.anchors import Anchors
from core.audit.models import AuditBlock
from core.kernel.acting import System, acting_as
from core.work.mail import PostOffice, send_after_commit, use_post_office
from core.work.models import Job, JobState
from core.work.running import run_due_jobs
from core.work.schedules import enqueue_scheduled
from core.work.trail_mail import MAIL_HEADS
from core.work.trail_watch import watch_once
from tests.world import World

OUTSIDE = "auditor@example.com"
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


class Letterbox(socketserver.StreamRequestHandler):
    """As much of a mail server as a client asks for."""

    taken: ClassVar[list[EmailMessage]] = []

    def handle(self) -> None:
        self.wfile.write(b"220 letterbox\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                body = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part.removeprefix(b".")
                self.taken.append(message_from_bytes(body, policy=policy.default))  # type: ignore[arg-type]
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 fine\r\n")


@pytest.fixture
def letters() -> Iterator[list[EmailMessage]]:
    """What a server on this machine has taken; the house sends to it."""
    Letterbox.taken.clear()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Letterbox) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        use_post_office(PostOffice("127.0.0.1", server.server_address[1], "none", sender="keguan@example.com", auditors=(OUTSIDE,)))
        yield Letterbox.taken
        use_post_office(PostOffice())
        server.shutdown()


def work_off(world: World) -> None:
    """Run what is due."""
    run_due_jobs(world.keguan.database, world.keguan.registry)


@SQLITE
def test_mail_leaves_after_the_commit_and_never_when_the_use_case_fails(world: World, letters: list[EmailMessage]) -> None:
    company = world.companies["qiheng"].id
    with pytest.raises(RuntimeError):
        _fail_after_asking(world, company)
    with world.use_case("leader") as session:
        assert send_after_commit(session, company, OUTSIDE, "合同\r\nBcc: all@example.com", "您好", key="once")
        assert send_after_commit(session, company, OUTSIDE, "合同", "您好", key="once")
        assert letters == []
    work_off(world)
    (letter,) = letters
    assert (letter["To"], letter["Subject"], letter["Bcc"]) == (OUTSIDE, "合同 Bcc: all@example.com", None)
    assert letter.get_content().strip() == "您好"


def _fail_after_asking(world: World, company: int) -> None:
    with world.use_case("leader") as session:
        send_after_commit(session, company, OUTSIDE, "不会发出", "…")
        raise RuntimeError


@SQLITE
def test_a_server_that_does_not_answer_is_tried_again(world: World) -> None:
    use_post_office(PostOffice("127.0.0.1", 1, "none", sender="keguan@example.com"))
    with world.use_case("leader") as session:
        send_after_commit(session, world.companies["qiheng"].id, OUTSIDE, "合同", "您好")
    work_off(world)
    use_post_office(PostOffice())
    with acting_as(System("tests")), Session(world.keguan.database.engine) as session:
        job = session.scalars(select(Job).where(Job.kind == "core.mail")).one()
    assert job.state is JobState.QUEUED
    assert "127.0.0.1" in str(job.error)


@SQLITE
@pytest.mark.requirement("R-445")
def test_once_a_day_the_heads_lie_in_a_mailbox_outside(world: World, letters: list[EmailMessage]) -> None:
    database = world.keguan.database
    watch_once(database, Anchors(world.keguan.settings.anchor_folder))
    for _ in range(2):
        enqueue_scheduled(database, {MAIL_HEADS.kind: MAIL_HEADS})
        work_off(world)
    with acting_as(System("tests")), Session(database.engine) as session:
        asked = select(AuditBlock.head).where(AuditBlock.chain == world.companies["qiheng"].id).order_by(AuditBlock.number.desc())
        head = session.scalars(asked).first()
    assert head
    assert len(letters) == len(world.companies)
    assert sum(head in letter.get_content() for letter in letters) == 1


@SQLITE
@pytest.mark.requirement("R-445")
def test_an_anchor_out_of_reach_alarms_by_mail(world: World, letters: list[EmailMessage]) -> None:
    blocked = world.keguan.settings.data / "no-folder"
    blocked.write_text("a file where the anchor should be")
    for _ in range(2):
        watch_once(world.keguan.database, Anchors(blocked))
    work_off(world)
    assert [letter["To"] for letter in letters] == [OUTSIDE] * len(world.companies)
    assert all("锚点" in letter.get_content() or "anchor" in letter.get_content() for letter in letters)
    blocked.unlink()


def test_without_a_server_nothing_is_asked_for(world: World) -> None:
    with world.use_case("leader") as session:
        assert not send_after_commit(session, world.companies["qiheng"].id, OUTSIDE, "合同", "您好")
        assert session.scalars(select(Job).where(Job.kind == "core.mail")).first() is None
