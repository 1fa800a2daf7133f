"""Real web processes over one database, and a client that talks to them as a browser or a program does."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from config.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 180.0  # seconds until a process must answer, or have ended


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    body: str


@dataclass
class Client:
    """One person at one server; a browser when ``cookie`` is set, a program when ``bearer`` is."""

    port: int
    company: str
    cookie: str = ""
    csrf: str = ""
    bearer: str = ""
    kept: dict[str, Reply] = field(default_factory=dict)

    def ask(self, method: str, path: str, *, form: Mapping[str, Any] | None = None, sent: Any = None) -> Reply:
        """One request inside the company. No redirect is followed."""
        headers = {"Host": "127.0.0.1"} | (
            {"Cookie": f"kg_session={self.cookie}"} if self.cookie else {"Authorization": f"Bearer {self.bearer}"}
        )
        body = None
        if method not in ("GET", "HEAD"):
            headers["X-CSRFToken"] = self.csrf
            headers["Content-Type"] = "application/json" if sent is not None else "application/x-www-form-urlencoded"
            body = json.dumps(sent) if sent is not None else urlencode(form or {}, doseq=True)
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, quote(f"/c/{self.company}{path}", safe="/?&=%;+:,"), body, headers)
            response = connection.getresponse()
            return Reply(response.status, response.read().decode("utf-8", "replace"))

    def page(self, path: str) -> Reply:
        """A page that several surfaces are looked for on, asked for once until :meth:`forget`."""
        if path not in self.kept:
            self.kept[path] = self.ask("GET", path)
        return self.kept[path]

    def forget(self) -> None:
        """Ask afresh from now on."""
        self.kept.clear()

    def at(self, port: int) -> Client:
        """The same person at another server."""
        return Client(port, self.company, self.cookie, self.csrf, self.bearer)


@contextmanager
def web_processes(settings: Settings, count: int = 2) -> Iterator[list[int]]:
    """Ports of ``count`` web processes over the database of ``settings``, each started by the program's own command."""
    ports = [_free_port() for _ in range(count)]
    processes = [
        subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), "web"],
            env=_environment(settings, port),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for port in ports
    ]
    try:
        for process, port in zip(processes, ports, strict=True):
            _wait_for(process, port)
        yield ports
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.communicate(timeout=PATIENCE)


def _environment(settings: Settings, port: int) -> dict[str, str]:
    own = {
        "KEGUAN_ENVIRONMENT": settings.environment,
        "KEGUAN_DATA": str(settings.data),
        "KEGUAN_DATABASE_URL": settings.database,
        "KEGUAN_THREADS": "2",
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    return {**os.environ, **own}


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            assert process.stdout is not None
            raise AssertionError(f"the web process ended with {process.returncode}: {process.stdout.read().decode()[-2000:]}")
        with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            try:
                connection.request("GET", "/healthz")
                connection.getresponse().read()
            except (OSError, HTTPException):
                time.sleep(0.1)
            else:
                return
    raise AssertionError(f"the web process at port {port} does not answer")
