"""Databases for tests: made once as a template by each worker, its contents put back for each test."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, make_url, text

from core.testing.refilling import Contents, Refiller

SERVER = os.environ.get("KEGUAN_TEST_POSTGRES", "postgresql+psycopg://root@127.0.0.1:5432/test")
NAME = "keguan_test_"


class Store(Protocol):
    """Where the databases of one kind come from. ``url`` is the one database that tests of this worker use."""

    url: str

    def fresh(self, template: str) -> str:
        """An empty database of that name, thrown away with the others; also where templates are built."""
        ...

    def reset(self, template: str) -> None:
        """Make the database at ``url`` a copy of the template."""
        ...

    def keep(self, template: str) -> None:
        """Make a template of the database at ``url`` as it is now; nobody may be connected to it."""
        ...

    def drop(self) -> None:
        """Leave nothing behind."""
        ...


class Files:
    """SQLite: a copy is a copied file."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "tested.db"
        self.url = f"sqlite:///{self.path}"

    def fresh(self, template: str) -> str:
        """Where a template of that name is built, with nothing in it."""
        for extra in ("", "-wal", "-shm"):
            Path(f"{self.folder / template}.db{extra}").unlink(missing_ok=True)
        return f"sqlite:///{self.folder / template}.db"

    def reset(self, template: str) -> None:
        """Copy the template over the database of the tests."""
        for extra in ("", "-wal", "-shm"):  # a new file, also for whoever still has the old one open
            Path(f"{self.path}{extra}").unlink(missing_ok=True)
        shutil.copyfile(self.folder / f"{template}.db", self.path)

    def keep(self, template: str) -> None:
        """Copy the database of the tests to a template."""
        shutil.copyfile(self.path, self.folder / f"{template}.db")

    def drop(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Server:
    """PostgreSQL: a copy is made by the server. Names carry the process, so that remains of killed runs can be told and removed.

    The database stays for all tests and gets its rows back; only where a test has changed its tables a new one is copied.
    """

    def __init__(self) -> None:
        self._contents: dict[str, Contents] = {}
        self.name = f"{NAME}{os.getpid()}"
        self.url = self._url(self.name)
        self._refiller = Refiller(self.url)
        self._drop(*(name for name in self._names() if not _alive(int(name.removeprefix(NAME).partition("_")[0]))))

    def fresh(self, template: str) -> str:
        """Where a template of that name is built, with nothing in it."""
        name = f"{self.name}_{template}"
        self._drop(name)
        self._say(f'CREATE DATABASE "{name}"')
        return self._url(name)

    def reset(self, template: str) -> None:
        """Make the rows of the database of the tests those of the template."""
        if template in self._contents and self._refiller.refill(self._contents[template]):
            return
        self._refiller.let_go()
        self._drop(self.name)
        self._say(
            f'CREATE DATABASE "{self.name}" TEMPLATE "{self.name}_{template}"',
            f'ALTER DATABASE "{self.name}" SET synchronous_commit = off',  # no test asks what is left when the server itself dies
        )
        self._contents[template] = self._refiller.contents()

    def keep(self, template: str) -> None:
        """Copy the database of the tests to a template."""
        self._contents.pop(template, None)
        self._refiller.let_go()
        self._drop(f"{self.name}_{template}")
        self._say(f'CREATE DATABASE "{self.name}_{template}" TEMPLATE "{self.name}"')

    def drop(self) -> None:
        """Leave nothing behind."""
        self._drop(*(name for name in self._names() if name == self.name or name.startswith(f"{self.name}_")))

    def _names(self) -> list[str]:
        return [row for row in self._ask("SELECT datname FROM pg_database") if row.startswith(NAME)]

    def _drop(self, *names: str) -> None:
        self._say(*(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in names))

    @staticmethod
    def _url(name: str) -> str:
        return make_url(SERVER).set(database=name).render_as_string(hide_password=False)

    def _ask(self, statement: str) -> list[str]:
        engine = create_engine(SERVER)
        with engine.connect() as connection:
            found = list(connection.scalars(text(statement)))
        engine.dispose()
        return found

    def _say(self, *statements: str) -> None:
        engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
