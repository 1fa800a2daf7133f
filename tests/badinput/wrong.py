"""Wrong values for every kind of field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.database.fields import Field
from core.extension.calling import registry

MISSING = 2**40
"""An id that nothing has."""
UNSTORABLE = {"NUL": "a\0b", "a lone surrogate": "a\ud800b", "a control character": "a\x07b"}
BY_KIND: dict[str, dict[str, Any]] = {
    "integer": {"letters": "abc", "too large": "99999999999", "a fraction": "1.5"},
    "quantity": {"letters": "abc", "too many decimals": "1.00001", "too large": "1" + "0" * 30, "not a number": "NaN", "endless": "1e400"},
    "money": {"letters": "abc", "too many decimals": "1.234", "too large": "9" * 20, "not a number": "NaN", "endless": "1e400"},
    "date": {
        "31 February": "2026-02-31",
        "no day": "0000-00-00",
        "letters": "morgen",
        "the year 9999": "9999-12-31",
        "the year 1": "0001-01-01",
    },
    "moment": {"31 February": "2026-02-31T10:00", "letters": "soon", "hour 25": "2026-02-01T25:00", "the year 1": "0001-01-01T00:00:00"},
    "choice": {"an unknown word": "no-such-word"},
    "flag": {"an unknown word": "perhaps"},
    "email": {"no address": "nobody", "two addresses": "a@b.com,c@d.com"},
    "phone": {"letters": "call me"},
    "reference": {"letters": "abc", "missing": str(MISSING), "negative": "-1", "zero": "0", "beyond the database": str(2**70)},
}
FORMS_CANNOT = {"flag"}  # a box is ticked or not; whatever a form sends means ticked


def wrong_texts(field: Field) -> Iterator[tuple[str, str]]:
    """(what is wrong, value as typed) for a field, as a form or REST may send it."""
    yield from BY_KIND.get(field.kind, {}).items()
    if field.kind == "code" and not registry().code_lists[field.code_list].open:
        yield "an unknown word", "no-such-word"
    if field.kind in ("text", "long_text", "phone", "email", "code"):
        yield "over-long", ("长" if field.kind in ("text", "long_text", "code") else "1") * ((field.max_length or 10_000) + 1)
    if field.kind in ("text", "long_text", "code"):
        yield from UNSTORABLE.items()
    if field.required and field.default is None and field.kind != "flag":
        yield "empty", "   "


def wrong_types(field: Field) -> Iterator[tuple[str, Any]]:
    """(what is wrong, value) that only JSON can say."""
    yield from (("an object", {"a": 1}), ("a list", [1, 2]))
    if field.kind not in ("flag", "integer", "quantity", "money", "reference"):
        yield "a number", 12
    if field.kind != "flag":
        yield "true", True


QUERIES = (
    "q=((((", "q=(filters:!((col:nope,opr:eq,value:1)))", "q=(filters:!((col:id)))", "q=(order_column:nope)", "q=(page:x)",
    "q=(page:-1,page_size:'a')",
    "order=nope", "order=-password", "page=abc", "page=0", "page=-1", "page=99999999999999", "page=1.5", "size=x",
)  # fmt: skip
"""Queries of a list that nobody can answer. ``q`` is Rison in REST only."""
BODIES: dict[str, bytes] = {
    "no JSON": b"{",
    "nothing": b"",
    "a list": b"[1]",
    "a text": b'"x"',
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "very deep": b"[" * 100_000,
}
