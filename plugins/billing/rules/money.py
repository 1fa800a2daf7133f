"""Tax, sums and amounts in words: exact to the fen."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from core.kernel.errors import BadInput
from core.kernel.money import FEN, to_fen
from core.kernel.words import msg

ZERO = Decimal("0.00")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def split_tax(gross: Decimal, rate: Decimal) -> tuple[Decimal, Decimal]:
    """Net and tax of ``gross`` yuan that include tax at ``rate`` (0.13): rounded half up to the fen, and together always ``gross``."""
    net = (gross / (1 + rate)).quantize(FEN, rounding=ROUND_HALF_UP)
    return net, gross - net


def spread(total: Decimal, rooms: Sequence[Decimal]) -> list[Decimal]:
    """``total`` put into ``rooms`` from the first on, none beyond its size; what does not fit is left out (yuan, not below 0)."""
    shares = []
    for room in rooms:
        share = max(min(room, total), ZERO)
        shares.append(share)
        total -= share
    return shares


def in_capitals(amount: Decimal) -> str:
    """The amount in yuan as forms want it in capitals: 1004.50 is 壹仟零肆元伍角.

    By the rules of the central bank for bills: 整 after yuan or jiao where no fen follow, 零 for a gap, the sign as 负. Written here, not
    taken from a library, because the rules are few and those libraries differ in just these corners.
    """
    fen = to_fen(amount)
    if fen < 0:
        return f"负{in_capitals(-amount)}"
    yuan, rest = divmod(fen, 100)
    if yuan >= 10**16:
        raise BadInput(msg("This amount is too large; the largest is 9,999,999,999,999.99. Please check it."))
    whole = f"{_whole(yuan)}元" if yuan else ""
    return f"{whole}{_cents(rest, after=bool(yuan))}" if rest else f"{whole or '零元'}整"


def _cents(rest: int, *, after: bool) -> str:
    jiao, fen = divmod(rest, 10)
    first = f"{_DIGITS[jiao]}角" if jiao else ("零" if after else "")
    return first + (f"{_DIGITS[fen]}分" if fen else "整")


def _whole(yuan: int) -> str:
    """A whole number above 0 in capitals, by groups of four digits."""
    words, gap = "", False
    for power in (3, 2, 1, 0):
        group = yuan // 10_000**power % 10_000
        if not group:
            gap = bool(words)
            continue
        if words and (gap or group < 1000):
            words += _DIGITS[0]
        words += _group(group) + _unit(power, yuan)
        gap = False
    return words


def _unit(power: int, yuan: int) -> str:
    """万 of a number that goes on in 亿 says only 万: 壹万贰仟亿, not 壹万亿贰仟亿."""
    return "万" if power == 3 and yuan // 10**8 % 10_000 else _GROUPS[power]


def _group(group: int) -> str:
    """Up to four digits."""
    words, gap = "", False
    for power in (3, 2, 1, 0):
        digit = group // 10**power % 10
        if not digit:
            gap = bool(words)
            continue
        words += (_DIGITS[0] if gap else "") + _DIGITS[digit] + _PLACES[power]
        gap = False
    return words
