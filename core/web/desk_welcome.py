"""The desk of a newcomer: what this person may begin, instead of figures of nothing."""

from __future__ import annotations

from flask import g

from core.extension.exchange import MenuEntry
from core.kernel.words import msg
from core.web.importing.doors import import_door
from core.web.menu import create_url
from core.web.nouns import Noun, Nouns
from core.web.pages import Link
from core.web.shell import offered_to
from core.web.showing import view_name

STEPS = 3


def first_steps(nouns: Nouns) -> tuple[Link, ...]:
    """Up to three: what a first file may bring in, and records of the modules in the order of the menu."""
    by_view = {view_name(noun): noun for noun in nouns.by_path.values()}
    begun = [(entry, noun) for entry in offered_to(g.actor).creating if (noun := by_view.get(entry.endpoint.split(".")[0])) is not None]
    steps = [_begin(entry, noun) for entry, noun in begun]
    files = [door for _, noun in begun for door in import_door(noun)][:1]
    told = [Link(msg("Import a file"), door.href, door.icon, hint=msg("Bring along what you keep in a spreadsheet.")) for door in files]
    return (*steps[: STEPS - len(told)], *told)


def _begin(entry: MenuEntry, noun: Noun) -> Link:
    label = noun.create_label or msg("New: %(title)s", title=noun.title)
    return Link(label, create_url(entry), entry.icon, hint=noun.empty or "", drawer=True)
