"""Numbers of documents, and what a tax number or an invoice number looks like."""

from __future__ import annotations

import re

TAX_NUMBER_LENGTHS = (15, 17, 18, 20)
_TAX_NUMBER = re.compile(r"[0-9A-Z]+")
_INVOICE_NUMBER = re.compile(r"\d{8}|\d{20}|\d{10}-\d{8}|\d{12}-\d{8}")
_SEPARATORS = re.compile(r"[\s,，、;；]+")


def notice_number(year: int, number: int) -> str:
    """Number of an invoice notice: KP-2026-0042. ``year`` is that of its sending."""
    return f"KP-{year}-{number:04d}"


def receipt_number(year: int, number: int) -> str:
    """Number of a receipt: SK-2026-0042. ``year`` is that of its entry."""
    return f"SK-{year}-{number:04d}"


def is_tax_number(text: str) -> bool:
    """Whether ``text`` can be the tax number of a buyer: 15, 17, 18 or 20 digits and capital letters."""
    return len(text) in TAX_NUMBER_LENGTHS and _TAX_NUMBER.fullmatch(text) is not None


def is_invoice_number(text: str) -> bool:
    """Whether ``text`` is a number of the tax platform: 20 digits for electronic ones, 8 on paper, with its code of 10 or 12 before it."""
    return _INVOICE_NUMBER.fullmatch(text) is not None


def numbers_in(text: str) -> list[str]:
    """Numbers of notices that somebody typed one after the other."""
    return list(dict.fromkeys(part.upper() for part in _SEPARATORS.split(text.strip()) if part))
