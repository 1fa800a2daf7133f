"""Making a backup: database first, then the files that its rows point to, then what proves both."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.audit.trail import record_event
from core.database.sentences import stored
from core.exports.backups import Let, demand_let, tell_made, use_up
from core.kernel.acting import System, acting_as
from core.kernel.clock import now
from core.kernel.errors import Conflict
from core.kernel.words import Message, msg
from core.operations.backups.databases import copy_out
from core.operations.backups.manifest import Manifest, digest_of, files_below, write_manifest
from core.operations.heads import stored_heads
from core.web.house import Keguan

KEPT = ("attachments", "exports")
"""Folders of the data folder that rows point to."""
SECRETS = "secrets"
Report = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """A finished backup; ``digest`` of its manifest stands in the trail."""

    folder: Path
    digest: str
    files: int
    size: int


def make_backup(
    keguan: Keguan, target: Path, reason: Message | str, who: System, *, keys: bool = False, report: Report | None = None
) -> Made:
    """Make a new folder below ``target`` that holds everything, under a passing name until it is whole.

    One that leaves the folder of the deployment, or holds the keys, spends an approval of every company; raises :class:`Conflict` without.
    The trail says so before anything is copied: without trail no backup. Keys stay out unless ``keys``: whoever has both can write a
    history of his own.
    """
    target = target.resolve()
    let = _demand_let(keguan, target, who, keys=keys)
    name = f"keguan-{now():%Y%m%d-%H%M%S}"
    _tell(keguan, who, "backup", name, reason=reason, keys=keys, folder=str(target))
    passing = _new_folder(target, f".{name}.partial")
    try:
        with keguan.database.transaction() as session:
            use_up(session, let, who)
        _fill(keguan, passing, keys=keys, report=report or (lambda _: None))
        files = {one: digest_of(passing / one) for one in files_below(passing)}
        digest = write_manifest(passing, _manifest(keguan, reason, files, keys=keys), keguan.settings.audit_key)
        done = passing.rename(target / name)
    except BaseException:
        shutil.rmtree(passing, ignore_errors=True)  # half a backup is none
        raise
    size = sum((done / one).stat().st_size for one in files)
    _tell(keguan, who, "backup_made", name, sha256=digest, files=len(files), bytes=size)
    with keguan.database.transaction() as session:
        tell_made(session, let, who, name, digest)
    return Made(done, digest, len(files), size)


def _demand_let(keguan: Keguan, target: Path, who: System, *, keys: bool) -> Let:
    """Nothing is asked of a backup that stays in the care of the deployment; every other one was let out by another person."""
    if not keys and target.is_relative_to(keguan.settings.backup_folder.resolve()):
        return Let()
    with keguan.database.transaction() as session:
        return demand_let(session, target, who, keys=keys)


def _fill(keguan: Keguan, folder: Path, *, keys: bool, report: Report) -> None:
    """Files after the database: each that its rows name is there then, and stays for a day after nobody names it any more."""
    report("database")
    copy_out(keguan.database.engine, folder)
    for name in (*KEPT, *((SECRETS,) if keys else ())):
        report(name)
        if (source := keguan.settings.data / name).is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("incoming", "*.doomed"))


def _manifest(keguan: Keguan, reason: Message | str, files: dict[str, str], *, keys: bool) -> Manifest:
    with keguan.database.engine.connect() as connection:
        heads = stored_heads(connection)
    engine = keguan.database.engine.dialect.name
    return Manifest(now().isoformat(), stored(reason), engine, tuple(sorted(heads)), tuple(sorted(keguan.registry.names)), keys, files)


def _new_folder(target: Path, name: str) -> Path:
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        (target / name).mkdir(mode=0o700)
    except OSError as error:
        raise Conflict(msg("%(folder)s cannot be written: %(why)s", folder=target, why=error.strerror)) from error
    return target / name


def _tell(keguan: Keguan, who: System, action: str, name: str, **details: object) -> None:
    with acting_as(who), keguan.database.transaction() as session:
        record_event(session, action, name, **details)
