"""Mistakes in declared kinds of approval, found at start and named in one sentence each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from core.database.fields import fields_of
from core.extension.approving import ApprovalKind, Step, Who
from core.extension.check_settings import check_name, declared_by_all
from core.extension.registry import Registry
from core.kernel.errors import StartRefused
from core.kernel.words import msg

CONDITIONS = frozenset({"choice", "code", "flag", "text"})
"""Kinds of fields that a condition may ask for."""


def checked_approvals(registry: Registry, own: Iterable[ApprovalKind], roles: Collection[str]) -> Mapping[str, ApprovalKind]:
    """Every declared kind of approval by name, the host's ``own`` first."""
    found: dict[str, ApprovalKind] = {}
    for plugin, kind in declared_by_all(registry, "crm_approvals", own):
        check_name(plugin, kind.name, found)
        verbs = registry.resources[kind.resource].verbs if kind.resource in registry.resources else {}
        if kind.resource != kind.model.__resource__ or kind.right not in verbs:
            raise StartRefused(
                msg(
                    "The approval %(name)s asks for “%(verb)s” on %(right)s, which nobody declares.",
                    name=kind.name,
                    verb=kind.right,
                    right=kind.resource,
                )
            )
        _check_conditions(kind, [*kind.fields, *(step.field for step in kind.chain if step.field)])
        for step in kind.chain:
            _check_step(kind, step, roles)
        found[kind.name] = kind
    return found


def _check_conditions(kind: ApprovalKind, names: Iterable[str]) -> None:
    known = fields_of(kind.model)
    for name in names:
        if name not in known or known[name].kind not in CONDITIONS:
            raise StartRefused(
                msg("The approval %(name)s has a condition on %(field)s, which is no such field.", name=kind.name, field=name)
            )


def _check_step(kind: ApprovalKind, step: Step, roles: Collection[str]) -> None:
    named = {asked.role for asked in step.asked if asked.who is Who.ROLE}
    if not step.asked or named - set(roles) or any(asked.who is Who.PERSON for asked in step.asked):
        raise StartRefused(msg("The approval %(name)s has a step that asks nobody who can exist everywhere.", name=kind.name))
