"""Mistakes of plugins, found at start and named in one sentence each (design 3.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from core.database.fields import TEXTS, Field, fields_of
from core.database.records import Record, mappers
from core.extension.approving import ApprovalKind
from core.extension.check_approvals import checked_approvals
from core.extension.check_people import check_people
from core.extension.check_settings import check_codes, checked_code_lists, checked_parameters
from core.extension.exchange import CodeListSpec, ParameterSpec
from core.extension.registry import Registry
from core.extension.rights import IMPORT, VERB_LABELS, Resource
from core.kernel.errors import StartRefused
from core.kernel.masks import MASKS
from core.kernel.words import msg


def check_registry(
    registry: Registry,
    core_resources: Iterable[Resource],
    roles: Collection[str],
    parameters: Iterable[ParameterSpec] = (),
    code_lists: Iterable[CodeListSpec] = (),
    approvals: Iterable[ApprovalKind] = (),
) -> None:
    """Check models, tables, rights, grants to preset ``roles``, parameters, code lists and translations of every plugin.

    ``parameters``, ``code_lists`` and ``approvals`` are the host's own. Raises :class:`StartRefused` for the first mistake.
    """
    registry.resources = _resources(registry, core_resources)
    registry.parameters = checked_parameters(registry, parameters)
    registry.code_lists = checked_code_lists(registry, code_lists)
    registry.approvals = checked_approvals(registry, approvals, roles)
    for name in registry.names:
        _check_tables(registry, name)
        _check_masks(registry, name, roles)
        _check_grants(registry, name, roles)
        if not (registry.folder(name) / "translations" / "zh_CN" / "LC_MESSAGES" / "messages.po").is_file():
            raise StartRefused(msg("The plugin %(name)s has no folder translations/zh_CN.", name=name))
    _check_declared(registry)
    check_people(registry)
    check_codes(registry)


def _resources(registry: Registry, core_resources: Iterable[Resource]) -> Mapping[str, Resource]:
    found = {declared.name: declared for declared in core_resources}
    for name, declared in registry.at_start("crm_resources"):
        if declared.plugin != name:
            raise StartRefused(msg("The plugin %(name)s declares the right %(right)s of another.", name=name, right=declared.name))
        if declared.name in found:
            raise StartRefused(msg("The right %(right)s is declared twice.", right=declared.name))
        if not declared.verbs:
            raise StartRefused(msg("The right %(right)s names no verb, so nobody could be given it.", right=declared.name))
        found[declared.name] = declared
    return {**found, **_taken_from_files(registry, found)}


def _taken_from_files(registry: Registry, known: Mapping[str, Resource]) -> Mapping[str, Resource]:
    """What a plugin takes from files, a right of its own lets people import, whether the plugin thought of it or not (R-158)."""
    for name in registry.importable - known.keys():
        raise StartRefused(msg("A plugin takes files of %(right)s, which nobody declares.", right=name))
    return {name: replace(known[name], verbs={**known[name].verbs, IMPORT: VERB_LABELS[IMPORT]}) for name in registry.importable}


def _check_tables(registry: Registry, name: str) -> None:
    for model in registry.models[name]:
        table = model.__tablename__
        if not table.startswith(f"{name}_"):
            raise StartRefused(
                msg("The plugin %(name)s has the table %(table)s, which does not begin with its name.", name=name, table=table)
            )
        resource = model.__resource__
        if resource and resource not in registry.resources:
            raise StartRefused(
                msg("The class %(model)s asks for the right %(right)s, which nobody declares.", model=model.__name__, right=resource)
            )
        if model.__scope__ == "owned" and not resource:
            raise StartRefused(msg("The class %(model)s has an owner but names no right.", model=model.__name__))
        for reference in model.__references__.values():
            if reference.table not in Record.metadata.tables:
                raise StartRefused(
                    msg("The class %(model)s refers to the table %(table)s, which nobody has.", model=model.__name__, table=reference.table)
                )


def _check_masks(registry: Registry, name: str, roles: Collection[str]) -> None:
    """A mask is for texts, a known one, and of no use on a field that lists are asked by: the answer would tell what it hides (R-442).

    The same holds for what is hidden; that may be of any kind.
    """
    for model in registry.models[name]:
        for field in fields_of(model).values():
            why = _wrong_mask(field, roles) if field.masked or field.mask or field.open_to or field.hidden else ""
            if why:
                raise StartRefused(
                    msg("The field %(field)s of %(model)s is masked wrongly: %(why)s.", field=field.name, model=model.__name__, why=why)
                )


def _wrong_mask(field: Field, roles: Collection[str]) -> str:
    if not field.masked and not field.hidden:
        return "masked=True is missing"
    if field.hidden and field.required:
        return "who may not know it could not enter a record"
    if field.masked and (field.kind not in TEXTS or field.mask_kind not in MASKS):
        return f"there is no mask {field.mask_kind!r} for the kind {field.kind!r}"
    if field.searchable or field.sortable or field.filterable:
        return "it can be searched, ordered or filtered by"
    return "".join(f"there is no role {role!r}" for role in field.open_to if role not in roles)


def _check_grants(registry: Registry, name: str, roles: Collection[str]) -> None:
    """Presets may give only to roles that exist, and only rights that are declared (R-052)."""
    for role, grants in registry.grants_of(name).items():
        if role not in roles:
            raise StartRefused(msg("The plugin %(name)s gives rights to the role %(role)s, which does not exist.", name=name, role=role))
        for right, verbs in grants.items():
            declared = registry.resources[right].verbs if right in registry.resources else {}
            for verb in verbs:
                if verb not in declared:
                    raise StartRefused(
                        msg("The plugin %(name)s gives “%(verb)s” on %(right)s, which nobody declares.", name=name, verb=verb, right=right)
                    )


def _check_declared(registry: Registry) -> None:
    """Every mapped class of a plugin must have been handed over by crm_models, else no check above saw it."""
    handed_over: set[Any] = {model for models in registry.models.values() for model in models}
    for mapper in mappers():
        _check_indexes(mapper)
        model = mapper.class_
        owner = model.__tablename__.split("_", 1)[0]
        if owner != "core" and model not in handed_over and owner in registry.names:
            raise StartRefused(msg("The plugin %(name)s does not hand over its class %(model)s.", name=owner, model=model.__name__))


def _check_indexes(mapper: Any) -> None:
    """An index that a field brings is not declared again: its name would be there twice, which stops a database from being made."""
    indexes = [tuple(index.columns.keys()) for index in mapper.local_table.indexes]
    for columns in indexes:
        if indexes.count(columns) > 1:
            raise StartRefused(
                msg(
                    "The class %(name)s declares an index on %(columns)s that one of its fields brings already. Please remove it.",
                    name=mapper.class_.__name__,
                    columns=", ".join(columns),
                )
            )
