"""Where files wait for their download, and where prints stay: ``<data>/exports/<company>/<number>.<what>``."""

from __future__ import annotations

from pathlib import Path

from core.exports.models import ExportRequest

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


def throw_away(request: ExportRequest) -> None:
    """Delete the file, if there is one; the prints stay."""
    file_of(request).unlink(missing_ok=True)


def forget(request: ExportRequest) -> None:
    """Delete the file and the prints of an export that never left: no row of it can turn up anywhere."""
    throw_away(request)
    prints_of(request).unlink(missing_ok=True)


def _place(request: ExportRequest, what: str) -> Path:
    folder = _root[0] / str(int(request.company_id))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{int(request.id)}.{what}"
