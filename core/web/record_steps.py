"""The bar of a record: where it stands on its way, how many days it spent before, and the steps that may be taken now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import url_for

from core.access.field_rights import access_on
from core.access.guard import as_system
from core.audit.history import Stay, days_of, stays_of
from core.database.covering import OPEN
from core.kernel.acting import acting
from core.kernel.clock import local, today
from core.kernel.lifecycle import Lifecycle
from core.kernel.words import Message, counted, msg
from core.web import formats
from core.web.nouns import Noun, Place, Step
from core.web.pages import StageStep, Verb
from core.web.showing import readable, view_name

AHEAD = msg("still ahead")


def stages_of(session: Any, noun: Noun, record: Any, allowed: frozenset[str]) -> tuple[StageStep, ...]:
    """The bar that the noun declares; its steps are buttons where they may be pressed now."""
    assert noun.bar is not None
    if noun.bar.asked in noun.fields and not readable(noun, noun.bar.asked):
        return ()
    act = noun.act(noun.bar.verb)
    movable = act is not None and act.right in allowed and not (act.why_not and act.why_not(record))
    steps = noun.bar.steps(session, record)
    return tuple(StageStep(step.label, step.place, step.note, _move(noun, record, step) if movable else None, step.tone) for step in steps)


def _move(noun: Noun, record: Any, step: Step) -> Verb | None:
    if noun.bar is None or not step.value or step.place is Place.NOW:
        return None
    address = url_for(f"{view_name(noun)}.act", pk=record.id, verb=noun.bar.verb)
    return Verb(step.label, address, hidden=(("version", str(record.version)), (noun.bar.asked, step.value)))


def states_of(session: Any, noun: Noun, record: Any, offered: Mapping[str, Verb], waiting: Mapping[str, Message]) -> tuple[StageStep, ...]:
    """The usual way of the record through its states; a step that a verb leads to now is pressed, and asks what the verb asks.

    The verb itself is told by its button in the head alone. A step whose verb is ``waiting`` says for what.
    """
    if noun.cycle is None or access_on(acting(), record, "state") not in OPEN:
        return ()
    stays = stays_had(session, record, "state")
    kept = {one.value: one for one in type(record.state)}
    way = noun.cycle.way(record.state, [kept[value] for value, _ in stays if value in kept])
    days, at = days_of(stays, today()), way.index(record.state)
    found = []
    for number, state in enumerate(way):
        if number == at:
            note = _since(stays[-1][1], ended=not noun.cycle.allowed(state))
            found.append(StageStep(state.label, Place.NOW, note, None, state.tone))
            continue
        place, note = (Place.DONE, days_told(days.get(state.value))) if number < at else (Place.LATER, AHEAD)
        pressed = leading_to(noun.cycle, state, record, offered)
        if pressed is None:
            note = next((waiting[step.verb] for step in _straight_to(noun.cycle, state, record) if step.verb in waiting), note)
        found.append(StageStep(state.label, place, note, pressed))
    return tuple(found)


def stays_had(session: Any, record: Any, column: str) -> list[Stay]:
    """What a record that may be seen has had in ``column`` and since when: only the trail knows; one statement.

    With what it began by default no row of the trail says: it has had that since it was made.
    """
    with as_system(session, "history of a record that may be seen"):
        stays = stays_of(session, type(record), record.id, column) or [(getattr(record, column), None)]
        (value, since), *later = stays
        return [(value, since or record.created_at), *later]


def _since(moment: datetime | None, *, ended: bool) -> Message | str:
    """How long the present state has lasted; where a record has come to its end, the day on which it did."""
    if moment is None:
        return ""
    began = local(moment).date()
    return formats.day(began, today()) if ended else day_reached(began)


def day_reached(began: date) -> Message:
    """What goes on since ``began`` is in its first day on that very day."""
    return msg("day %(day)s", day=(today() - began).days + 1)


def days_told(days: int | None) -> Message | str:
    """Days that are over, as a note below a step; nothing where nobody knows them."""
    if days is None:
        return ""
    return counted("%(count)s day", "%(count)s days", days) if days else msg("the same day")


def _straight_to(cycle: Lifecycle[Any], state: Any, record: Any) -> list[Any]:
    return [step for step in cycle.allowed(record.state) if step.target is state]


def leading_to(cycle: Lifecycle[Any], state: Any, record: Any, offered: Mapping[str, Verb]) -> Verb | None:
    """The button of the verb that leads from where ``record`` stands straight to ``state``, if one can be pressed."""
    leading = {step.verb for step in _straight_to(cycle, state, record)}
    return next((verb for name, verb in offered.items() if name in leading and not verb.forbidden), None)
