"""Commands as somebody at a terminal uses them: what they print, what they refuse, and the code they end with."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.commands import REFUSED, run
from core.operations.demo_people import ACCOUNTS
from core.operations.surfaces import KINDS
from tests.world import Site, World

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(site: Site, database_url: str, capsys: pytest.CaptureFixture[str]) -> Command:
    """``command("company", "list")`` gives the exit code and everything that was printed."""

    def call(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run(site.settings, list(arguments))
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


def listed(command: Command, *arguments: str) -> list[dict[str, Any]]:
    """What a list prints with ``--json``."""
    code, said = command(*arguments, "--json")
    assert code == 0, said
    return list(json.loads(said))


def test_a_company_is_founded_with_its_roles_and_modules_and_a_person_is_employed_in_it(
    site: Site, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("company", "add", "acme", "Acme", "--module", "contracts")[0] == 0
    assert listed(command, "company", "list")[0]["modules"] == "contracts, customers"
    monkeypatch.setattr("sys.stdin.readline", lambda: "plain-sailing-2468\n", raising=False)
    added = command("user", "add", "zhang", "张三", "--company", "acme", "--role", "salesperson", "--password-stdin")
    assert added == (0, "zhang may sign in.\n")
    assert [(one["account"], one["company"], one["open"]) for one in listed(command, "user", "list")] == [("zhang", "acme", True)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("company", "add", "qiheng", "Again"), "qiheng exists already"),
        (("company", "add", "acme", "Acme", "--module", "nowhere"), "nowhere"),
        (("user", "passwd", "nobody", "--password-stdin"), "no account called nobody"),
        (("plugins", "enable", "nowhere"), "nowhere"),
        (("plugins", "disable", "customers", "--company", "qiheng", "--yes"), "disable that first"),
        (("plugins", "disable", "contracts", "--company", "nowhere", "--yes"), "no company with the short name nowhere"),
        (("plugins", "retire", "contracts", "--yes"), "still on for huarui, qiheng"),
        (("permissions", "--company", "nowhere"), "no company with the short name nowhere"),
        (("import", "nowhere.csv", "--profile", "config/profiles/listed-companies.toml"), "no file nowhere.csv"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_without_a_traceback(
    world: World, command: Command, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.setattr("sys.stdin.readline", lambda: "plain-sailing-2468\n", raising=False)
    before = _state(world)
    code, said = command(*arguments)
    assert code == REFUSED
    assert sentence in said
    assert said.count("\n") == 1
    assert _state(world) == before


@pytest.mark.requirement("R-463")
def test_a_module_goes_off_for_one_company_and_on_again(world: World, command: Command) -> None:
    assert command("plugins", "disable", "billing", "--company", "qiheng", "--yes")[0] == 0
    assert "billing" not in world.actor("admin").modules
    assert "billing" in world.actor("admin2").modules
    assert {one["name"]: one["on"] for one in listed(command, "plugins", "list")}["billing"] == "huarui"
    assert command("plugins", "enable", "billing")[0] == 0
    assert "billing" in world.actor("admin").modules


def test_a_module_that_is_off_everywhere_retires_and_comes_back_with_the_next_upgrade(world: World, command: Command) -> None:
    assert command("plugins", "disable", "billing", "--yes")[0] == 0
    assert command("plugins", "retire", "billing", "--yes")[0] == 0
    code, said = command("company", "list")
    assert (code, "python app.py upgrade" in said) == (REFUSED, True)
    assert command("upgrade") == (0, "The database is up to date; 0 revisions were applied.\n")
    assert command("company", "list")[0] == 0


@pytest.mark.requirement("R-452")
def test_a_closed_account_opens_nothing_until_it_is_opened_again(world: World, command: Command) -> None:
    assert command("user", "close", "sales.east1", "--yes")[0] == 0
    with pytest.raises(AssertionError, match="opens nothing today"):
        world.actor("sales.east1")
    assert command("user", "open", "sales.east1")[0] == 0
    assert world.actor("sales.east1").name == "苏晓晨"


def test_without_yes_a_question_that_is_not_answered_changes_nothing(
    world: World, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(""))
    code, said = command("user", "close", "sales.east1")
    assert code == 130
    assert "Stopped" in said
    assert world.actor("sales.east1")


@pytest.mark.requirement("R-048")
def test_the_matrix_names_every_right_of_every_role(world: World, command: Command) -> None:
    cells = listed(command, "permissions")
    rights = {(resource.name, verb) for resource in world.keguan.registry.resources.values() for verb in resource.verbs}
    assert {(cell["resource"], cell["verb"]) for cell in cells} == rights
    assert len(cells) == len(rights) * len({cell["role"] for cell in cells})
    given = {(cell["role"], cell["verb"]): cell["scope"] for cell in cells if cell["resource"] == "customers.customer"}
    assert given["department_head", "review"] == "subtree"
    assert given["salesperson", "read"] == "own_shared"
    assert given["system_administrator", "read"] is None


def test_the_matrix_of_a_new_company_is_the_one_of_the_presets(world: World, command: Command) -> None:
    scopes = [cell["scope"] for cell in listed(command, "permissions")]
    assert [cell["scope"] for cell in listed(command, "permissions", "--company", "huarui")] == scopes


def test_the_trail_is_as_it_was_written_until_somebody_changes_it(world: World, command: Command) -> None:
    code, said = command("audit", "verify", "--json")
    assert code == 0, said
    with Session(world.keguan.database.engine) as session:
        row = session.execute(text("SELECT min(id) FROM core_audit_row")).scalar_one()
        session.execute(text("UPDATE core_audit_row SET who = 'somebody else' WHERE id = :id"), {"id": row})
        session.commit()
    code, said = command("audit", "verify", "--json")
    assert code == 1
    assert json.loads(said)["altered"] == [row]


def test_surfaces_are_listed_with_their_module(world: World, command: Command) -> None:
    rows = listed(command, "surfaces")
    assert {"core", "customers", "contracts"} <= {row["plugin"] for row in rows}
    assert {row["kind"] for row in rows} - {"command"} == set(KINDS) - {"command"}


@pytest.mark.parametrize(
    "surface",
    [
        ("contracts", "stat button", "crm_related_counts"),
        ("contracts", "figure", "crm_figures"),
        ("customers", "timeline", "crm_timeline"),
        ("sales", "desk figure", "crm_desk_figures"),
        ("billing", "desk task", "crm_desk_tasks"),
        ("sales", "desk chart", "crm_desk_charts"),
        ("service", "job", "service.warn"),
        ("catalog", "import", "catalog.product"),
        ("sales", "search", "orders"),
        ("service", "board", "service-requests"),
        ("contracts", "hook", "crm_sales_opportunity_won"),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_a_module_shows_and_hears_elsewhere_is_listed_too(world: World, command: Command, surface: tuple[str, str, str]) -> None:
    assert surface in {(row["plugin"], row["kind"], row["name"]) for row in listed(command, "surfaces")}


@pytest.mark.requirement("R-456")
def test_the_doctor_says_what_to_do(world: World, command: Command) -> None:
    code, said = command("doctor", "--json")
    findings = {one["name"]: one for one in json.loads(said)}
    assert findings["database"]["well"] is findings["migrations"]["well"] is True
    assert findings["worker"]["advice"] == "No worker is running on this machine. Please start one: python app.py worker"
    assert code == 1


def test_every_account_of_the_demonstration_is_listed_as_such(world: World, command: Command) -> None:
    assert {one["account"] for one in listed(command, "user", "list") if one["demo"]} == set(ACCOUNTS)


def _state(world: World) -> list[int]:
    with Session(world.keguan.database.engine) as session:
        return [
            session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in ("core_company", "ab_user", "core_audit_row")
        ]


def test_a_key_for_a_program_is_made_listed_and_revoked_at_the_terminal(world: World, command: Command) -> None:
    code, key = command("user", "key", "add", "sales.east1", "warehouse", "--days", "30")
    assert (code, key.startswith("kg_"), len(key.split())) == (0, True, 1)
    [row] = listed(command, "user", "key", "list", "sales.east1")
    assert (row["name"], row["state"]) == ("warehouse", "Usable")
    assert key.strip() not in str(row)
    assert command("user", "key", "revoke", str(row["id"])) == (0, "The key “warehouse” is revoked.\n")
    assert listed(command, "user", "key", "list", "sales.east1", "--company", "qiheng")[0]["state"] == "Revoked"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "nobody", "x"), "no account called nobody"),
        (("add", "sales.east1", "x", "--days", "7"), "30, 90, 180, 365"),
        (("add", "sales.east1", "x", "--company", "huarui"), "belongs to 0 companies"),
        (("list", "sales.east1", "--company", "nowhere"), "no company with the short name nowhere"),
        (("revoke", "999"), "no such key"),
    ],
)
def test_a_key_that_cannot_be_made_or_ended_is_one_sentence(
    world: World, command: Command, arguments: tuple[str, ...], sentence: str
) -> None:
    code, said = command("user", "key", *arguments)
    assert code == REFUSED
    assert sentence in said


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_command_that_waits_in_vain_for_another_writer_says_so(world: World, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.database.engine.WAIT", 50)
    world.keguan.database.engine.dispose()  # connections from now on wait for less than a test may take
    file = world.keguan.database.engine.url.database
    with closing(sqlite3.connect(str(file), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, said = command("plugins", "disable", "billing", "--company", "qiheng", "--yes")
        assert (code, said.count("\n")) == (2, 1), said
        assert said.startswith("Another program has been writing")
        other.rollback()
    world.keguan.database.engine.dispose()
    assert command("plugins", "disable", "billing", "--company", "qiheng", "--yes")[0] == 0
