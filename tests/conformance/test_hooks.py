"""A hook exists only if something uses it, it is documented, and a test speaks of it (house style 7)."""

from __future__ import annotations

import inspect
import re

import pytest

from docs.build import hooks_page
from tests.conformance.enumerated import NAMES, ROOT, folder, offered_hooks, room, texts_below, texts_of_plugins

HOOKS = offered_hooks()
every_hook = pytest.mark.parametrize("hook", sorted(HOOKS))


@every_hook
def test_a_hook_is_called_somewhere(hook: str) -> None:
    said = texts_below("core") + texts_of_plugins()
    assert re.search(rf"\.{hook}\(|[\"']{hook}[\"']", said), f"nobody calls {hook}"


@every_hook
def test_a_hook_is_heard_somewhere(hook: str) -> None:
    heard = [name for name in NAMES if hasattr(room(name, "hooks"), hook)]
    template = (ROOT / "core" / "operations" / "scaffold" / "templates" / "hooks.py.tmpl").read_text(encoding="utf-8")
    assert heard or f"def {hook}(" in texts_below("tests") + template, f"nobody hears {hook}"


@every_hook
def test_a_hook_is_documented(hook: str) -> None:
    owner, spec = HOOKS[hook]
    assert inspect.getdoc(spec)
    page = ROOT / "docs" / "reference" / "hooks.md"
    readme = folder(owner) / "README.md" if owner != "core" else page
    texts = [path.read_text(encoding="utf-8") for path in (page, readme) if path.exists()]
    assert any(f"`{hook}(" in text for text in texts), f"neither docs/reference/hooks.md nor a README explains {hook}"


@every_hook
def test_a_test_speaks_of_each_hook(hook: str) -> None:
    assert hook in texts_below("tests")


@every_hook
def test_a_hook_is_typed_and_named_after_who_offers_it(hook: str) -> None:
    owner, spec = HOOKS[hook]
    signature = inspect.signature(spec)
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(parameter.annotation is not inspect.Parameter.empty for parameter in signature.parameters.values())
    assert owner == "core" or hook.startswith(f"crm_{owner}_")


def test_the_page_of_hooks_is_what_the_specifications_say() -> None:
    """A plugin may explain its hooks in its README instead; what is on the page must be as it is written by ``make docs``."""
    written = hooks_page().split("\n## ")
    committed = (ROOT / "docs" / "reference" / "hooks.md").read_text(encoding="utf-8").split("\n## ")
    assert [section.strip() for section in committed if section.strip() not in {part.strip() for part in written}] == []
