"""Rights are data: a resource, its verbs with their words, and how far presets reach (R-052, R-053)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.kernel.acting import Scope
from core.kernel.words import Message, msg

READ, CREATE, UPDATE, DELETE = "read", "create", "update", "delete"
SHARE, HAND_OVER, EXPORT, PRINT, REVIEW, IMPORT = "share", "hand_over", "export", "print", "review", "import"

VERB_LABELS: dict[str, Message] = {
    READ: msg("View"),
    CREATE: msg("Create"),
    UPDATE: msg("Edit"),
    DELETE: msg("Delete"),
    SHARE: msg("Share"),
    HAND_OVER: msg("Hand over"),
    EXPORT: msg("Export"),
    PRINT: msg("Print one record"),
    REVIEW: msg("Review"),
    IMPORT: msg("Import"),
}


@dataclass(frozen=True)
class Resource:
    """Something that rights are given on. ``verbs`` maps each verb to its word on the permission page."""

    name: str
    title: Message
    verbs: Mapping[str, Message]

    @property
    def plugin(self) -> str:
        """The plugin it belongs to; ``core`` for the host's own."""
        return self.name.split(".", 1)[0]


def resource(name: str, title: Message, *verbs: str, **own_verbs: Message) -> Resource:
    """Declare a resource with standard ``verbs`` and its ``own_verbs`` with their words.

    What a plugin lets people read, rights of their own let them export as a list (R-444) and print one by one (C-19), whether the plugin
    thought of it or not.
    """
    if READ in verbs and not name.startswith("core."):
        verbs = tuple(dict.fromkeys((*verbs, EXPORT, PRINT)))
    return Resource(name, title, {**{verb: VERB_LABELS[verb] for verb in verbs}, **own_verbs})


Grants = Mapping[str, Mapping[str, Scope]]
"""Resource name to verb to scope."""
