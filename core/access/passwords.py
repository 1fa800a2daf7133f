"""How this process hashes passwords."""

from __future__ import annotations

_method = ["scrypt:32768:8:1"]


def use_password_method(method: str) -> None:
    """Hash new passwords by ``method`` (werkzeug's notation); the application says so once at start."""
    _method[:] = [method]


def password_method() -> str:
    """How new passwords are hashed."""
    return _method[0]
