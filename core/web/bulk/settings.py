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
        msg("Hours in which a change of many records can be taken back"),
        Field("integer", msg("Hours")),
        24,
        msg("Afterwards each record is changed back by itself, from its history."),
        unit=msg("hours"),
        least=0,
        most=720,
    ),
    ParameterSpec(
        AT_ONCE,
        msg("Records that are changed while one waits"),
        Field("integer", msg("Records")),
        50,
        msg("More of them are changed in the background, with a page that shows how far it has come."),
        least=1,
        most=100,
    ),
)
