"""Which files may be attached: by extension, and only if their first bytes agree with it."""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.work.file_names import extension

ENTRIES = 5_000
UNZIPPED = 500 * 1024 * 1024
CHUNK = 1 << 20
PROGRAMS = ("Basic/", "Scripts/")
"""Folders of an OpenDocument in which macros lie."""
ARCHIVES = frozenset({"zip", "rar", "7z", "gz", "tar", "tgz", "bz2", "xz"})


@dataclass(frozen=True)
class FileType:
    """A kind of file: what it is called in headers, how it is recognised, whether a browser may show it within a page."""

    media_type: str
    matches: Callable[[Path], bool]
    inline: bool = False


def recognise_type(name: str, path: Path) -> FileType:
    """The type of the file at ``path`` that is called ``name``. Raises :class:`BadInput` when it is not allowed or not what it says."""
    ending = extension(name)
    if ending in ARCHIVES:
        raise BadInput(msg("Archives cannot be attached, because their content cannot be checked. Please attach the files singly."))
    kind = TYPES.get(ending)
    if kind is None:
        raise BadInput(_not_allowed(ending))
    if not kind.matches(path):
        raise BadInput(
            msg("The content of the file is not what its name says (%(ending)s). Please save it again and retry.", ending=ending)
        )
    return kind


def may_show(media_type: str) -> bool:
    """Whether a browser may show files of this type within a page: pictures of pixels only, never SVG or HTML."""
    return any(kind.inline and kind.media_type == media_type for kind in TYPES.values())


def _not_allowed(ending: str) -> Message:
    allowed = ", ".join(sorted(TYPES))
    if not ending:
        return msg("The file name has no ending, so its type is unknown. Allowed are: %(allowed)s.", allowed=allowed)
    return msg("Files of the type “%(ending)s” cannot be attached. Allowed are: %(allowed)s.", ending=ending, allowed=allowed)


def _begins(*magics: bytes) -> Callable[[Path], bool]:
    def matches(path: Path) -> bool:
        with path.open("rb") as file:
            return file.read(16).startswith(magics)

    return matches


def _webp(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WEBP"


def _wave(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WAVE"


def _boxes(*brands: bytes) -> Callable[[Path], bool]:
    """A file of boxes as MP4 has them: the first one names the brand."""

    def matches(path: Path) -> bool:
        with path.open("rb") as file:
            head = file.read(12)
        return head[4:8] == b"ftyp" and head[8:].startswith(brands)

    return matches


def _package(member: str) -> Callable[[Path], bool]:
    """An office document is a zip with a certain member; one without macros, and not a bomb."""

    def matches(path: Path) -> bool:
        try:
            with zipfile.ZipFile(path) as package:
                entries = package.infolist()
        except (zipfile.BadZipFile, OSError, ValueError):
            return False
        names = [entry.filename for entry in entries]
        small = len(entries) <= ENTRIES and sum(entry.file_size for entry in entries) <= UNZIPPED
        return small and any(name.startswith(member) for name in names) and not any(name.endswith("vbaProject.bin") for name in names)

    return matches


def _open_document(kind: str) -> Callable[[Path], bool]:
    """An OpenDocument: a zip whose first member, stored as it is, says which kind; no macros, no program, and not a bomb."""

    def matches(path: Path) -> bool:
        try:
            with zipfile.ZipFile(path) as package:
                first, *others = package.infolist()
                said = first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED and first.file_size == len(kind)
                named = said and package.read(first) == kind.encode()
        except (zipfile.BadZipFile, OSError, ValueError):
            return False
        small = len(others) < ENTRIES and sum(entry.file_size for entry in others) <= UNZIPPED
        names = [entry.filename for entry in others]
        return named and small and "content.xml" in names and not any(name.startswith(PROGRAMS) for name in names)

    return matches


def _mail(path: Path) -> bool:
    """A mail begins with a header field; the rest is looked at when it is read."""
    with path.open("rb") as file:
        return re.match(rb"[!-9;-~]{1,76}:[ \t]", file.read(80)) is not None


def _text(path: Path) -> bool:
    return any(_decodes(path, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                if b"\0" in chunk:
                    return False
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


_OLD_OFFICE = _begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
MAIL = "message/rfc822"
OPEN_DOCUMENTS = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
_ODF = "application/vnd.oasis.opendocument."
_JPEG = FileType("image/jpeg", _begins(b"\xff\xd8\xff"), inline=True)

TYPES: Mapping[str, FileType] = {
    "pdf": FileType("application/pdf", _begins(b"%PDF-")),
    "ofd": FileType("application/ofd", _package("OFD.xml")),
    "xml": FileType("application/xml", _text),
    "docx": FileType(_WORD, _package("word/")),
    "xlsx": FileType(_SHEET, _package("xl/")),
    "pptx": FileType(_SLIDES, _package("ppt/")),
    **{ending: FileType(f"{_ODF}{kind}", _open_document(f"{_ODF}{kind}")) for ending, kind in OPEN_DOCUMENTS.items()},
    "doc": FileType("application/msword", _OLD_OFFICE),
    "xls": FileType("application/vnd.ms-excel", _OLD_OFFICE),
    "ppt": FileType("application/vnd.ms-powerpoint", _OLD_OFFICE),
    "wps": FileType("application/vnd.ms-works", _OLD_OFFICE),
    "et": FileType("application/vnd.ms-excel", _OLD_OFFICE),
    "dps": FileType("application/vnd.ms-powerpoint", _OLD_OFFICE),
    "png": FileType("image/png", _begins(b"\x89PNG\r\n\x1a\n"), inline=True),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "gif": FileType("image/gif", _begins(b"GIF87a", b"GIF89a"), inline=True),
    "webp": FileType("image/webp", _webp, inline=True),
    "heic": FileType("image/heic", _boxes(b"heic", b"heix", b"mif1", b"msf1")),
    "m4a": FileType("audio/mp4", _boxes(b"M4A", b"mp4", b"iso", b"3gp")),
    "mp3": FileType("audio/mpeg", _begins(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    "aac": FileType("audio/aac", _begins(b"\xff\xf1", b"\xff\xf9")),
    "amr": FileType("audio/amr", _begins(b"#!AMR")),
    "ogg": FileType("audio/ogg", _begins(b"OggS")),
    "webm": FileType("audio/webm", _begins(b"\x1a\x45\xdf\xa3")),
    "wav": FileType("audio/wav", _wave),
    "txt": FileType("text/plain", _text),
    "csv": FileType("text/csv", _text),
    "eml": FileType(MAIL, _mail),
}
"""Every type that may be attached, by extension."""
OFFICE = frozenset(
    TYPES[ending].media_type for ending in ("docx", "xlsx", "pptx", "doc", "xls", "ppt", "wps", "et", "dps", *OPEN_DOCUMENTS)
)
"""Media types of office documents."""

ACCEPTED = ",".join(f".{ending}" for ending in sorted(TYPES))
"""What a file question offers."""

ACCEPTED_ON_THE_WAY = f"image/*,audio/*,{ACCEPTED}"
"""The same where a phone shall offer its camera and its recorder, too."""
