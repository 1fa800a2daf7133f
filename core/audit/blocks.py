"""A block as one line, byte for byte: what its head covers, what the anchor keeps and what an export holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from core.audit.merkle import head_of
from core.audit.models import AuditRow

PLATFORM = 0
"""The chain of rows that belong to no company."""
START = "0" * 64
"""What the first block of a chain names as the head before it."""
TOLD = ("chain", "epoch", "number", "after_id", "first_id", "last_id", "count", "root", "previous", "made_at")


@dataclass(frozen=True)
class Head:
    """Where a chain stands: number, epoch and head of a block."""

    number: int
    epoch: int
    head: str


def within(chain: int) -> ColumnElement[bool]:
    """Rows of this chain."""
    return AuditRow.company_id == chain if chain != PLATFORM else AuditRow.company_id.is_(None)


def said_of(block: Mapping[str, Any]) -> bytes:
    """What the head of ``block`` is the hash of."""
    told = {name: block[name].isoformat() if isinstance(block[name], datetime) else block[name] for name in TOLD}
    return json.dumps(told, separators=(",", ":")).encode()


def block_line(block: Mapping[str, Any]) -> bytes:
    """``block`` as the anchor and an export hold it: its head, a space, what it is the hash of."""
    return str(block["head"]).encode() + b" " + said_of(block)


def read_block_line(line: bytes) -> dict[str, Any] | None:
    """The values of a line, or None when its head is not the hash of what it says."""
    head, _, said = line.partition(b" ")
    if head != head_of(said).encode():
        return None
    try:
        values: dict[str, Any] = json.loads(said)
    except ValueError:
        return None
    return {**values, "head": head.decode()} if values.keys() >= set(TOLD) else None
