"""``user hand-out``: first passwords for people who came by a file."""

from __future__ import annotations

import os
from pathlib import Path

import click

from core.access.administration.first_passwords import FirstPassword, hand_out_first_passwords
from core.commands.spoken import SpokenCommand
from core.commands.terminal import Terminal, company_called
from core.kernel.acting import System, acting_as
from core.kernel.words import counted, msg


@click.command(
    "hand-out",
    cls=SpokenCommand,
    help=msg("Draw first passwords for everybody in the company SLUG who has none, into a file that only its owner can read."),
)
@click.argument("slug")
@click.pass_obj
def hand_out(terminal: Terminal, slug: str) -> None:
    """Each must be changed at the first sign-in; nobody who has a password is touched."""
    with terminal.use_case() as session:
        who = System("first passwords", company_called(session, slug).id)
    path = terminal.settings.data / f"first-passwords-{slug}.txt"
    with acting_as(who), terminal.ready.database.transaction() as session:
        told = hand_out_first_passwords(session)
        _write(path, told)  # before the commit: a password that stands nowhere would lock its person out
    if told:
        terminal.say(
            counted(
                "The first password of %(count)s person is in %(path)s. Hand it out in person.",
                "First passwords of %(count)s people are in %(path)s. Hand them out one by one.",
                len(told),
                path=path,
            )
        )
    else:
        terminal.say(msg("Everybody has a password."))


def _write(path: Path, told: list[FirstPassword]) -> None:
    if told:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
            file.writelines(f"{one.user_name}\t{one.password}\t{one.name}\n" for one in told)
