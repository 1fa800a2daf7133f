"""What records are called for somebody: by name where the person may see it, else by kind and number, never by a bare number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from flask import g
from sqlalchemy import String, cast, null

from core.access.field_rights import access_to
from core.database.covering import OPEN
from core.database.records import calling
from core.database.together import Told, ToldRow, read_together, told
from core.kernel.acting import acting
from core.kernel.words import Message, msg
from core.web.nouns import Noun, Nouns

NUMBERED = re.compile(r"\s*[(（]R-\d{3}[)）]")
Key = tuple[str, int]
"""Table and id of a record."""


def names_of_records(session: Any, nouns: Nouns, keys: Iterable[Key]) -> dict[Key, str]:
    """Names of the records of ``keys`` that the person sees, one statement for all kinds; empty where the name is not for him or her."""
    wanted: dict[str, set[int]] = {}
    for table, record_id in keys:
        noun = nouns.by_table.get(table)
        if noun is not None and _may_read(noun):
            wanted.setdefault(table, set()).add(record_id)
    kinds = []
    for table, ids in sorted(wanted.items()):
        model: Any = nouns.by_table[table].model
        name = calling(model, whole=not model.__told_with__ or access_to(acting(), model, model.__told_with__) in OPEN)
        called = name if name is not None else cast(null(), String)
        kinds.append(Told(told(model.id, called).where(model.id.in_(sorted(ids))), partial(_named, table)))
    return dict(read_together(session, kinds, max(map(len, wanted.values()), default=1)))


def kind_and_number(title: Message | str, record_id: int) -> Message:
    """What a record without a name is called."""
    return msg("%(title)s no. %(number)s", title=title, number=record_id)


def _may_read(noun: Noun) -> bool:
    return (noun.plugin == "core" or noun.plugin in g.actor.modules) and bool(g.actor.may(noun.resource, "read"))


def _named(table: str, row: ToldRow) -> tuple[Key, str]:
    return (table, row.id), " ".join((row.texts[0] or "").split())


def without_number(text: Message | str | None) -> str:
    """What a role of the regulation is described as, without the number of the requirement: that belongs into the documentation."""
    return NUMBERED.sub("", str(text or ""))
