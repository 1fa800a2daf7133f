"""Evidence that proves too little is a failure, not a success."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import evidence
from tests.evidence import Evidence


@pytest.fixture(autouse=True)
def floors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "floors.toml"
    path.write_text('"walk" = 4\n', encoding="utf-8")
    monkeypatch.setattr(evidence, "FLOORS", path)
    monkeypatch.setattr(evidence, "FOLDER", tmp_path)


def _walk(positive: int, refused: int, plugin: str = "customers") -> Evidence:
    walk = Evidence("walk", ["customers"])
    for number in range(positive):
        walk.positive(f"allowed {number}", plugin)
    for number in range(refused):
        walk.refused(f"refused {number}", plugin)
    return walk


def test_a_walk_with_enough_of_everything_is_written_down(tmp_path: Path) -> None:
    _walk(2, 2).close()
    assert '"result": "passed"' in (tmp_path / "walk.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("walk", "said"),
    [
        (_walk(2, 1), "the floor of walk is 4"),
        (_walk(1, 9), "positive controls"),
        (_walk(5, 5, "contracts"), "customers contributed nothing"),
    ],
)
def test_a_walk_that_proves_too_little_fails(walk: Evidence, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        walk.close()


def test_one_wrong_answer_fails_the_walk() -> None:
    walk = _walk(5, 5)
    walk.failed("the one", "answered 500")
    with pytest.raises(AssertionError, match="the one: answered 500"):
        walk.close()


def test_a_walk_without_a_floor_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="no floor"):
        Evidence("unknown").close()
