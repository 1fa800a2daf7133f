"""Where a card of a board may go: by the one act of the board, or by the acts that lead from its state to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.access.offering import allowed_of_each
from core.kernel.acting import Actor, acting
from core.kernel.words import msg
from core.web.nouns import Act, Board, BoardColumn, Noun
from core.web.pages import Move
from core.web.showing import record_url

ASKING = "ask"
"""Before the verb in the address of the questions that it asks."""


def rights_on(session: Any, noun: Noun, board: Board, records: Sequence[Any]) -> Mapping[str, frozenset[int]]:
    """By the right of each act that moves cards, the ids of the records with which the person may do it; at most one statement."""
    return allowed_of_each(session, records, tuple(dict.fromkeys(act.right for act in _moving(noun, board))))


def _moving(noun: Noun, board: Board) -> list[Act]:
    if board.cycle is None:
        act = noun.act(board.verb)
        assert act is not None, f"{noun.path} has no verb {board.verb}"
        return [act]
    verbs = {step.verb for step in board.cycle.transitions}
    return [act for act in noun.acts if act.verb in verbs and _may_begin(act)]


def _may_begin(act: Act) -> bool:
    who = acting()
    return act.begins is None or not isinstance(who, Actor) or who.may(act.begins.model.__resource__, "create")


def reached_by_hand(noun: Noun, board: Board) -> frozenset[str]:
    """States to which any act of the noun leads, and the one in which every record begins."""
    if board.cycle is None:
        return frozenset()
    verbs = {act.verb for act in noun.acts}
    steps = board.cycle.transitions
    return frozenset({str(board.cycle.initial.value), *(str(step.target.value) for step in steps if step.verb in verbs)})


def moves_of(
    noun: Noun, board: Board, record: Any, columns: Sequence[BoardColumn], allowed: Mapping[str, frozenset[int]]
) -> tuple[Move, ...]:
    """Ways from where the record stands to other columns, as far as the person may go them."""
    if board.cycle is not None:
        return tuple(_by_state(noun, board, record, {str(one.value) for one in columns}, allowed))
    act = _moving(noun, board)[0]
    if record.id not in allowed[act.right]:
        return ()
    present = next((one for one in columns if str(one.value) == str(getattr(record, f"{board.by}_id"))), None)
    others = [one for one in columns if present is not None and one is not present and one.group == present.group]
    action = f"{record_url(noun, record.id)}/{act.verb}"
    return tuple(Move(str(one.value), one.label, action, board.by) for one in others)


def _by_state(noun: Noun, board: Board, record: Any, columns: set[str], allowed: Mapping[str, frozenset[int]]) -> Iterator[Move]:
    assert board.cycle is not None
    state, acts = getattr(record, board.by), {act.verb: act for act in _moving(noun, board)}
    for step in board.cycle.allowed(state):
        act = acts.get(step.verb)
        if act is None or step.target is state or str(step.target.value) not in columns or record.id not in allowed[act.right]:
            continue
        label = msg("%(verb)s: “%(column)s”", verb=act.label, column=step.target.label)
        url, reason, key = record_url(noun, record.id), act.why_not(record) if act.why_not else None, str(step.target.value)
        if reason:
            yield Move(key, label, forbidden=reason)
        elif act.confirm is not None or any(asked.required for asked in act.asks):
            yield Move(key, label, href=f"{url}/{ASKING}/{act.verb}")
        else:
            yield Move(key, label, f"{url}/{act.verb}")
