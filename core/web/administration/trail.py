"""The audit trail as a list for the audit administrator."""

from __future__ import annotations

from core.audit.models import AuditRow
from core.kernel.words import msg
from core.web.nouns import Group, Noun, Shown
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView

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
    empty=msg("Everything that is done in this company is recorded here."),
)


class AuditRowsView(RecordView):
    """Read-only: the trail is written by the house alone."""

    noun = AUDIT_ROWS
