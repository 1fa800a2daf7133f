"""Looking at a file without taking it: pictures as they are, the pages of a PDF and of an office document as pictures, the words of a mail.

They are drawn in a process apart, and a browser gets nothing but pictures, so no document brings a script or asks another host. An office
document becomes a PDF by LibreOffice, where the machine has it.
"""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.orm import Session

from core.database.sessions import Database
from core.extension.exchange import JobHandler, Task
from core.kernel.clock import today
from core.kernel.errors import KeguanError
from core.kernel.words import msg
from core.work.apart import HERE, made_folder, made_of, run_apart
from core.work.attachments import open_attachment
from core.work.file_types import MAIL, OFFICE, may_show
from core.work.jobs import enqueue
from core.work.models import Attachment

KIND, PDF, MOST = "core.preview", "application/pdf", 20
DRAWING, CONVERTING = (20, 1_500, 20), (60, 4_000, 100)  # seconds, megabytes of memory, megabytes of one file
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""
"""No macros, no active content, nothing fetched from elsewhere."""


class NoPreview(KeguanError):
    """The file cannot be shown, only downloaded."""

    status = 422

    def __init__(self) -> None:
        super().__init__(msg("No preview could be made of this file. Please download it."))


@dataclass(frozen=True)
class Pages:
    """Pictures of the first pages, and how many pages there are."""

    pictures: tuple[Path, ...]
    total: int


def can_be_shown(attachment: Attachment) -> bool:
    """Whether there is a preview of such files on this machine."""
    kind = attachment.media_type
    return may_show(kind) or kind in {PDF, MAIL} or (kind in OFFICE and office() is not None)


def office() -> str | None:
    """LibreOffice, if this machine has it."""
    return shutil.which("soffice")


def waits_for_office(attachment: Attachment) -> bool:
    """Whether a job has to make a PDF of the file first."""
    return attachment.media_type in OFFICE and not _pdf(attachment).exists() and not _folder(attachment).exists()


def has_failed(attachment: Attachment) -> bool:
    """Whether nothing could be made of the file."""
    return _failed(attachment).exists()


def ask_for_preview(session: Session, attachment: Attachment) -> None:
    """Let a worker make the PDF; once a day for one file."""
    enqueue(session, KIND, {"attachment": attachment.id}, key=f"preview-{attachment.id}-{today()}")


def pages_of(attachment: Attachment, path: Path) -> Pages:
    """Pictures of a PDF, or of an office document that was made one; drawn when somebody first asks. Raises :class:`NoPreview`."""
    folder = _folder(attachment)
    if not folder.exists() and (has_failed(attachment) or not _draw(path if attachment.media_type == PDF else _pdf(attachment), folder)):
        _failed(attachment).touch()  # what nobody can draw is not tried again at every look
        raise NoPreview
    return Pages(tuple(sorted(folder.glob("*.png"))), int((folder / "pages").read_text()))


def _convert(database: Database, task: Task) -> Any:
    """As the person who asked: what he or she may not see any more is not made."""
    attachment, path = open_attachment(database.session(), int(task.payload["attachment"]))
    target, failed, name = _pdf(attachment), _failed(attachment), f"document{Path(attachment.name).suffix.lower()}"
    database.release()
    program = office()
    if program is None or target.exists():
        return
    with TemporaryDirectory(dir=made_folder(target.parent)) as scratch:
        folder = Path(scratch)
        (folder / "profile/user").mkdir(parents=True)
        (folder / "profile/user/registrymodifications.xcu").write_text(PROFILE)
        shutil.copyfile(path, folder / name)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        quiet = ("--headless", "--norestore", "--nodefault", "--nolockcheck", "--nofirststartwizard")
        done = run_apart(CONVERTING, folder, program, profile, *quiet, "--convert-to", "pdf", "--outdir", scratch, str(folder / name))
        made = folder / "document.pdf"
        if done and made.exists():
            made.replace(target)
            failed.unlink(missing_ok=True)
            return
        failed.touch()
    raise NoPreview


PREVIEWING = JobHandler(KIND, _convert, msg("Make the preview of a file"), long=True)


def _draw(pdf: Path, folder: Path) -> bool:
    """Whether the pictures are there now."""
    with TemporaryDirectory(dir=made_folder(folder.parent)) as scratch:
        made = Path(scratch) / "pages"
        made.mkdir()
        script = str(HERE / "page_pictures.py")
        if not run_apart(DRAWING, Path(scratch), sys.executable, "-I", script, str(pdf), str(made), str(MOST)):
            return False
        with suppress(OSError):  # somebody else was as fast, and the same pictures stand there already
            made.rename(folder)
    return folder.exists()


def _folder(attachment: Attachment) -> Path:
    return made_of(attachment.company_id, attachment.sha256)


def _pdf(attachment: Attachment) -> Path:
    return _folder(attachment).with_suffix(".pdf")


def _failed(attachment: Attachment) -> Path:
    return _folder(attachment).with_suffix(".failed")
