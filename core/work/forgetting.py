"""Files in which somebody who is being erased may still stand: whether one tells of a person, and what was handed in to be imported."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.kernel.acting import company_id
from core.work.file_store import file_store
from core.work.import_models import ImportFile
from core.work.models import Attachment, ImportRun

ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
"""In which people hand in their files."""
SHUT = b"%PDF"
"""How a file begins into which nobody looks: it counts as telling."""


def tells_of(path: Path, words: Collection[str]) -> bool:
    """Whether one of ``words`` stands in the file, in whatever encoding and packed or not; a file that is gone tells nothing."""
    wanted = {word.encode(encoding) for word in words for encoding in ENCODINGS if word}
    try:
        return any(part.startswith(SHUT) or any(one in part for one in wanted) for part in _parts(path))
    except FileNotFoundError:
        return False


def _parts(path: Path) -> Iterator[bytes]:
    if not zipfile.is_zipfile(path):
        yield path.read_bytes()
        return
    with zipfile.ZipFile(path) as packed:
        yield from (packed.read(name) for name in packed.namelist())


def forget_imports(session: Session, words: Collection[str]) -> int:
    """Throw away what was handed in to the company and tells of ``words``, with its rejected rows and reports; how many files.

    Part of an erasure. The bytes go with the next sweep of the file store; that it was imported, by whom and how many rows, stays.
    """
    company = company_id()
    with as_system(session, "imports that tell of an erased person"):
        files = [
            file
            for file in session.scalars(select(ImportFile).where(ImportFile.company_id == company, ImportFile.sha256 != ""))
            if tells_of(file_store().path(file.company_id, file.sha256), words)
        ]
        for file in files:
            open_for_writing(session, file)
            file.sha256, file.head = "", {**file.head, "samples": {}}
        for run in session.scalars(select(ImportRun).where(ImportRun.company_id == company, ImportRun.report != "{}")):
            if any(word in run.report for word in words):
                open_for_writing(session, run)
                run.report = "{}"
        rejects = select(Attachment).where(Attachment.company_id == company, Attachment.table_name == ImportRun.__tablename__)
        for attachment in session.scalars(rejects):
            if tells_of(file_store().path(company or 0, attachment.sha256), words):
                session.delete(attachment)
        session.flush()
    return len(files)
