"""The time of a story: demo records come about one step after the other, over months that lie behind (design 5).

For the demonstration alone: whoever works in earnest has no other clock than the real one, and a test of the architecture holds that.
"""

from __future__ import annotations

import random
from contextvars import Token
from datetime import UTC, date, datetime, time, timedelta
from types import TracebackType
from typing import Any, Self

from core.kernel.clock import SHANGHAI, local, present, story

FOUNDED = 600
"""How many days ago the companies of the demonstration began; everything in them is younger."""
OPENS, CLOSES = time(8, 30), time(18)


class Story:
    """Begins on a day and goes forward only, in office hours, at most up to the present; inside ``with``, it is that moment.

    The days follow from ``chance`` alone, so that the same dice tell the same story whenever the demonstration is made. ``opens`` is
    where it was to begin: of several stories the order follows from that, also where some of today's begin at the present.
    """

    def __init__(self, chance: random.Random, begins: date) -> None:
        self.chance = chance
        self.at = datetime.combine(begins, OPENS, SHANGHAI)
        self.opens = self.at + timedelta(minutes=chance.randint(0, 500))
        self._tokens: list[Token[Any]] = []
        self.until(self.opens)

    @property
    def day(self) -> date:
        """The calendar day at which the story has arrived."""
        return local(self.at).date()

    def minutes(self, least: int = 10, most: int = 150) -> None:
        """Some time passes; what would last into the evening goes on in the morning, but for whoever is at work at night."""
        self._go_to(self.at + timedelta(minutes=self.chance.randint(least, most)))

    def days(self, least: int, most: int) -> None:
        """Some days pass."""
        self.on(self.day + timedelta(days=self.chance.randint(least, most)))

    def on(self, day: date) -> None:
        """Go on to ``day``; nothing happens when the story is there already."""
        if day > self.day:
            self._go_to(datetime.combine(day, OPENS, SHANGHAI) + timedelta(minutes=self.chance.randint(0, 500)))

    def until(self, moment: datetime) -> None:
        """Go on to just this moment, also out of hours; nothing happens when it has passed."""
        self.at = min(max(self.at, moment), present())

    def _go_to(self, moment: datetime) -> None:
        there = local(moment)
        if there.time() > CLOSES >= local(self.at).time():
            there = datetime.combine(there.date() + timedelta(days=1), OPENS, SHANGHAI)
        self.until(there)

    def __enter__(self) -> Self:
        self._tokens.append(story.set(lambda: self.at.astimezone(UTC)))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        story.reset(self._tokens.pop())


def ago(days: int) -> date:
    """The day that lies so many days back from the real one, also inside a story."""
    return local(present()).date() - timedelta(days=days)
