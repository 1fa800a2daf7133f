"""The verbs that a wish to change key fields may name: those of the nouns that plugins hand over, with values as the wish keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from core.approvals.key_changes import Run
from core.database.fields import Field
from core.extension.registry import Registry
from core.web.history import of_json
from core.web.nouns import Act, Noun
from core.web.views import RecordView
from core.web.wishing import CHANGE


def changing_verbs(registry: Registry) -> Mapping[tuple[str, str], Run]:
    """By table and name."""
    found: dict[tuple[str, str], Run] = {}
    for _, view in registry.at_start("crm_views"):
        if issubclass(view, RecordView):
            noun, table = view.noun, view.noun.model.__tablename__
            found |= {(table, act.verb): partial(_act, act) for act in noun.acts}
            if noun.change is not None:
                found[table, CHANGE] = partial(_change, noun)
    return found


def _change(noun: Noun, session: Session, record_id: int, version: int | None, given: Mapping[str, Any]) -> Any:
    assert noun.change is not None
    named = noun.lines[0] if noun.lines is not None else ""
    lines = noun.line_model.fields() if noun.line_model is not None else {}
    values: dict[str, Any] = _typed(noun.fields, {name: kept for name, kept in given.items() if name != named})
    if named in given:
        values[named] = [_typed(lines, line) for line in given[named]]
    return noun.change(session, record_id, version, values)


def _act(act: Act, session: Session, record_id: int, version: int | None, given: Mapping[str, Any]) -> Any:
    return act.run(session, record_id, version, **_typed({one.name: one for one in act.asks}, given))


def _typed(fields: Mapping[str, Field], kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: of_json(fields[name], value) for name, value in kept.items()}
