"""How far random walks go: as many steps as the size of the run asks for, told the same way in each of them."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

from tests.sizes import WHOLE


def walks(steps: int, longest: int, counted: int) -> settings:
    """Settings under which at least ``steps`` are walked, in walks of ``longest`` steps of which ``counted`` do something."""
    return settings(
        max_examples=steps // counted + 1,
        stateful_step_count=longest,
        deadline=None,
        derandomize=not WHOLE,
        database=None,
        phases=tuple(Phase) if WHOLE else (Phase.generate,),  # to make a failure shorter takes minutes
        suppress_health_check=list(HealthCheck),
    )
