"""The audit trail as a list for the audit administrator."""

from __future__ import annotations

from flask import current_app

from core.audit.models import AuditRow
from core.kernel.words import Message, msg
from core.web.nouns import Group, Noun, Shown
from core.web.pages import CardPlace, ColumnKind
from core.web.trail_words import row_action, who_told
from core.web.views import RecordView


def _action(row: AuditRow) -> Message:
    return row_action(row, current_app.extensions["keguan"].nouns)


AUDIT_ROWS = Noun(
    plugin="core",
    model=AuditRow,
    path="audit-rows",
    title=msg("Audit row"),
    plural=msg("Audit trail"),
    icon="history",
    columns=(
        Shown("subject", ColumnKind.NAME, CardPlace.NAME),
        Shown("action", place=CardPlace.STATE),
        Shown("who", place=CardPlace.OWNER),
        Shown("at", ColumnKind.TIME, CardPlace.LAST),
        Shown("address", quiet=True),
    ),
    groups=(Group(msg("Audit row"), ("subject", "action", "who", "at", "address")),),
    order="-id",
    told={"action": _action, "who": lambda row: who_told(row.who)},
    empty=msg("Everything that is done in this company is recorded here."),
)


class AuditRowsView(RecordView):
    """Read-only: the trail is written by the house alone."""

    noun = AUDIT_ROWS
