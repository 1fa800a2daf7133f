"""Every hook shows how it is heard, and what it shows could stand in a plugin as it is."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest

from core.database import together
from core.extension import approving, exchange, hookspecs, rights
from docs.build import PAGES

HOOK = re.compile(r"^### (crm_\w+)$(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"Example: `(.+?)`\.|```python\n(.*?)```", re.DOTALL)
HOOKS = {
    name: next((one or block for one, block in EXAMPLE.findall(text)), "")
    for name, text in HOOK.findall(PAGES["docs/reference/hooks.md"]())
}
KNOWN: dict[str, Any] = {
    name: value for module in (exchange, rights, together, approving) for name, value in vars(module).items() if inspect.isclass(value)
}


def calls(example: str) -> Iterator[tuple[str, ast.Call]]:
    """Calls in the example of what the house offers to plugins."""
    for node in ast.walk(ast.parse(example)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KNOWN:
            yield node.func.id, node


def test_every_hook_of_the_platform_is_on_the_page() -> None:
    assert {name for name in vars(hookspecs) if name.startswith("crm_")} <= set(HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_an_example_that_fits_the_code(hook: str) -> None:
    assert HOOKS[hook].strip()
    for name, call in calls(HOOKS[hook]):
        given = [None for one in call.args if not isinstance(one, ast.Starred)]
        named = {str(one.arg): None for one in call.keywords}
        inspect.signature(KNOWN[name]).bind(*given, **named)


def test_most_examples_make_something_of_the_house() -> None:
    assert sum(1 for example in HOOKS.values() if list(calls(example))) >= 15
