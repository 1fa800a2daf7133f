"""What the first page says is so: the rooms of the core, the business areas, and every command with its options and files."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from core.commands import program

ROOT = Path(__file__).resolve().parents[2]
READMES = pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])


def _rooms(line: str) -> set[str]:
    """The names of a row of the map, behind the last colon."""
    return {one.strip() for one in re.split(r"[,、]", re.split(r"[:：]", line)[-1].strip(" |"))}


@READMES
def test_the_map_names_every_room_of_the_core(name: str) -> None:
    row = next(line for line in (ROOT / name).read_text("utf-8").splitlines() if line.startswith("| `core/` |"))
    folders = {path.name for path in (ROOT / "core").iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert _rooms(row) == folders - {"migrations", "translations"}


@READMES
def test_every_command_is_one_and_the_files_of_the_project_are_there(name: str) -> None:
    said = [line.strip() for line in (ROOT / name).read_text("utf-8").splitlines() if line.startswith("    ") and " app.py " in line]
    assert said
    for line in said:
        words = shlex.split(line.partition(" app.py ")[2])
        command: click.Command = program
        while isinstance(command, click.Group):
            assert words[0] in command.commands, line
            command = command.commands[words.pop(0)]
        options = {option for one in command.params for option in one.opts}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options, line
        for word in words:
            if word.startswith("config/"):
                assert (ROOT / word).is_file(), line
