"""``python app.py COMMAND``: every command ends with code 0 only on success, and with one sentence when it cannot be done."""

from __future__ import annotations

import os
import sys

import click
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from config.settings import Settings
from core.commands.program import program
from core.commands.terminal import Terminal
from core.commands.troubles import in_one_sentence
from core.kernel.errors import KeguanError
from core.kernel.words import Message, msg
from core.operations.language import speaking, terminal_language

REFUSED = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command in the language of the terminal and return its exit code."""
    try:
        settings = Settings()
    except ValidationError as error:
        return _refuse_settings(error)
    folders = sorted(settings.plugins.glob("*/translations")) if settings.plugins else []
    with speaking(terminal_language(settings), folders):
        return run(settings, arguments)


def run(settings: Settings, arguments: list[str] | None = None) -> int:
    """Run one command with ``settings``; errors of our family become their sentence and code 2."""
    terminal = Terminal(settings)
    try:
        code = program.main(arguments, "app.py", standalone_mode=False, obj=terminal)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return _refuse(msg("Stopped; nothing more was done."), 130)
    except KeguanError as error:
        return _refuse(error)
    except BrokenPipeError:
        return _unread()
    except (OperationalError, OSError) as error:
        return _refuse(in_one_sentence(error, settings))
    finally:
        terminal.close()
    return code if isinstance(code, int) else 0


def _refuse_settings(error: ValidationError) -> int:
    with speaking(terminal_language(Settings.model_construct(default_language="zh_CN"))):
        first = error.errors()[0]
        return _refuse(msg("The setting %(name)s cannot be used: %(why)s", name=".".join(map(str, first["loc"])), why=first["msg"]))


def _unread() -> int:
    """Who read what we print has had enough (``| head``): nothing to complain about, and nothing more to print at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _refuse(sentence: Message | KeguanError, code: int = REFUSED) -> int:
    click.echo(str(sentence), err=True)
    return code
