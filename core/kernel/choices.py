"""Choices: a closed list of values, each with its word and, for states, its colour by meaning."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from core.kernel.tones import tone_of
from core.kernel.words import Message

NOT_COUNTED = "not counted"


class Choice(StrEnum):
    """Members are written ``NAME = "stored", msg("Shown"), "tone"``. A tone is one of :data:`core.kernel.tones.TONES`; it may be left
    out where the word has one in the table there, and cannot be another.

    A state with a fourth part, :data:`NOT_COUNTED`, does not count: the figures of a record in it add nothing to the sums of lists,
    boards and charts.
    """

    label: Message
    tone: str
    counts: bool

    def __new__(cls, value: str, label: Message | None = None, tone: str = "", counts: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label or Message(value)
        member.tone = tone_of(member.label.text, tone)
        member.counts = counts != NOT_COUNTED
        return member
