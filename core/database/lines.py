"""Lines of a document: typed together with it, checked together, each keeping its identity by position."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.kernel.clock import now
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg

Lines = Sequence[Mapping[str, Any]]


def parted(values: Mapping[str, Any], name: str = "lines") -> tuple[dict[str, Any], Lines | None]:
    """The document's own values, and its lines when they are given under ``name``."""
    own = dict(values)
    return own, own.pop(name, None)


def lines_of(session: Session, model: type[Any], parent_id: int) -> list[Any]:
    """The stored lines of a document in their order."""
    above = getattr(model, f"{model.__parent__}_id")
    return list(session.scalars(select(model).where(above == parent_id).order_by(model.position, model.id)))


def clean_lines(
    lines: Lines, clean: Callable[[Mapping[str, Any]], dict[str, Any]], *, most: int, name: str = "lines"
) -> list[dict[str, Any]]:
    """Each line as ``clean`` makes it, at most ``most`` of them.

    Raises :class:`BadInput` whose fields are called ``<name>-<n>-<field>``, n from 0.
    """
    if len(lines) > most:
        raise BadInput(fields={name: msg("A document has at most %(limit)s lines. Please divide it.", limit=most)})
    found: list[dict[str, Any]] = []
    wrong: dict[str, Message] = {}
    for number, line in enumerate(lines):
        try:
            found.append(clean(line))
        except BadInput as error:
            wrong |= {f"{name}-{number}-{field}": sentence for field, sentence in error.fields.items()}
    if wrong:
        raise BadInput(fields=wrong)
    return found


def keep_lines(session: Session, model: type[Any], parent: Any, lines: Lines) -> None:
    """Make ``lines`` (values by column) the lines of ``parent``, which a verb has opened.

    A line keeps its identity by position, so that the trail tells what changed in which line. Whoever has the parent open must not
    overwrite them unseen: it counts as changed, too.
    """
    stored = lines_of(session, model, parent.id)
    for position, values in enumerate(lines, 1):
        line = stored[position - 1] if position <= len(stored) else model(**{f"{model.__parent__}_id": parent.id})
        for name, value in {**values, "position": position}.items():
            setattr(line, name, value)
        session.add(line)
    for surplus in stored[len(lines) :]:
        session.delete(surplus)
    parent.updated_at = now()
    session.flush()


def delete_with_lines(session: Session, model: type[Any], document: Any) -> None:
    """Delete a document, which a verb has opened, and its lines of ``model`` before it."""
    for line in lines_of(session, model, document.id):
        session.delete(line)
    session.flush()
    session.delete(document)
    session.flush()


def wrong_goods(quantity: Decimal, price: Decimal) -> dict[str, Message]:
    """What is wrong with the quantity and the price (yuan) of goods, by field."""
    wrong = {"quantity": msg("The quantity must be above 0.")} if quantity <= 0 else {}
    if price < 0:
        wrong["price"] = msg("The price must not be below 0. Please check it.")
    return wrong
