"""Examining a deployment: each finding is well, or says in one sentence what to do."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from config.settings import KEYS, Settings
from core.access.factor_keys import wrong_factor_key
from core.approvals.chains import kinds_on
from core.approvals.gaps import outlook
from core.kernel.acting import System, acting_as
from core.kernel.errors import KeguanError
from core.kernel.words import Message, counted, msg
from core.operations import assets
from core.operations.branches import branches
from core.operations.catalogues import catalogues, is_stale
from core.operations.migrations import missing
from core.operations.pulse import worker_is_alive
from core.operations.readiness import refuse_weak_production
from core.organisation.models import Company
from core.switchboard.operations import enabled_modules
from core.web.house import Keguan


@dataclass(frozen=True)
class Finding:
    """One thing that was examined; ``advice`` is what to do when it is not well."""

    name: str
    title: Message
    advice: Message | None = None

    @property
    def well(self) -> bool:
        """Whether nothing is to be done."""
        return self.advice is None


def examine(settings: Settings, start: Callable[[], Keguan]) -> list[Finding]:
    """Examine everything, each for itself; ``start`` gives the application without its web, and may refuse."""
    return list(_Examination(settings, start).findings())


class _Examination:
    def __init__(self, settings: Settings, start: Callable[[], Keguan]) -> None:
        self.settings, self.start = settings, start

    def findings(self) -> Iterator[Finding]:
        for name, title, look in (
            ("plugins", msg("Modules"), self.plugins),
            ("database", msg("Database"), self.database),
            ("migrations", msg("State of the tables"), self.migrations),
            ("assets", msg("Browser files"), self.assets),
            ("translations", msg("Translations"), self.translations),
            ("secrets", msg("Secret keys"), self.secrets),
            ("production", msg("Settings for production"), self.production),
            ("worker", msg("Worker"), self.worker),
            ("approvals", msg("Approval chains"), self.approvals),
        ):
            try:
                yield Finding(name, title, look())
            except KeguanError as error:
                yield Finding(name, title, error.message)
            except SQLAlchemyError as error:
                yield Finding(name, title, _unreachable(error))

    @cached_property
    def keguan(self) -> Keguan:
        return self.start()

    def plugins(self) -> Message | None:
        self.keguan.registry.names  # noqa: B018 - the start itself names what is wrong with a module
        return None

    def database(self) -> Message | None:
        with self.keguan.database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return None

    def migrations(self) -> Message | None:
        lacking = missing(self.keguan.database.engine, branches(self.keguan.registry))
        return (
            counted(
                "%(count)s revision is missing. Please run: python app.py upgrade",
                "%(count)s revisions are missing. Please run: python app.py upgrade",
                len(lacking),
            )
            if lacking
            else None
        )

    def assets(self) -> Message | None:
        assets.check()
        return None

    def translations(self) -> Message | None:
        stale = [path for path in catalogues() if is_stale(path)]
        return msg("%(path)s is not compiled. Please run: make setup", path=stale[0]) if stale else None

    def secrets(self) -> Message | None:
        folder = self.settings.data / "secrets"
        for name in KEYS:
            path = folder / name
            if not path.is_file():
                return msg("The key %(name)s has not been made yet. Please run: python app.py init", name=name)
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                return msg("Others may read the key %(path)s. Please run: chmod 600 %(path)s", path=path)
        return wrong_factor_key(self.keguan.database.engine, folder / "factor.key")

    def production(self) -> Message | None:
        refuse_weak_production(self.settings, self.keguan.database)
        return None

    def worker(self) -> Message | None:
        if worker_is_alive(self.settings.data):
            return None
        return msg("No worker is running on this machine. Please start one: python app.py worker")

    def approvals(self) -> Message | None:
        found = _gaps(self.keguan)
        if not found:
            return None
        company, kind, said = found[0]
        first = msg("%(company)s, “%(kind)s”: %(said)s", company=company, kind=kind, said=said)
        more = len(found) - 1
        return msg("%(first)s And %(more)s more on the page “Approval chains”.", first=first, more=more) if more else first


def _gaps(keguan: Keguan) -> list[tuple[str, Message, Message]]:
    """Company, kind and its first sentence, for each chain that finds nobody for a whole department."""
    found: list[tuple[str, Message, Message]] = []
    session = keguan.database.session()
    try:
        with acting_as(System("doctor")):
            companies = session.execute(select(Company.id, Company.name).where(Company.active).order_by(Company.id)).all()
        for company_id, name in companies:
            with acting_as(System("doctor", company_id)):
                kinds = kinds_on(enabled_modules(session, company_id, keguan.registry))
                seen = outlook(session, kinds)
                found += [(name, kind.title, seen.sentences(kind)[0]) for kind in kinds if seen.departments(kind)]
    finally:
        keguan.database.release()
    return found


def _unreachable(error: SQLAlchemyError) -> Message:
    return msg("The database does not answer: %(why)s", why=str(getattr(error, "orig", error)).strip().splitlines()[0])
