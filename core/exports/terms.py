"""What exactly is exported, bound by a digest: what was approved is what is made, or nothing is."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field

from core.exports.models import ExportRequest
from core.exports.sources import Pairs
from core.exports.states import ExportFormat
from core.kernel.errors import Conflict
from core.kernel.words import msg

_key: list[bytes] = [b""]


def bind_with(key: bytes) -> None:
    """Terms, marks and prints of this process are made with ``key``, which lies outside of the database."""
    _key[:] = [hashlib.blake2b(key, person=b"keguan-export").digest()]


def export_key() -> bytes:
    """The key of marks and prints."""
    return _key[0]


@dataclass(frozen=True)
class Wish:
    """What somebody wants to have: the list ``source`` under the query ``asked``, with ``columns`` (empty: those of the list)."""

    source: str
    reason: str
    file_format: ExportFormat
    asked: Pairs = ()
    columns: tuple[str, ...] = ()
    file_name: str = ""
    language: str = field(default="zh_CN")


@dataclass(frozen=True)
class Leaving:
    """What exactly would leave, after all checks; ``record_id`` where it is one record in the layout of its form.

    ``contents`` and ``size`` (in bytes) say which files of records they are, where those leave.
    """

    columns: tuple[str, ...]
    rows: int
    file_format: ExportFormat
    reason: str
    file_name: str
    language: str
    asked: Pairs = ()
    record_id: int | None = None
    contents: str = ""
    size: int = 0


def terms_of(request: ExportRequest) -> str:
    """The digest over everything that a decision is about."""
    said = [
        request.company_id,
        request.asked_by_id,
        request.source,
        request.asked,
        request.columns,
        request.rows,
        str(request.format.value),
        request.language,
    ]
    if request.record_id is not None:
        said.append(request.record_id)
    if request.contents:
        said.append(request.contents)
    return hmac.new(export_key(), json.dumps(said, ensure_ascii=False).encode(), hashlib.sha256).hexdigest()


def demand_unchanged(request: ExportRequest) -> None:
    """Raise :class:`Conflict` unless filter, columns, rows and format are those that were asked for and approved."""
    if not hmac.compare_digest(request.terms, terms_of(request)):
        raise Conflict(msg("Filter, columns or rows of this export are no longer those that were approved. Please request it again."))
