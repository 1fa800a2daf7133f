"""What a backup says of itself: every file with its digest, under a code that only the key of the deployment can make."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.kernel.errors import BadInput, Conflict
from core.kernel.words import msg

NAME, CODE = "manifest.json", "manifest.code"
FORMAT = 1
CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """``files`` maps each path below the folder to its SHA-256; ``revisions`` are those that the database had."""

    made_at: str
    reason: str
    database: str
    revisions: tuple[str, ...]
    modules: tuple[str, ...]
    keys: bool
    files: dict[str, str]
    format: int = FORMAT


def write_manifest(folder: Path, manifest: Manifest, key: bytes) -> str:
    """Write it, and the code over it, as the last files of the backup; return its digest."""
    said = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True).encode()
    (folder / NAME).write_bytes(said)
    (folder / CODE).write_text(_code(key, said), encoding="ascii")
    return hashlib.sha256(said).hexdigest()


def read_manifest(folder: Path, key: bytes) -> tuple[Manifest, str]:
    """The manifest and its digest, once every byte of the backup is known to be as it was written.

    Raises :class:`BadInput` for what is no backup, :class:`Conflict` for one that is damaged, incomplete or of another deployment.
    """
    said = _read(folder / NAME, folder)
    if not hmac.compare_digest(_code(key, said).encode(), _read(folder / CODE, folder)):
        raise Conflict(
            msg("The backup does not fit the key of this deployment: it was changed, or audit.key is not the one it was made with.")
        )
    told: dict[str, Any] = json.loads(said)
    if told["format"] != FORMAT:
        raise Conflict(msg("The backup was made by a newer program. Please restore it with that one."))
    manifest = Manifest(**{**told, "revisions": tuple(told["revisions"]), "modules": tuple(told["modules"])})
    _demand_whole(folder, manifest.files)
    return manifest, hashlib.sha256(said).hexdigest()


def files_below(folder: Path) -> Iterator[str]:
    """Paths of all files below ``folder``, but for the manifest itself."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (name := path.relative_to(folder).as_posix()) not in (NAME, CODE):
            yield name


def digest_of(path: Path) -> str:
    """SHA-256 of the file, read in portions."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _demand_whole(folder: Path, files: dict[str, str]) -> None:
    there = set(files_below(folder))
    for name in sorted(there ^ set(files)):
        if name in there:
            raise Conflict(msg("The file %(name)s does not belong to the backup. Nothing was restored.", name=name))
        raise Conflict(msg("The file %(name)s of the backup is missing. Nothing was restored.", name=name))
    for name, digest in files.items():
        if digest_of(folder / name) != digest:
            raise Conflict(msg("The file %(name)s of the backup is damaged. Nothing was restored.", name=name))


def _code(key: bytes, said: bytes) -> str:
    return hmac.new(hashlib.blake2b(key, person=b"keguan-backup").digest(), said, hashlib.sha256).hexdigest()


def _read(path: Path, folder: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(msg("%(folder)s is no backup: there is no %(name)s in it.", folder=folder, name=path.name)) from error
