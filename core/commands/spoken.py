"""Commands and options whose help is a message: shown in the language of the terminal, at the moment it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from core.kernel.words import Message, msg

F = TypeVar("F", bound=Callable[..., Any])


class _Spoken:
    """Keeps the help as a message until it is asked for."""

    _help: Message | str | None = None

    @property
    def help(self) -> str | None:
        """The help in the reader's language."""
        return None if self._help is None else str(self._help)

    @help.setter
    def help(self, value: Message | str | None) -> None:
        self._help = value


class SpokenCommand(_Spoken, click.Command):
    """A command with its help as a message."""


class SpokenGroup(_Spoken, click.Group):
    """A group of commands with its help as a message."""

    command_class = SpokenCommand


class SpokenOption(click.Option):
    """An option with its help as the message ``says``."""

    def __init__(self, *args: Any, says: Message, **options: Any) -> None:
        super().__init__(*args, **options)
        self.says = says

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """As click does it, in the reader's language."""
        self.help = str(self.says)
        return super().get_help_record(ctx)


def option(*names: str, says: Message, **options: Any) -> Callable[[F], F]:
    """An option of a command; ``says`` is its help."""
    return click.option(*names, cls=SpokenOption, says=says, **options)


as_json = option("--json", "as_json", is_flag=True, says=msg("Print JSON instead of a table."))
"""Every list takes it."""

yes = option("--yes", is_flag=True, says=msg("Do not ask, do it."))
"""Every command that asks takes it."""
