"""What commands share: the application without its web, one use case at a time, and lists as table or JSON."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from config.settings import Settings
from core.application import create_core
from core.database.sessions import GuardedSession
from core.kernel.acting import System, acting_as
from core.kernel.errors import NotFound, StartRefused
from core.kernel.words import Message, msg
from core.operations.branches import branches
from core.operations.migrations import missing
from core.organisation.models import Company
from core.web.house import Keguan

WIDE = 240  # columns of a table that goes into a file or a pipe


class Terminal:
    """What ``@click.pass_obj`` hands to every command."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False, soft_wrap=False)

    @cached_property
    def keguan(self) -> Keguan:
        """Database and plugins, whatever state the database is in."""
        return create_core(self.settings)

    @cached_property
    def ready(self) -> Keguan:
        """The same, once the database is known to be at the state of the program; :class:`StartRefused` when it is not."""
        if missing(self.keguan.database.engine, branches(self.keguan.registry)):
            raise StartRefused(msg("The database is not at the state of this program. Please run: python app.py upgrade"))
        return self.keguan

    @contextmanager
    def use_case(self) -> Iterator[GuardedSession]:
        """One transaction as the person at the terminal, who stands above all companies; the trail names the login."""
        with acting_as(System(f"terminal: {getpass.getuser()}")), self.ready.database.transaction() as session:
            yield session

    def close(self) -> None:
        """Give the connections back, if there were any."""
        if "keguan" in self.__dict__:
            self.keguan.database.release()
            self.keguan.database.engine.dispose()

    def say(self, message: Message) -> None:
        """One sentence on standard output."""
        click.echo(str(message))

    def show(self, rows: Sequence[Mapping[str, Any]], titles: Mapping[str, Message], *, as_json: bool) -> None:
        """Rows as a table under ``titles`` or, with all their values, as JSON."""
        if as_json:
            click.echo(json.dumps(list(rows), ensure_ascii=False, indent=1, default=str))
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in titles.values():
            table.add_column(str(title))
        for row in rows:
            table.add_row(*(_cell(row[key]) for key in titles))
        self.console.print(table)

    def sure(self, question: Message, *, yes: bool) -> None:
        """Go on only if ``yes`` was given or the person says so."""
        if not yes:
            click.confirm(str(question), abort=True)


def company_called(session: GuardedSession, slug: str) -> Company:
    """The company with the short name ``slug``; :class:`NotFound` names it."""
    company: Company | None = session.scalar(select(Company).where(Company.slug == slug))
    if company is None:
        raise NotFound(msg("There is no company with the short name %(slug)s. See: python app.py company list", slug=slug))
    return company


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(msg("Yes")) if value else str(msg("No"))
    return "" if value is None else str(value)
