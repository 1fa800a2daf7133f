"""``python app.py plugins new NAME`` writes a plugin that starts, passes its own tests and the conformance suite as it is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.kernel.errors import BadInput, Conflict
from core.operations.scaffold import Plan, write_plugin
from core.operations.scaffold.writing import plural, singular
from tests import sizes
from tests.extension.starting import ROOT

COPIED = (
    "core",
    "plugins",
    "config",
    "migrations",
    "tests",
    "docs",
    "app.py",
    "pyproject.toml",
    "Makefile",
    "README.md",
    "README.zh-CN.md",
)
HALF_WRITTEN = shutil.ignore_patterns("*.pyc.*")  # what other tests compile just now; all that is compiled comes along, for it takes long


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with a new plugin called visits in it, in the database too."""
    place = tmp_path_factory.mktemp("program")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=HALF_WRITTEN)
        else:
            shutil.copyfile(source, place / name)
    say(place, "app.py", "plugins", "new", "visits", "--chinese", "上门拜访")
    say(place, "app.py", "init")
    return place


def say(place: Path, *arguments: str, language: str = "zh_CN.UTF-8", whole: bool = False) -> str:
    """Run Python in the copy; a code other than 0 fails with what was said. ``whole`` harnesses leave nothing out.

    Harnesses look at the nouns of the new plugin and of the one that it stands beside: the others have been looked at in the house.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KEGUAN_", "PYTEST_", "LC_"))}
    environment |= {"KEGUAN_DATA": str(place / "var"), "LANG": language, "PYTHONPATH": str(place), "KEGUAN_LOOKED_AT": "visits customers"}
    environment |= {"KEGUAN_PROVE": "whole"} if whole else {}
    ended = subprocess.run([sys.executable, *arguments], cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-3000:]
    return ended.stdout


def test_the_new_plugin_passes_its_own_tests_and_the_conformance_suite(copy: Path) -> None:
    # The crowd of sixty nouns is counted once for the house; in CI the suite looks here at the new plugin alone.
    walks = ("tests/isolation/test_exports.py", "tests/privacy/test_dossier_everywhere.py")
    suites = ("tests/conformance", "tests/plugins/visits", "tests/architecture/test_translations.py", *walks)
    said = say(
        copy,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        *suites,
        *sizes.sized(("--ignore", "tests/conformance/test_statements.py"), ()),
        "-m",
        "not postgres and not bench",
    )
    assert "failed" not in said
    assert proved(copy, "conformance-sqlite") >= 9
    assert proved(copy, "control-sqlite") >= 14, "the gate, masks and approvals are tried on the new plugin's own records"
    assert proved(copy, "exports-sqlite") >= 10
    assert proved(copy, "dossiers-customers_customer-sqlite") >= 2


def proved(place: Path, name: str) -> int:
    """How much of a harness is about the new plugin."""
    said = json.loads((place / "build" / "evidence" / f"{name}.json").read_text(encoding="utf-8"))
    assert said["result"] == "passed", said["problems"]
    return int(said["by_plugin"]["visits"])


@pytest.mark.skipif(not sizes.WHOLE, reason="minutes, for a plugin that has nothing of its own but its declaration; make prove has them")
def test_field_rights_and_key_changes_hold_for_the_new_plugin_by_its_declaration_alone(copy: Path) -> None:
    walks = {"field-rights-sqlite": "tests/isolation/test_field_rights.py", "key-changes": "tests/approvals/test_key_changes_everywhere.py"}
    say(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *walks.values(), "-m", "not postgres")
    for name in walks:
        assert proved(copy, name) >= 6, name


@pytest.mark.browser
@pytest.mark.requirement("R-484")
def test_every_feature_of_records_is_used_by_hand_on_the_new_plugin(copy: Path) -> None:
    told = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/browser/test_every_feature.py", "-k", "visits")
    said = say(copy, *told, language="C.UTF-8", whole=True)  # a locale that is there: Chromium names what it downloads by it
    assert "1 passed" in said


def test_the_new_plugin_reads_like_the_rest_of_the_house(copy: Path) -> None:
    say(copy, "-m", "ruff", "check", "plugins/visits", "tests/plugins/visits")
    say(copy, "-m", "ruff", "format", "--check", "plugins/visits", "tests/plugins/visits")


def test_its_own_command_is_there_in_both_languages(copy: Path) -> None:
    """It came by ``crm_commands``."""
    assert json.loads(say(copy, "app.py", "visits", "late", "--json")) == []
    assert "列出各公司的逾期事项" in say(copy, "app.py", "visits", "--help")
    assert "List what is late" in say(copy, "app.py", "visits", "--help", language="en_US.UTF-8")


def test_the_new_plugin_is_listed_with_its_title(copy: Path) -> None:
    listed = {one["name"]: one for one in json.loads(say(copy, "app.py", "plugins", "list", "--json"))}
    assert (listed["visits"]["title"], listed["visits"]["requires"]) == ("上门拜访", "customers")


@pytest.mark.parametrize("name", ["Visits", "v", "my-visits", "core", "1st", "", "x" * 26])
def test_a_name_that_no_plugin_may_have_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        Plan.of(name)


@pytest.mark.parametrize("noun", ["class", "Two words", "d-ash", "访问"])
def test_a_noun_that_is_no_word_is_refused(noun: str) -> None:
    with pytest.raises(BadInput):
        Plan.of("visits", noun)


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    write_plugin(Plan.of("visits"), tmp_path / "plugins", tmp_path / "tests")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(Conflict):
        write_plugin(Plan.of("visits"), tmp_path / "plugins", tmp_path / "tests")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("one", "many"), [("visit", "visits"), ("activity", "activities"), ("day", "days"), ("box", "boxes"), ("branch", "branches")]
)
def test_plurals_as_addresses_have_them(one: str, many: str) -> None:
    assert plural(one) == many


@pytest.mark.parametrize(("many", "one"), [("visits", "visit"), ("activities", "activity"), ("office", "office"), ("business", "business")])
def test_the_singular_of_a_name(many: str, one: str) -> None:
    assert singular(many) == one
