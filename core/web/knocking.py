"""Every door that asks for a password passes here: tries are limited, and each one goes to the trail (security B4, B6).

>>> user_id = knock(name, password, device=device_of(name))

Where the account has a second factor, the right password alone opens no door: :class:`SecondStepNeeded` is raised instead.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from flask import current_app, request, session
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from core.access.attempts import Knock, WrongPassword, account_key, within_limits
from core.access.factor_duty import look_at_duty
from core.access.identities import account_of, check_credentials
from core.access.second_factor import Accepted, accept_code
from core.access.web_sessions import ServerSession
from core.kernel.errors import SignInRequired
from core.kernel.words import msg
from core.web.gate import database_of
from core.web.sign_in_log import log_lock, log_recovery_code, log_sign_in, log_wrong_code

COOKIE, LIFE = "kg_device", 180 * 24 * 3600
ACCOUNTS = 5
"""So many accounts one browser is known to; of more, the ones that signed in last."""


class SecondStepNeeded(SignInRequired):
    """The password of the user ``user_id`` is right, and a code is asked for as well; nothing is open before it is entered."""

    def __init__(self, user_id: int, epoch: int) -> None:
        super().__init__(msg("This account uses two-step verification. Please send the code of your authenticator app as well."))
        self.user_id, self.epoch = user_id, epoch


def knock(name: str, password: str, device: str = "", code: str | None = None) -> int:
    """Id of the user whose name and password these are; the sign-in goes to the trail.

    Raises :class:`WrongPassword`, also for a wrong code; :class:`TooManyAttempts` when nothing is checked for a while; and
    :class:`SecondStepNeeded` without a ``code`` where the account asks for one. ``device`` is what only a browser known to this account
    can show: its tries are counted apart from those of strangers.
    """
    user_id = _checked(name, password, device)
    account = account_of(database_of().identity(), user_id)
    if not account.second_factor:
        return _let_in(name, user_id)
    if code is None:
        raise SecondStepNeeded(user_id, account.epoch)
    return knock_with_code(name, user_id, code, device)


def knock_with_code(name: str, user_id: int, code: str, device: str = "") -> int:
    """The second step, after the right password; returns and raises like :func:`knock`."""
    confirm_code(name, user_id, code, device)
    return _let_in(name, user_id)


def confirm_password(name: str, password: str) -> None:
    """Check the password of the person who is signed in here; tries of this browser are counted apart. Raises like :func:`knock`."""
    _checked(name, password, _here())


def confirm_own_code(name: str, user_id: int, code: str) -> None:
    """Use up a code of the person who is signed in here; raises like :func:`knock`."""
    confirm_code(name, user_id, code, _here())


def confirm_code(name: str, user_id: int, code: str, device: str) -> Accepted:
    """Use up a code; the trail keeps a wrong one and a recovery code. Raises like :func:`knock`."""
    database = database_of()
    try:
        accepted = within_limits(database, Knock(name, device=device, second=True), lambda: accept_code(database, user_id, code))
    except WrongPassword as error:
        log_wrong_code(name)
        if error.locked is not None:
            log_lock(name, error.locked)
        raise
    if accepted.left is not None:
        log_recovery_code(name, accepted.left)
    return accepted


def _let_in(name: str, user_id: int) -> int:
    look_at_duty(database_of(), user_id)
    log_sign_in(name, succeeded=True)
    return user_id


def _here() -> str:
    """What stands for this browser while somebody is signed in."""
    here = session._get_current_object()  # type: ignore[attr-defined]
    return f"session {here.key}" if isinstance(here, ServerSession) else ""


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
