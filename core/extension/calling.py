"""Calling hooks for a company: plugins that are switched off are not heard (design 3.3)."""

from __future__ import annotations

from itertools import chain
from typing import Any

from core.extension.registry import Registry
from core.kernel.acting import Actor, acting


class CompanyHooks:
    """``hooks(...).crm_menu()`` calls the hook of every plugin that is on, in the registry's order, and joins their answers.

    Of a hook marked ``firstresult`` the first answer comes back as it is, None without one.
    """

    def __init__(self, registry: Registry, modules: frozenset[str]) -> None:
        self._manager = registry.manager
        self._off = [registry.manager.get_plugin(name) for name in registry.names if name not in modules]

    def heard(self, name: str) -> bool:
        """Whether a plugin that is on hears the hook ``name`` at all; for a question to which nobody knowing anything is another answer."""
        return bool(self._manager.subset_hook_caller(name, self._off).get_hookimpls())

    def __getattr__(self, name: str) -> Any:
        caller = self._manager.subset_hook_caller(name, self._off)

        def call(**arguments: Any) -> Any:
            answers = caller(**arguments)
            if _asks_for_one(caller):
                return answers or None
            return list(chain.from_iterable(answer for answer in answers if answer is not None))

        return call


def _asks_for_one(caller: Any) -> bool:
    """Whether the hook wants the first answer alone, not those of all."""
    return caller.spec is not None and bool(caller.spec.opts.get("firstresult"))


_registry: list[Registry] = []


def use_registry(registry: Registry) -> None:
    """Make ``registry`` the one of this process; the application does it once at start."""
    _registry[:] = [registry]


def registry() -> Registry:
    """The registry of this process."""
    return _registry[0]


def hooks(modules: frozenset[str] | None = None) -> CompanyHooks:
    """Hooks of the plugins in ``modules``, by default those switched on for the person who acts; nobody reaches none."""
    if modules is None:
        who = acting()
        modules = who.modules if isinstance(who, Actor) else frozenset()
    return CompanyHooks(registry(), modules)
