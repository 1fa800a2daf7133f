"""The bytes of attachments: one file per content and company, named by its SHA-256, complete and on disk before anything points to it."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from core.kernel.errors import TooLarge
from core.kernel.words import msg

CHUNK = 1 << 20
GRACE = 24 * 3600  # seconds that a file without a row is kept: its row may be about to be committed


@dataclass(frozen=True)
class Received:
    """Bytes that have arrived, still under a passing name."""

    path: Path
    sha256: str
    size: int


class FileStore:
    """``<root>/<company>/<first two letters>/<sha256>``; ``limit`` is the largest file in bytes."""

    def __init__(self, root: Path, limit: int = 20 * 1024 * 1024) -> None:
        self.root = root
        self.limit = limit

    def path(self, company_id: int, sha256: str) -> Path:
        """Where the content lies."""
        return self.root / str(company_id) / sha256[:2] / sha256

    @contextmanager
    def receiving(self, stream: IO[bytes], limit: int | None = None) -> Iterator[Received]:
        """Take the bytes in; gone again at the end of the block unless they were kept.

        Raises :class:`TooLarge` beyond ``limit``, by default that of the store.
        """
        folder = self.root / "incoming"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile(dir=folder, delete=False) as file:
            path = Path(file.name)
            try:
                digest, size = self._copy(stream, file, limit or self.limit)
                file.flush()
                os.fsync(file.fileno())
                yield Received(path, digest, size)
            finally:
                path.unlink(missing_ok=True)

    def keep(self, company_id: int, received: Received) -> Path:
        """Give the bytes their lasting name. The same content again takes the place of the old, which renews its age for the sweep."""
        target = self.path(company_id, received.sha256)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        received.path.replace(target)
        _sync_folder(target.parent)
        return target

    def remove_all_but(self, company_id: int, wanted: Collection[str], grace: float = GRACE) -> int:
        """Delete the company's files whose SHA-256 is not ``wanted`` and that are older than ``grace`` seconds; return how many."""
        oldest = time.time() - grace
        files = (self.root / str(company_id)).glob("??/*")
        return sum(_removed(path, oldest) for path in files if path.name not in wanted)

    def _copy(self, stream: IO[bytes], file: IO[bytes], limit: int) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise TooLarge(msg("The file is larger than %(limit)s MB. Please make it smaller.", limit=limit // 1024 // 1024))
            digest.update(chunk)
            file.write(chunk)
        return digest.hexdigest(), size


def _removed(path: Path, oldest: float) -> bool:
    """Move away, look once more, delete: a file that is attached again at this very moment comes back."""
    if path.stat().st_mtime > oldest:
        return False
    doomed = path.with_name(f"{path.name}.doomed")
    path.rename(doomed)
    if doomed.stat().st_mtime > oldest:
        doomed.rename(path)
        return False
    doomed.unlink()
    return True


def _sync_folder(folder: Path) -> None:
    """A rename is only safe on disk once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_store: list[FileStore] = []


def use_file_store(store: FileStore) -> None:
    """Make ``store`` the one of this process; the application does it once at start."""
    _store[:] = [store]


def file_store() -> FileStore:
    """The store of this process."""
    return _store[0]
