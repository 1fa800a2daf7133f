"""Restoring a backup: everything is examined before anything is touched, the database comes back whole or not at all."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from config.settings import Settings
from core.audit.anchors import Anchors
from core.audit.sealing import begin_epoch, keep_sealed
from core.audit.trail import record_event
from core.audit.verification import verify
from core.kernel.acting import System, acting_as
from core.kernel.errors import Conflict
from core.kernel.words import Message, msg
from core.operations.backups.databases import put_back
from core.operations.backups.making import KEPT, SECRETS
from core.operations.backups.manifest import Manifest, digest_of, read_manifest
from core.operations.branches import branch_of, branches, scripts
from core.operations.pulse import worker_is_alive
from core.operations.readiness import bring_up_to_date
from core.privacy.repeating import Repeated, repeat_erasures
from core.web.house import Keguan


@dataclass(frozen=True)
class Restored:
    """What is there now: chains of the trail that began anew, people whose erasure was repeated or stands under a hold of the backup, rows
    that were checked, and what is not as it was written."""

    manifest: Manifest
    began_anew: int
    repeated: Repeated
    checked: int
    found: int


def bring_keys(settings: Settings, folder: Path) -> None:
    """Lay the keys of a backup that holds them into a data folder that has none; before anything makes new ones."""
    source, target = folder / SECRETS, settings.data / SECRETS
    if not source.is_dir() or target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, target)
    target.chmod(0o700)
    for path in target.iterdir():
        path.chmod(0o600)


def examine_backup(keguan: Keguan, folder: Path) -> tuple[Manifest, str]:
    """The manifest and its digest of a backup that can be restored here; raises :class:`Conflict` when it cannot, and touches nothing."""
    manifest, digest = read_manifest(folder, keguan.settings.audit_key)
    if manifest.database != keguan.database.engine.dialect.name:
        raise Conflict(msg("The backup is of another kind of database (%(kind)s).", kind=manifest.database))
    known = {step.revision for step in scripts(branches(keguan.registry)).walk_revisions()}
    for revision in manifest.revisions:
        if branch_of(revision) != "core" and branch_of(revision) not in keguan.registry.names:
            raise Conflict(msg("The backup has tables of the module %(name)s. Please install it first.", name=branch_of(revision)))
        if revision not in known:
            raise Conflict(msg("The backup was made by a newer program. Please restore it with that one."))
    return manifest, digest


def restore_backup(keguan: Keguan, folder: Path, reason: Message | str, who: System) -> Restored:
    """Replace what is there by the backup, bring its tables up to date, erase again who was erased since, let the trail begin anew, check.

    Raises :class:`Conflict` when the backup will not do or a worker is at work; nothing is changed then. What was entered after the
    backup is gone; the trail says so for ever.
    """
    manifest, digest = examine_backup(keguan, folder)
    if worker_is_alive(keguan.settings.data):
        raise Conflict(msg("The program is running. Please stop it first; nothing was restored."))
    keguan.database.release()
    _bring_attachments(keguan.settings.data, folder, manifest)
    put_back(keguan.database.engine, folder)
    _replace_exports(keguan.settings.data, folder)
    bring_up_to_date(keguan)
    anchors = Anchors(keguan.settings.anchor_folder)
    with acting_as(who), keguan.database.transaction() as session:
        record_event(session, "restore", folder.name, reason=reason, made_at=manifest.made_at, sha256=digest)
    repeated = repeat_erasures(keguan.database, anchors)  # first: until it is done the trail contradicts the anchor, and nobody goes on
    began_anew = len(begin_epoch(keguan.database, anchors, reason))
    keep_sealed(keguan.database, anchors)
    with acting_as(who), keguan.database.transaction() as session:
        result = verify(session, keguan.settings.audit_key, anchors)
    return Restored(manifest, began_anew, repeated, result.checked, result.found)


def _bring_attachments(data: Path, folder: Path, manifest: Manifest) -> None:
    """Those that are missing or damaged; before the database, so that no row ever points to nothing. A file is named by its content."""
    for name, digest in manifest.files.items():
        target = data / name
        if name.startswith(f"{KEPT[0]}/") and not (target.is_file() and digest_of(target) == digest):
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            passing = target.with_name(f"{target.name}.restored")
            shutil.copyfile(folder / name, passing)
            passing.replace(target)


def _replace_exports(data: Path, folder: Path) -> None:
    """Their numbers are given anew after a restore, so no file of a later export may stay."""
    shutil.rmtree(data / KEPT[1], ignore_errors=True)
    if (folder / KEPT[1]).is_dir():
        shutil.copytree(folder / KEPT[1], data / KEPT[1])
