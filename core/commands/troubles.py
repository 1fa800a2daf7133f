"""What the machine refuses a command, in one sentence: a full disk, a folder that cannot be written, a database that does not answer."""

from __future__ import annotations

import errno
from pathlib import Path

from sqlalchemy.exc import OperationalError

from config.settings import Settings
from core.kernel.words import Message, msg

FULL = ("database or disk is full", "No space left on device")
"""What SQLite and PostgreSQL say when the disk is full."""
CLOSED = ("unable to open database file", "attempt to write a readonly database")
"""What SQLite says when its folder is not one, or not ours."""

BUSY = "database is locked"
"""What SQLite says when another program writes for longer than one waits."""

REASONS = {
    errno.ENOTDIR: msg("a part of its name is a file"),
    errno.EEXIST: msg("a part of its name is a file"),
    errno.EACCES: msg("this account has no right to it"),
    errno.EPERM: msg("this account has no right to it"),
    errno.EROFS: msg("it may only be read"),
    errno.ENOENT: msg("there is nothing of that name"),
}


def in_one_sentence(error: OperationalError | OSError, settings: Settings) -> Message:
    """What kept the command from its files or its database, and what to do."""
    return _of_files(error, settings) if isinstance(error, OSError) else _of_database(error, settings)


def _of_files(error: OSError, settings: Settings) -> Message:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _full(settings)
    if error.filename is None:
        return msg("The computer refused something that this command needs: %(why)s", why=_why(error))
    place = Path(error.filename)
    if place.is_relative_to(settings.data) or settings.data.is_relative_to(place):
        return _closed(settings, _why(error))
    return msg(
        "%(file)s cannot be read or written: %(why)s. Please check the name and your rights there, and run again.",
        file=str(place),
        why=_why(error),
    )


def _of_database(error: OperationalError, settings: Settings) -> Message:
    why = str(error.orig).strip().splitlines()[0]
    if any(one in why for one in FULL):
        on_server = not settings.database.startswith("sqlite")
        return msg("The disk of the database server is full. Please free some space there and run again.") if on_server else _full(settings)
    if any(one in why for one in CLOSED):
        return _closed(settings, msg("the database in it cannot be opened or changed"))
    if BUSY in why:
        return msg(
            "Another program has been writing for more than 30 seconds, so this was given up. Please wait until it is done and run again."
        )
    return msg("The database does not answer: %(why)s", why=why)


def _full(settings: Settings) -> Message:
    return msg("The disk with the folder %(folder)s is full. Please free some space and run again.", folder=str(settings.data))


def _closed(settings: Settings, why: Message | str) -> Message:
    return msg(
        "The folder %(folder)s cannot be written: %(why)s. "
        "Please let this account write there, or name another folder with KEGUAN_DATA, and run again.",
        folder=str(settings.data),
        why=why,
    )


def _why(error: OSError) -> Message | str:
    return REASONS.get(error.errno or 0) or error.strerror or str(error)
