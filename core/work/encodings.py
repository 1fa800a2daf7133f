"""In which encoding a text file is written, found out by trying: a wrong guess would store garbage for ever."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.kernel.errors import BadInput
from core.kernel.words import msg

CHUNK = 1 << 20
REPLACED = "\ufffd"


@dataclass(frozen=True)
class TextKind:
    """The Python name of an encoding, and how many line ends the file has (for a progress bar)."""

    encoding: str
    lines: int


def recognise(path: Path) -> TextKind:
    """UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030: the first that decodes the whole file strictly.

    Raises :class:`BadInput` for anything else, and for damaged UTF-8, which would often decode as GB18030 into nonsense.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(path, "utf-16") or _refuse()
    if head.count(0) > len(head) // 4:
        raise BadInput(msg("The file is not text in UTF-8 or GB18030. Please save it as “CSV UTF-8” and try again."))
    utf8 = "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
    found = _strict(path, utf8)
    if found is None:
        _refuse_damaged_utf8(path)
        found = _strict(path, "gb18030")
    return found or _refuse()


def _strict(path: Path, encoding: str) -> TextKind | None:
    lines, last = 0, "\n"
    try:
        for text in _decoded(path, encoding, "strict"):
            lines, last = lines + text.count("\n"), text[-1:] or last
    except UnicodeDecodeError:
        return None
    return TextKind(encoding, lines + (last != "\n"))


def _decoded(path: Path, encoding: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _refuse_damaged_utf8(path: Path) -> None:
    """Mostly good UTF-8 with a few broken bytes is UTF-8 that was damaged, not GB18030."""
    good = broken = 0
    first = None
    lines = 1
    for text in _decoded(path, "utf-8", "replace"):
        wrong = text.count(REPLACED)
        if wrong and first is None:
            first = lines + text.count("\n", 0, text.index(REPLACED))
        broken += wrong
        good += len(re.findall(r"[^\x00-\x7f]", text)) - wrong
        lines += text.count("\n")
    if good > broken:
        raise BadInput(msg("Line %(row)s holds bytes that are not valid UTF-8. Please save the file again as “CSV UTF-8”.", row=first))


def _refuse() -> TextKind:
    raise BadInput(msg("The file is not text in UTF-8 or GB18030. Please save it as “CSV UTF-8” and try again."))
