"""One request gives one file whatever two windows, or two workers, do at the same moment (R-343)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.audit.models import AuditRow
from core.exports import making
from core.exports.making import GIVEN_UP, make_file
from core.exports.states import ExportState
from core.kernel.clock import now
from core.kernel.errors import Conflict, KeguanError
from core.kernel.words import msg
from tests.exports.conftest import Gate
from tests.world import Browser

pytestmark = pytest.mark.requirement("R-343")


def aside(what: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """``what`` in a thread of its own, begun, and what comes of it."""
    came: list[Any] = []

    def run() -> None:
        try:
            came.append(what())
        except KeguanError as error:
            came.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, came


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], list[Any]]:
    """Do something in another thread when the first file is half written, and wait for it."""

    def arrange(what: Callable[[], Any]) -> list[Any]:
        before, found = making.demand_same_rights, []

        def first(*given: Any) -> None:
            monkeypatch.setattr(making, "demand_same_rights", before)
            thread, came = aside(what)
            thread.join(60)
            found.extend(came)
            before(*given)

        monkeypatch.setattr(making, "demand_same_rights", first)
        return found

    return arrange


def again(gate: Gate, request: int) -> None:
    """As a worker does that takes over what another one may have left."""
    with gate.world.act("head.east"):
        make_file(gate.world.keguan.database, request, again=True)


def rows(gate: Gate, action: str) -> int:
    with Session(gate.world.keguan.database.engine) as session:
        return session.scalar(select(func.count(AuditRow.id)).where(AuditRow.action == action)) or 0


def folder(gate: Gate, request: int) -> set[str]:
    return {path.name for path in gate.path(request).parent.iterdir()}


def approved(gate: Gate) -> int:
    request = gate.ask()
    gate.approve(request)
    return request


def test_a_second_window_finds_the_file_begun_and_the_first_one_has_it(gate: Gate, meanwhile: Any) -> None:
    request = approved(gate)
    found = meanwhile(lambda: (gate.make(request), gate.fetch(request)))
    gate.make(request)
    assert [type(one) for one in found] == [Conflict]
    assert "being made" in str(found[0].message)
    assert gate.stored(request).state is ExportState.READY
    assert folder(gate, request) == {f"{request}.csv", f"{request}.prints"}
    assert gate.fetch(request).path.read_bytes()
    assert (rows(gate, "finish"), rows(gate, "export"), rows(gate, "stop")) == (1, 1, 0)


def test_of_two_workers_that_make_the_same_file_the_first_to_end_has_made_it(gate: Gate, meanwhile: Any) -> None:
    request = approved(gate)
    kept: list[Any] = []

    def other() -> None:
        again(gate, request)
        kept.append((gate.stored(request).sha256, gate.path(request).read_bytes()))

    meanwhile(other)
    gate.make(request)
    assert len(kept) == 1
    assert (gate.stored(request).sha256, gate.path(request).read_bytes()) == kept[0], "the slower one touched the file of the quicker"
    assert folder(gate, request) == {f"{request}.csv", f"{request}.prints"}
    assert gate.fetch(request).size == len(kept[0][1])
    assert (rows(gate, "finish"), rows(gate, "export")) == (1, 1)


def test_a_worker_that_fails_late_stops_nothing_that_another_one_has_finished(
    gate: Gate, meanwhile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = approved(gate)
    meanwhile(lambda: again(gate, request))
    digest = making._digest

    def late(path: Path) -> str:
        if gate.stored(request).state is ExportState.READY:
            raise Conflict(msg("too late"))
        return digest(path)

    monkeypatch.setattr(making, "_digest", late)
    with pytest.raises(Conflict):
        gate.make(request)
    monkeypatch.setattr(making, "_digest", digest)
    assert gate.stored(request).state is ExportState.READY
    assert gate.fetch(request).path.is_file()


def test_two_downloads_at_once_give_one_file(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    request = approved(gate)
    gate.make(request)
    before, others = making._digest, []

    def first(path: Any) -> str:
        monkeypatch.setattr(making, "_digest", before)
        others.append(aside(lambda: gate.fetch(request)))
        return before(path)

    monkeypatch.setattr(making, "_digest", first)
    taken = gate.fetch(request)
    thread, came = others[0]
    thread.join(60)
    assert taken.path.is_file()
    assert [isinstance(one, KeguanError) for one in came] == [True]
    assert rows(gate, "export") == 1


def test_what_a_dead_window_left_is_made_anew_by_the_next_one(gate: Gate, client_for: Callable[[str], Browser]) -> None:
    request = approved(gate)
    with gate.world.act("head.east"):
        making._begin(gate.world.keguan.database, request, again=False)  # and nothing more: its process died
    window = client_for("head.east")
    assert "正在生成" in window.post(f"/exports/{request}/download").text
    with time_machine.travel(now() + GIVEN_UP + timedelta(minutes=1), tick=False):
        answer = client_for("head.east").post(f"/exports/{request}/download")
        assert answer.headers["Content-Type"].startswith("text/csv")
        answer.close()
    assert gate.stored(request).state is ExportState.FETCHED
