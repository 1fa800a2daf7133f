"""Pages before or beside the shell: signing in, changing the password, choosing the company, errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from core.web.pages.parts import Link, Page, Text
from core.web.pages.shell import Language


@dataclass(frozen=True, kw_only=True)
class SignInPage(Page):
    """Sign-in; sends ``username``, ``password``, ``next``. A wrong password is a sentence in ``says``."""

    action: str
    username: str = ""
    next: str = ""
    invalid: bool = False
    turned: bool = False
    """Whether this stands in place of the answer to a form, whose text the browser keeps until somebody has signed in."""
    owner: Text = ""
    """Whose system this is, shown at the foot (a group's name)."""
    hints: tuple[Text, ...] = ()
    language: Language | None = None
    template: ClassVar[str] = "keguan/sign_in.html"


@dataclass(frozen=True, kw_only=True)
class SecondStepPage(Page):
    """The second page of the sign-in; sends ``code``. A wrong code is a sentence in ``says``."""

    action: str
    account: str
    again_href: str
    """To the first page, for another account."""
    invalid: bool = False
    owner: Text = ""
    language: Language | None = None
    template: ClassVar[str] = "keguan/second_step.html"


@dataclass(frozen=True, kw_only=True)
class PasswordPage(Page):
    """Change of one's own password; sends ``current``, ``new``, ``again``. ``rules`` are sentences shown beforehand."""

    action: str
    errors: Mapping[str, Text] = field(default_factory=dict)
    """Sentences by ``current``, ``new``, ``again``."""
    rules: tuple[Text, ...] = ()
    cancel_href: str = ""
    forced: Text = ""
    """Why the password must be changed now; then there is no way around."""
    template: ClassVar[str] = "keguan/password.html"


@dataclass(frozen=True, slots=True)
class CompanyChoice:
    """A company that the person belongs to."""

    name: str
    href: str
    detail: Text = ""


@dataclass(frozen=True, kw_only=True)
class CompaniesPage(Page):
    """Chooser for a person with several companies."""

    companies: tuple[CompanyChoice, ...]
    template: ClassVar[str] = "keguan/companies.html"


@dataclass(frozen=True, kw_only=True)
class ErrorPage(Page):
    """What went wrong: title, reason, one way on, whom to ask, time (UTC) and number. Works with and without a shell."""

    status: int
    reason: Text
    number: str
    at: datetime
    onward: tuple[Link, ...] = ()
    whom: Text = ""
    whom_label: Text = ""
    logged: bool = False
    saved: bool = False
    """Whether something was saved before it went wrong: what was typed is not to be sent once more."""
    template: ClassVar[str] = "keguan/error.html"
    fragments: ClassVar[Mapping[str, str]] = dict.fromkeys(("list", "tab-body", "drawer", "over"), "keguan/error_part.html")
