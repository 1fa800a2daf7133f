"""Ageing of what is due: which part of a schedule is paid, and how old what is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from plugins.billing.rules.money import ZERO, spread

MOST_BANDS = 8


@dataclass(frozen=True)
class Band:
    """Days overdue from ``first`` to ``last``; the band of what is not due yet ends at 0, the oldest has no end.

    What is not ``met`` is no age: its day has passed, and the customer may not be asked for it yet.
    """

    key: str
    first: int | None
    last: int | None
    met: bool = True

    @property
    def label(self) -> Message:
        """How the head of its column says it."""
        if not self.met:
            return msg("Condition not met")
        if self.first is None:
            return msg("Not due")
        if self.last is None:
            return msg("Over %(days)s days", days=self.first - 1)
        return msg("%(first)s–%(last)s days", first=self.first, last=self.last)

    def holds(self, days: int) -> bool:
        """Whether something that has been due for ``days`` belongs here."""
        return self.met and (self.first is None or days >= self.first) and (self.last is None or days <= self.last)


UNMET = Band("waiting", None, None, met=False)


def read_bands(text: str) -> list[Band]:
    """Bands between limits such as "30,60,90,180" (days overdue), with one after them, and before them what is not due or still waits.

    Raises :class:`BadInput` for anything but whole numbers above 0 that rise.
    """
    try:
        limits = [int(part) for part in text.replace("，", ",").replace("/", ",").split(",")]
    except ValueError:
        limits = []
    if not limits or limits != sorted(set(limits)) or limits[0] <= 0 or len(limits) > MOST_BANDS:
        raise BadInput(msg("The ageing bands are whole days in rising order, such as 30,60,90,180. Please correct the parameter."))
    starts = [1, *(limit + 1 for limit in limits)]
    rising = [Band(str(number), first, last) for number, (first, last) in enumerate(zip(starts, [*limits, None], strict=True), 1)]
    return [Band("0", None, 0), UNMET, *rising]


@dataclass(frozen=True)
class Due:
    """A part of a payment schedule: what was agreed, and what was allocated to just this part (yuan)."""

    part_id: int
    due_on: date
    amount: Decimal
    allocated: Decimal = ZERO


def open_parts(parts: Iterable[Due], loose: Decimal) -> dict[int, Decimal]:
    """What is open of each part of one contract (part id to yuan, only above 0).

    ``loose`` yuan were allocated to the contract without naming a part: they pay the parts that are due first.
    """
    ordered = sorted(parts, key=lambda part: (part.due_on, part.part_id))
    rooms = [max(part.amount - part.allocated, ZERO) for part in ordered]
    over = sum((max(part.allocated - part.amount, ZERO) for part in ordered), ZERO)
    paid = spread(loose + over, rooms)
    return {part.part_id: room - share for part, room, share in zip(ordered, rooms, paid, strict=True) if room > share}


def band_of(bands: Sequence[Band], days: int, *, waits: bool = False) -> Band:
    """The band of something that has been due for ``days``, or whose day has passed while it still ``waits`` for its condition."""
    return UNMET if waits else next(band for band in bands if band.holds(days))
