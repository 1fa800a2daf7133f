"""Pages of one's own account: what is mine, keys for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from markupsafe import Markup

from core.web.pages.forms import FormField
from core.web.pages.parts import Page, Tag, Text, Verb


@dataclass(frozen=True, kw_only=True)
class MePage(Page):
    """The whole menu and one's own account on one page: it shows what the frame around every page holds."""

    template: ClassVar[str] = "keguan/me.html"


@dataclass(frozen=True, slots=True)
class KeyShown:
    """A key as its owner sees it, without the key itself; moments are UTC. ``revoke`` is None for one that is dead already."""

    name: str
    state: Tag
    made_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoke: Verb | None = None


@dataclass(frozen=True, kw_only=True)
class KeysPage(Page):
    """The person's keys, the form for a new one and, once, the new key itself."""

    keys: tuple[KeyShown, ...]
    action: str
    fields: tuple[FormField, ...]
    fresh: str = ""
    example: str = ""
    """How to ask with the new key, as a command."""
    template: ClassVar[str] = "keguan/keys.html"


@dataclass(frozen=True, kw_only=True)
class TwoStepPage(Page):
    """The person's two-step verification: off with the way to set it up, or on with what may be done; ``since`` is UTC.

    ``codes`` are fresh recovery codes, shown this once.
    """

    since: datetime | None
    left: int = 0
    fields: tuple[FormField, ...] = ()
    begin_action: str = ""
    renew_action: str = ""
    off_action: str = ""
    needed: Text = ""
    """Why it cannot be turned off, or until when it must be set up."""
    codes: tuple[str, ...] = ()
    template: ClassVar[str] = "keguan/two_step.html"


@dataclass(frozen=True, kw_only=True)
class TwoStepSetUpPage(Page):
    """A new secret as a QR code and in letters to type, and the question for the first code."""

    picture: Markup
    secret: str
    account: str
    fields: tuple[FormField, ...]
    action: str
    cancel_href: str
    template: ClassVar[str] = "keguan/two_step_set_up.html"
