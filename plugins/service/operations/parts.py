"""The parts on a dispatch order: planned to be taken along, in the end those that were used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.database.changes import clean_values
from core.database.lines import Lines, clean_lines, keep_lines, wrong_goods
from core.kernel.errors import BadInput
from plugins.service.models import DispatchOrder, DispatchPart
from plugins.service.rules import MOST_PARTS, part_amounts


def write_parts(session: Session, order: DispatchOrder, parts: Lines) -> None:
    """Replace the parts (dicts of code, name, unit, quantity, price); each keeps its identity by position.

    Raises :class:`BadInput` whose fields are called ``parts-<n>-<field>``, n from 0.
    """
    clean = clean_lines(parts, _clean_part, most=MOST_PARTS, name="parts")
    amounts = part_amounts((part["quantity"], part["price"]) for part in clean)
    keep_lines(session, DispatchPart, order, [{**values, "amount": amount} for values, amount in zip(clean, amounts, strict=True)])


def _clean_part(part: Mapping[str, Any]) -> dict[str, Any]:
    names = ("code", "name", "unit", "quantity", "price")
    values = clean_values(DispatchPart, dict.fromkeys(names) | dict(part), partial=True)
    if wrong := wrong_goods(values["quantity"], values["price"]):
        raise BadInput(fields=wrong)
    return values
