"""The form of one record on paper: what it says, and how typst sets it. The words travel as data beside the layout, never within it.

The layout (``form.typ``) reads one JSON value and sets every string of it as text, so whatever people have typed stays what they have
typed: there is no markup to break out of. The compiler sees an empty folder, no packages and no fonts but ours.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.kernel.errors import KeguanError, TooLarge
from core.kernel.words import msg

LAYOUT = Path(__file__).with_name("form.typ")
FAMILY = "Noto Sans SC"
LONGEST = 400_000
"""Characters of one form; some 250 pages."""
NARROW = 26
"""What fits beside another field in one line; a Chinese letter counts twice."""
_UNBROKEN = re.compile(r"[^\s\u2e80-\uffef]{24}(?=[^\s\u2e80-\uffef])")


class FontMissing(KeguanError):
    """Forms cannot be printed on this machine."""

    status = 503

    def __init__(self) -> None:
        super().__init__(msg("The font for printing is missing. Please ask your system administrator to run the set-up again."))


@dataclass(frozen=True)
class Row:
    """A field of the form; a ``wide`` one has the line for itself."""

    label: str
    value: str
    wide: bool = False


@dataclass(frozen=True)
class Group:
    """Fields under one heading."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table; figures stand at its ``right``. One that ``fits`` is as wide as what stands in it, a number of a document for
    instance; the others share what is left."""

    label: str
    right: bool = False
    fits: bool = False


@dataclass(frozen=True)
class Table:
    """A sub-table of the form, with its sum."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signed:
    """One signature cell."""

    step: str
    who: str
    note: str = ""
    verdict: str = ""
    at: str = ""
    opinion: str = ""


@dataclass(frozen=True)
class Case:
    """The signature cells of one approval."""

    title: str
    cells: tuple[Signed, ...]


@dataclass(frozen=True)
class Form:
    """Everything that stands on the paper. ``mark`` is the visible mark of the export; ``page`` the words around both page numbers."""

    title: str
    name: str
    company: str
    mark: str
    language: str
    page: tuple[str, str, str]
    groups: tuple[Group, ...]
    tables: tuple[Table, ...] = ()
    cases: tuple[Case, ...] = ()


def typeset(form: Form) -> bytes:
    """The form as PDF with its font inside. Takes about 0.1 seconds.

    Raises :class:`FontMissing`, and :class:`TooLarge` for a form of more than :data:`LONGEST` characters.
    """
    import typst  # its library is large, and whoever prints nothing needs none of it

    said = json.dumps(_clean(asdict(_paired(form))) | {"fonts": [FAMILY]}, ensure_ascii=False)
    if len(said) > LONGEST:
        raise TooLarge(msg("This record is too long to be printed. Please export the list instead."))
    with TemporaryDirectory() as nothing:  # the compiler looks for files and packages here, and there are none
        return typst.compile(
            LAYOUT.read_bytes(),
            root=nothing,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            package_path=nothing,
            package_cache_path=nothing,
            sys_inputs={"form": said},
        )


@lru_cache(maxsize=1)
def _fonts() -> Any:
    import typst
    from pylopdf_fonts_zh_cn import sans_path

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(sans_path().parent)])
    if FAMILY not in fonts.families():
        raise FontMissing
    return fonts


def _paired(form: Form) -> Form:
    """Short fields two in a line; one that would stand alone, or is long, has the line for itself."""
    return replace(form, groups=tuple(replace(group, rows=_in_lines(group.rows)) for group in form.groups))


def _in_lines(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    found: list[Row] = []
    waiting: Row | None = None
    for row in rows:
        if row.wide or _width(row.value) > NARROW:
            found += [replace(one, wide=True) for one in (waiting, row) if one is not None]
            waiting = None
        elif waiting is None:
            waiting = row
        else:
            found += [waiting, row]
            waiting = None
    return (*found, replace(waiting, wide=True)) if waiting is not None else tuple(found)


def _width(said: str) -> int:
    return sum(1 if letter.isascii() else 2 for letter in said) if "\n" not in said else NARROW + 1


def _clean(value: Any) -> Any:
    """Every text without what no paper shows, and with places to break where there are none."""
    if isinstance(value, str):
        return _UNBROKEN.sub(lambda run: f"{run[0]}\u200b", "".join(map(_letter, value.replace("\r\n", "\n").replace("\r", "\n"))))
    if isinstance(value, dict):
        return {name: _clean(one) for name, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list | tuple) else value


def _letter(letter: str) -> str:
    return letter if letter.isprintable() or letter == "\n" else " "
