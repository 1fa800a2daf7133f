"""Serving: what ``python app.py run`` does, and what its two processes do."""

from __future__ import annotations

import errno
import signal
import socket
import sys
from types import FrameType
from typing import Any

import waitress
from flask import Flask
from rich.console import Console

from config.settings import ROOT, Settings
from core.application import create_application, create_core, open_web
from core.audit.anchors import Anchors
from core.kernel.errors import StartRefused
from core.kernel.words import msg
from core.operations import assets
from core.operations.branches import branches
from core.operations.first_start import make_demo_on_first_start, show_accounts
from core.operations.migrations import missing
from core.operations.processes import Family
from core.operations.pulse import beating
from core.operations.readiness import bring_up_to_date, refuse_weak_production
from core.web.house import Keguan
from core.work.trail_watch import watching_trail
from core.work.wakeups import open_wakeups, use_wakeups
from core.work.worker import run_worker


def run(keguan: Keguan, console: Console) -> int:
    """Check, bring up to date, fill on the first start, then serve until interrupted; return the exit code."""
    settings = keguan.settings
    refuse_taken_port(settings)
    assets.check()
    bring_up_to_date(keguan)
    refuse_weak_production(settings, keguan.database)
    make_demo_on_first_start(keguan, console)
    keguan.database.engine.dispose()  # processes share no connections
    program = [sys.executable, str(ROOT / "app.py")]
    return Family([[*program, "web", "--attached"], [*program, "worker", "--attached"]]).watch(_Announcement(settings, console))


def serve(keguan: Keguan) -> None:
    """The web process: serve until SIGTERM, then finish the requests in hand."""
    signal.signal(signal.SIGTERM, _leave)
    settings = keguan.settings
    place: dict[str, Any] = {"host": settings.host, "port": settings.port, "threads": settings.threads}
    waitress.serve(open_web(keguan), **place, **proxy_options(settings), ident=None)


def proxy_options(settings: Settings) -> dict[str, Any]:
    """What the server believes of a proxy in front: from the trusted one the address of who asks, from anybody else nothing."""
    if not settings.trusted_proxy:
        return {}
    return {
        "trusted_proxy": settings.trusted_proxy,
        "trusted_proxy_headers": {"x-forwarded-for"},
        "clear_untrusted_proxy_headers": True,
    }


def work(keguan: Keguan) -> None:
    """The worker process: run jobs until SIGTERM, then finish the job in hand."""
    application = open_web(keguan)  # jobs write addresses and words of pages
    wakeups = open_wakeups(keguan.settings.data, keguan.settings.redis_url)
    use_wakeups(wakeups)
    sealed = watching_trail(keguan.database, Anchors(keguan.settings.anchor_folder))
    with application.app_context(), beating(keguan.settings.data), sealed:
        run_worker(keguan.database, keguan.registry, wakeups)


def serve_application() -> Flask:
    """The application for a web server of its own; refuses a database that is behind, and weak settings in production."""
    settings = Settings()
    keguan = create_core(settings)
    if missing(keguan.database.engine, branches(keguan.registry)):
        raise StartRefused(msg("The database is not at the state of this program. Please run: python app.py upgrade"))
    refuse_weak_production(settings, keguan.database)
    keguan.database.engine.dispose()
    return create_application(settings)


def refuse_taken_port(settings: Settings) -> None:
    """Raise :class:`StartRefused` when the address cannot be listened on, and say why."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError as error:
            raise StartRefused(_why_not(settings, error)) from error


def _why_not(settings: Settings, error: OSError) -> Any:
    if error.errno == errno.EADDRINUSE:
        return msg(
            "Port %(port)s is in use by another program. Please end it, or choose another port: PORT=8081 make run", port=settings.port
        )
    return msg("%(host)s:%(port)s cannot be listened on: %(why)s", host=settings.host, port=settings.port, why=error.strerror)


class _Announcement:
    """Says once, when the web answers, where it is and who may sign in."""

    def __init__(self, settings: Settings, console: Console) -> None:
        self.settings, self.console, self.made = settings, console, False

    def __call__(self) -> None:
        if self.made or not _answers(self.settings):
            return
        self.made = True
        host = "127.0.0.1" if self.settings.host in ("0.0.0.0", "::") else self.settings.host  # noqa: S104 - compared, not bound
        self.console.print(str(msg("Keguan is at %(address)s", address=f"http://{host}:{self.settings.port}")))
        show_accounts(self.settings, self.console)
        self.console.print(str(msg("Press Ctrl+C to end.")))


def _answers(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "") else settings.host  # noqa: S104 - compared, not bound
    try:
        with socket.create_connection((host, settings.port), timeout=0.2):
            return True
    except OSError:
        return False


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
