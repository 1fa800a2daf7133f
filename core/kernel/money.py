"""Money: ``Decimal`` yuan in Python, whole fen in the database, never a float (security.md J5)."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from core.kernel.errors import BadInput
from core.kernel.words import msg

FEN = Decimal("0.01")
LARGEST = Decimal("9999999999999.99")
"""Ten trillion yuan less one fen: fits a 64-bit integer of fen with room for sums of thousands of such amounts."""


_BETWEEN = re.compile(r"[,，\s]")


def plain_number(text: str) -> str:
    """``text`` as people write and paste it, without what is not part of the number: full-width digits, separators, spaces."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text))


def yuan(value: str | int | Decimal) -> Decimal:
    """Return ``value`` as yuan with two decimals; a text may be written as it is shown: ``¥1,234.50``, ``１２３４．５０``, ``1,234.50元``.

    Raises :class:`BadInput` for what is no number, has more than two decimals, or exceeds :data:`LARGEST`.
    """
    try:
        amount = Decimal(plain_number(str(value)).replace("¥", "").removesuffix("元"))
    except InvalidOperation:
        raise BadInput(msg("This is not an amount. Please write it like 1234.50.")) from None
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise BadInput(msg("This amount is too large; the largest is 9,999,999,999,999.99. Please check it."))
    if amount != amount.quantize(FEN):
        raise BadInput(msg("An amount has at most two decimals. Please round it to fen."))
    return amount.quantize(FEN)


def to_fen(amount: Decimal) -> int:
    """Yuan to whole fen; ``amount`` must already have at most two decimals."""
    return int((amount / FEN).to_integral_exact())


def from_fen(fen: int) -> Decimal:
    """Whole fen to yuan with two decimals."""
    return (Decimal(fen) * FEN).quantize(FEN)


def line_amount(quantity: Decimal, price: Decimal) -> Decimal:
    """Amount of one line in yuan: rounded half up per line, so that the total is the sum of what is printed."""
    return (quantity * price).quantize(FEN, rounding=ROUND_HALF_UP)
