"""The parts on a dispatch order: planned to be taken along, in the end those that were used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.changes import clean_values
from core.kernel.clock import now
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from plugins.service.models import DispatchOrder, DispatchPart
from plugins.service.rules import MOST_PARTS, part_amounts

Parts = Sequence[Mapping[str, Any]]


def parted(values: Mapping[str, Any]) -> tuple[dict[str, Any], Parts | None]:
    """The order's own values, and its parts when they are given."""
    own = dict(values)
    return own, own.pop("parts", None)


def parts_of_order(session: Session, order: DispatchOrder) -> Sequence[DispatchPart]:
    """Parts in their order."""
    wanted = select(DispatchPart).where(DispatchPart.dispatch_id == order.id)
    return session.scalars(wanted.order_by(DispatchPart.position, DispatchPart.id)).all()


def write_parts(session: Session, order: DispatchOrder, parts: Parts) -> None:
    """Replace the parts (dicts of code, name, unit, quantity, price); each keeps its identity by position.

    Raises :class:`BadInput` whose fields are called ``parts-<n>-<field>``, n from 0.
    """
    clean = _clean(parts)
    amounts = part_amounts((part["quantity"], part["price"]) for part in clean)
    stored = list(parts_of_order(session, order))
    for position, (values, amount) in enumerate(zip(clean, amounts, strict=True), 1):
        part = stored[position - 1] if position <= len(stored) else DispatchPart(dispatch_id=order.id)
        for name, value in {**values, "position": position, "amount": amount}.items():
            setattr(part, name, value)
        session.add(part)
    for surplus in stored[len(clean) :]:
        session.delete(surplus)
    order.updated_at = now()  # whoever has the order open must not overwrite these parts
    session.flush()


def _clean(parts: Parts) -> list[dict[str, Any]]:
    if len(parts) > MOST_PARTS:
        raise BadInput(fields={"parts": msg("A dispatch order has at most %(limit)s parts.", limit=MOST_PARTS)})
    clean: list[dict[str, Any]] = []
    wrong: dict[str, Message] = {}
    for number, part in enumerate(parts):
        try:
            clean.append(_clean_part(part))
        except BadInput as error:
            wrong |= {f"parts-{number}-{name}": sentence for name, sentence in error.fields.items()}
    if wrong:
        raise BadInput(fields=wrong)
    return clean


def _clean_part(part: Mapping[str, Any]) -> dict[str, Any]:
    names = ("code", "name", "unit", "quantity", "price")
    values = clean_values(DispatchPart, dict.fromkeys(names) | dict(part), partial=True)
    wrong = {"quantity": msg("The quantity must be above 0.")} if values["quantity"] <= 0 else {}
    if values["price"] < 0:
        wrong["price"] = msg("The price must not be below 0.")
    if wrong:
        raise BadInput(fields=wrong)
    return values
