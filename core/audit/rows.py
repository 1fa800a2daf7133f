"""What a row of the trail says, byte for byte: what its code covers, and the line that seals and exports are made of."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

SAID = ("company_id", "at", "employee_id", "who", "action", "table_name", "record_id", "subject", "changes")
"""What the code of a row covers, in this order."""
LATER = ("reason", "approved_by")
"""What came after the first rows had been written: covered where it is there, so that the codes of old rows stay as they are."""
LINE = ("id", *SAID, "address", *LATER, "mac")
"""The line of a row, in this order: what is sealed and what an export holds."""


def mac_of(key: bytes, row: Mapping[str, Any]) -> str:
    """Message authentication code over what ``row`` says; the key lies outside the database."""
    said = [_plain(row[name]) for name in SAID]
    if later := {name: row[name] for name in LATER if row.get(name)}:
        said.append(later)
    return hmac.new(key, json.dumps(said, ensure_ascii=False).encode(), hashlib.sha256).hexdigest()


def line_of(row: Mapping[str, Any]) -> bytes:
    """The one line that ``row`` is, in UTF-8 and without its end: a JSON list of :data:`LINE`."""
    return json.dumps([_plain(row[name]) for name in LINE], ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
