"""The lock files serve every Python that we promise, say nothing of the machine they were made on, and agree with each other."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock")
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ \\]+)", re.IGNORECASE | re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    """Package to version as ``lock`` states it."""
    return {canonicalize_name(name): version for name, version in PINNED.findall((ROOT / lock).read_text())}


@pytest.mark.parametrize("python", ["3.11.0", "3.11.2", "3.12.1"])
def test_everything_that_a_package_asks_for_on_this_python_is_locked(python: str) -> None:
    locked = {**pins("requirements-dev.lock"), **pins("requirements.lock")}
    environment = {**default_environment(), "python_full_version": python, "python_version": python.rpartition(".")[0], "extra": ""}
    environment |= {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
    missing = [
        f"{name} asks for {requirement.name}"
        for name in locked
        for requirement in map(Requirement, metadata.requires(name) or [])
        if (requirement.marker is None or requirement.marker.evaluate(environment)) and canonicalize_name(requirement.name) not in locked
    ]
    assert missing == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_server_and_no_folder_of_the_machine_that_made_it(lock: str) -> None:
    assert not re.search(r"https?://|file:/|--index|--find-links|--trusted|@ /", (ROOT / lock).read_text())


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_carries_a_hash(lock: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text(), flags=re.IGNORECASE)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert len(entries) == len(pins(lock))


def test_developers_run_the_versions_that_customers_run() -> None:
    runtime, tools = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name for name in runtime.keys() & tools.keys() if runtime[name] != tools[name]} == set()


def test_the_versions_that_are_known_to_work_together_are_the_locked_ones() -> None:
    locked = pins("requirements.lock")
    assert locked["flask-appbuilder"] == "5.3.0"
    assert locked["marshmallow"].startswith("3.26.")
    assert locked["marshmallow-sqlalchemy"] == "1.4.2"
    assert tuple(map(int, locked["wtforms"].split(".")[:2])) < (3, 4)
