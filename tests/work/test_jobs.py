"""Jobs are never lost, never done twice, and run with the rights of the person who asked, as they are now."""

from __future__ import annotations

import os
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from core.access.models import EmployeeRole
from core.database.sessions import Database
from core.extension.exchange import JobHandler, Task
from core.kernel.acting import System, acting, acting_as
from core.kernel.clock import now
from core.kernel.errors import BadInput, Conflict, Forbidden, NotFound, StartRefused
from core.kernel.words import msg
from core.work import running, worker
from core.work.claims import ATTEMPTS, LEASE, LeaseLost, claim, renew, requeue_expired, settle
from core.work.following import complete_job
from core.work.handlers import job_handlers
from core.work.jobs import cancel_job, enqueue, remove_old_jobs
from core.work.models import Job, JobState, Notice, Schedule
from core.work.notices import notify
from core.work.running import run_due_jobs
from core.work.schedules import enqueue_scheduled
from core.work.wakeups import Wakeups, open_wakeups, use_wakeups
from core.work.worker import Worker, run_worker
from tests.work import probe
from tests.work.conftest import count, crash, in_one_use_case

if TYPE_CHECKING:
    from tests.work.conftest import Office


def asked(office: Office, kind: str = "probe.act", **options: Any) -> int:
    """A job that Ann asked for."""
    with acting_as(office.ann), office.database.transaction() as session:
        return enqueue(session, kind, {"n": 1}, **options)


def job(office: Office, job_id: int) -> Job:
    """The row as it is now."""
    with acting_as(System("test")):
        found = office.database.session().get_one(Job, job_id)
        office.database.session().expunge_all()
    office.database.release()
    return found


def due_again(office: Office, job_id: int) -> None:
    """Let the pause before the next attempt be over."""
    with acting_as(System("test")), office.database.transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(run_after=now() - timedelta(seconds=1)))


def test_a_job_is_run_as_the_person_who_asked_for_it(office: Office) -> None:
    seen: list[Any] = []
    probe.behaviour["act"] = lambda session, task: seen.append(acting())
    job_id = asked(office)
    assert run_due_jobs(office.database, office.registry) == 1
    assert seen == [office.ann]
    assert probe.ran[0].payload == {"n": 1}
    assert probe.ran[0].modules == {"probe"}
    done = job(office, job_id)
    assert (done.state, done.attempts, done.worker) == (JobState.DONE, 1, None)
    assert done.started_at is not None
    assert done.finished_at is not None
    assert run_due_jobs(office.database, office.registry) == 0


def test_a_job_of_a_use_case_that_failed_never_was(office: Office) -> None:
    with pytest.raises(ZeroDivisionError):
        in_one_use_case(office, lambda session: enqueue(session, "probe.act", {}), crash)
    assert count(office, Job) == 0


def test_nobody_and_the_platform_cannot_ask_for_a_job(office: Office) -> None:
    for who in (None, System("platform")):
        with acting_as(who), pytest.raises(Forbidden), office.database.transaction() as session:
            enqueue(session, "probe.act", {})


def test_asking_twice_with_one_key_makes_one_job(office: Office) -> None:
    first = asked(office, key="card 7")
    assert asked(office, key="card 7") == first
    with acting_as(office.bob), office.database.transaction() as session:
        assert enqueue(session, "probe.act", {}, key="card 7") == first
    run_due_jobs(office.database, office.registry)
    assert asked(office, key="card 7") == first
    assert len({asked(office), asked(office)}) == 2
    assert run_due_jobs(office.database, office.registry) == 2


def test_a_key_belongs_to_one_company(office: Office) -> None:
    first = asked(office, key="same")
    with acting_as(System("test", office.other_id)), office.database.transaction() as session:
        assert enqueue(session, "probe.act", {}, key="same") != first


def test_a_job_is_not_run_before_its_time(office: Office) -> None:
    job_id = asked(office, run_after=now() + timedelta(hours=1))
    assert run_due_jobs(office.database, office.registry) == 0
    assert claim(office.database, ["probe.act"], at=now() + timedelta(hours=2)) is not None
    assert job(office, job_id).state is JobState.RUNNING


def test_a_leavers_job_is_cancelled_and_does_nothing(office: Office) -> None:
    job_id = asked(office)
    office.leave(office.ann_id)
    run_due_jobs(office.database, office.registry)
    assert probe.ran == []
    cancelled = job(office, job_id)
    assert cancelled.state is JobState.CANCELLED
    assert "has left" in str(cancelled.error)


def test_a_job_has_the_rights_of_now_and_not_those_of_when_it_was_asked_for(office: Office) -> None:
    def create(session: Any, task: Task) -> None:
        session.add(probe.Client(code="1", name="A"))
        session.flush()

    probe.behaviour["act"] = create
    job_id = asked(office)
    with acting_as(System("test")), office.database.transaction() as session:
        for row in session.scalars(select(EmployeeRole).where(EmployeeRole.employee_id == office.ann_id)).all():
            session.delete(row)
    run_due_jobs(office.database, office.registry)
    assert job(office, job_id).state is JobState.FAILED
    assert count(office, probe.Client) == 0


def test_a_job_of_a_plugin_that_is_off_waits_until_it_is_on_again(office: Office) -> None:
    job_id = asked(office)
    office.switch(on=False)
    assert run_due_jobs(office.database, office.registry) == 0
    assert (job(office, job_id).state, job(office, job_id).attempts) == (JobState.QUEUED, 0)
    office.switch(on=True)
    assert run_due_jobs(office.database, office.registry) == 1
    assert job(office, job_id).state is JobState.DONE


def test_a_job_of_a_plugin_that_is_not_installed_waits(office: Office) -> None:
    with acting_as(office.ann), office.database.transaction() as session:
        job_id = enqueue(session, "departed.act", {})
    assert run_due_jobs(office.database, office.registry) == 0
    assert job(office, job_id).state is JobState.QUEUED


def test_what_a_failing_job_has_written_is_undone_and_it_is_tried_again_later(office: Office) -> None:
    def fail(session: Any, task: Task) -> None:
        session.add(probe.Client(code="1", name="A"))
        session.flush()
        raise ZeroDivisionError

    probe.behaviour["act"] = fail
    job_id = asked(office)
    assert run_due_jobs(office.database, office.registry) == 1
    waiting = job(office, job_id)
    assert (waiting.state, waiting.attempts) == (JobState.QUEUED, 1)
    assert waiting.run_after > now() + timedelta(seconds=10)
    assert count(office, probe.Client) == 0
    probe.behaviour["act"] = lambda session, task: session.add(probe.Client(code="1", name="A"))
    due_again(office, job_id)
    run_due_jobs(office.database, office.registry)
    assert (job(office, job_id).state, job(office, job_id).error) == (JobState.DONE, None)
    assert count(office, probe.Client) == 1


def test_the_fifth_failure_is_the_last_and_the_person_is_told(office: Office) -> None:
    def fail(session: Any, task: Task) -> None:
        raise ZeroDivisionError

    probe.behaviour["act"] = fail
    job_id = asked(office)
    pauses = []
    for _ in range(ATTEMPTS):
        assert run_due_jobs(office.database, office.registry) == 1
        pauses.append(job(office, job_id).run_after - now())
        due_again(office, job_id)
    assert pauses[0] < pauses[1] < pauses[2] < pauses[3]
    assert run_due_jobs(office.database, office.registry) == 0
    failed = job(office, job_id)
    assert (failed.state, failed.attempts) == (JobState.FAILED, ATTEMPTS)
    assert str(job_id) in str(failed.error)
    with acting_as(office.ann):
        [notice] = office.database.session().scalars(select(Notice)).all()
        assert str(notice).startswith("“Act” has failed: ")


def test_an_error_that_repetition_cannot_cure_fails_at_once_with_its_sentence(office: Office) -> None:
    def refuse(session: Any, task: Task) -> None:
        raise BadInput(msg("The %(what)s is missing.", what="card"))

    probe.behaviour["act"] = refuse
    job_id = asked(office)
    run_due_jobs(office.database, office.registry)
    assert (job(office, job_id).state, job(office, job_id).attempts) == (JobState.FAILED, 1)
    assert str(job(office, job_id).error) == "The card is missing."


def test_a_conflict_is_tried_again(office: Office) -> None:
    def clash(session: Any, task: Task) -> None:
        raise Conflict(msg("Somebody else was quicker."))

    probe.behaviour["act"] = clash
    job_id = asked(office)
    run_due_jobs(office.database, office.registry)
    assert job(office, job_id).state is JobState.QUEUED


def test_only_one_of_many_workers_gets_a_job(office: Office) -> None:
    ids = {asked(office) for _ in range(20)}
    taken: list[int] = []

    def take() -> None:
        while (held := claim(office.database, ["probe.act"])) is not None:
            taken.append(held.job_id)
        office.database.release()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(ids)


def test_a_dead_workers_job_is_taken_up_again_when_its_lease_has_run_out(office: Office) -> None:
    job_id = asked(office)
    dead = claim(office.database, ["probe.act"])
    assert dead is not None
    assert requeue_expired(office.database) == 0
    assert requeue_expired(office.database, now() + LEASE * 2) == 1
    assert job(office, job_id).state is JobState.QUEUED
    due_again(office, job_id)
    assert run_due_jobs(office.database, office.registry) == 1
    assert (job(office, job_id).state, job(office, job_id).attempts) == (JobState.DONE, 2)


def test_whoever_lost_the_lease_can_write_nothing_more_for_the_job(office: Office) -> None:
    job_id = asked(office)
    first = claim(office.database, ["probe.act"])
    requeue_expired(office.database, now() + LEASE * 2)
    due_again(office, job_id)
    second = claim(office.database, ["probe.act"])
    assert first is not None
    assert second is not None
    with pytest.raises(LeaseLost):
        renew(office.database, first)
    late = probe.Client(code="1", name="late")
    with pytest.raises(LeaseLost):
        in_one_use_case(office, lambda session: session.add(late), lambda session: settle(session, first, JobState.DONE))
    assert count(office, probe.Client) == 0
    renew(office.database, second, 3, 7)
    assert (job(office, job_id).done, job(office, job_id).total) == (3, 7)


def test_a_job_that_kills_every_worker_fails_in_the_end(office: Office) -> None:
    job_id = asked(office)
    for _ in range(ATTEMPTS):
        assert claim(office.database, ["probe.act"], at=now() + timedelta(minutes=1)) is not None
        assert requeue_expired(office.database, now() + timedelta(minutes=5)) == 1
        due_again(office, job_id)
    assert job(office, job_id).state is JobState.FAILED
    assert claim(office.database, ["probe.act"], at=now() + timedelta(days=1)) is None


def test_the_heartbeat_keeps_the_lease_of_a_long_job(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LEASE", timedelta(seconds=0.2))
    leases: list[datetime | None] = []

    def go_on(database: Any, task: Task) -> None:
        before = job(office, task.job_id).lease_until
        for _ in range(100):
            time.sleep(0.05)
            if job(office, task.job_id).lease_until != before:
                break
        leases.extend((before, job(office, task.job_id).lease_until))

    probe.behaviour["long"] = go_on
    asked(office, "probe.long")
    run_due_jobs(office.database, office.registry)
    before, after = leases
    assert before is not None
    assert after is not None
    assert after > before


def test_a_long_job_shows_how_far_it_is(office: Office) -> None:
    def go_on(database: Database, task: Task) -> None:
        for n in (1, 2):
            with database.transaction() as session:
                session.add(probe.Client(code=str(n), name="A"))
            task.progress(n, 2)

    probe.behaviour["long"] = go_on
    job_id = asked(office, "probe.long")
    heard: list[tuple[int, int]] = []
    run_due_jobs(office.database, office.registry, only=job_id, on_progress=lambda done, total: heard.append((done, total)))
    assert heard == [(1, 2), (2, 2)]
    assert (job(office, job_id).done, job(office, job_id).total, job(office, job_id).state) == (2, 2, JobState.DONE)


def test_a_long_job_that_is_cancelled_stops_at_its_next_step(office: Office) -> None:
    steps: list[int] = []

    def go_on(database: Database, task: Task) -> None:
        for n in range(10):
            steps.append(n)
            if n == 2:
                with database.transaction() as session:
                    cancel_job(session, task.job_id)
            task.progress(n, 10)

    probe.behaviour["long"] = go_on
    job_id = asked(office, "probe.long")
    run_due_jobs(office.database, office.registry)
    assert steps == [0, 1, 2]
    assert job(office, job_id).state is JobState.CANCELLED


def test_a_job_is_seen_by_who_asked_and_by_who_may_read_jobs(office: Office) -> None:
    job_id = asked(office)
    sees = {}
    for name, who in {"ann": office.ann, "bob": office.bob, "chief": office.chief, "eve": office.actor(office.stranger_id)}.items():
        with acting_as(who):
            sees[name] = office.database.session().scalar(select(Job.id)) == job_id
        office.database.release()
    assert sees == {"ann": True, "bob": False, "chief": True, "eve": False}


def test_only_the_person_who_asked_may_cancel(office: Office) -> None:
    job_id = asked(office)
    with acting_as(office.bob), pytest.raises(NotFound), office.database.transaction() as session:
        cancel_job(session, job_id)
    with acting_as(office.chief), pytest.raises(Forbidden), office.database.transaction() as session:
        cancel_job(session, job_id)
    with acting_as(office.ann), office.database.transaction() as session:
        cancel_job(session, job_id)
    with acting_as(office.ann), pytest.raises(Conflict), office.database.transaction() as session:
        cancel_job(session, job_id)
    assert run_due_jobs(office.database, office.registry) == 0


NOON = datetime(2026, 3, 24, 12, 10, tzinfo=UTC)


def hourly(office: Office, at: datetime) -> int:
    handlers = {kind: handler for kind, handler in job_handlers(office.registry).items() if kind == "probe.hourly"}
    return enqueue_scheduled(office.database, handlers, at)


def test_a_schedule_asks_once_per_company_and_slot_whoever_looks(office: Office) -> None:
    assert hourly(office, NOON) == 2
    assert hourly(office, NOON) == 0
    assert hourly(office, NOON + timedelta(minutes=49)) == 0
    assert hourly(office, NOON + timedelta(minutes=50)) == 2
    assert count(office, Job) == 4
    assert count(office, Schedule) == 2


def test_a_clock_that_jumps_back_asks_for_nothing_again(office: Office) -> None:
    hourly(office, NOON)
    hourly(office, NOON + timedelta(hours=5))
    for hours in (0, 1, 4, 5):
        assert hourly(office, NOON + timedelta(hours=hours)) == 0
    assert hourly(office, NOON + timedelta(hours=6)) == 2


def test_many_workers_that_look_at_once_ask_once(office: Office) -> None:
    counts: list[int] = []

    def look() -> None:
        counts.append(hourly(office, NOON))
        office.database.release()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 2
    assert count(office, Job) == 2


def test_a_company_that_has_the_plugin_off_is_passed_over(office: Office) -> None:
    office.switch(on=False)
    assert hourly(office, NOON) == 1
    office.switch(on=True)
    assert hourly(office, NOON) == 1


def test_a_scheduled_job_runs_as_the_house_within_its_company(office: Office) -> None:
    who: list[Any] = []
    probe.behaviour["act"] = lambda session, task: who.append((acting(), task.company_id))
    hourly(office, now())
    run_due_jobs(office.database, office.registry)
    assert who == [(System("job probe.hourly", company), company) for company in (office.company_id, office.other_id)]


def test_old_jobs_are_removed_but_not_those_that_wait(office: Office) -> None:
    done, waiting = asked(office), asked(office, run_after=now() + timedelta(days=90))
    run_due_jobs(office.database, office.registry)
    with acting_as(System("test", office.company_id)), office.database.transaction() as session:
        assert remove_old_jobs(session, office.company_id, now() - timedelta(days=1)) == 0
        assert remove_old_jobs(session, office.company_id, now() + timedelta(days=1)) == 1
        assert session.scalars(select(Job.id)).all() == [waiting]
    assert done != waiting


def test_a_handler_must_carry_its_plugins_name_and_be_alone(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for kinds, word in ((["other.act"], "begin with its name"), (["probe.a", "probe.a"], "declared twice")):
        handlers = [("probe", JobHandler(kind, probe.act, msg("Act"))) for kind in kinds]
        monkeypatch.setattr(office.registry, "at_start", lambda hook, handlers=handlers: handlers)
        with pytest.raises(StartRefused, match=word):
            job_handlers(office.registry)


def redis_url() -> str:
    return os.environ.get("KEGUAN_TEST_REDIS", "redis://127.0.0.1:6379/15")


@pytest.fixture(params=["file", pytest.param("redis", marks=pytest.mark.redis)])
def wakeups(request: pytest.FixtureRequest, tmp_path: Path) -> Wakeups:
    found = open_wakeups(tmp_path, redis_url() if request.param == "redis" else "")
    while found.wait(0.01, threading.Event()):
        pass
    return found


def test_a_wakeup_waits_for_the_worker(wakeups: Wakeups) -> None:
    wakeups.wake()
    assert wakeups.wait(5, threading.Event())
    assert not wakeups.wait(0.1, threading.Event())


def test_a_queue_that_is_out_of_reach_costs_only_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    lost = open_wakeups(Path(), "redis://127.0.0.1:1/0")
    lost.wake()
    assert not lost.wait(0.01, threading.Event())
    assert "no worker was woken" in caplog.text


def test_the_commit_wakes_a_worker_and_a_failure_does_not(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = open_wakeups(tmp_path)
    monkeypatch.setattr("core.work.wakeups._wakeups", [])
    use_wakeups(queue)
    with pytest.raises(ZeroDivisionError):
        in_one_use_case(office, lambda session: enqueue(session, "probe.act", {}), crash)
    assert not queue.wait(0.1, threading.Event())
    asked(office)
    assert queue.wait(5, threading.Event())


def test_the_worker_sweeps_schedules_and_runs_what_is_due(office: Office) -> None:
    asked(office)
    lazy = Worker(office.database, office.registry, Wakeups())
    scheduled = [handler for handler in job_handlers(office.registry).values() if handler.every_minutes]
    assert lazy.turn() == 1 + 2 * len(scheduled)
    assert lazy.turn() == 0


def test_a_worker_outlives_a_killed_one_and_ends_on_sigterm_after_the_job_in_hand(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two real processes: the first is killed in the middle of the job, the second does it and is then asked to end."""
    monkeypatch.setattr(worker, "SWEEP", 0.2)
    job_id = asked(office)
    probe.behaviour["act"] = lambda session, task: (session.add(probe.Client(code="1", name="A")), session.flush(), time.sleep(60))
    first = process(office)
    until(lambda: job(office, job_id).state is JobState.RUNNING)
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    assert count(office, probe.Client) == 0
    with acting_as(System("test")), office.database.transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(lease_until=now() - timedelta(seconds=1)))
    probe.behaviour["act"] = lambda session, task: (session.add(probe.Client(code="1", name="A")), time.sleep(1.5))
    second = process(office)
    until(lambda: job(office, job_id).attempts == 2)
    os.kill(second, signal.SIGTERM)
    assert os.waitpid(second, 0)[1] == 0
    assert job(office, job_id).state is JobState.DONE
    assert count(office, probe.Client) == 1


def process(office: Office) -> int:
    """A worker in a process of its own; its id."""
    office.database.release()
    office.database.engine.dispose()
    child = os.fork()
    if child == 0:
        office.database.engine.dispose(close=False)
        code = 1
        try:
            run_worker(office.database, office.registry, Wakeups())
            code = 0
        finally:
            os._exit(code)
    return child


def until(true: Any, seconds: float = 20) -> None:
    """Wait for something that another process does; fail when it does not."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


def test_a_notice_of_a_job_is_part_of_it(office: Office) -> None:
    probe.behaviour["act"] = lambda session, task: notify(session, office.bob_id, msg("Done."))
    asked(office)
    run_due_jobs(office.database, office.registry)
    with acting_as(office.bob):
        assert [str(notice) for notice in office.database.session().scalars(select(Notice))] == ["Done."]


def test_a_command_sees_its_job_through_whoever_runs_it(office: Office) -> None:
    here = asked(office)
    assert complete_job(office.database, office.registry, here).state is JobState.DONE
    elsewhere = asked(office, "probe.long")
    held = claim(office.database, ["probe.long"])
    assert held is not None
    renew(office.database, held, 3, 4)
    heard: list[tuple[int, int]] = []

    def hear(done: int, total: int) -> None:
        heard.append((done, total))
        with acting_as(System("other worker")), office.database.transaction() as session:
            settle(session, held, JobState.DONE)

    assert complete_job(office.database, office.registry, elsewhere, hear).state is JobState.DONE
    assert heard == [(3, 4)]
