"""The page of commands names every command and every option, with the sentence that --help shows."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from config.settings import ROOT
from core.commands.program import program

PAGE = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")


def offered(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that people are offered, with its whole name."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from offered(command, f"{above}{name} ")
        elif not command.hidden:
            yield f"{above}{name}", command


@pytest.mark.parametrize(("name", "command"), [pytest.param(name, command, id=name) for name, command in offered(program)])
def test_the_page_of_commands_describes_it(name: str, command: click.Command) -> None:
    section = next((part for part in PAGE.split("\n##") if part.lstrip("# ").startswith((f"`{name}`", f"`{name} "))), None)
    assert section is not None, f"docs/reference/commands.md does not describe {name}"
    assert str(command.help) in section
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            assert f"| `{', '.join(option.opts)}` |" in section
