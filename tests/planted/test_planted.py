"""Every planted hole is caught by the harness that its head names."""

from __future__ import annotations

import pytest

from tests.evidence import Evidence
from tests.planted.run import Hole, holes, try_all


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
