"""What a colour means: one table for host and plugins, by the word that people read. A state is coloured by it wherever it stands.

A tone is one of run, good, wait, bad, idle, note: under way, well, something is to be done, badly, over or without meaning, remarkable.
"""

from __future__ import annotations

from collections.abc import Mapping

TONES = ("run", "good", "wait", "bad", "idle", "note")

_WORDS: Mapping[str, tuple[str, ...]] = {
    "good": ("Approved", "Has agreed", "Accepted", "Granted", "Done", "Finished", "In force", "Signed", "Delivered", "Won", "Paid"),
    "run": ("Running", "Under way", "In progress", "Sent"),
    "wait": (
        *("Waiting", "In approval", "Waiting for review", "Waiting for approval", "Waiting for finance", "Returned"),
        *("Returned for completion", "Interrupted", "Assigned"),
    ),
    "bad": ("Void", "Lost", "Rejected", "Refused", "Declined", "Not approved", "Failed", "Stopped", "Problem", "Overdue"),
    "idle": ("Draft", "Planned", "Closed", "Archived", "Cancelled", "Withdrawn", "Expired", "Terminated", "Suspended", "Revoked"),
}
"""Words that several kinds of records have in common, or will; what only one kind knows is coloured where it is declared."""
MEANING: Mapping[str, str] = {word: tone for tone, words in _WORDS.items() for word in words}
"""The tone of each word that means the same everywhere."""


def tone_of(word: str, declared: str) -> str:
    """The tone of a state that is called ``word``; ``declared`` for a word of its own (empty: idle).

    Raises :class:`ValueError` for a tone that is none, and for one other than the word has elsewhere.
    """
    tone = declared or MEANING.get(word, "idle")
    if tone not in TONES:
        raise ValueError(f"“{word}” is declared with the tone “{tone}”; it is one of {', '.join(TONES)}")
    if MEANING.get(word, tone) != tone:
        raise ValueError(f"“{word}” is declared as {tone}, and is {MEANING[word]} everywhere else (core/kernel/tones.py)")
    return tone
