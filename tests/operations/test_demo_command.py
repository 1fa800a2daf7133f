"""``python app.py demo --seed N --counts`` as somebody at a terminal uses it: the same seed makes the same business, and enough of it.

Each run is a process of its own, with its own order of sets and its own hour of the day: chance without a seed, an order that Python
does not promise, keys drawn anew and a look at the wall clock would each make another digest.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from config.settings import ROOT, Settings
from core.application import move_in
from core.database.fields import Field
from core.extension.installed import stored_classes
from core.kernel import clock
from core.kernel.clock import SHANGHAI, today
from core.kernel.lifecycle import cycle_of
from core.operations.language import speaking
from core.organisation.models import Company
from tests.databases import Files
from tests.operations.test_demo_coherence import incoherences
from tests.sizes import WHOLE, sized
from tests.world import BLANK, Site

AT_LEAST = {
    "customers.customer": 300,
    "customers.contact": 600,
    "customers.interaction": 1_000,
    "sales.opportunity": 200,
    "contracts.contract": 100,
    "billing.invoice": 150,
    "billing.receipt": 120,
    "service.request": 80,
}
"""What each company of the demonstration has of everything (issue 3, section 3), when nobody says how much."""
USUAL = int(Settings.model_fields["demo_rounds"].default)
AT_THAT_HOUR = """
import sys
from datetime import datetime
from core.kernel import clock

real, shown = clock.present, datetime.fromisoformat(sys.argv[1])
began = real()
clock.present = lambda: shown + (real() - began)
from core.commands import main

sys.exit(main(sys.argv[2:]))
"""
COUNTED = re.compile(r"(.+?) (\d+)(?:、|$)")


@dataclass(frozen=True)
class Run:
    """One demonstration: its seed, the hour of today at which it is made, and how Python orders its sets."""

    seed: int
    hour: time
    order: str
    whole: bool = False

    @property
    def moment(self) -> datetime:
        """When it is made."""
        return datetime.combine(today(), self.hour, SHANGHAI)

    def start(self, data: Path, template: Path) -> subprocess.Popen[str]:
        """Start the command on a database that has no companies yet."""
        data.mkdir()
        shutil.copyfile(template, data / "keguan.db")
        said = {"KEGUAN_DATA": str(data), "KEGUAN_DEMO_PASSWORD": "plain-sailing-2468", "PYTHONHASHSEED": self.order, "LANG": "zh_CN.UTF-8"}
        size = () if self.whole else ("--rounds", "1")
        command = [sys.executable, "-c", AT_THAT_HOUR, self.moment.isoformat(), "demo", "--seed", str(self.seed), "--counts", "--json"]
        return subprocess.Popen([*command, *size], cwd=ROOT, env={**os.environ, **said}, stdout=subprocess.PIPE, text=True)


FIRST = Run(7, time(0, 20), "1", WHOLE)
AGAIN = Run(7, time(20, 10), "2", WHOLE)
OTHER = Run(8, time(8, 35), "1")
Made = dict[Run, tuple[Path, list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def made(sites: Callable[[str], Site], tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The three demonstrations, made side by side: where each lies and what its command printed."""
    store, folder = sites("sqlite").store, tmp_path_factory.mktemp("demonstrations")
    assert isinstance(store, Files)
    started = {run: run.start(folder / f"{number}", store.folder / f"{BLANK}.db") for number, run in enumerate((FIRST, AGAIN, OTHER))}
    said = {run: process.communicate()[0] for run, process in started.items()}
    assert {process.returncode for process in started.values()} == {0}
    return {run: (folder / f"{number}", json.loads(said[run])) for number, run in enumerate(started)}


@pytest.fixture(autouse=True)
def moved_in(sites: Callable[[str], Site]) -> None:
    """The classes are those of the house, whatever the test before has put in their place."""
    move_in(sites("sqlite").keguan)


def digests(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Company to the sum over everything it has, as the command prints it under its counts."""
    return {row["company"]: row["states"] for row in rows if not row["kind"]}


def states() -> Iterator[tuple[type[Any], str, Field]]:
    """Every field of a business record that verbs alone move, or that has a life cycle."""
    for model in stored_classes():
        if model.__scope__ != "global" and not model.__tablename__.startswith("core_"):
            for name, one in model.fields().items():
                if one.choices is not None and (name == "state" or cycle_of(one.choices) is not None):
                    yield model, name, one


def test_the_same_seed_makes_the_same_business_at_any_hour_and_another_seed_another_one(made: Made) -> None:
    first, again, other = (digests(made[run][1]) for run in (FIRST, AGAIN, OTHER))
    assert set(first) == {"qiheng", "huarui"}
    assert [row for row in made[FIRST][1] if row not in made[AGAIN][1]] == []
    assert first == again
    assert not set(first.values()) & set(other.values())
    assert len(set(first.values())) == len(first)


@pytest.mark.parametrize("run", [FIRST, AGAIN], ids=["at night", "in the evening"])
def test_it_hangs_together_at_whatever_hour_it_is_made(made: Made, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    later = run.moment.astimezone(UTC) + timedelta(minutes=30)
    monkeypatch.setattr(clock, "present", lambda: later)
    engine = create_engine(f"sqlite:///{made[run][0] / 'keguan.db'}")
    with Session(engine) as session:
        companies = list(session.scalars(select(Company.id)))
    assert incoherences(engine, companies)[0] == {}
    engine.dispose()


def test_each_company_of_the_demonstration_has_enough_to_work_with(made: Made) -> None:
    rounds, share = sized((1, 0.9), (USUAL, 1))  # no round is quite like another
    found = {(row["company"], row["resource"]): row["count"] for row in made[FIRST][1] if row["kind"]}
    for slug in digests(made[FIRST][1]):
        few = {name: found[slug, name] for name, least in AT_LEAST.items() if found[slug, name] * USUAL < least * rounds * share}
        assert few == {}, slug


def test_every_state_of_every_life_cycle_occurs_in_each_company(made: Made) -> None:
    walked = list(states())
    assert {model.__tablename__.partition("_")[0] for model, _, _ in walked} >= {"billing", "contracts", "customers", "sales", "service"}
    with Session(create_engine(f"sqlite:///{made[FIRST][0] / 'keguan.db'}")) as session:
        for company in session.scalars(select(Company)):
            for model, name, one in walked:
                occurs = set(session.scalars(select(getattr(model, name)).where(model.company_id == company.id).distinct()))
                assert set(one.choices or ()) - occurs == set(), (company.slug, model.__tablename__, name)


def test_the_command_names_every_state_with_its_number(made: Made, sites: Callable[[str], Site]) -> None:
    keguan = sites("sqlite").keguan
    with speaking("zh_CN", sorted(keguan.settings.plugins.glob("*/translations"))):
        wanted = {model.__resource__: {str(state.label) for state in one.choices or ()} for model, name, one in states() if name == "state"}
    shown = [row for row in made[FIRST][1] if row.get("resource") in wanted]
    assert {row["resource"] for row in shown} == set(wanted)
    for row in shown:
        counted = {state: int(number) for state, number in COUNTED.findall(row["states"])}
        assert counted.keys() == wanted[row["resource"]], row
        assert sum(counted.values()) == row["count"], row
