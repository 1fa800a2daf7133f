"""Sentences in the database: stored as message id and parameters, shown in the language of whoever reads them."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from core.kernel.words import Message


class Said(TypeDecorator[Message]):
    """A :class:`Message` in a column; parameters keep what a person sees of them, further messages inside stay translatable."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Message | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(_plain(value), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Message | None:
        return None if value is None else stored_sentence(value)


def stored_sentence(text: str) -> Message:
    """The sentence that a column of this kind holds, from its stored text."""
    return _message(json.loads(text))


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return {"text": value.text, "params": {name: _plain(part) for name, part in value.params.items()}}
    return str(value)


def _message(value: dict[str, Any]) -> Message:
    params = {name: _message(part) if isinstance(part, dict) else part for name, part in value["params"].items()}
    return Message(value["text"], params)
