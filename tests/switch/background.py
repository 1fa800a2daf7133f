"""The surfaces that no browser reaches: jobs, schedules, imports, hooks of other plugins; looked at from a third process, this one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.kernel.acting import System
from core.kernel.clock import now
from core.kernel.errors import BadInput, NotFound
from core.work.handlers import job_handlers
from core.work.imports import ImportOrder, run_import
from core.work.jobs import enqueue
from core.work.models import Job, JobState
from core.work.profiles import load_profile
from core.work.running import run_due_jobs
from core.work.schedules import enqueue_scheduled
from tests.world import World

PROFILE = """
resource = "{resource}"
key = ["code"]
[columns.code]
from = ["code"]
[columns.name]
from = ["name"]
"""
Probe = tuple[str, Callable[[], bool]]


class Background:
    """What runs without a request, for one plugin and one company."""

    def __init__(self, world: World, plugin: str, account: str, folder: Path) -> None:
        self.world, self.plugin, self.account, self.folder = world, plugin, account, folder
        self.registry, self.database = world.keguan.registry, world.keguan.database
        self.company_id = world.employees[account].company_id
        self._days = count(1)

    def probes(self) -> Iterator[Probe]:
        """Name and a look that says whether the surface is open now."""
        for kind, handler in job_handlers(self.registry).items():
            if kind.partition(".")[0] == self.plugin:
                yield f"job {kind}", lambda kind=kind: self.runs(self.ask_for(kind))  # type: ignore[misc]
                if handler.every_minutes:
                    yield f"schedule {kind}", lambda kind=kind: self.scheduled(kind)  # type: ignore[misc]
        for plugin, target in self.registry.at_start("crm_imports"):
            if plugin == self.plugin:
                yield f"import {target.resource}", lambda target=target: self.imports(target.resource)  # type: ignore[misc]
        for caller in self.registry.manager.get_hookcallers(self.registry.manager.get_plugin(self.plugin)) or ():
            if not (caller.spec and (caller.spec.function.__doc__ or "").startswith("At start")):
                yield f"hook {caller.name}", lambda name=caller.name: self.hears(name)  # type: ignore[misc]

    def ask_for(self, kind: str) -> int:
        """Queue a job of ``kind`` on behalf of the person who walks."""
        with self.world.use_case(self.account) as session:
            return enqueue(session, kind, {})

    def runs(self, job_id: int) -> bool:
        """Whether a worker that looks now does the job; one that may not run waits."""
        run_due_jobs(self.database, self.registry)
        with Session(self.database.engine) as session:
            state = session.scalar(select(Job.state).where(Job.id == job_id))
        assert state in (JobState.DONE, JobState.QUEUED), f"the job is {state}"
        return state == JobState.DONE

    def scheduled(self, kind: str) -> bool:
        """Whether the schedule of a new day asks for a job for the company."""
        handlers = {kind: job_handlers(self.registry)[kind]}
        enqueue_scheduled(self.database, handlers, now() + timedelta(days=next(self._days)))
        with Session(self.database.engine) as session:
            waiting = session.scalars(select(Job).where(Job.company_id == self.company_id, Job.kind == kind, Job.key.is_not(None))).all()
            found = [job for job in waiting if job.state == JobState.QUEUED]
            for job in found:
                session.delete(job)
            session.commit()
        return bool(found)

    def imports(self, resource: str) -> bool:
        """Whether a file may be imported; nothing is written."""
        file, profile = self.folder / "one.csv", self.folder / "one.toml"
        file.write_text("code,name\nZ-1,恒泰\n", encoding="utf-8")
        profile.write_text(PROFILE.format(resource=resource), encoding="utf-8")
        try:
            run_import(
                self.database, self.registry, ImportOrder(file, load_profile(profile), dry_run=True), System("walk", self.company_id)
            )
        except NotFound:
            return False
        except BadInput as error:
            raise AssertionError(f"the example of {resource} is not importable: {error}") from error
        return True

    def hears(self, hook: str) -> bool:
        """Whether the plugin hears the hook when somebody of the company acts."""
        modules = self.world.actor(self.account).modules
        off = [self.registry.manager.get_plugin(name) for name in self.registry.names if name not in modules]
        caller = self.registry.manager.subset_hook_caller(hook, off)
        return any(one.plugin_name == self.plugin for one in caller.get_hookimpls())
