"""What the pages of settings share: the sentence of a refusal, and what was typed before it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request

from core.kernel.errors import BadInput, KeguanError
from core.kernel.words import Message, msg


def one_sentence(error: KeguanError, labels: Mapping[str, Message]) -> Message:
    """The first thing that is wrong, with the label of its field."""
    if not isinstance(error, BadInput) or not error.fields:
        return error.message
    name, sentence = next(iter(error.fields.items()))
    return msg("%(field)s: %(sentence)s", field=labels.get(name, Message(name)), sentence=sentence)


def typed(name: str) -> str:
    """What was typed into the small form that was refused."""
    return request.form.get(name, "")
