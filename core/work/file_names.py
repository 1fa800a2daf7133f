"""Names of files that strangers chose, made harmless: no path, no control or direction marks, no device names, not too long."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from core.kernel.errors import BadInput
from core.kernel.words import msg

LONGEST = 120  # characters, extension included
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def clean_name(name: str) -> str:
    """The last part of ``name`` as it may be stored, shown and sent. Raises :class:`BadInput` when nothing is left."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(letter for letter in last if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    text = " ".join(_FORBIDDEN.sub("_", visible).split()).strip(". ")
    if not text:
        raise BadInput(msg("The file has no usable name. Please rename it."))
    if _DEVICE.match(text):
        text = f"_{text}"
    return _shortened(text)


def of_rejected_rows(name: str) -> str:
    """What the file of those rows of ``name`` is called that an import has rejected, in the language of the reader."""
    return f"{msg('%(name)s-rejected', name=name.rpartition('.')[0] or name)}.csv"


def extension(name: str) -> str:
    """What follows the last dot, in small letters; empty when there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def content_disposition(name: str, *, inline: bool = False) -> str:
    """The header that names a download: plain letters for old programs, the true name by RFC 5987."""
    clean = clean_name(name)
    ascii_name = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._- ") else "_" for letter in clean)
    return f"{'inline' if inline else 'attachment'}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(clean, safe='')}"


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    ending = extension(text)[:10]
    kept = LONGEST - len(ending) - 1
    return f"{text[:kept].rstrip('. ')}.{ending}" if ending else text[:LONGEST].rstrip(". ")
