"""Mails that staff file with a record, as the files that mail programs save (``.eml``): who wrote what to whom, and when (R-145).

A mail is an attachment like any other: seen as far as its record is seen, kept as it came. Its words are read in a process apart when it
is attached, so that the timeline can tell them without opening the file.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.kernel.errors import BadInput
from core.kernel.masks import masked
from core.kernel.words import msg
from core.work.apart import HERE, made_folder, made_of, run_apart
from core.work.file_names import extension
from core.work.file_types import TYPES

READING = (20, 1_000, 2)  # seconds, megabytes of memory, megabytes of one file
HARMLESS = frozenset({*TYPES, "ics", "vcf", "p7s", "htm", "html"})
"""Endings of files that a mail may carry: those that may be attached, and what mail programs add by themselves."""


@dataclass(frozen=True)
class Correspondent:
    """Somebody who wrote or got a mail."""

    name: str
    address: str

    @property
    def shown(self) -> str:
        """How a list calls her: by her name, or by her address under its mask."""
        return self.name if self.name and "@" not in self.name else masked("email", self.address)


@dataclass(frozen=True)
class Carried:
    """A file that came with the mail; ``size`` in octets."""

    name: str
    size: int


@dataclass(frozen=True)
class FiledMail:
    """What a mail says. ``sent_at`` is in UTC, None where the mail does not say; ``more`` is how many files it carries besides."""

    subject: str
    sent_at: datetime | None
    sender: Correspondent | None
    to: tuple[Correspondent, ...]
    copies: tuple[Correspondent, ...]
    carried: tuple[Carried, ...]
    more: int
    folder: Path

    @property
    def text(self) -> str:
        """The words of the mail, without pictures or layout."""
        return (self.folder / "text").read_text("utf-8")


def check_mail(company_id: int, sha256: str, path: Path) -> None:
    """Refuse what is no mail, and a mail that carries a file which could not be attached by itself. Raises :class:`BadInput`."""
    mail = read_mail(company_id, sha256, path)
    if mail is None:
        raise BadInput(msg("This file cannot be read as an e-mail. Please save the message again as .eml and retry."))
    refused = next((one.name for one in mail.carried if extension(one.name) not in HARMLESS), None)
    if refused is not None:
        called = refused or msg("(without a name)")
        raise BadInput(msg("The e-mail carries “%(name)s”, which cannot be kept here. Please save the message without it.", name=called))
    if mail.more:
        raise BadInput(msg("The e-mail carries too many files. Please attach those that matter singly."))


def read_mail(company_id: int, sha256: str, path: Path) -> FiledMail | None:
    """The mail that lies at ``path``, read if nobody has read it yet; None where it cannot be read."""
    folder = made_of(company_id, sha256)
    if not folder.exists():
        with TemporaryDirectory(dir=made_folder(folder.parent)) as scratch:
            made = Path(scratch) / "mail"
            made.mkdir()
            if not run_apart(READING, Path(scratch), sys.executable, "-I", str(HERE / "mail_words.py"), str(path), str(made)):
                return None
            with suppress(OSError):  # somebody else was as fast, and the same words stand there already
                made.rename(folder)
    return known_mail(company_id, sha256)


def known_mail(company_id: int, sha256: str) -> FiledMail | None:
    """The mail, if it has been read before; never starts a process."""
    folder = made_of(company_id, sha256)
    try:
        head = json.loads((folder / "head.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    return FiledMail(
        subject=head["subject"],
        sent_at=datetime.fromisoformat(head["sent"]).astimezone(UTC) if head["sent"] else None,
        sender=next(iter(_people(head["from"])), None),
        to=_people(head["to"]),
        copies=_people(head["cc"]),
        carried=tuple(Carried(name, size) for name, size in head["carried"]),
        more=head["more"],
        folder=folder,
    )


def _people(pairs: Any) -> tuple[Correspondent, ...]:
    return tuple(Correspondent(name, address) for name, address in pairs)
