"""The verb that an address names."""

from __future__ import annotations

from flask import g

from core.kernel.errors import Forbidden, NotFound
from core.web.nouns import Act, Noun


def allowed_act(noun: Noun, verb: str) -> Act:
    """The act called ``verb`` if the person has its right; NotFound or Forbidden else."""
    act = noun.act(verb)
    if act is None:
        raise NotFound
    if not g.actor.may(noun.resource, act.right):
        raise Forbidden(right=(noun.resource, act.right))
    return act
