"""``backup`` and ``restore``: everything of a deployment into a folder, and back."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.progress import Progress

from core.commands.spoken import SpokenCommand, option, yes
from core.commands.terminal import Terminal
from core.kernel.acting import System
from core.kernel.words import counted, msg
from core.operations.backups.making import make_backup
from core.operations.backups.restoring import bring_keys, examine_backup, restore_backup
from core.privacy.repeating import Repeated

folder_argument = click.Path(path_type=Path, file_okay=False)
as_json = option("--json", "as_json", is_flag=True, says=msg("Print the result as JSON."))


@click.command(
    cls=SpokenCommand,
    help=msg(
        "Make a backup while people work: database, attachments, prints of exports. Without FOLDER it goes where regular backups go; one "
        "that goes elsewhere, or holds the keys, was approved by another person before."
    ),
)
@click.argument("folder", type=folder_argument, required=False)
@option("--reason", default="", says=msg("Why; this is recorded in the audit trail."))
@option("--with-keys", "keys", is_flag=True, says=msg("Put the secret keys in, too; keep such a backup like the keys themselves."))
@as_json
@click.pass_obj
def backup(terminal: Terminal, folder: Path | None, reason: str, keys: bool, as_json: bool) -> None:
    """A backup is a way out of the data: through the gate, only from the terminal, and the trail says who, why and what."""
    data = terminal.settings.data
    target = folder or terminal.settings.backup_folder
    why = reason or msg("Regular backup")
    with Progress(console=terminal.console, transient=True, disable=as_json) as bar:
        task = bar.add_task(str(msg("Making the backup")), total=None)
        done = make_backup(
            terminal.ready,
            target,
            why,
            _who(),
            keys=keys,
            report=lambda part: bar.update(task, description=f"{msg('Making the backup')}: {part}"),
        )
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False, default=str))
        return
    terminal.say(
        msg("%(folder)s (files: %(files)s, MB: %(size)s)", folder=done.folder, files=done.files, size=round(done.size / 1_048_576, 1))
    )
    if not keys:
        terminal.say(
            msg("The keys are not in it. Keep %(path)s in another place: without it this backup cannot be restored.", path=data / "secrets")
        )


@click.command(
    cls=SpokenCommand, help=msg("Replace everything by the backup in FOLDER, once it is known to be whole; the program must be stopped.")
)
@click.argument("folder", type=folder_argument)
@option("--reason", default="", says=msg("Why; this is recorded in the audit trail."))
@option("--check", is_flag=True, says=msg("Only look whether the backup is whole and fits here."))
@yes
@as_json
@click.pass_obj
def restore(terminal: Terminal, folder: Path, reason: str, check: bool, yes: bool, as_json: bool) -> int:
    """Code 0 when the trail is in order afterwards, 1 when it is not."""
    if not check:
        bring_keys(terminal.settings, folder)
    manifest, digest = examine_backup(terminal.keguan, folder)
    if check:
        terminal.say(
            msg(
                "The backup of %(when)s is whole (files: %(files)s, digest: %(digest)s).",
                when=manifest.made_at,
                files=len(manifest.files),
                digest=digest,
            )
        )
        return 0
    terminal.sure(msg("What was entered since %(when)s will be gone. Go on?", when=manifest.made_at), yes=yes)
    why = reason or msg("Restored from %(name)s", name=folder.name)
    done = restore_backup(terminal.keguan, folder, why, _who())
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False, default=str))
    else:
        terminal.say(
            msg(
                "Restored as of %(when)s. Rows of the trail checked: %(checked)s; findings: %(found)s.",
                when=manifest.made_at,
                checked=done.checked,
                found=done.found,
            )
        )
        say_repeated(terminal, done.repeated)
    return 1 if done.found else 0


def say_repeated(terminal: Terminal, repeated: Repeated) -> None:
    """Tell of people who had been erased since the backup; nothing where there were none."""
    if repeated.erased:
        terminal.say(counted("%(count)s erased person was erased again.", "%(count)s erased people were erased again.", repeated.erased))
    if repeated.held:
        terminal.say(
            counted(
                "%(count)s erased person is back under a legal hold. Please release the hold and erase again.",
                "%(count)s erased people are back under a legal hold. Please release the holds and erase again.",
                repeated.held,
            )
        )


def _who() -> System:
    return System(f"terminal: {getpass.getuser()}")
