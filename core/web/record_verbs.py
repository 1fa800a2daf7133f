"""The buttons of a record's page: what may be done with this very record, the page's own verb first, the rest within a click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import g, request, url_for
from sqlalchemy import select

from core.access.field_rights import access_on
from core.access.guard import as_system
from core.access.offering import allowed_verbs, may_add
from core.database.covering import OPEN
from core.extension.rights import PRINT
from core.kernel.acting import acting
from core.kernel.words import Message, msg
from core.web.approvals.gating import Gate, gates_of, hand_in
from core.web.changing import why_unchanged
from core.web.nouns import Act, Begins, Noun, Nouns
from core.web.pages import Ask, Link, StageStep, Tone, Verb
from core.web.printing import print_verb
from core.web.record_steps import stages_of, states_of
from core.web.showing import form_field, view_name
from core.web.tagging import UNTAG


@dataclass(frozen=True)
class RecordVerbs:
    """Buttons in reach, the one filled button, what stands behind the dots, and the bar of stages, which is a row of buttons too."""

    verbs: tuple[Verb | Link, ...]
    primary: Verb | Link | None
    more: tuple[Verb | Link, ...]
    stages: tuple[StageStep, ...] = ()
    changeable: bool = False
    """Whether the person has the right to change fields of this very record."""


def verbs_of(session: Any, nouns: Nouns, noun: Noun, record: Any, *, tagged: bool) -> RecordVerbs:
    """What the person may do with ``record``; what cannot run just now stands with its reason, and is never the page's own button.

    A tag is taken off where there is one.
    """
    allowed = _allowed(session, noun, record)
    acts = [act for act in noun.acts if act.right in allowed and _may_begin(act) and (tagged or act.verb != UNTAG)]
    acts = [act for act in acts if not _is_past(noun, record, act.verb)]
    offered = {act.verb: _verb(session, nouns, noun, record, act) for act in acts}
    following = [act.verb for act in noun.acts if act.primary] + [act.verb for act in noun.acts if act.verb in _usual_steps(noun, record)]
    gates = gates_of(session, noun, record, following)
    own, waits = _own(following, offered, gates)
    if waits is not None and waits.kind is not None:
        own = hand_in(nouns, waits.kind, record)
    offered |= {name: replace(offered[name], forbidden=gate.reason) for name, gate in gates.items() if name in offered}
    # One button of a page is filled: what stands beside the page's own is plain, whatever its act says of itself.
    shown = (_plain(verb) for name, verb in offered.items() if verb is not own and not (noun.bar and name == noun.bar.verb))
    verbs: tuple[Verb | Link, ...] = (*_begun_here(session, nouns, record), *shown)
    printing = print_verb(nouns, noun, record) if PRINT in allowed else ()
    edit, more = _edit(noun, record, allowed), (*printing, *_delete_verb(noun, record, allowed))
    notes = {name: gate.note for name, gate in gates.items()}
    stages = stages_of(session, noun, record, allowed) if noun.bar else states_of(session, noun, record, offered, notes)
    changeable = noun.change is not None and "update" in allowed
    if isinstance(edit, Verb):  # closed, and it says why
        return RecordVerbs(verbs, own, (edit, *more), stages, changeable)
    over = noun.cycle is not None and access_on(acting(), record, "state") in OPEN and not noun.cycle.allowed(record.state)
    if edit is not None and (own is not None or over):  # nothing is to be done with what has ended
        return RecordVerbs((edit, *verbs), own, more, stages, changeable)
    if waits is not None and edit is not None and own is None:  # the document rests while others decide
        return RecordVerbs((edit, *verbs), None, more, stages, changeable)
    return RecordVerbs(verbs, own or edit, more, stages, changeable)


def _own(following: Sequence[str], offered: Mapping[str, Verb], gates: Mapping[str, Gate]) -> tuple[Verb | None, Gate | None]:
    """The page's own verb, or the gate before it: a step that waits for approval is nobody's next verb, handing the document in is."""
    for name in following:
        if name in gates:
            return None, gates[name]
        if name in offered and not offered[name].forbidden:
            return offered[name], None
    return None, None


def _plain(verb: Verb) -> Verb:
    return replace(verb, primary=False) if verb.primary else verb


def _is_past(noun: Noun, record: Any, verb: str) -> bool:
    """Whether a step of the life cycle leads back to where the record is or has been, or begins where it never comes again.

    What may come later stands with its reason; “Resume” beside “Suspend” would only be in the way.
    """
    cycle = noun.cycle
    if cycle is None or access_on(acting(), record, "state") not in OPEN:
        return False
    steps = [step for step in cycle.transitions if step.verb == verb]
    if not steps or any(record.state in step.sources for step in steps):
        return False
    ahead, way = cycle.ahead(record.state), cycle.way(record.state)
    behind = way[: way.index(record.state) + 1]
    return any(step.target in behind for step in steps) or not any(source in ahead for step in steps for source in step.sources)


def _begun_here(session: Any, nouns: Nouns, record: Any) -> tuple[Verb | Link, ...]:
    """Doors to new records that refer to this one, of nouns that say so, where the person may add one; or why none can be."""
    table = type(record).__tablename__
    found: list[Verb | Link] = []
    for noun in nouns.by_path.values():
        by = next((name for name in noun.begun_from if noun.fields[name].target == table), "")
        if by and noun.create is not None and noun.plugin in g.actor.modules and may_add(session, noun.model, record):
            label, address = noun.create_label or noun.title, url_for(f"{view_name(noun)}.add", **{by: record.id})
            reason = noun.waits_for(by, record)
            found.append(Verb(label, address, noun.icon, forbidden=reason) if reason else Link(label, address, noun.icon, drawer=True))
    return tuple(found)


def _usual_steps(noun: Noun, record: Any) -> frozenset[str]:
    """The verbs that lead to what usually comes next in the life of the record; where stages are moved by a bar, the bar says it."""
    if noun.cycle is None or noun.bar is not None or access_on(acting(), record, "state") not in OPEN:
        return frozenset()
    way = noun.cycle.way(record.state)
    following = way[way.index(record.state) + 1 :]
    return frozenset(step.verb for step in noun.cycle.allowed(record.state) if following and step.target is following[0])


def _allowed(session: Any, noun: Noun, record: Any) -> frozenset[str]:
    """The rights that hold on this very record: no button of the page leads to a refusal."""
    asked = [PRINT, *(act.right for act in noun.acts), *(["update"] if noun.change else []), *(["delete"] if noun.delete else [])]
    return allowed_verbs(session, record, asked)


def _may_begin(act: Act) -> bool:
    return act.begins is None or g.actor.may(act.begins.model.__resource__, "create")


def refusal(session: Any, act: Act, record: Any) -> Message | None:
    """Why the verb cannot run with ``record`` just now; None when nothing is known that speaks against it."""
    reason = act.why_not(record) if act.why_not else None
    return reason or (_made_already(session, act.begins, record) if act.begins is not None else None)


def _made_already(session: Any, begins: Begins, record: Any) -> Message | None:
    """Asked over people: the verb refuses a second one as well where the first is somebody else's."""
    if begins.already is None:
        return None
    model: Any = begins.model
    wanted = select(model.id).where(getattr(model, f"{begins.by}_id") == record.id).limit(1)
    with as_system(session, "there is one already, whoever made it"):
        found = session.scalar(wanted.where(begins.counts()) if begins.counts is not None else wanted)
    return begins.already if found is not None else None


def _verb(session: Any, nouns: Nouns, noun: Noun, record: Any, act: Act) -> Verb:
    reason = refusal(session, act, record)
    return Verb(
        label=act.label,
        action=url_for(f"{view_name(noun)}.act", pk=record.id, verb=act.verb),
        icon=act.icon,
        hidden=(("version", str(record.version)),),
        forbidden=reason or "",
        ask=Ask(act.label, act.confirm, act.label, msg("Cancel")) if act.confirm else None,
        fields=tuple(form_field(nouns, asked, _typed(act, asked.name)) for asked in act.asks),
        primary=act.primary,
    )


def _typed(act: Act, name: str) -> str:
    """What was typed into the small form of a verb that was refused."""
    return request.form.get(name, "") if (request.view_args or {}).get("verb") == act.verb else ""


def _edit(noun: Noun, record: Any, allowed: frozenset[str]) -> Verb | Link | None:
    """The door to the form; a verb with the reason where the form is closed."""
    if noun.change is None or "update" not in allowed:
        return None
    address = url_for(f"{view_name(noun)}.edit", pk=record.id)
    if reason := why_unchanged(noun, record):
        return Verb(msg("Edit"), address, "edit", forbidden=reason)
    return Link(msg("Edit"), address, "edit", drawer=True)


def _delete_verb(noun: Noun, record: Any, allowed: frozenset[str]) -> tuple[Verb, ...]:
    if noun.delete is None or "delete" not in allowed:
        return ()
    ask = Ask(
        msg("Delete “%(name)s”?", name=str(record)),
        msg("The record disappears from all lists; the trail keeps what happened."),
        msg("Delete"),
        msg("Keep it"),
    )
    address = url_for(f"{view_name(noun)}.remove", pk=record.id)
    reason = why_unchanged(noun, record) or ""
    return (Verb(msg("Delete"), address, "x", (("version", str(record.version)),), ask=ask, tone=Tone.BAD, forbidden=reason),)
