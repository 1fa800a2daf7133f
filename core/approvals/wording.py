"""That nobody is left who could decide: one wording for whoever submits, for whoever keeps the chains, and for the doctor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.extension.approving import Asked, Step, Who
from core.kernel.words import Message, msg

LISTED, WAYS = msg(", "), msg("; or ")
ELSE = msg("let the step ask somebody else")
HELPS: Mapping[Who, Message] = {
    Who.SUPERIOR: msg("enter a superior of whoever submits"),
    Who.HEAD: msg("name a head of the department or of one above it"),
    Who.IN_CHARGE: msg("name a leader in charge of the department"),
}


def nobody_left(step: Message) -> Message:
    """To whoever submits a document."""
    return msg("Nobody can decide “%(step)s” for this document. Please ask your security administrator.", step=step)


def nobody_left_for(step: Step, departments: Sequence[str], roles: Mapping[Asked, Message | str]) -> Message:
    """To whoever may mend it: documents of which departments, and what helps."""
    return msg(
        "Nobody can decide “%(step)s” for documents from: %(where)s. What helps: %(ways)s.",
        step=step.title,
        where=str(LISTED).join(departments),
        ways=_ways(step, roles),
    )


def nobody_else_for(step: Step, people: Sequence[str], roles: Mapping[Asked, Message | str]) -> Message:
    """The same where it is so only for what some people submit themselves."""
    return msg(
        "Nobody else can decide “%(step)s” for what these people submit: %(who)s. What helps: %(ways)s.",
        step=step.title,
        who=str(LISTED).join(people),
        ways=_ways(step, roles),
    )


def _ways(step: Step, roles: Mapping[Asked, Message | str]) -> str:
    ways = [HELPS[one.who] if one.who in HELPS else _give(roles[one]) for one in step.asked if one.who in HELPS or one in roles]
    return str(WAYS).join(dict.fromkeys(str(one) for one in (*ways, ELSE)))


def _give(role: Message | str) -> Message:
    return msg("give the role “%(role)s” to another colleague", role=role)
