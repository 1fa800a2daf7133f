"""Choices: a closed list of values, each with its word and, for states, its colour by meaning."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from core.kernel.words import Message


class Choice(StrEnum):
    """Members are written ``NAME = "stored", msg("Shown"), "tone"``; tone is one of run, good, wait, bad, idle, note."""

    label: Message
    tone: str

    def __new__(cls, value: str, label: Message | None = None, tone: str = "idle") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label or Message(value)
        member.tone = tone
        return member
