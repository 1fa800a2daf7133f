"""Every setting, typed, with one sentence. Environment variables begin with ``KEGUAN_``; ``HOST`` and ``PORT`` also go bare."""

from __future__ import annotations

import os
import secrets
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
KEYS = ("web.key", "audit.key", "token.key", "factor.key")
"""Files below ``secrets`` in the data folder."""


class Settings(BaseSettings):
    """What a deployment can set."""

    model_config = SettingsConfigDict(env_prefix="KEGUAN_", extra="ignore")

    environment: Literal["development", "production", "testing"] = "development"  # production refuses demo accounts and default secrets
    data: Path = ROOT / "var"  # database, attachments, secrets and logs of this deployment
    anchors: Path | None = None  # folder on another disk or host for the heads of the audit trail; unset: one beside the data folder
    backups: Path | None = None  # folder of regular backups, on another disk at best; unset: one beside the data folder
    database_url: str = ""  # empty: a SQLite file in the data folder
    redis_url: str = ""  # Redis for wake-ups of workers on several machines; empty: a file in the data folder
    host: str = Field("127.0.0.1", validation_alias=AliasChoices("KEGUAN_HOST", "HOST"))  # address the web server listens on
    port: int = Field(8080, validation_alias=AliasChoices("KEGUAN_PORT", "PORT"))  # port the web server listens on
    threads: int = 8  # threads of the web server
    plugins: Path | None = ROOT / "plugins"  # folder that holds the plugins
    plugins_file: Path = ROOT / "config" / "plugins.toml"  # which of them this deployment installs
    wanted: tuple[str, ...] | None = None  # overrides the file; empty tuple installs none
    default_language: Literal["zh_CN", "en"] = "zh_CN"  # language before somebody has chosen one
    session_hours: int = 12  # a sign-in ends after so many hours
    session_idle_minutes: int = 120  # and after so many minutes without use
    token_minutes: int = 15  # life of a REST token
    sign_in_attempts: int = Field(5, ge=3, le=50)  # wrong passwords for one account before nobody can sign in to it from a new browser
    sign_in_address_attempts: int = Field(100, ge=5, le=100_000)  # wrong passwords from one network address before it has to wait
    sign_in_wait_minutes: int = Field(15, ge=1, le=60)  # minutes to wait then; nobody is shut out for longer, and no signed-in browser ends
    trusted_proxy: str = ""  # address of the proxy in front, whose X-Forwarded-For says who asks; empty: nobody's is believed
    demo_rounds: int = Field(8, ge=1, le=40)  # size of the command demo, 40 customers each; the first start makes one
    demo_password: str = ""  # password of the demo accounts; generated and printed when empty
    upload_limit: int = 20 * 1024 * 1024  # largest request body in bytes
    public_hosts: tuple[str, ...] = ()  # names this deployment answers to; empty: any loopback name
    metrics_token: str = ""  # bearer token for /metrics; empty: loopback only
    mail_host: str = ""  # server that takes mail (SMTP); empty: no mail leaves this deployment
    mail_port: int = 587  # port of the mail server
    mail_security: Literal["starttls", "tls", "none"] = "starttls"  # how the connection to the mail server is kept secret
    mail_user: str = ""  # account at the mail server; empty: none is needed
    mail_password: str = ""  # password of that account
    mail_from: str = ""  # address that mail comes from; empty: the account
    mail_heads_to: tuple[str, ...] = ()  # addresses that get the heads of the audit trail once a day, and its alarms at once
    separate_powers: bool = True  # no account has two of: system settings, rights, the trail, business; False where one person does it all
    secure_cookies: bool = False  # set in production behind TLS

    @property
    def database(self) -> str:
        """URL of the database."""
        return self.database_url or f"sqlite:///{self.data / 'keguan.db'}"

    @property
    def anchor_folder(self) -> Path:
        """Where heads of the audit trail are anchored: outside the data folder, so that both are not set back together."""
        return self.anchors or self.data.parent / f"{self.data.name}-anchors"

    @property
    def backup_folder(self) -> Path:
        """Where backups go that need no approval by another person: they stay in the care of the deployment."""
        return self.backups or self.data.parent / f"{self.data.name}-backups"

    @cached_property
    def secret_key(self) -> bytes:
        """Signs tokens and cookies; made once, kept outside the database."""
        return self._secret("web.key")

    @cached_property
    def audit_key(self) -> bytes:
        """Seals rows of the audit trail; made once, kept outside the database."""
        return self._secret("audit.key")

    @cached_property
    def token_key(self) -> bytes:
        """Signs REST tokens; another key than the one of the cookies."""
        return self._secret("token.key")

    @cached_property
    def factor_key(self) -> bytes:
        """Seals the secrets of second factors in the database; made once, kept outside of it."""
        return self._secret("factor.key")

    def make_secrets(self) -> None:
        """Make the keys that have not been made yet, so that all processes of a deployment begin with the same ones."""
        for name in KEYS:
            self._secret(name)

    @property
    def password_method(self) -> str:
        """How passwords are hashed: slow on purpose, quick in tests alone."""
        return "scrypt:1024:8:1" if self.environment == "testing" else "scrypt:131072:8:1"

    @property
    def installed(self) -> tuple[str, ...] | None:
        """Names of the plugins to install; None means all that are found."""
        if self.wanted is not None:
            return self.wanted
        if not self.plugins_file.is_file():
            return None
        names = tomllib.loads(self.plugins_file.read_text(encoding="utf-8")).get("install", "all")
        return None if names == "all" else tuple(names)

    def _secret(self, name: str) -> bytes:
        path = self.data / "secrets" / name
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = path.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(secrets.token_bytes(48))
            fresh.chmod(0o600)
            try:
                os.link(fresh, path)  # the first process wins, later ones read its key
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_bytes()
