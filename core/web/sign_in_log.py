"""Sign-ins, good and bad, go to the trail (R-445)."""

from __future__ import annotations

from core.audit.trail import record_event
from core.kernel.acting import System, acting_as
from core.web.gate import database_of


def log_sign_in(name: str, *, succeeded: bool) -> None:
    """Write one event under the name that was typed; it belongs to no company."""
    with acting_as(System("sign-in")), database_of().transaction() as session:
        record_event(session, "sign_in" if succeeded else "sign_in_failed", name)
