"""Kinds of approval that the house itself has, and those that it makes of the key fields that plugins declare."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from core.access.reasons import key_fields
from core.approvals.key_changes import UPDATE
from core.approvals.operations.applying import ACCESS
from core.approvals.operations.changing import carry_out
from core.database.fields import fields_of
from core.database.records import Record
from core.extension.approving import ApprovalKind
from core.extension.registry import Registry
from core.kernel.errors import StartRefused
from core.kernel.words import msg

CORE_APPROVALS: tuple[ApprovalKind, ...] = (ACCESS,)
"""Those of further floors of the house are added where the application is put together."""

CONDITIONS = frozenset({"choice", "code", "flag"})
"""Kinds of fields by which a chain may tell records apart."""


def change_kinds(registry: Registry) -> Mapping[str, ApprovalKind]:
    """A kind for every class of a plugin that declares key fields, by name; raises :class:`StartRefused` where a plugin uses the name."""
    found: dict[str, ApprovalKind] = {}
    for plugin in registry.names:
        for model in registry.models[plugin]:
            if key_fields(model) and model.__resource__ and UPDATE in registry.resources[model.__resource__].verbs:
                kind = _kind(plugin, model)
                if kind.name in registry.approvals:
                    raise StartRefused(msg("The approval %(name)s is declared twice.", name=kind.name))
                found[kind.name] = kind
    return found


def _kind(plugin: str, model: type[Any]) -> ApprovalKind:
    fields = model.fields()
    return ApprovalKind(
        f"{plugin}.change_{model.__tablename__.removeprefix(f'{plugin}_')}",
        msg("Key data of “%(kind)s”", kind=model.__label__),
        model.__resource__,
        model,
        amount=partial(_amount, _amount_field(model)),
        authors=lambda record: (),
        on_approved=carry_out,
        fields=tuple(name for name, field in fields.items() if field.kind in CONDITIONS and not field.masked and not field.hidden),
        by_hand=False,
        changes=tuple(key_fields(model)),
        source="R-164",
    )


def _amount_field(model: type[Record]) -> str:
    """The sum of money that limits look at: the amount, else the only one among the key fields."""
    if "amount" in fields_of(model):
        return "amount"
    sums = [name for name, field in key_fields(model).items() if field.kind == "money"]
    return sums[0] if len(sums) == 1 else ""


def _amount(name: str, record: Any) -> Decimal | None:
    return getattr(record, name, None) if name else None
