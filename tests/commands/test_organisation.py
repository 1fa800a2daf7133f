"""Parameters, currency and leavers from a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sqlalchemy import select

from core.commands import REFUSED, run
from core.organisation.models import Company, Employee
from plugins.customers.models import Customer
from plugins.customers.operations import create_customer
from tests.world import Site, World

Command = Callable[..., tuple[int, str]]
DAYS = "core.handover_undo_days"


@pytest.fixture
def command(site: Site, database_url: str, capsys: pytest.CaptureFixture[str]) -> Command:
    """``command("company", "list")`` gives the exit code and everything that was printed."""

    def call(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run(site.settings, list(arguments))
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


@pytest.mark.requirement("R-459")
@pytest.mark.requirement("R-061")
def test_a_parameter_is_listed_and_set(world: World, command: Command) -> None:
    assert command("parameters", "set", DAYS, "14", "--company", "qiheng")[0] == 0
    for slug, value in (("qiheng", "14"), ("huarui", "7")):
        rows = {row["name"]: row for row in json.loads(command("parameters", "list", "--company", slug, "--json")[1])}
        assert rows[DAYS]["value"] == value


@pytest.mark.parametrize(
    "arguments",
    [
        ("parameters", "set", DAYS, "many", "--company", "qiheng"),
        ("parameters", "set", DAYS, "9999", "--company", "qiheng"),
        ("parameters", "set", "core.nothing", "1", "--company", "qiheng"),
        ("parameters", "set", DAYS, "1", "--company", "nowhere"),
        ("parameters", "set", DAYS, "1", "--company", "qiheng", "--from", "2020-01-01"),
        ("parameters", "set", DAYS, "1", "--company", "qiheng", "--from", "soon"),
        ("company", "currency", "qiheng", "yuan"),
        ("user", "leave", "nobody", "--company", "qiheng", "--yes"),
        ("user", "leave", "sales2", "--company", "qiheng", "--yes"),
        ("user", "leave", "sales.east1", "--company", "qiheng", "--successor", "sales2", "--yes"),
    ],
)
def test_what_cannot_be_is_refused(world: World, command: Command, arguments: tuple[str, ...]) -> None:
    code, said = command(*arguments)
    assert code == REFUSED, said
    assert "Traceback" not in said


@pytest.mark.requirement("R-495")
def test_a_company_has_a_currency(world: World, command: Command) -> None:
    assert command("company", "currency", "huarui", "USD")[0] == 0
    rows = {row["slug"]: row["currency"] for row in json.loads(command("company", "list", "--json")[1])}
    assert rows == {"qiheng": "CNY", "huarui": "USD"}
    with world.reading("sales2") as session:
        assert session.scalars(select(Company.currency).where(Company.slug == "huarui")).one() == "USD"


@pytest.mark.requirement("R-165", "R-452")
def test_a_leaver_is_locked_out_and_everything_goes_to_the_successor(world: World, command: Command) -> None:
    with world.use_case("sales.east1") as session:
        customer = create_customer(session, {"name": "Acme"}).id
    code, said = command("user", "leave", "sales.east1", "--company", "qiheng", "--successor", "sales.west1", "--yes")
    assert (code, "1 " in said) == (0, True)
    with world.reading("sales.west1") as session:
        assert session.get(Customer, customer) is not None
        assert session.scalars(select(Employee.left_on).where(Employee.id == world.employees["sales.east1"].id)).one() is not None
