"""A life cycle is a visible table of states and transitions beside the state's declaration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


REACHED, ASIDE = "good", ("bad", "idle")
"""Tones of states in which a record has come to a good end, and of those beside the way there."""

_cycles: dict[type[Choice], list[Lifecycle[Any]]] = {}


def is_final(state: Choice) -> bool:
    """Whether a record in ``state`` is closed: its kind has a life cycle, and nothing in it leads away from there."""
    cycles = _cycles.get(type(state), [])
    return bool(cycles) and not any(cycle.allowed(state) for cycle in cycles)


def cycle_of(kind: Any) -> Lifecycle[Any] | None:
    """The life cycle whose states are of this kind; None for what has none."""
    return next(iter(_cycles.get(kind, ())), None)


class Lifecycle(Generic[S]):
    """All transitions of one kind of record; what is not in the table cannot happen.

    ``usual`` are the states of a record that comes to a good end; without them they are found, see :meth:`way`.
    """

    def __init__(self, initial: S, transitions: Iterable[Transition[S]], usual: tuple[S, ...] = ()) -> None:
        self.initial = initial
        self.transitions = tuple(transitions)
        self._usual = usual or self._onward((initial,))
        _cycles.setdefault(type(initial), []).append(self)

    def allowed(self, state: S) -> tuple[Transition[S], ...]:
        """Transitions that leave ``state``, in the order of the table."""
        return tuple(step for step in self.transitions if state in step.sources)

    def ahead(self, state: S) -> frozenset[S]:
        """States that a record can still come to from ``state``."""
        found: list[S] = [state]
        for one in found:  # grows while it is read
            found.extend(step.target for step in self.allowed(one) if step.target not in found)
        return frozenset(found)

    def way(self, state: S, passed: Sequence[S] = ()) -> tuple[S, ...]:
        """The way of a record that is in ``state``, from where all begin to a good end.

        From each state the first step of the table that leads on to one that is neither bad nor idle. What lies beside the usual way is
        reached over the states that the record has ``passed``, the present one last, or by the fewest steps where they are not known.
        """
        if self.is_usual(state):
            return self._usual
        return self._onward(_straight(passed) if passed and passed[-1] == state else self._shortest(state))

    def is_usual(self, state: S) -> bool:
        """Whether a record that comes to a good end is in ``state`` at some time."""
        return state in self._usual

    def _onward(self, passed: tuple[S, ...]) -> tuple[S, ...]:
        new = (step.target for step in self.allowed(passed[-1]) if step.target not in passed and step.target.tone not in ASIDE)
        following = next(new, None) if passed[-1].tone != REACHED else None
        return passed if following is None else self._onward((*passed, following))

    def _shortest(self, state: S) -> tuple[S, ...]:
        """The fewest steps to ``state``; one that no step of the table leads to stands before the first that it leads on to."""
        ways: list[tuple[S, ...]] = [(self.initial,)]
        seen = {self.initial}
        for way in ways:  # grows while it is read: the shorter ones come first
            if way[-1] is state:
                return way
            for step in self.allowed(way[-1]):
                if step.target not in seen:
                    seen.add(step.target)
                    ways.append((*way, step.target))
        onward = [self._usual.index(step.target) for step in self.allowed(state) if step.target in self._usual]
        return (*self._usual[: onward[0] if onward else 1], state)

    def move(self, state: S, verb: str) -> S:
        """Return the state after ``verb``; raise :class:`IllegalTransition` when ``state`` does not allow it."""
        for step in self.transitions:
            if step.verb == verb and state in step.sources:
                return step.target
        label = next((step.label for step in self.transitions if step.verb == verb), Message(verb))
        raise IllegalTransition(msg("“%(verb)s” is not possible while the state is “%(state)s”.", verb=label, state=state.label))


def _straight(passed: Sequence[S]) -> tuple[S, ...]:
    """``passed`` without the rounds that led back to where a record had been."""
    found: list[S] = []
    for state in passed:
        found = [*found[: found.index(state)], state] if state in found else [*found, state]
    return tuple(found)
