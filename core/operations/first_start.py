"""The first start of a development system: demo companies, data and accounts, finished by the next start if it is cut off."""

from __future__ import annotations

from time import perf_counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from config.settings import Settings
from core.kernel.errors import StartRefused
from core.kernel.words import msg
from core.operations import demo
from core.operations.demo import has_companies, has_demo_accounts
from core.operations.language import catalogues_of, speaking
from core.web.house import Keguan

FILE = "demo-accounts.txt"


def make_demo(keguan: Keguan, console: Console, *, seed: int = demo.SEED, rounds: int | None = None) -> None:
    """Make what is missing of the demonstration, ``rounds`` times what the smallest one has; raises :class:`StartRefused` in production.

    The password is written to the data folder before the accounts exist, so that a start that is cut off loses nothing.
    """
    settings = keguan.settings
    if settings.environment == "production":
        raise StartRefused(msg("Production has no demo data. Please found a company: python app.py company add SHORT-NAME NAME"))
    with speaking(settings.default_language, catalogues_of(keguan.registry)):
        if not has_demo_accounts(keguan.database):
            password = settings.demo_password or demo.draw_password()
            demo.refuse_if_peopled(keguan.database)
            demo.write_accounts(settings.data / FILE, password)
            demo.make_base(keguan.database, keguan.registry, password, settings.password_method)
        _fill(keguan, console, seed, rounds or settings.demo_rounds)


def _fill(keguan: Keguan, console: Console, seed: int, rounds: int) -> None:
    """Fill with a bar that moves, and say how long it took."""
    started, database = perf_counter(), keguan.database
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    waiting = len(demo.unfinished(database, rounds))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task(str(msg("Making demo data …")), total=waiting, completed=-1)  # a step is heard when it begins

        def step(name: str, number: int) -> None:
            progress.update(bar, advance=1, description=name)

        demo.fill(database, keguan.registry, step, seed=seed, rounds=rounds)
    if waiting:
        console.print(str(msg("Demo data were made in %(seconds)s seconds.", seconds=round(perf_counter() - started))))


def make_demo_on_first_start(keguan: Keguan, console: Console) -> None:
    """Make one round of the demonstration in a development system that is empty, or finish one that was cut off.

    No more than that by itself: on SQLite the worker holds the only write lock for seconds while it makes a round, and whoever wants to
    sign in would wait. ``python app.py demo`` makes the rest.
    """
    if keguan.settings.environment != "development":
        return
    if not has_companies(keguan.database) or demo.unfinished(keguan.database, 1):
        make_demo(keguan, console, rounds=1)


def show_accounts(settings: Settings, console: Console) -> None:
    """Print the demo accounts with their password, if this is a demonstration."""
    path = settings.data / FILE
    if not path.is_file():
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (msg("Account"), msg("Password"), msg("Company"), msg("Position"), msg("Name")):
        table.add_column(str(title))
    for line in path.read_text(encoding="utf-8").splitlines():
        table.add_row(*line.split("\t"))
    console.print(str(msg("Demo accounts (also in %(path)s):", path=path)))
    console.print(table)
