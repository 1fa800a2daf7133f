"""Mistakes in declared parameters and code lists, found at start and named in one sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.database.fields import fields_of
from core.database.records import mappers
from core.database.values import clean_value
from core.extension.exchange import CodeListSpec, ParameterSpec
from core.extension.registry import Registry
from core.kernel.errors import BadInput, StartRefused
from core.kernel.words import msg

KINDS = frozenset({"integer", "quantity", "money", "flag", "choice", "text", "date"})
"""What a parameter can be."""


def checked_parameters(registry: Registry, own: Iterable[ParameterSpec]) -> Mapping[str, ParameterSpec]:
    """Every declared parameter by name, the host's ``own`` first."""
    found: dict[str, ParameterSpec] = {}
    for plugin, spec in declared_by_all(registry, "crm_parameters", own):
        check_name(plugin, spec.name, found)
        if spec.field.kind not in KINDS:
            raise StartRefused(msg("The parameter %(name)s cannot be of the kind %(kind)s.", name=spec.name, kind=spec.field.kind))
        try:
            clean_value(spec.field, spec.default)
        except BadInput as error:
            raise StartRefused(msg("The parameter %(name)s has a wrong default: %(why)s", name=spec.name, why=error.message)) from error
        found[spec.name] = spec
    return found


def checked_code_lists(registry: Registry, own: Iterable[CodeListSpec]) -> Mapping[str, CodeListSpec]:
    """Every declared code list by name, the host's ``own`` first."""
    found: dict[str, CodeListSpec] = {}
    for plugin, spec in declared_by_all(registry, "crm_code_lists", own):
        check_name(plugin, spec.name, found)
        codes = [code for code, _ in spec.entries]
        for code in [*codes, *spec.aliases]:
            if codes.count(code) != 1:
                raise StartRefused(msg("The code list %(name)s has the code %(code)s not exactly once.", name=spec.name, code=code))
        found[spec.name] = spec
    return found


def check_codes(registry: Registry) -> None:
    """Every field of a stored class that is a code must name a list that somebody declares."""
    for mapper in mappers():
        for field in fields_of(mapper.class_).values():
            if field.kind == "code" and field.code_list not in registry.code_lists:
                raise StartRefused(
                    msg("The field %(field)s names the code list %(name)s, which nobody declares.", field=field.name, name=field.code_list)
                )


def declared_by_all(registry: Registry, hook: str, own: Iterable[Any]) -> list[tuple[str, Any]]:
    """The host's own and what the plugins hand over at start, each with its declarer."""
    return [*(("core", spec) for spec in own), *registry.at_start(hook)]


def check_name(plugin: str, name: str, found: Mapping[str, object]) -> None:
    """Refuse a name that belongs to somebody else or is declared twice."""
    if not name.startswith(f"{plugin}."):
        raise StartRefused(msg("%(name)s is declared by %(plugin)s and must begin with its name and a dot.", name=name, plugin=plugin))
    if name in found:
        raise StartRefused(msg("%(name)s is declared twice.", name=name))
