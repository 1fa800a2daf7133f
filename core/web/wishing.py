"""The door that asks for a change of key fields where the company wants an approval, for pages and REST alike (R-164, R-354)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.approvals.models import ApprovalCase
from core.approvals.operations import Change, change_or_ask
from core.kernel.words import Message, msg
from core.web.gate import database_of
from core.web.nouns import Act, Noun

CHANGE = "change"
WAITS = msg("The change waits for approval. Until then the record stays as it is.")


def change_record(
    noun: Noun, record_id: int, version: int, values: Mapping[str, Any], reason: Message | str = ""
) -> tuple[Any, ApprovalCase | None]:
    """Run the noun's verb in a use case of its own: the record, or the case that asks for the change."""
    change = Change(noun.model, record_id, version, values, reason)
    return change_or_ask(database_of(), change, lambda session: noun.change(session, record_id, version, dict(values)))  # type: ignore[misc]


def run_act(noun: Noun, act: Act, record_id: int, version: int, values: Mapping[str, Any]) -> ApprovalCase | None:
    """The same for another verb of the noun; the case, where one asks for the change."""
    change = Change(noun.model, record_id, version, values, verb=act.verb, right=act.right)
    return change_or_ask(database_of(), change, lambda session: act.run(session, record_id, version, **values))[1]


def case_as_json(case: ApprovalCase) -> dict[str, Any]:
    """What REST answers about a change that waits (202)."""
    return {"id": case.id, "state": case.state.value, "message": str(WAITS)}
