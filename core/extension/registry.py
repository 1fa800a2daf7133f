"""Finding, ordering, checking and holding the installed plugins (design 3.3)."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from core.extension import hookspecs
from core.extension.approving import ApprovalKind
from core.extension.exchange import CodeListSpec, ParameterSpec
from core.extension.manifest import Manifest
from core.extension.rights import Resource
from core.kernel.errors import StartRefused
from core.kernel.words import msg

ENTRY_POINTS = "keguan.plugins"


class Registry:
    """All installed plugins in an order in which each comes after those it requires."""

    def __init__(self, packages: Iterable[ModuleType]) -> None:
        self.packages = {package.MANIFEST.name: package for package in _ordered(list(packages))}
        self.manifests: Mapping[str, Manifest] = {name: package.MANIFEST for name, package in self.packages.items()}
        self.manager = pluggy.PluginManager("keguan")
        self.manager.add_hookspecs(hookspecs)
        self._register_hooks()
        self.models = {name: tuple(self._once(name, "crm_models")) for name in self.packages}
        self.resources: Mapping[str, Resource] = {}
        self.parameters: Mapping[str, ParameterSpec] = {}
        self.code_lists: Mapping[str, CodeListSpec] = {}
        self.approvals: Mapping[str, ApprovalKind] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the installed plugins, required ones first."""
        return tuple(self.packages)

    @property
    def importable(self) -> frozenset[str]:
        """The resources of plugins that take files of rows."""
        return frozenset(target.resource for _, target in self.at_start("crm_imports"))

    def folder(self, name: str) -> Path:
        """Where the plugin's files lie."""
        return Path(str(self.packages[name].__file__)).parent

    def required_by(self, name: str) -> tuple[str, ...]:
        """Plugins that require ``name`` directly."""
        return tuple(other for other, manifest in self.manifests.items() if name in manifest.requires)

    def closure(self, names: Iterable[str]) -> frozenset[str]:
        """``names`` with everything that they require."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.manifests[name].requires
        return frozenset(found)

    def at_start(self, hook: str) -> list[tuple[str, Any]]:
        """Results of an *at start* hook of every installed plugin, as (plugin, item), in the registry's order."""
        return [(name, item) for name in self.packages for item in self._once(name, hook)]

    def grants_of(self, name: str) -> Mapping[str, Any]:
        """What the plugin's presets give: role to resource to verb to scope."""
        hooks = self._hooks_module(name)
        return dict(hooks.crm_preset_grants()) if hasattr(hooks, "crm_preset_grants") else {}

    def _once(self, name: str, hook: str) -> Iterable[Any]:
        implementation = getattr(self._hooks_module(name), hook, None)
        return implementation() if implementation else ()

    def _hooks_module(self, name: str) -> ModuleType:
        room = f"{self.packages[name].__name__}.hooks"
        if importlib.util.find_spec(room) is None:
            raise StartRefused(msg("The plugin %(name)s has no hooks.py, so nothing of it would be there.", name=name))
        return importlib.import_module(room)

    def _register_hooks(self) -> None:
        for package in self.packages.values():
            if importlib.util.find_spec(f"{package.__name__}.hookspecs"):
                self.manager.add_hookspecs(importlib.import_module(f"{package.__name__}.hookspecs"))
        # pluggy calls the last registered first: register in reverse so that hooks answer in the stated order
        for name in reversed(self.packages):
            try:
                self.manager.register(self._hooks_module(name), name)
            except pluggy.PluginValidationError as error:
                raise StartRefused(msg("The plugin %(name)s has a wrong hook: %(why)s", name=name, why=_reason(error))) from error
        for name in self.packages:
            self._refuse_unheard(name)

    def _refuse_unheard(self, name: str) -> None:
        """A plugin that hears nothing has lost its hooks.

        A hook that nobody offers is misspelt, unless it is marked optional because its plugin may be absent.
        """
        callers = self.manager.get_hookcallers(self.manager.get_plugin(name))
        if not callers:
            raise StartRefused(msg("The plugin %(name)s hears no hook, so nothing of it would be there.", name=name))
        for caller in callers:
            heard = next(impl for impl in caller.get_hookimpls() if impl.plugin_name == name)
            if not caller.has_spec() and not heard.optionalhook:
                raise StartRefused(msg("The plugin %(name)s hears the hook %(hook)s, which nobody offers.", name=name, hook=caller.name))


def _reason(error: pluggy.PluginValidationError) -> str:
    """What pluggy says, without the lines that describe Python objects."""
    return " ".join(line.strip() for line in str(error).splitlines() if not line.startswith("hookimpl definition"))


def discover(folder: Path | None, wanted: Iterable[str] | None = None) -> list[ModuleType]:
    """Packages of ``folder`` and of the entry-point group; only ``wanted`` ones and what they require, when given."""
    found = _in_folder(folder) if folder else {}
    for entry in entry_points(group=ENTRY_POINTS):
        if entry.name in found:
            raise StartRefused(msg("Two plugins are called %(name)s.", name=entry.name))
        found[entry.name] = entry.load()
    for name, package in found.items():
        if getattr(getattr(package, "MANIFEST", None), "name", None) != name:
            raise StartRefused(msg("The folder %(name)s has no manifest of that name.", name=name))
    return list(found.values()) if wanted is None else _closure(found, wanted)


def _in_folder(folder: Path) -> dict[str, ModuleType]:
    names = [module.name for module in pkgutil.iter_modules([str(folder)]) if module.ispkg]
    return {name: importlib.import_module(f"{folder.name}.{name}") for name in sorted(names)}


def _closure(found: Mapping[str, ModuleType], wanted: Iterable[str]) -> list[ModuleType]:
    chosen: dict[str, ModuleType] = {}
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in found:
            raise StartRefused(msg("The plugin %(name)s is wanted but not installed.", name=name))
        if name not in chosen:
            chosen[name] = found[name]
            waiting += found[name].MANIFEST.requires
    return list(chosen.values())


def _ordered(packages: list[ModuleType]) -> list[ModuleType]:
    """Sort so that each plugin comes after those it requires; name what is missing, double or circular."""
    by_name: dict[str, ModuleType] = {}
    for package in sorted(packages, key=lambda package: str(package.MANIFEST.name)):
        if package.MANIFEST.name in by_name:
            raise StartRefused(msg("Two plugins are called %(name)s.", name=package.MANIFEST.name))
        by_name[package.MANIFEST.name] = package
    done: dict[str, ModuleType] = {}
    while len(done) < len(by_name):
        ready = [name for name in by_name if name not in done and all(need in done for need in by_name[name].MANIFEST.requires)]
        if not ready:
            raise _why_not(by_name, done)
        done[ready[0]] = by_name[ready[0]]
    return list(done.values())


def _why_not(by_name: Mapping[str, ModuleType], done: Mapping[str, ModuleType]) -> StartRefused:
    for name, package in by_name.items():
        for need in package.MANIFEST.requires:
            if need not in by_name:
                return StartRefused(msg("The plugin %(name)s requires %(need)s, which is not installed.", name=name, need=need))
    circle = ", ".join(name for name in by_name if name not in done)
    return StartRefused(msg("These plugins require each other in a circle: %(names)s.", names=circle))
