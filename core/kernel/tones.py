"""What a colour means: one table for host and plugins, by the word that people read. A state is coloured by it wherever it stands.

A tone is one of run, good, wait, bad, idle, note: under way, well, something is to be done, badly, over or without meaning, remarkable.
"""

from __future__ import annotations

from collections.abc import Mapping

TONES = ("run", "good", "wait", "bad", "idle", "note")

_WORDS: Mapping[str, tuple[str, ...]] = {
    "good": (
        *("Approved", "Has agreed", "Granted", "Done", "Delivered", "Won", "Accepted", "Finished", "In force", "Signed", "Valid"),
        *("Booked in", "Paid", "Allocated", "Handled", "Cooperating", "Satisfied", "Ready to download", "Confirmed in writing"),
    ),
    "run": ("Running", "Under way", "In progress", "Negotiating", "Sent", "Printed", "On site", "Partly issued", "Partly allocated"),
    "wait": (
        *("Waiting", "In approval", "Waiting for review", "Waiting for approval", "Waiting for finance", "Order review", "To be verified"),
        *("To be allocated", "To be issued", "Returned", "Returned for completion", "Returned for correction", "Returned for data"),
        *("Signed, data missing", "Not delivered", "Interrupted", "Assigned", "To be granted"),
    ),
    "bad": (
        *("Void", "Lost", "Rejected", "Refused", "Declined", "Failed", "Stopped", "Problem", "Overdue", "Past expected date", "Urgent"),
        *("Dissatisfied", "Unidentified", "Not approved"),
    ),
    "idle": (
        *("Draft", "Planned", "Closed", "Archived", "Cancelled", "Withdrawn", "Discarded", "Expired", "Terminated", "Superseded"),
        *("Revoked", "Suspended", "Reversed", "Refunded", "Normal"),
    ),
}
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
