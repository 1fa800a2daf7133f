"""Cells of a file of rejected rows: harmless in a spreadsheet, and read back exactly as they were."""

from __future__ import annotations

import re

REASON_NAMES = frozenset({"拒绝原因", "Reason for rejection"})
"""The column of reasons in every language that we write it in; such a column is passed over when a file is read."""

_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_DEFUSED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def is_reason(column: str) -> bool:
    """Whether a column holds reasons that we wrote ourselves."""
    return column in REASON_NAMES


def defused(cell: str) -> str:
    """``cell`` with an apostrophe before anything that a spreadsheet would run as a formula; :func:`mended` undoes it."""
    return "'" + cell if _DANGEROUS.match(cell) else cell


def mended(cell: str) -> str:
    """A cell of a file of rejected rows as it was before :func:`defused`."""
    return cell[1:] if _DEFUSED.match(cell) else cell
