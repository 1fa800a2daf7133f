"""What a wish to change key fields says to people, by their field rights: on the record, in the inbox, on the page of the case."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from flask import g, url_for
from sqlalchemy import select

from core.access.guard import as_system
from core.approvals.chains import kinds_on
from core.approvals.key_changes import kind_for
from core.approvals.models import ApprovalCase, ApprovalSeat, KeyChange, Verdict
from core.approvals.queries import of_modules
from core.extension.approving import ApprovalKind
from core.kernel.words import Message, msg
from core.organisation.models import Employee
from core.web.history import changes_in_words, word
from core.web.nouns import Noun
from core.web.pages import Entry, Link, Say, Timeline, Tone

SHORT = 1
"""Changed fields that a line of the inbox names."""


def waiting_change(session: Any, noun: Noun, record: Any) -> tuple[Say, ...]:
    """That a change of the record waits, what it would change, and who decides."""
    kind = kind_for(noun.model)
    if kind is None:
        return ()
    asked = select(ApprovalCase, KeyChange).join(KeyChange, KeyChange.case_id == ApprovalCase.id)
    with as_system(session, "cases of a document that may be seen"):
        found = session.execute(asked.where(ApprovalCase.running_key == f"{kind.name}:{record.id}")).one_or_none()
        if found is None:
            return ()
        case, wish = found
        seats = select(ApprovalSeat.employee_id).where(
            ApprovalSeat.case_id == case.id, ApprovalSeat.step == case.step, ApprovalSeat.verdict == Verdict.WAITING
        )
        names = session.scalars(select(Employee.name).where(Employee.id.in_(seats)).order_by(Employee.number)).all()
        filler = session.get(Employee, case.filler_id).name
        case_id, changes = case.id, dict(wish.changes)
    mine = session.scalar(select(ApprovalCase.id).where(ApprovalCase.id == case_id, of_modules(g.actor))) is not None
    said = msg(
        "A change waits for approval, asked for by %(who)s, to be decided by %(names)s. %(changes)s",
        who=filler,
        names=str(msg(" or ")).join(names) or msg("Nobody is left"),
        changes=in_a_line(session, kind, changes),
    )
    return (Say(said, Tone.WAIT, Link(msg("Open"), url_for("ApprovalsView.show", pk=case_id)) if mine else None),)


def is_change(name: str) -> bool:
    """Whether the kind called ``name`` is about changes of key fields."""
    return any(kind.name == name and kind.changes for kind in kinds_on(g.actor.modules))


def wishes_of(session: Any, case_ids: Collection[int]) -> Mapping[int, KeyChange]:
    """The wishes of cases that the person sees, by case, in one statement."""
    if not case_ids:
        return {}
    return {wish.case_id: wish for wish in session.scalars(select(KeyChange).where(KeyChange.case_id.in_(case_ids)))}


def told(session: Any, kind: ApprovalKind, changes: Mapping[str, Any]) -> tuple[tuple[Any, Any, Any], ...]:
    """(label, now, wished) of every field that the person may know of."""
    return changes_in_words(kind.model, changes, partial(word, session))


def wished(session: Any, case: ApprovalCase) -> tuple[tuple[Any, Any, Any], ...]:
    """The same of a case, nothing where it is about a document."""
    kind = next((kind for kind in kinds_on(g.actor.modules) if kind.name == case.kind), None)
    wish = wishes_of(session, [case.id]).get(case.id) if kind is not None and kind.changes else None
    return told(session, kind, wish.changes) if kind is not None and wish is not None else ()


def in_a_line(session: Any, kind: ApprovalKind, changes: Mapping[str, Any], most: int = 20) -> str:
    """The same as one text; what lies beyond ``most`` is only said to be there."""
    found = told(session, kind, changes)
    said = [str(msg("%(field)s: %(old)s → %(new)s", field=label, old=old, new=new)) for label, old, new in found[:most]]
    texts = [one.rstrip("。") for one in said]  # what stands between them ends each
    return str(msg("; ")).join([*texts, *(["…"] if len(found) > most else [])])


def kind_and_wish(session: Any, kind: ApprovalKind | None, title: Message | str, wish: KeyChange | None) -> Message | str:
    """The kind of a case in a list, with what is wished."""
    if kind is None or wish is None or not (line := in_a_line(session, kind, wish.changes, SHORT)):
        return title
    return msg("%(kind)s: %(changes)s", kind=title, changes=line)


def wish_blocks(session: Any, case: ApprovalCase, kind: ApprovalKind) -> tuple[Timeline, ...]:
    """What is wished, old and new, and why; nothing for other kinds."""
    wish = wishes_of(session, [case.id]).get(case.id) if kind.changes else None
    if wish is None:
        return ()
    reason: Message | str = msg("Reason: %(reason)s", reason=wish.reason) if wish.reason else ""
    changes = told(session, kind, wish.changes)
    entry = Entry(case.created_at, case.filler.name, msg("asks for this change"), "edit", Tone.WAIT, reason, changes)
    return (Timeline(entries=(entry,), label=msg("Wished change")),)
