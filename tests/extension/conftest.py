"""A process that starts the program, shared by all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.extension.starting import Starter


@pytest.fixture(scope="session")
def starter() -> Iterator[Starter]:
    """Starts the program with strange plugins."""
    process = Starter()
    yield process
    process.stop()


@pytest.fixture
def strangers(tmp_path: Path) -> Path:
    """An empty folder for strange plugins."""
    folder = tmp_path / "strangers"
    folder.mkdir()
    return folder
