"""The edge: around every request nobody acts, the company comes from the path, and everything is given back at the end."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from core.audit.trail import address
from core.database.sessions import Database
from core.kernel.acting import acting_as

COMPANY = "keguan.company"


class Edge:
    """WSGI middleware. A context variable set during a request would survive on its thread; here it cannot (framework-facts 12)."""

    def __init__(self, application: WSGIApplication, database: Database) -> None:
        self.application = application
        self.database = database

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request. The answer is complete when the application returns; a body that still read from the database
        while it is sent would do so as nobody and see nothing."""
        _take_company_from_path(environ)
        token = address.set(str(environ.get("REMOTE_ADDR", "")))
        self.database.release()
        try:
            with acting_as(None):
                return self.application(environ, start_response)
        finally:
            address.reset(token)
            self.database.release()


def _take_company_from_path(environ: WSGIEnvironment) -> None:
    """``/c/<slug>/rest`` becomes ``/rest`` with ``/c/<slug>`` in SCRIPT_NAME, so that ``url_for`` keeps the company."""
    path = str(environ.get("PATH_INFO", ""))
    if not path.startswith("/c/"):
        return
    slug, _, rest = path[3:].partition("/")
    environ[COMPANY] = slug
    environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/c/{slug}"
    environ["PATH_INFO"] = f"/{rest}"
