"""The way from a list to the import into it."""

from __future__ import annotations

from flask import g

from core.extension.calling import registry
from core.kernel.words import msg
from core.web.addresses import address
from core.web.nouns import Noun
from core.web.pages import Link
from core.work.import_targets import HOUSE_TARGETS
from core.work.importing import may_import


def import_door(noun: Noun) -> tuple[Link, ...]:
    """A link for whoever may bring files into the resource of the list; nothing where none are taken."""
    takes = noun.resource in registry().importable or any(target.resource == noun.resource for target in HOUSE_TARGETS)
    if not takes or not may_import(g.actor, noun.plugin, noun.resource):
        return ()
    return (Link(msg("Import"), f"{address('ImportsView.imports')}new/{noun.resource}", "file-import"),)
