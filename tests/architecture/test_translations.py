"""Every sentence and label of the program exists in Chinese; the code itself speaks English."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {
    **dict.fromkeys(("_", "_l", "gettext", "lazy_gettext", "msg"), None),
    **dict.fromkeys(("ngettext", "lazy_ngettext", "counted"), (1, 2)),
    "System": (1,),  # why the house acted: the trail shows it to people
    "as_system": (2,),
}
PLACE = re.compile(r"%\((\w+)\)[sdrf]")
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
FULL_WIDTH = re.compile(r"[、，。：；！？（）「」『』《》〈〉【】～]")
COUNTED = (
    *("block", "change", "column", "company", "condition", "day", "department", "entry", "export", "field", "file", "finding", "form"),
    *("hour", "line", "month", "order", "page", "part", "person", "problem", "record", "result", "row", "stage", "step", "time"),
    *("value", "view", "week", "year"),
)
MANY = "|".join(sorted({"companies", "entries", "people", *(f"{one}s" for one in COUNTED)}))
COUNTS = re.compile(
    rf"(?<!most )(?<!least )(?<!than )(?<!every )%\((?!most|least|limit|places)\w+\)s (?:(?!for |names )[a-z]+ )?(?:{MANY})\b"
)
"""A number before the plural of what it counts; a limit that the program sets itself is never one."""
ALWAYS_SEVERAL = frozenset(
    {
        "Please choose one of these: %(days)s days.",
        "Over %(days)s days",
        "%(first)s–%(last)s days",
        "failed %(count)s time in %(days)s days",  # a week
        "The job was stopped %(times)s times before it was done.",  # a constant of several
        "The first %(count)s problems",  # said where there are more
        "The first %(shown)s of %(total)s pages are shown. Please download the file for the others.",
    }
)
OTHER_WORDS = {
    "收款": "到款 is a receipt and its parts, 回款 what was collected against contracts; 收款 is neither",
    "来款": "到款",
    "进账": "到款",
    "销售机会": "商机",
    "合约": "合同",
    "联络人": "联系人",
    "台账": "台帐",
}
"""Words for things of the glossary that the glossary does not have, and the one that it has: one thing is called by one word."""
APART = re.compile("验收款|未收款|代收款")  # other words, in which these letters meet
ENTRY = re.compile(r'^msgid ((?:".*"\n)+)', re.MULTILINE)


class Said(NamedTuple):
    """A message id, and where the code says it."""

    text: str
    where: str


def owners() -> list[Path]:
    """The core and every plugin: each brings its own translations."""
    return [ROOT / "core", *sorted(path for path in (ROOT / "plugins").iterdir() if (path / "__init__.py").exists())]


def catalogue_of(owner: Path) -> Path:
    return owner / "translations/zh_CN/LC_MESSAGES/messages.po"


@cache
def said_by(owner: Path) -> tuple[Said, ...]:
    """All messages in the Python files and templates of ``owner``."""
    return tuple(
        Said(text, f"{path.relative_to(ROOT)}:{line}")
        for pattern, method in (("*.py", "python"), ("*.html", "jinja2.ext:babel_extract"), ("*.txt", "jinja2.ext:babel_extract"))
        for path in sorted(owner.rglob(pattern))
        if method == "python" or "templates" in path.parts
        for line, message, *_ in extract_from_file(method, path, keywords=KEYWORDS, options={"silent": "false"})
        for text in ([message] if isinstance(message, str) else message[:1])
        if text
    )


@cache
def entries(owner: Path) -> dict[str, Message]:
    """Message id to its entry in the Chinese catalogue of ``owner``."""
    if not catalogue_of(owner).exists():
        return {}
    with catalogue_of(owner).open("rb") as file:
        catalogue = read_po(file, locale="zh_CN", abort_invalid=True)
    return {(entry.id if isinstance(entry.id, str) else entry.id[0]): entry for entry in catalogue if entry.id}


def chinese(entry: Message) -> str:
    """The translation of an entry; Chinese has one plural form."""
    return entry.string if isinstance(entry.string, str) else "".join(entry.string)


by_owner = pytest.mark.parametrize("owner", owners(), ids=lambda path: path.name)


@by_owner
def test_every_message_has_a_chinese_translation(owner: Path) -> None:
    known = {**entries(ROOT / "core"), **entries(owner)}
    missing = sorted(f"{said.where}: {said.text}" for said in said_by(owner) if said.text not in known or not chinese(known[said.text]))
    assert not missing, f"{len(missing)} messages without a translation in {catalogue_of(owner).relative_to(ROOT)}:\n" + "\n".join(missing)


@by_owner
def test_no_translation_is_a_guess(owner: Path) -> None:
    assert [text for text, entry in entries(owner).items() if entry.fuzzy] == []


@by_owner
def test_a_translation_fills_the_same_places_as_its_message(owner: Path) -> None:
    different = [
        text for text, entry in entries(owner).items() if chinese(entry) and set(PLACE.findall(text)) != set(PLACE.findall(chinese(entry)))
    ]
    assert different == []


@by_owner
def test_a_message_is_translated_once(owner: Path) -> None:
    written = ENTRY.findall(catalogue_of(owner).read_text()) if catalogue_of(owner).exists() else []
    assert [text for text, times in Counter(written).items() if times > 1] == []


@by_owner
def test_the_code_says_its_messages_in_english(owner: Path) -> None:
    assert [f"{said.where}: {said.text}" for said in said_by(owner) if HAN.search(said.text)] == []


@by_owner
def test_english_is_set_with_english_marks(owner: Path) -> None:
    assert [f"{said.where}: {said.text}" for said in said_by(owner) if FULL_WIDTH.search(said.text)] == []
    pages = [path for path in owner.rglob("*.html") if "templates" in path.parts]
    assert [str(path.relative_to(ROOT)) for path in pages if FULL_WIDTH.search(path.read_text())] == []
    joining = re.compile(rf"""["']{FULL_WIDTH.pattern}["']\\.join""")
    assert [str(path.relative_to(ROOT)) for path in owner.rglob("*.py") if joining.search(path.read_text())] == []


@by_owner
def test_what_is_counted_has_a_singular(owner: Path) -> None:
    """“1 records” is no English: a number before a noun comes through ``counted`` or ``ngettext``."""
    singular = [said for said in said_by(owner) if COUNTS.search(said.text) and said.text not in ALWAYS_SEVERAL]
    assert [f"{said.where}: {said.text}" for said in singular] == []


def test_the_collector_finds_messages_in_code_and_in_templates() -> None:
    found = {said.where.partition(":")[0].rpartition(".")[2] for owner in owners() for said in said_by(owner)}
    assert found >= {"py", "html"}
    assert sum(len(said_by(owner)) for owner in owners()) > 100


def test_no_message_is_translated_in_two_ways() -> None:
    """All catalogues are one while the program runs: the last one that knows a message would speak for all."""
    told: dict[str, dict[str, str]] = {}
    for owner in owners():
        for text, entry in entries(owner).items():
            told.setdefault(text, {})[owner.name] = str(entry.string)
    assert {text: words for text, words in told.items() if len(set(words.values())) > 1} == {}


def written_in_chinese() -> list[Path]:
    """Catalogues, guides and demonstration data: what people read of the program in Chinese."""
    found = [catalogue_of(owner) for owner in owners() if catalogue_of(owner).exists()]
    found += [ROOT / "README.zh-CN.md", *(ROOT / "docs").rglob("*.zh-CN.md"), *(ROOT / "docs/how-to/zh").glob("*.md")]
    return found + [path for path in (ROOT / "plugins").rglob("*.py") if "demo" in path.parts or path.name == "demo.py"]


@pytest.mark.parametrize("word", OTHER_WORDS)
def test_one_thing_is_called_by_the_word_of_the_glossary(word: str) -> None:
    lines = ((path, line) for path in written_in_chinese() for line in path.read_text(encoding="utf-8").splitlines())
    wrong = [f"{path.relative_to(ROOT)}: {line.strip()}" for path, line in lines if word in APART.sub("", line)]
    assert wrong == [], OTHER_WORDS[word]
