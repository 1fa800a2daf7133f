"""One-time codes by time (RFC 6238), recovery codes, and how both are kept: sealed or hashed with a key that lies outside the database.

No session and no request: what is drawn, sealed, opened and compared.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import unicodedata
from datetime import datetime

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

log = logging.getLogger("keguan.access")

STEP = 30
"""Seconds for which a code is drawn."""
DRIFT = 1
"""Steps by which the clock of a phone may be early or late."""
DIGITS = 6
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none easily mistaken
GROUPS, GROUP = 4, 4  # letters of a recovery code: 79 bits
LONGEST = 40
"""Characters that anybody may send as a code."""
ISSUER = "Keguan"
_NONCE = 12

_key: list[bytes] = []


def seal_factors_with(key: bytes) -> None:
    """Secrets of this process are sealed with ``key``; the application says so once at start."""
    _key[:] = [key]


def draw_secret() -> str:
    """A new secret of 160 bits, as an authenticator app takes it."""
    return pyotp.random_base32()


def address_of(secret: str, account: str) -> str:
    """What the QR code says: the address by which an app takes the secret over."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def seal(user_id: int, secret: str) -> bytes:
    """``secret`` as it is stored; it opens in the row of the same user alone."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_derived(b"second factor")).encrypt(nonce, secret.encode(), _owner(user_id))


def unseal(user_id: int, sealed: bytes | None) -> str | None:
    """The secret; None where there is none, or the key is not the one it was sealed with, which the log tells."""
    if not sealed:
        return None
    try:
        return AESGCM(_derived(b"second factor")).decrypt(sealed[:_NONCE], sealed[_NONCE:], _owner(user_id)).decode()
    except InvalidTag:
        log.exception("the second factor of account %s does not open: factor.key is not the one it was sealed with", user_id)
        return None


def opens(user_id: int, sealed: bytes) -> bool:
    """Whether the key of this process is the one that the secret was sealed with."""
    try:
        AESGCM(_derived(b"second factor")).decrypt(sealed[:_NONCE], sealed[_NONCE:], _owner(user_id))
    except InvalidTag:
        return False
    return True


def matching_step(secret: str, typed: str, moment: datetime, after: int) -> int | None:
    """The time step for which ``typed`` is the code, within the drift and later than the step ``after``; None when there is none."""
    totp, present = pyotp.TOTP(secret, digits=DIGITS, interval=STEP), int(moment.timestamp()) // STEP
    found = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step), typed) and step > after:
            found = step
    return found


def cleaned(typed: str) -> str:
    """What was typed without blanks, dashes and full-width digits, in small letters."""
    plain = unicodedata.normalize("NFKC", typed[:LONGEST]).casefold()
    return "".join(one for one in plain if one.isascii() and one.isalnum())


def is_by_time(typed: str) -> bool:
    """Whether it is meant as a code of the app, not as a recovery code."""
    return len(typed) == DIGITS and typed.isdigit()


def draw_recovery_codes() -> list[str]:
    """New recovery codes, to be shown this once."""
    return ["-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS)) for _ in range(RECOVERY_CODES)]


def recovery_digest(user_id: int, code: str) -> bytes:
    """What is stored of a recovery code: a hash that nobody can try out without the key."""
    return hmac.digest(_derived(b"recovery codes"), _owner(user_id) + cleaned(code).encode(), "sha256")


def _derived(use: bytes) -> bytes:
    return hashlib.sha256(use + b"\0" + _key[0]).digest()


def _owner(user_id: int) -> bytes:
    return f"user {user_id}:".encode()
