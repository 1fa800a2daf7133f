"""The picked records, or the whole of a list, on their way out: the dialog of the export gate, bound to just these records."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import g, request
from sqlalchemy.orm import Session

from core.exports.leaving import weigh
from core.exports.operations import demand_right, may_export
from core.exports.sources import source_called
from core.exports.states import ExportFormat
from core.kernel.acting import Actor
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.web.bulk.asking import LONGEST_QUERY, read_picks, visible_picks
from core.web.exporting.asking import asking_page
from core.web.nouns import Noun
from core.web.pages import FormPage
from core.web.picked import PICKED, files_key, picked_text

EXPORT, PRINT, FILES = "export", "print_list", "files"
WAYS_OUT: dict[str, tuple[Message, str, ExportFormat]] = {
    EXPORT: (msg("Export"), "file-export", ExportFormat.XLSX),
    PRINT: (msg("Print the list"), "printer", ExportFormat.PDF),
    FILES: (msg("Export files"), "paperclip", ExportFormat.ZIP),
}
"""What the bar offers: its words, its icon, and the format that the dialog begins with."""


def ways_out(noun: Noun, who: Actor) -> tuple[str, ...]:
    """Which of them are offered above the noun's list."""
    return tuple(way for way in WAYS_OUT if way != FILES or noun.files) if may_let_out(noun, who) else ()


def may_let_out(noun: Noun, who: Actor) -> bool:
    """Whether the person may ask for records of the noun to leave at all."""
    return noun.plugin != "core" and may_export(who, noun.resource)


def way_out(session: Session, noun: Noun, way: str) -> FormPage:
    """The dialog for what the bar has sent. Raises :class:`Forbidden` without the right, :class:`BadInput` when nothing is picked.

    What is written into the request that the gate keeps are the ids: who approves sees how many, and no other record leaves by it.
    """
    source = source_called(files_key(noun.path) if way == FILES else noun.path, g.actor)
    demand_right(g.actor, source.resource)
    asked: list[tuple[str, Any]] = parse_qsl(request.form.get("asked", "")[:LONGEST_QUERY])
    if not request.form.get("whole"):
        seen = visible_picks(session, noun, read_picks(request.form.getlist("id")))
        if not seen:
            raise BadInput(msg("None of the selected records exists any more. Please select them in the list again."))
        asked = [(PICKED, picked_text(record_id for record_id, _ in seen)), *(pair for pair in asked if pair[0] == "order")]
    pairs = source.checked(asked)
    return asking_page(session, source, pairs, weigh(session, source, pairs), {}, usual=WAYS_OUT[way][2])
