"""Every planted hole is caught by the harness that its head names."""

from __future__ import annotations

import subprocess

import pytest

from tests.evidence import Evidence
from tests.planted.run import FIT, ROOT, Hole, holes, try_all


@pytest.mark.planted
@pytest.mark.evidence("planted")
def test_every_planted_hole_is_caught() -> None:
    evidence = Evidence("planted", shares=False)
    for name, why in try_all().items():
        if why:
            evidence.failed(name, why)
        else:
            evidence.refused(name)
    evidence.close()


@pytest.mark.parametrize("hole", holes(), ids=lambda hole: hole.name)
def test_a_planted_hole_says_what_it_opens_and_who_catches_it(hole: Hole) -> None:
    assert hole.patch.read_text(encoding="utf-8").startswith("Hole: ")
    assert hole.tests


@pytest.mark.parametrize("hole", holes(), ids=lambda hole: hole.name)
def test_a_planted_hole_still_fits_the_code_and_its_tests_are_there(hole: Hole) -> None:
    """CI opens a part of the holes; none of them may grow old meanwhile."""
    fits = subprocess.run([*FIT, "--check", str(hole.patch)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert fits.returncode == 0, fits.stderr
    for test in hole.tests:
        place, _, name = test.partition("::")
        assert not name or f"def {name.rpartition('::')[2].partition('[')[0]}(" in (ROOT / place).read_text(encoding="utf-8")
