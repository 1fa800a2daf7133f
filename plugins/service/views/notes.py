"""The service note on screen."""

from __future__ import annotations

from collections.abc import Mapping

from core.kernel.acting import actor
from core.kernel.words import Message, msg
from core.web.nouns import Group, Noun, Shown
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.service.errors import RequestClosed
from plugins.service.models import ServiceNote
from plugins.service.operations import change_note, remove_note, write_note
from plugins.service.operations.notes import NOT_MINE
from plugins.service.rules import OPEN


def _written_by_another(note: ServiceNote) -> Mapping[str, Message]:
    return {} if note.person_id == actor().employee_id else dict.fromkeys(NOTES.written, NOT_MINE)


NOTES = Noun(
    plugin="service",
    model=ServiceNote,
    path="service-notes",
    title=msg("Service note"),
    plural=msg("Service notes"),
    icon="notes",
    columns=(
        Shown("content", ColumnKind.NAME, CardPlace.NAME),
        Shown("request"),
        Shown("person", place=CardPlace.OWNER),
        Shown("at", place=CardPlace.LAST),
    ),
    groups=(Group(msg("Service note"), ("request", "content", "at")),),
    order="-at",
    about="request",
    filters=("request", "person", "at"),
    facts=("request", "person"),
    create=write_note,
    why_not_from={"request": lambda request: None if request.state in OPEN else RequestClosed(request.state.label).message},
    change=change_note,
    fixed_fields=_written_by_another,
    delete=remove_note,
    create_label=msg("Write a service note"),
    files=True,
    empty=msg("What was done for customers is recorded here, step by step."),
)


class ServiceNotesView(RecordView):
    """List, page and form of service notes."""

    noun = NOTES
