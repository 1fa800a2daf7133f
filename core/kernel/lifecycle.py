"""A life cycle is a visible table of states and transitions beside the state's declaration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from core.kernel.choices import Choice
from core.kernel.errors import IllegalTransition
from core.kernel.words import Message, msg

S = TypeVar("S", bound=Choice)


@dataclass(frozen=True)
class Transition(Generic[S]):
    """``verb`` leads from any of ``sources`` to ``target``."""

    verb: str
    sources: tuple[S, ...]
    target: S
    label: Message


_cycles: dict[type[Choice], list[Lifecycle[Any]]] = {}


def is_final(state: Choice) -> bool:
    """Whether a record in ``state`` is closed: its kind has a life cycle, and nothing in it leads away from there."""
    cycles = _cycles.get(type(state), [])
    return bool(cycles) and not any(cycle.allowed(state) for cycle in cycles)


class Lifecycle(Generic[S]):
    """All transitions of one kind of record; what is not in the table cannot happen."""

    def __init__(self, initial: S, transitions: Iterable[Transition[S]]) -> None:
        self.initial = initial
        self.transitions = tuple(transitions)
        _cycles.setdefault(type(initial), []).append(self)

    def allowed(self, state: S) -> tuple[Transition[S], ...]:
        """Transitions that leave ``state``, in the order of the table."""
        return tuple(step for step in self.transitions if state in step.sources)

    def move(self, state: S, verb: str) -> S:
        """Return the state after ``verb``; raise :class:`IllegalTransition` when ``state`` does not allow it."""
        for step in self.transitions:
            if step.verb == verb and state in step.sources:
                return step.target
        label = next((step.label for step in self.transitions if step.verb == verb), Message(verb))
        raise IllegalTransition(msg("“%(verb)s” is not possible while the state is “%(state)s”.", verb=label, state=state.label))
