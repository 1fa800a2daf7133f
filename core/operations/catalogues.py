"""Compile the translations: ``python -m core.operations.catalogues`` makes a ``.mo`` for every ``.po`` that is newer.

Named a folder, it does so for the plugins that lie in it as distributions of their own (``keguan_NAME``).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]


def catalogues(root: Path = ROOT) -> Iterator[Path]:
    """Every translation file of the core and of the plugins below ``root``, also of those that are distributions of their own."""
    for folder in (root / "core", *sorted((root / "plugins").glob("*")), *sorted(root.glob("keguan_*"))):
        yield from sorted(folder.glob("translations/*/LC_MESSAGES/*.po"))


def compile_all(root: Path = ROOT) -> int:
    """Compile what is not compiled yet or has changed since, and tell how many that were.

    Each file is written whole or not at all. Raises ``babel.messages.pofile.PoFileError`` for a file that cannot be read.
    """
    stale = [path for path in catalogues(root) if is_stale(path)]
    for path in stale:
        compile_one(path)
    return len(stale)


def compiled_form(source: Path) -> Path:
    """Where the compiled form lies: below the name that flask-babel looks for, ``zh_Hans_CN`` for ``zh_CN``."""
    locale = Locale.parse(source.parents[1].name)
    return source.parents[2] / str(locale) / "LC_MESSAGES" / "messages.mo"


def is_stale(source: Path) -> bool:
    """Tell whether the compiled form of ``source`` is missing or older."""
    compiled = compiled_form(source)
    return not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns


def compile_one(source: Path) -> None:
    """Write the compiled form of ``source``. Fuzzy entries stay out: they are guesses, not translations."""
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parents[1].name, abort_invalid=True)
    target = compiled_form(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(f".mo.{os.getpid()}.new")  # two processes may compile at once
    with fresh.open("wb") as compiled:
        write_mo(compiled, catalogue)
    fresh.replace(target)


if __name__ == "__main__":
    compile_all(*map(Path, sys.argv[1:2]))
