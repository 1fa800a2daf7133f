"""Pages of reference that the program writes are those that are committed, and leave nothing out."""

from __future__ import annotations

import pytest

from config.settings import ROOT, Settings
from core.access.presets import PRESETS
from core.extension.registry import discover
from core.operations.catalogues import compile_all
from core.operations.surfaces import KINDS
from docs.build import PAGES
from docs.permissions import permissions_page
from docs.settings import sentences, settings_page
from docs.surfaces import surfaces_page


@pytest.mark.parametrize("place", sorted(PAGES))
def test_the_committed_page_is_the_one_that_the_program_writes(place: str) -> None:
    compile_all()
    assert (ROOT / place).read_text(encoding="utf-8") == PAGES[place](), "please run: make docs"


def test_the_page_of_surfaces_explains_every_kind_and_has_every_module() -> None:
    page = surfaces_page()
    table = page[: page.index("## Module by module")]
    assert [kind for kind in KINDS if f"`{kind}`" not in table] == []
    assert [str(one.MANIFEST.name) for one in discover(ROOT / "plugins") if f"\n### {one.MANIFEST.name}\n" not in page] == []


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_has_a_sentence_and_a_line(name: str) -> None:
    assert sentences()[name].strip()
    variable = "PORT" if name == "port" else "HOST" if name == "host" else f"KEGUAN_{name.upper()}"
    assert f"`{variable}`" in settings_page()


@pytest.mark.requirement("R-048")
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_matrix_has_a_chapter_for_every_role_and_names_every_module_with_rights(language: str) -> None:
    compile_all()
    page = permissions_page(language)
    assert page.count("\n## ") == len(PRESETS)
    assert len(discover(ROOT / "plugins")) >= 3
    for sign in ("客户", "合同") if language == "zh_CN" else ("Customers", "Contracts"):
        assert f"| {sign} |" in page


def test_the_chinese_matrix_is_chinese() -> None:
    compile_all()
    lines = [line for line in permissions_page("zh_CN").splitlines() if line.startswith(("| ", "## "))]
    assert [line for line in lines if line.isascii() and "---" not in line] == []
