"""Evidence that proves too little is a failure, not a success."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests import evidence, sizes
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


def test_a_walk_that_looks_at_one_plugin_alone_is_no_evidence_of_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEGUAN_LOOKED_AT", "customers")
    _walk(2, 1).close()
    assert evidence.verdicts() == {"walk": "only 3 items were tried; its floor is 4"}


def test_a_walk_without_a_floor_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="no floor"):
        Evidence("unknown").close()


def test_a_walk_that_never_ends_leaves_no_evidence_of_the_run_before(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    _walk(2, 2).close()
    assert evidence.verdicts() == {"walk": ""}
    request.node.add_marker(pytest.mark.evidence("walk"))
    evidence.pytest_runtest_setup(request.node)
    assert "did not come to its end" in evidence.verdicts()["walk"]


def test_evidence_of_another_source_proves_nothing_about_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    _walk(2, 2).close()
    monkeypatch.setattr(evidence, "source", lambda: "something else")
    assert evidence.verdicts() == {"walk": "it is of another source"}


def test_evidence_that_is_missing_is_named() -> None:
    assert evidence.verdicts() == {"walk": "there is none"}


def test_every_floor_belongs_to_a_marked_harness_and_every_marked_harness_has_a_floor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is enumerated by the marker is what the floors expect; a harness without either would be missed by the one or the other."""
    texts = [path.read_text(encoding="utf-8") for path in (evidence.ROOT / "tests").rglob("test_*.py")]
    marked = {re.sub(r"\{\w+\}", r"[\\w]+", name) for text in texts for name in re.findall(r'mark\.evidence\("([^"]+)"\)\n', text)}
    monkeypatch.setattr(evidence, "FLOORS", evidence.ROOT / "tests" / "floors.toml")
    floors = evidence.floors()
    assert [name for name in floors if not any(re.fullmatch(one, name) for one in marked)] == []
    assert [one for one in marked if not any(re.fullmatch(one, name) for name in floors)] == []


def _at(monkeypatch: pytest.MonkeyPatch, whole: bool) -> None:
    monkeypatch.setattr(sizes, "WHOLE", whole)


def test_evidence_of_a_part_does_not_prove_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    _at(monkeypatch, whole=False)
    _walk(2, 2).close()
    assert evidence.verdicts() == {"walk": ""}
    _at(monkeypatch, whole=True)
    assert evidence.verdicts() == {"walk": "it proves a part, and the whole was asked for"}
    assert evidence.main() == 1
    _walk(2, 2).close()
    assert evidence.verdicts() == {"walk": ""}
    assert evidence.main() == 0


def test_the_whole_has_a_floor_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _at(monkeypatch, whole=True)
    _walk(2, 2).close()  # when nothing more was asked of it
    evidence.FLOORS.write_text('"walk" = 4\n[whole]\n"walk" = 6\n', encoding="utf-8")
    assert evidence.verdicts() == {"walk": "only 4 items were tried; its floor is 6"}
    with pytest.raises(AssertionError, match="the floor of walk is 6"):
        _walk(3, 2).close()
    _walk(3, 3).close()
    assert evidence.verdicts() == {"walk": ""}
    _at(monkeypatch, whole=False)
    _walk(2, 2).close()
    assert evidence.verdicts() == {"walk": ""}


@pytest.mark.parametrize("whole", ['"walk" = 4', '"other" = 9'])
def test_a_floor_of_the_whole_is_larger_and_of_a_known_harness(whole: str) -> None:
    evidence.FLOORS.write_text(f'"walk" = 4\n[whole]\n{whole}\n', encoding="utf-8")
    with pytest.raises(AssertionError):
        evidence.floors()


def test_what_else_was_counted_stands_in_the_file(tmp_path: Path) -> None:
    walk = _walk(2, 2)
    walk.figures["steps"] = 77
    walk.close()
    assert json.loads((tmp_path / "walk.json").read_text(encoding="utf-8"))["steps"] == 77


def test_make_prove_asks_for_the_whole_in_every_line_that_makes_or_reads_evidence() -> None:
    lines = (evidence.ROOT / "Makefile").read_text(encoding="utf-8").partition("\nprove:")[2].partition("\n\n")[0].splitlines()[1:]
    assert len(lines) == 3
    assert [line for line in lines if "KEGUAN_PROVE=whole" not in line] == []
