"""A whole business from files: people in their departments, accounts with who won most, everybody's own opportunities."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select

from config.settings import ROOT
from core.access.models import Account
from core.commands import REFUSED, run
from core.kernel.acting import Actor, System, acting_as
from core.organisation.models import Company, Department, DepartmentLeader, Duty, Employee
from core.switchboard.actors import resolve_actor
from plugins.customers.models import Customer
from plugins.sales.models import Opportunity, OpportunityLine
from tests.world import Site, World

PLAN = ROOT / "config" / "businesses" / "maven"
FILES = {
    "sales_teams.csv": "sales_agent,manager,regional_office\nAnna Snelling,Dustin Brinkmann,Central\n"
    "Mei-Mei Johns,Dustin Brinkmann,Central\nBoris Faz,Rocco Neubert,East\n",
    "products.csv": "product,series,sales_price\nGTX Pro,GTX,4821\nMG Special,MG,55\n",
    "accounts.csv": "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
    "Bluth Company,technolgy,1993,1242.32,3027,United States,Acme Corporation\nAcme Corporation,retail,1996,1100.04,2822,Kenya,\n",
    "sales_pipeline.csv": "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
    "A1,Anna Snelling,GTXPro,Acme Corporation,Won,2016-10-20,2017-03-01,1000\n"
    "A2,Boris Faz,MG Special,Acme Corporation,Won,2016-10-20,2017-03-01,3000\n"
    "A3,Anna Snelling,GTX Pro,Bluth Company,Won,2016-10-20,2017-03-01,4500\n"
    "A4,Mei-Mei Johns,MG Special,Acme Corporation,Lost,2016-10-20,2017-03-01,0\n"
    "A5,Mei-Mei Johns,GTXPro,,Engaging,2016-10-20,,\nA6,Boris Faz,MG Special,Bluth Company,Prospecting,,,\n",
}
Command = Callable[..., tuple[int, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files like those of Maven Analytics, small ones, dirty in the same ways."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def command(site: Site, capsys: pytest.CaptureFixture[str]) -> Command:
    """``command("company", "import", …)`` gives the exit code and everything printed."""

    def call(*arguments: object) -> tuple[int, str]:
        capsys.readouterr()
        code = run(site.settings, [str(argument) for argument in arguments])
        said = capsys.readouterr()
        site.present = ""  # the command has written by connections of its own
        return code, said.out + said.err

    return call


@pytest.fixture
def maven(world: World, command: Command, folder: Path) -> World:
    """The business, imported."""
    code, said = command("company", "import", PLAN / "plan.toml", folder)
    assert code == 0, said
    return world


def everything(world: World) -> list[tuple[object, ...]]:
    """Whatever stands in the business, without times."""
    with acting_as(System("test")):
        session = world.keguan.database.session()
        customers = session.execute(select(Customer.code, Customer.owner_id, Customer.parent_id, Customer.version).order_by(Customer.id))
        deals = session.execute(select(Opportunity.external_number, Opportunity.amount, Opportunity.version).order_by(Opportunity.id))
        lines = session.execute(select(OpportunityLine.name, OpportunityLine.amount, OpportunityLine.version).order_by(OpportunityLine.id))
        people = session.execute(select(Employee.name, Employee.department_id, Employee.version).order_by(Employee.id))
        found = [tuple(row) for rows in (customers, deals, lines, people) for row in rows]
    world.keguan.database.release()
    return found


def actor(world: World, user_name: str) -> Actor:
    """The person with the rights of this moment."""
    session = world.keguan.database.identity()
    company_id = session.scalars(select(Company.id).where(Company.slug == "maven")).one()
    found = resolve_actor(session, session.scalars(select(User.id).where(User.username == user_name)).one(), company_id)
    world.keguan.database.release()
    assert found is not None
    return found


def seen_by(world: World, user_name: str, column: object) -> set[object]:
    """What the person sees of a column."""
    with acting_as(actor(world, user_name)):
        found = set(world.keguan.database.session().scalars(select(column)))  # type: ignore[call-overload]
    world.keguan.database.release()
    return found


def test_people_stand_in_their_departments_under_their_heads(maven: World) -> None:
    with acting_as(System("test")):
        session = maven.keguan.database.session()
        company = session.scalars(select(Company).where(Company.slug == "maven")).one()
        assert company.currency == "USD"
        tree = session.execute(select(Department.code).where(Department.company_id == company.id).order_by(Department.code)).scalars().all()
        assert tree == ["central", "central/dustin.brinkmann", "east", "east/rocco.neubert", "hq"]
        heads = select(Employee.name, Department.name).join(DepartmentLeader, DepartmentLeader.employee_id == Employee.id)
        heads = heads.join(Department, Department.id == DepartmentLeader.department_id).where(DepartmentLeader.duty == Duty.HEAD)
        found = session.execute(heads.where(Department.company_id == company.id).order_by(Employee.name)).all()
        assert [tuple(row) for row in found] == [("Dustin Brinkmann",) * 2, ("Rocco Neubert",) * 2]
        due = session.scalars(select(Account.password_due).join(User, User.id == Account.user_id).where(User.username == "mei-mei.johns"))
        assert due.one() is True


def test_an_account_belongs_to_whoever_won_most_and_its_dirt_is_understood(maven: World) -> None:
    with acting_as(System("test")):
        session = maven.keguan.database.session()
        rows = session.execute(select(Customer, Employee.name).join(Employee, Employee.id == Customer.owner_id)).all()
        by_name = {customer.name: (customer, owner) for customer, owner in rows}
        acme, bluth = by_name["Acme Corporation"], by_name["Bluth Company"]
        assert (acme[1], bluth[1]) == ("Boris Faz", "Anna Snelling")
        assert bluth[0].parent_id == acme[0].id
        assert bluth[0].industry == "technology"
        named = session.scalars(select(OpportunityLine.name).order_by(OpportunityLine.name)).all()
        assert named == ["GTX Pro"] * 3 + ["MG Special"] * 3


@pytest.mark.requirement("R-475")
def test_the_same_business_again_changes_nothing(maven: World, command: Command, folder: Path) -> None:
    before = everything(maven)
    code, said = command("company", "import", PLAN / "plan.toml", folder)
    assert (code, "created" in said) == (0, True)
    assert said.count("created: 0, updated: 0") == 5
    assert everything(maven) == before


def test_agents_keep_their_opportunities_without_gaining_the_customers_of_others(maven: World) -> None:
    assert seen_by(maven, "anna.snelling", Opportunity.external_number) == {"A1", "A3"}
    assert seen_by(maven, "anna.snelling", Customer.name) == {"Bluth Company"}
    assert seen_by(maven, "anna.snelling", Opportunity.customer_name) == {"Acme Corporation", "Bluth Company"}
    assert seen_by(maven, "dustin.brinkmann", Opportunity.external_number) == {"A1", "A3", "A4", "A5"}


@pytest.mark.parametrize(
    ("setting", "rejected", "customers"),
    [("required = true", 1, 0), ('default = "Acme Corporation"', 0, 1)],
)
def test_what_becomes_of_opportunities_without_account_is_said_in_the_profile(
    world: World, command: Command, folder: Path, tmp_path: Path, setting: str, rejected: int, customers: int
) -> None:
    plan = Path(shutil.copytree(PLAN, tmp_path / "plan"))
    profile = plan / "opportunities.toml"
    profile.write_text(profile.read_text("utf-8").replace("[columns.customer]\n", f"[columns.customer]\n{setting}\n"), encoding="utf-8")
    code, said = command("company", "import", plan / "plan.toml", folder)
    assert (code, f"rejected: {rejected}" in said.split("sales_pipeline.csv:")[1]) == (rejected, True)
    with acting_as(System("test")):
        loose = select(func.count(Opportunity.id)).where(Opportunity.external_number == "A5", Opportunity.customer_id.is_not(None))
        assert world.keguan.database.session().scalar(loose) == customers


def test_first_passwords_are_handed_out_once_in_a_file_of_its_owner(maven: World, command: Command, site: Site) -> None:
    assert "5 people" in command("user", "hand-out", "maven")[1]
    path = site.settings.data / "first-passwords-maven.txt"
    assert path.stat().st_mode & 0o777 == 0o600
    told = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    assert sorted(user_name for user_name, *_ in told) == [
        "anna.snelling",
        "boris.faz",
        "dustin.brinkmann",
        "mei-mei.johns",
        "rocco.neubert",
    ]
    assert len({password for _, password, _ in told}) == 5
    assert command("user", "hand-out", "maven") == (0, "Everybody has a password.\n")


def test_a_missing_file_is_named_before_anything_is_made(world: World, command: Command, folder: Path) -> None:
    (folder / "products.csv").unlink()
    code, said = command("company", "import", PLAN / "plan.toml", folder)
    assert (code, said.count("\n")) == (REFUSED, 1)
    assert "products.csv are missing in" in said
    with acting_as(System("test")):
        assert world.keguan.database.session().scalar(select(Company.id).where(Company.slug == "maven")) is None
