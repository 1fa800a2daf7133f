"""What the how-to pages tell people to press stands on the pages of the product, in both languages."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "how-to"
NAMES = sorted(path.stem for path in (PAGES / "en").glob("*.md"))
FLOW = ("invoices", "orders", "receipts", "service")
"""Pages that quote nothing but what the product says."""


def said() -> tuple[set[str], set[str]]:
    """Every English text of the product, and every Chinese one."""
    files = [*ROOT.glob("core/translations/zh_CN/LC_MESSAGES/*.po"), *ROOT.glob("plugins/*/translations/zh_CN/LC_MESSAGES/*.po")]
    entries = [entry for path in files for entry in read_po(BytesIO(path.read_bytes()))]
    return {str(entry.id) for entry in entries}, {str(entry.string) for entry in entries}


@pytest.mark.parametrize("name", FLOW)
def test_what_a_page_quotes_is_what_the_product_says(name: str) -> None:
    english, chinese = said()
    quoted = {
        "en": set(re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", (PAGES / "en" / f"{name}.md").read_text("utf-8"))),
        "zh": set(re.findall(r"“([^”\n]+)”", (PAGES / "zh" / f"{name}.md").read_text("utf-8"))),
    }
    assert min(map(len, quoted.values())) > 5
    assert {"en": quoted["en"] - english, "zh": quoted["zh"] - chinese} == {"en": set(), "zh": set()}


def test_every_page_is_there_in_both_languages_and_linked_from_the_first() -> None:
    assert sorted(path.stem for path in (PAGES / "zh").glob("*.md")) == NAMES
    for language in ("en", "zh"):
        linked = set(re.findall(r"\]\((\w[\w-]*)\.md\)", (PAGES / language / "README.md").read_text("utf-8")))
        assert linked == set(NAMES) - {"README"}
