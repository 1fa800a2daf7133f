"""What a company may set about changes of many records."""

from __future__ import annotations

from core.database.fields import Field
from core.extension.exchange import ParameterSpec
from core.kernel.words import msg

UNDO_HOURS = "core.bulk_undo_hours"
AT_ONCE = "core.bulk_at_once"

BULK_PARAMETERS: tuple[ParameterSpec, ...] = (
    ParameterSpec(
        UNDO_HOURS,
        msg("Hours within which a bulk change can be undone"),
        Field("integer", msg("Hours")),
        24,
        msg("After that, each record is restored individually from its history."),
        unit=msg("hours"),
        least=0,
        most=720,
    ),
    ParameterSpec(
        AT_ONCE,
        msg("Records changed while you wait"),
        Field("integer", msg("Records")),
        50,
        msg("Larger changes run in the background, with a page that shows their progress."),
        least=1,
        most=100,
    ),
)
