"""What became of an order, in a sentence."""

from __future__ import annotations

from flask import url_for

from core.database.sessions import Database
from core.kernel.words import Message, counted
from core.web.bulk.models import BulkRun, Outcome
from core.web.bulk.running import bring_to_end, counts_of
from core.web.bulk.undoing import can_be_undone
from core.web.going import page_in_sight
from core.web.nouns import Noun
from core.web.shell import say
from core.web.showing import view_name


def ended(database: Database, noun: Noun, run: BulkRun) -> str:
    """Do a small order at once, say what became of it, and return where to go: to the records that were refused, else to the list."""
    bring_to_end(database, noun, run.id)
    counts = counts_of(database.session(), run.id)
    undo = url_for("BulkView.undo", pk=run.id) if can_be_undone(noun, run.what) and counts[Outcome.CHANGED] else ""
    say(sentence(counts[Outcome.CHANGED], counts[Outcome.UNCHANGED] + counts[Outcome.REFUSED] + counts[Outcome.ASKED]), undo)
    if counts[Outcome.REFUSED] or counts[Outcome.ASKED]:
        return url_for("BulkView.show", pk=run.id)
    return page_in_sight(url_for(f"{view_name(noun)}.list"))


def sentence(changed: int, left: int) -> Message:
    """How many records were changed, and how many were not."""
    if left:
        return counted("%(count)s record changed, %(left)s not.", "%(count)s records changed, %(left)s not.", changed, left=left)
    return counted("%(count)s record changed.", "%(count)s records changed.", changed)
