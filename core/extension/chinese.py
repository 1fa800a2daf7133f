"""The Chinese word for a label, whatever language the reader has: files of any language use it."""

from __future__ import annotations

from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from core.extension.calling import registry
from core.extension.registry import Registry
from core.kernel.words import Bilingual, Message

COMPILED = Path("translations") / "zh_Hans_CN" / "LC_MESSAGES" / "messages.mo"
CORE = Path(__file__).resolve().parents[1]


def chinese(label: Message) -> str:
    """``label`` in Chinese; its English text where no catalogue knows it."""
    if isinstance(label, Bilingual):
        return label.chinese
    return _said(registry(), label.text)


@lru_cache(maxsize=4_096)
def _said(here: Registry, text: str) -> str:
    for folder in (CORE, *(here.folder(name) for name in here.names)):
        said = _catalogue(folder / COMPILED).gettext(text)
        if said != text:
            return said
    return text


@lru_cache(maxsize=64)
def _catalogue(path: Path) -> NullTranslations:
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        return GNUTranslations(file)
