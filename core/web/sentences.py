"""Errors with sentences for several fields, told in one: small forms that open in place have one line for what is wrong."""

from __future__ import annotations

from core.database.fields import Field
from core.kernel.errors import BadInput, KeguanError
from core.kernel.words import Message, msg


def as_sentence(error: KeguanError, asked: tuple[Field, ...]) -> KeguanError:
    """Errors of the small form in place are told in one sentence."""
    labels = {field.name: field.label for field in asked}
    if not isinstance(error, BadInput) or not error.fields:
        return error
    name, sentence = next(iter(error.fields.items()))
    return BadInput(msg("%(field)s: %(sentence)s", field=labels.get(name, Message(name)), sentence=sentence))


def first_sentence(error: KeguanError) -> KeguanError:
    """The first of the sentences that fields were refused with, as it is: one question needs no name."""
    return BadInput(next(iter(error.fields.values()))) if isinstance(error, BadInput) and error.fields else error
