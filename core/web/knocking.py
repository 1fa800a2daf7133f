"""Every door that asks for a password passes here: tries are limited, and each one goes to the trail (security B4).

>>> user_id = knock(name, password, device=device_of(name))
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from flask import current_app, request, session
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from core.access.attempts import Knock, WrongPassword, account_key, within_limits
from core.access.identities import check_credentials
from core.access.web_sessions import ServerSession
from core.web.gate import database_of
from core.web.sign_in_log import log_lock, log_sign_in

COOKIE, LIFE = "kg_device", 180 * 24 * 3600
ACCOUNTS = 5
"""So many accounts one browser is known to; of more, the ones that signed in last."""


def knock(name: str, password: str, device: str = "") -> int:
    """Id of the user whose name and password these are; the sign-in goes to the trail.

    Raises :class:`WrongPassword`, and :class:`TooManyAttempts` when nothing is checked for a while. ``device`` is what only a browser
    known to this account can show: its tries are counted apart from those of strangers.
    """
    user_id = _checked(name, password, device)
    log_sign_in(name, succeeded=True)
    return user_id


def confirm_password(name: str, password: str) -> None:
    """Check the password of the person who is signed in here; tries of this browser are counted apart. Raises like :func:`knock`."""
    here = session._get_current_object()  # type: ignore[attr-defined]
    _checked(name, password, f"session {here.key}" if isinstance(here, ServerSession) else "")


def _checked(name: str, password: str, device: str) -> int:
    database, method = database_of(), current_app.config["FAB_PASSWORD_HASH_METHOD"]
    here = Knock(name, request.remote_addr or "", device)
    try:
        user = within_limits(database, here, lambda: check_credentials(database.identity(), name, password, method))
    except WrongPassword as error:
        log_sign_in(name, succeeded=False)
        if error.locked is not None:
            log_lock(name, error.locked)
        raise
    return int(user.id)


def device_of(name: str) -> str:
    """What this browser shows for having signed in to the account before; nothing when it has not."""
    known, mark = _device()
    return mark if account_key(name) in known else ""


def remember_device(name: str, response: Response) -> None:
    """Let this browser be known to the account from now on; the cookie opens nothing, it only counts tries apart."""
    known, mark = _device()
    accounts = [account_key(name), *(one for one in known if one != account_key(name))][:ACCOUNTS]
    response.set_cookie(
        COOKIE,
        str(_signed().dumps([accounts, mark or secrets.token_urlsafe(12)])),
        max_age=LIFE,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        path="/",
    )


def _device() -> tuple[Sequence[str], str]:
    """The accounts that this browser is known to, and its mark."""
    try:
        accounts, mark = _signed().loads(request.cookies.get(COOKIE, ""), max_age=LIFE)
    except BadData:
        return (), ""
    return accounts, mark


def _signed() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="known browser")
