"""Where files wait for their download, and where prints stay: ``<data>/exports/<company>/<number>.<what>``."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from core.exports.models import ExportRequest

PART = "part-"
_root: list[Path] = []


def use_folder(root: Path) -> None:
    """Make ``root`` the folder of this process; the application does it once at start."""
    _root[:] = [root]


def file_of(request: ExportRequest) -> Path:
    """Where the made file lies until it is fetched; its name owes nothing to what people type."""
    return _place(request, request.format.value)


def prints_of(request: ExportRequest) -> Path:
    """Where the prints of its rows stay."""
    return _place(request, "prints")


@dataclass(frozen=True)
class Attempt:
    """Where one attempt at a file writes, apart from every other: ``file`` and the ``prints`` of its rows."""

    file: Path
    prints: Path

    def keep(self, request: ExportRequest) -> None:
        """Make this attempt's the file of ``request``."""
        self.prints.replace(prints_of(request))
        self.file.replace(file_of(request))

    def drop(self) -> None:
        """Leave nothing of it."""
        self.file.unlink(missing_ok=True)
        self.prints.unlink(missing_ok=True)


def attempt_at(request: ExportRequest) -> Attempt:
    """A place of its own for an attempt at the file."""
    own = f"{PART}{secrets.token_hex(8)}"
    return Attempt(_place(request, f"{own}.{request.format.value}"), _place(request, f"{own}.prints"))


def drop_attempts(request: ExportRequest) -> None:
    """Delete what attempts have left that never came to their end."""
    for path in _place(request, PART).parent.glob(f"{int(request.id)}.{PART}*"):
        path.unlink(missing_ok=True)


def throw_away(request: ExportRequest) -> None:
    """Delete the file, if there is one, and what attempts have left of it; the prints stay."""
    file_of(request).unlink(missing_ok=True)
    drop_attempts(request)


def forget(request: ExportRequest) -> None:
    """Delete the file and the prints of an export that never left: no row of it can turn up anywhere."""
    throw_away(request)
    prints_of(request).unlink(missing_ok=True)


def _place(request: ExportRequest, what: str) -> Path:
    folder = _root[0] / str(int(request.company_id))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{int(request.id)}.{what}"
