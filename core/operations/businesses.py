"""A whole business from files: the company, then file after file by its profile, as a plan (TOML) says.

``config/businesses/maven/plan.toml`` shows every part.
"""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.extension.registry import Registry
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import msg
from core.operations.companies import found
from core.organisation.models import Company
from core.work.profiles import load_profile


@dataclass(frozen=True)
class Best:
    """A column that is added to a file: for each value of ``key`` the ``name`` with the largest ``sum`` in another file's rows that are
    as ``where`` says; of equal ones the first in the alphabet.
    """

    column: str
    source: str
    key: str
    name: str
    sum: str
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One file (None: one that lies beside the plan) and the profile by which it is read."""

    file: str
    profile: Path
    own: bool = False
    best: Best | None = None


@dataclass(frozen=True)
class Plan:
    """A company and the files that make its business, in order."""

    folder: Path
    slug: str
    name: str
    currency: str
    modules: tuple[str, ...]
    steps: tuple[Step, ...]

    def missing(self, data: Path) -> list[str]:
        """Files that the plan needs and that are not in ``data``."""
        needed = [step.file for step in self.steps if not step.own] + [step.best.source for step in self.steps if step.best]
        return sorted({name for name in needed if not (data / name).is_file()})


def load_plan(path: Path) -> Plan:
    """Read a plan and check its profiles. Raises :class:`BadInput` naming what is wrong, :class:`NotFound` for a missing file."""
    if not path.is_file():
        raise NotFound(msg("There is no file %(path)s.", path=path))
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        company, steps = data["company"], tuple(_step(path.parent, step) for step in data["steps"])
        plan = Plan(path.parent, company["slug"], company["name"], company.get("currency", "CNY"), tuple(company.get("modules", ())), steps)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise BadInput(msg("The plan “%(name)s” cannot be used: %(detail)s.", name=path.name, detail=str(error))) from error
    for step in plan.steps:
        load_profile(step.profile)
    return plan


def _step(folder: Path, table: Mapping[str, Any]) -> Step:
    best = Best(**table["best"]) if "best" in table else None
    return Step(table["file"], folder / table["profile"], bool(table.get("own", False)), best)


def open_company(session: Session, registry: Registry, plan: Plan) -> int:
    """The id of the plan's company, founded with its modules when it is not there yet."""
    company = session.scalar(select(Company).where(Company.slug == plan.slug))
    if company is None:
        company = found(session, registry, plan.slug, plan.name, plan.modules or None)
        company.currency = plan.currency
        session.flush()
    return company.id


@contextmanager
def prepared(plan: Plan, step: Step, data: Path) -> Iterator[Path]:
    """The file of the step, with the column that the plan adds; whatever is made for that is gone afterwards."""
    file = (plan.folder if step.own else data) / step.file
    if step.best is None:
        yield file
        return
    with TemporaryDirectory(prefix="keguan-business-") as folder:
        made = Path(folder) / step.file
        _write_with_column(file, made, step.best, best_names(data / step.best.source, step.best))
        yield made


def best_names(file: Path, asked: Best) -> dict[str, str]:
    """For each key the name with the largest sum."""
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in _rows(file):
        if row[asked.key] and all(row[column] == value for column, value in asked.where.items()):
            sums[row[asked.key]][row[asked.name]] += _amount(row[asked.sum])
    return {key: min(names, key=lambda name: (-names[name], name)) for key, names in sums.items()}


def _write_with_column(file: Path, target: Path, asked: Best, names: Mapping[str, str]) -> None:
    rows = list(_rows(file))
    with target.open("w", encoding="utf-8-sig", newline="") as made:
        writer = csv.DictWriter(made, [*rows[0], asked.column] if rows else [asked.column])
        writer.writeheader()
        writer.writerows({**row, asked.column: names.get(row[asked.key], "")} for row in rows)


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as source:
        yield from csv.DictReader(source)


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text or "0")
    except InvalidOperation:
        return Decimal(0)
