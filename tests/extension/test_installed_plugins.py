"""Plugins from elsewhere, and every subset of plugins that their requirements allow."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from core.extension.registry import discover
from tests.evidence import Evidence
from tests.extension.starting import ROOT, Starter
from tests.extension.strangers import write_bare_plugin, write_plugin


def distribution(site: Path, name: str, package: str) -> None:
    """What installing a wheel leaves behind: the package and its entry point."""
    info = site / f"keguan_{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: keguan-{name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[keguan.plugins]\n{name} = {package}\n", encoding="utf-8")


def test_a_plugin_installed_as_a_package_is_found_by_its_entry_point(starter: Starter, strangers: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    write_plugin(site / "vendor", "alpha")
    distribution(site, "alpha", "vendor.alpha")
    ended = starter.start(strangers, path=[str(site)])
    assert ended.names == ("alpha",), ended.refused or ended.crash
    assert "AlphaThingsView.list" in ended.endpoints


def test_a_package_may_not_take_the_name_of_a_plugin_in_the_folder(starter: Starter, strangers: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    write_bare_plugin(site / "vendor", "alpha")
    distribution(site, "alpha", "vendor.alpha")
    write_bare_plugin(strangers, "alpha")
    assert starter.start(strangers, path=[str(site)]).refused == "Two plugins are called alpha."


def test_plugins_start_after_those_they_require(starter: Starter, strangers: Path) -> None:
    write_bare_plugin(strangers, "alpha", requires=("gamma",))
    write_bare_plugin(strangers, "beta")
    write_bare_plugin(strangers, "gamma", requires=("beta",))
    assert starter.start(strangers).names == ("beta", "gamma", "alpha")


def test_what_a_wanted_plugin_requires_comes_along(starter: Starter, strangers: Path) -> None:
    write_bare_plugin(strangers, "alpha", requires=("beta",))
    write_bare_plugin(strangers, "beta")
    write_bare_plugin(strangers, "gamma")
    assert starter.start(strangers, wanted=["alpha"]).names == ("beta", "alpha")


SHIPPED = {package.MANIFEST.name: package for package in discover(ROOT / "plugins")}
"""Those of the folder and, where some are, those that are installed as packages."""


def allowed_subsets() -> list[tuple[str, ...]]:
    """Every set of shipped plugins that holds what its members require; beyond six plugins each closure, each one left out, and pairs."""
    names = sorted(SHIPPED)
    if len(names) <= 6:
        chosen = [set(some) for size in range(len(names) + 1) for some in combinations(names, size)]
    else:
        chosen = [{name} for name in names] + [set(names) - {name} for name in names] + [set(pair) for pair in combinations(names, 2)]
    closed = [some for some in chosen if all(set(SHIPPED[name].MANIFEST.requires) <= some for name in some)]
    return sorted({tuple(sorted(some)) for some in closed})


@pytest.mark.evidence("subset-boots")
def test_every_allowed_subset_of_the_plugins_starts(starter: Starter, tmp_path: Path) -> None:
    evidence = Evidence("subset-boots", SHIPPED, shares=False)
    for wanted in allowed_subsets():
        ended = starter.start(ROOT / "plugins", wanted=list(wanted), data=str(tmp_path))
        item = "+".join(wanted) or "no plugin"
        right = tuple(sorted(ended.names)) == wanted and "DeskView.desk" in ended.endpoints
        for name in wanted or ("core",):
            surfaces = name == "core" or contributes(name, ended.endpoints)
            if right and surfaces:
                evidence.positive(item, name)
            else:
                evidence.failed(item, ended.refused or ended.crash or f"{name} shows nothing", name)
    evidence.close()


def contributes(name: str, endpoints: tuple[str, ...]) -> bool:
    """Whether the plugin brought a page: the views of its package are among the endpoints."""
    rooms = Path(str(SHIPPED[name].__file__)).parent
    texts = [path.read_text(encoding="utf-8") for path in (*rooms.glob("views.py"), *rooms.glob("views/*.py"))]
    pages = [page for text in texts for page in re.findall(r"^class (\w+View)\(", text, re.MULTILINE)]
    return bool(pages) and all(any(one.startswith(f"{page}.") for one in endpoints) for page in pages if page != "RecordView")
