"""The dispatch order: its life, its number, when a worker would have to be in two places, what the parts cost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from core.kernel.choices import NOT_COUNTED, Choice
from core.kernel.lifecycle import Lifecycle, Transition
from core.kernel.money import line_amount, yuan
from core.kernel.words import msg

MOST_PARTS = 100
"""Lines of parts on one order."""


class DispatchState(Choice):
    """Where a dispatch order stands (R-246)."""

    PLANNED = "planned", msg("Planned"), "idle"
    ISSUED = "issued", msg("Order issued"), "wait"
    ACCEPTED = "accepted", msg("Order accepted"), "run"
    ON_SITE = "on_site", msg("On site"), "run"
    DONE = "done", msg("Done"), "good"
    RETURNED = "returned", msg("Returned"), "wait"
    CANCELLED = "cancelled", msg("Cancelled"), "idle", NOT_COUNTED


_S = DispatchState
DISPATCH_CYCLE = Lifecycle(
    _S.PLANNED,
    (
        Transition("issue", (_S.PLANNED, _S.RETURNED), _S.ISSUED, msg("Issue the order")),
        Transition("accept", (_S.ISSUED,), _S.ACCEPTED, msg("Accept the order")),
        Transition("arrive", (_S.ACCEPTED,), _S.ON_SITE, msg("Arrived on site")),
        Transition("finish", (_S.ON_SITE,), _S.DONE, msg("Report the result")),
        Transition("send_back", (_S.ISSUED, _S.ACCEPTED, _S.ON_SITE), _S.RETURNED, msg("Return")),
        Transition("cancel", (_S.PLANNED, _S.ISSUED, _S.ACCEPTED, _S.RETURNED), _S.CANCELLED, msg("Call off")),
    ),
)

SENT = (_S.ISSUED, _S.ACCEPTED, _S.ON_SITE)
"""With the field worker: takes up his or her time, and the request waits for the result."""
UNDER_WAY = (_S.ACCEPTED, _S.ON_SITE)
OPEN_DISPATCHES = (_S.PLANNED, *SENT, _S.RETURNED)
"""Neither done nor cancelled."""


def dispatch_number(year: int, number: int) -> str:
    """Number of a dispatch order: PG-2026-0042. ``year`` is that of its issue."""
    return f"PG-{year}-{number:04d}"


def overlap(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    """Whether two spans share a moment; one that begins when the other ends does not."""
    return one[0] < other[1] and other[0] < one[1]


def part_amounts(parts: Iterable[tuple[Decimal, Decimal]]) -> list[Decimal]:
    """Amount of each (quantity, price) in yuan; raises :class:`BadInput` when one is too large to be stored."""
    return [yuan(line_amount(quantity, price)) for quantity, price in parts]
