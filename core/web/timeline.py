"""The timeline of a record: what its plugins tell, its changes, files, approvals, notices, one after the other, page by page.

At most four statements, however many modules tell something: what the person's own scope covers, what belongs to the record and is read
for whoever may see it, values that stand aside from the trail, and names of what was changed from and to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import g, request, url_for

from core.access.guard import as_system
from core.approvals.chains import kinds_of
from core.database.together import Kind, Told, read_until
from core.extension.calling import hooks
from core.extension.exchange import TimelineEntry
from core.kernel.errors import Malformed
from core.kernel.words import msg
from core.web.nouns import Noun
from core.web.pages import Entry, Link, Timeline, Tone
from core.web.showing import view_name
from core.web.timeline_kinds import (
    CHANGES,
    FILES,
    OTHER,
    OwnEntry,
    approvals_told,
    changes_told,
    comments_told,
    files_told,
    in_words,
    notices_told,
)

PAGE = 30  # entries before "older"
DEEPEST = 1_000  # entries of one moment that can be leafed through


@dataclass(frozen=True)
class Asked:
    """Which part of the timeline is wanted: of one kind or of all, and from where on.

    ``until`` is the moment of the last entry shown, ``skip`` how many entries of just that moment have been shown: a key, so that what
    happens meanwhile moves nothing.
    """

    kind: str = ""
    until: datetime | None = None
    skip: int = 0


def asked_of(arguments: Any) -> Asked:
    """What the query string asks for; raises :class:`Malformed` for a moment that does not exist."""
    moment, _, skip = arguments.get("before", "").partition("~")
    try:
        until = datetime.fromisoformat(moment).astimezone(UTC) if moment else None
        number = int(skip or 0)
    except (ValueError, OverflowError):
        raise Malformed(msg("This place in the timeline does not exist.")) from None
    if not 0 <= number <= DEEPEST:
        raise Malformed(msg("This place in the timeline does not exist."))
    return Asked(arguments.get("kind", "")[:40], until, number)


def timeline_of(session: Any, noun: Noun, record: Any, *, alone: bool = False) -> Timeline:
    """The part of the timeline of ``record`` that this request asks for; ``alone`` it is put below the part before it."""
    asked = asked_of(request.args)
    kinds, entries, total = _read(session, noun, record, asked)
    entries = sorted(entries, key=lambda entry: entry.at, reverse=True)
    shown = entries[asked.skip : asked.skip + PAGE]
    rest = total - asked.skip - len(shown)
    address = partial(url_for, f"{view_name(noun)}.show", pk=record.id, tab="timeline")
    return Timeline(
        entries=tuple(_entry(entry) for entry in in_words(session, noun, shown)),
        label=msg("Activity"),
        kinds=() if alone else _filters(kinds, asked, address),
        older=Link(msg("%(count)s earlier", count=rest), address(kind=asked.kind or None, before=_place(asked, shown)))
        if rest > 0 and shown
        else None,
        later=Link(msg("Back to the latest"), address(kind=asked.kind or None)) if asked.until is not None and not alone else None,
        empty=msg("Nothing has happened here yet."),
    )


def _read(session: Any, noun: Noun, record: Any, asked: Asked) -> tuple[list[Kind], list[Any], int]:
    """The kinds that there are, the entries of those that are asked for, and how many there are in all."""
    most = asked.skip + PAGE
    offered = [*hooks().crm_timeline(session=session, resource=noun.resource, record_id=record.id, limit=most)]
    offered += approvals_told(noun, record) if kinds_of(noun.model, g.actor.modules) else []
    offered += notices_told(noun, record)
    with as_system(session, "what belongs to a record that may be seen"):
        own = [*comments_told(noun, record), *changes_told(noun, record, alone=asked.kind == CHANGES.key)]
        own += files_told(noun, record, alone=asked.kind == FILES.key) if noun.files else []
        kinds = list(dict.fromkeys(one.kind or OTHER for one in (*offered, *own)))
        of_record, number = read_until(session, _wanted(own, asked), most, asked.until)
    of_person, more = read_until(session, [one for one in _wanted(offered, asked) if isinstance(one, Told)], most, asked.until)
    at_hand = [one for one in _wanted(offered, asked) if isinstance(one, TimelineEntry) and (asked.until is None or one.at <= asked.until)]
    return kinds, [*of_person, *of_record, *at_hand], number + more + len(at_hand)


def _wanted(offered: Sequence[Any], asked: Asked) -> list[Any]:
    return [one for one in offered if not asked.kind or (one.kind or OTHER).key == asked.kind]


def _place(asked: Asked, shown: Sequence[Any]) -> str:
    """Where the next part begins."""
    last = shown[-1].at
    same = sum(1 for entry in shown if entry.at == last) + (asked.skip if last == asked.until else 0)
    return f"{last.astimezone(UTC).replace(tzinfo=None).isoformat()}Z~{same}"


def _filters(kinds: Sequence[Kind], asked: Asked, address: Any) -> tuple[Link, ...]:
    everything = Link(msg("All"), address(), current=not asked.kind)
    return (everything, *(Link(kind.label, address(kind=kind.key), current=kind.key == asked.kind) for kind in kinds))


def _entry(entry: TimelineEntry) -> Entry:
    files, anchor = (entry.files, entry.anchor) if isinstance(entry, OwnEntry) else ((), "")
    changes, tone = tuple(entry.changes), Tone(entry.tone)
    return Entry(entry.at, entry.who, entry.what, entry.icon, tone, entry.body, changes, files, href=entry.url, anchor=anchor)
