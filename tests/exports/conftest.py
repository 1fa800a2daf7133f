"""Thirty customers in two departments, whose names and remarks try everything that a spreadsheet might run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.access.administration import set_parameter
from core.exports.folder import file_of
from core.exports.making import Fetched, fetch_file, make_file
from core.exports.models import ExportRequest
from core.exports.operations import approve_export, found_export, request_export
from core.exports.states import ExportFormat
from core.exports.terms import Wish
from core.kernel.clock import today
from plugins.customers.operations import create_customer
from tests.world import World

DANGEROUS = ("=1+1", "+A1", "-2", "@SUM(A1)", "\tx", "\rx", "＝1+1", '=HYPERLINK("http://x","y")')


@dataclass
class Gate:
    """The gate with somebody who asks and somebody who decides."""

    world: World

    def ask(self, account: str = "head.east", *, form: ExportFormat = ExportFormat.CSV, **more: Any) -> int:
        """The id of a new wish for the list of customers."""
        wish = Wish(**{"source": "customers", "reason": "年度对账用", "file_format": form, **more})
        with self.world.use_case(account) as session:
            return int(request_export(session, wish).id)

    def approve(self, request_id: int, account: str = "leader") -> None:
        """Let somebody else say yes."""
        with self.world.use_case(account) as session:
            approve_export(session, request_id, found_export(session, request_id).version, "同意")

    def make(self, request_id: int, account: str = "head.east") -> None:
        """Make the file as the person."""
        with self.world.act(account):
            make_file(self.world.keguan.database, request_id)

    def fetch(self, request_id: int, account: str = "head.east") -> Fetched:
        """Take the file."""
        with self.world.act(account):
            return fetch_file(self.world.keguan.database, request_id)

    def file(self, account: str = "head.east", **wish: Any) -> Path:
        """The file of an export that went all the way."""
        request_id = self.ask(account, **wish)
        self.approve(request_id)
        self.make(request_id, account)
        return self.fetch(request_id, account).path

    def stored(self, request_id: int, account: str = "leader") -> ExportRequest:
        """The request as it stands."""
        with self.world.reading(account) as session:
            return found_export(session, request_id)

    def path(self, request_id: int) -> Path:
        """Where its file lies or would lie."""
        return file_of(self.stored(request_id))

    def set(self, **parameters: int) -> None:
        """Set parameters of the company, in force from today."""
        with self.world.use_case("admin") as session:
            for name, value in parameters.items():
                set_parameter(session, f"core.{name}", value, today())


@pytest.fixture
def customers(world: World) -> list[str]:
    """Names of the customers of department east."""
    names = [f"苏州第{number}机械厂" for number in range(22)] + [f"{text} 公司{place}" for place, text in enumerate(DANGEROUS)]
    with world.use_case("sales.east1") as session:
        for name in names:
            create_customer(session, {"name": name.strip() if name[0] in "\t\r" else name})
    with world.use_case("sales.west1") as session:
        create_customer(session, {"name": "西安不外传厂"})
    return names


@pytest.fixture
def gate(world: World, customers: list[str]) -> Gate:
    """The gate before a list of thirty customers."""
    return Gate(world)


Maker = Callable[..., int]
