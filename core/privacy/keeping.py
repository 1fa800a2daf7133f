"""What a law keeps of a person who is erased: which records, why, and until when (R-462)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core.database.records import Record
from core.database.sentences import said, stored
from core.extension.calling import registry
from core.extension.exchange import Kept
from core.extension.installed import stored_classes
from core.kernel.clock import today
from core.kernel.words import Message


@dataclass(frozen=True)
class KeptGroup:
    """Records of one class that are kept for one reason, the last of them until ``until``; ``fields`` hold what is the person's."""

    model: type[Record]
    fields: Sequence[str]
    records: int
    why: Message | str
    until: date


def kept_by_law(session: Session, model: type[Any], ids: Sequence[int]) -> Mapping[int, Kept]:
    """Which of the records of ``model`` a law still keeps, whether their plugin is on or off; as the system."""
    found: dict[int, Kept] = {}
    for _, law in registry().at_start("crm_kept_by_law"):
        if law.model is model:
            found |= law.asked(session, ids)
    return {record_id: kept for record_id, kept in found.items() if kept.until >= today()}


def groups_of(parts: Iterable[Any]) -> list[KeptGroup]:
    """The parts of a dossier that are kept, by class and reason."""
    found: dict[tuple[str, str], KeptGroup] = {}
    for part in parts:
        if part.kept is not None and part.filled:
            key = (part.model.__tablename__, stored(part.kept.why))
            before = found.get(key, KeptGroup(part.model, (), 0, part.kept.why, part.kept.until))
            fields = tuple(sorted({*before.fields, *part.filled}))
            found[key] = KeptGroup(part.model, fields, before.records + 1, part.kept.why, max(before.until, part.kept.until))
    return [found[key] for key in sorted(found)]


def written(groups: Sequence[KeptGroup]) -> str:
    """``groups`` as a certificate keeps them; empty where nothing is kept."""
    told = [
        {
            "table": one.model.__tablename__,
            "fields": list(one.fields),
            "records": one.records,
            "why": stored(one.why),
            "until": one.until.isoformat(),
        }
        for one in groups
    ]
    return json.dumps(told, ensure_ascii=False) if told else ""


def read(text: str) -> list[KeptGroup]:
    """What :func:`written` has kept; without classes that are not installed any more."""
    models = {model.__tablename__: model for model in stored_classes()}
    return [
        KeptGroup(models[one["table"]], one["fields"], one["records"], said(one["why"]), date.fromisoformat(one["until"]))
        for one in json.loads(text or "[]")
        if one["table"] in models
    ]
