"""Questions that several verbs ask."""

from __future__ import annotations

from core.database.fields import Field
from core.kernel.words import msg

REASON = Field("text", msg("Reason"), "reason", required=True, max_length=500)
ON = Field("date", msg("Day"), "on", help=msg("Leave it empty for today."))
