"""Bringing a deployment up to date, and what production refuses to start with (design 5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import literal, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config.settings import Settings
from core.audit.alarms import BLOCKING, open_alarms
from core.database.search import index_missing, searched_models
from core.database.sessions import Database
from core.kernel.acting import System, acting_as
from core.kernel.errors import StartRefused
from core.kernel.words import Message, msg
from core.operations.branches import branches, scripts
from core.operations.companies import introduce_everywhere
from core.operations.demo import has_demo_accounts
from core.operations.heads import present_revisions
from core.operations.migrations import missing, upgrade
from core.operations.pulse import worker_is_alive
from core.web.house import Keguan


@dataclass(frozen=True)
class Done:
    """What an upgrade did: revisions applied, and plugins introduced by company."""

    revisions: tuple[str, ...]
    introduced: dict[str, tuple[str, ...]]


def bring_up_to_date(keguan: Keguan, advance: Callable[[str, int], None] | None = None) -> Done:
    """Make keys and tables, then give every company the rights of plugins that are new; ``advance(revision, total)`` hears each revision.

    Safe to repeat and to run in several processes at once. Raises :class:`StartRefused` as :func:`core.operations.migrations.upgrade` does.
    """
    keguan.settings.make_secrets()
    found = branches(keguan.registry)
    total = len(missing(keguan.database.engine, found))
    applied = upgrade(keguan.database.engine, found, (lambda revision: advance(revision, total)) if advance else None)
    _index(keguan.database)
    with acting_as(System("upgrade")), keguan.database.transaction() as session:
        introduced = introduce_everywhere(session, keguan.registry)
    return Done(tuple(applied), introduced)


def _index(database: Database) -> None:
    """Let the search find the records of classes that have become searchable, portion by portion."""
    with acting_as(System("upgrade")):
        for model in searched_models():
            last: int | None = 0
            while last is not None:
                with database.transaction() as session:
                    last = index_missing(session, model, last)


def readiness(keguan: Keguan) -> dict[str, Callable[[], bool]]:
    """What ``/readyz`` asks: the database answers, its tables are those of this program, a worker is at work, the trail is anchored."""
    script = scripts(branches(keguan.registry))
    wanted = set(script.get_heads())

    def database() -> bool:
        with keguan.database.engine.connect() as connection:
            return connection.execute(select(literal(1))).scalar() == 1

    def tables() -> bool:
        with keguan.database.engine.connect() as connection:
            return wanted <= present_revisions(connection, script)

    def worker() -> bool:
        return worker_is_alive(keguan.settings.data)

    def trail() -> bool:
        with acting_as(System("readiness")), Session(keguan.database.engine) as session:
            return not open_alarms(session, BLOCKING)

    return {"database": _answered(database), "tables": _answered(tables), "worker": worker, "trail": _answered(trail)}


def _answered(check: Callable[[], bool]) -> Callable[[], bool]:
    """A database that is out of reach is not ready, which is an answer and no failure."""

    def answer() -> bool:
        try:
            return check()
        except SQLAlchemyError:
            return False

    return answer


def refuse_weak_production(settings: Settings, database: Database) -> None:
    """Raise :class:`StartRefused` when a production deployment would start with what only a first look may have."""
    if settings.environment != "production":
        return
    for weak, sentence in _weaknesses(settings):
        if weak:
            raise StartRefused(sentence)
    if has_demo_accounts(database):
        raise StartRefused(msg("Demo accounts are open. Please close each with: python app.py user close NAME"))


def _weaknesses(settings: Settings) -> tuple[tuple[bool, Message], ...]:
    return (
        (bool(settings.demo_password), msg("KEGUAN_DEMO_PASSWORD is set. Please remove it: production has no demo accounts.")),
        (not settings.secure_cookies, msg("KEGUAN_SECURE_COOKIES is off. Please serve by TLS and set it to true.")),
        (
            not settings.public_hosts,
            msg('KEGUAN_PUBLIC_HOSTS is empty. Please name the hosts that people use, such as ["crm.example.com"].'),
        ),
    )
