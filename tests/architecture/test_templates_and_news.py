"""Every template can be compiled, and every fragment of the news is of a kind that a release knows."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "core" / "web" / "templates", *sorted(ROOT.glob("plugins/*/templates")))
NO_NEWS = {"README.md", "template.md.jinja"}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_template_compiles_with_the_filters_and_functions_of_the_application(application: Flask) -> None:
    """Jinja refuses an unknown tag, filter or test only when it compiles, which is else when the first person opens the page."""
    names = {str(path.relative_to(folder)) for folder in FOLDERS for path in folder.rglob("*") if path.is_file()}
    pages = {path for top in ("core", "plugins") for path in (ROOT / top).rglob("*.html")}
    assert {path.name for path in pages} <= {Path(name).name for name in names}, "a page lies outside of the folders of templates"
    for name in sorted(names):
        assert application.jinja_env.get_template(name).filename is not None, name


def test_every_fragment_of_the_news_is_of_a_known_kind() -> None:
    types = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["towncrier"]["type"]
    kinds = {f".{one['directory']}.md" for one in types}
    fragments = [path for path in sorted((ROOT / "changelog").iterdir()) if path.name not in NO_NEWS]
    assert [path.name for path in fragments if "".join(path.suffixes) not in kinds] == []
    assert [path.name for path in fragments if not path.read_text(encoding="utf-8").strip()] == []
