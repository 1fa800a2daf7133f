"""What an approval holds back on the page of a document: the verbs that wait for it, why, and the button that hands the document in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import g, url_for

from core.access.guard import as_system
from core.access.offering import allowed_verbs
from core.approvals.chains import kinds_of
from core.approvals.operations import approval_lacking
from core.database.fields import Field
from core.extension.approving import ApprovalKind
from core.kernel.words import Message, msg
from core.web.nouns import Noun, Nouns
from core.web.pages import Verb
from core.web.showing import form_field

NOTE = Field("text", msg("Note for those who decide"), "note", max_length=500)


@dataclass(frozen=True)
class Gate:
    """Why a verb waits, in a sentence and in two words; ``kind`` is what is to be handed in, None where that was done or one may not."""

    reason: Message
    note: Message
    kind: ApprovalKind | None


def gates_of(session: Any, noun: Noun, record: Any, following: Collection[str]) -> dict[str, Gate]:
    """By its name each of the verbs ``following`` that could run now, had the document been approved; whoever may run it.

    About verbs that are not next in the life of ``record`` nobody is asked: they say it when they are tried.
    """
    found: dict[str, Gate] = {}
    for kind in kinds_of(noun.model, g.actor.modules):
        acts = [
            act
            for act in noun.acts
            if act.verb in kind.gates and act.verb in following and (act.why_not is None or act.why_not(record) is None)
        ]
        if not acts:
            continue
        with as_system(session, "whether a document was approved"):
            lacking = approval_lacking(session, kind, record)
        if lacking is None:
            continue
        handed_in = lacking.running or kind.may_submit(record) is not None or not kind.by_hand
        open_to = None if handed_in or kind.right not in allowed_verbs(session, record, (kind.right,)) else kind
        note = msg("in approval") if lacking.running else msg("needs approval first")
        found |= {act.verb: Gate(lacking.message, note, open_to) for act in acts}
    return found


def hand_in(nouns: Nouns, kind: ApprovalKind, record: Any) -> Verb:
    """The button that submits ``record`` for approval."""
    return Verb(
        msg("Submit for approval"),
        url_for("ApprovalsView.submit", name=kind.name, pk=record.id),
        "send",
        (("version", str(record.version)),),
        fields=(form_field(nouns, NOTE, ""),),
    )
