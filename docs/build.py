"""``make docs``: the reference pages that are written by the program itself. A test compares them with what is committed."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from core.extension import hookspecs
from core.extension.registry import discover
from core.testing import World, fixtures
from docs.permissions import permissions_page
from docs.settings import settings_page
from docs.surfaces import surfaces_page

ROOT = Path(__file__).resolve().parent.parent
HEAD = """# Hooks

Written by `make docs` from the specifications. A plugin hears a hook by a function of its name in `hooks.py`, marked `@hookimpl`; it takes
only the arguments that it needs. It marks hooks of a plugin that it does not require with `@hookimpl(optionalhook=True)`. Plugins answer in
the order of the registry: those that are required first. Hooks of the platform that are not called *at start* reach only the plugins that
are on for the company of the person who acts.
"""


def hooks_page() -> str:
    """Every hook of the platform and of the plugins, in the order of their specifications."""
    parts = [HEAD, _section("The platform", hookspecs)]
    for package in sorted(discover(ROOT / "plugins"), key=lambda one: str(one.MANIFEST.name)):
        specs = _specs_of(package)
        if specs is not None:
            parts.append(_section(f"The plugin {package.MANIFEST.name}", specs))
    return "\n".join(parts)


def _specs_of(package: ModuleType) -> ModuleType | None:
    if not Path(str(package.__file__)).with_name("hookspecs.py").exists():
        return None
    __import__(f"{package.__name__}.hookspecs")
    return sys.modules[f"{package.__name__}.hookspecs"]


def _section(title: str, specs: ModuleType) -> str:
    offered = [value for name, value in vars(specs).items() if name.startswith("crm_")]
    return f"## {title}\n\n" + "\n".join(_hook(spec) for spec in offered)


def _hook(spec: Any) -> str:
    signature = inspect.signature(spec)
    arguments = ", ".join(f"{name}: {_name(parameter.annotation)}" for name, parameter in signature.parameters.items())
    said = f"`{spec.__name__}({arguments}) -> {_name(signature.return_annotation)}`"
    return f"### {spec.__name__}\n\n{said}\n\n{_plain(inspect.getdoc(spec) or '')}\n"


def _name(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))


def _plain(text: str) -> str:
    """Docstrings write code between double back-quotes, pages between single ones; a block after ``::`` is Python."""
    lines, inside = [], False
    for line in text.replace("``", "`").splitlines():
        if line.endswith("::"):
            lines += [line.removesuffix(":"), "", "```python"]
            inside = True
        elif not (inside and lines[-1] == "```python" and not line.strip()):
            lines.append(line.removeprefix("    ") if inside else line)
    return "\n".join([*lines, "```"] if inside else lines)


TESTING = """# Fixtures for tests

Written by `make docs` from `core.testing`. An installed Keguan brings these fixtures to pytest by itself; in Keguan's own folder a
`conftest.py` names them by `pytest_plugins = ["core.testing.fixtures"]`. A test that asks for one of them runs on SQLite and, marked
`postgres`, on PostgreSQL. Two companies with their people are there; the accounts are those of the demonstration, such as `sales.east1`,
`head.east` and `admin`. Names and meaning of what stands here are [stable](stability.md).

```python
def test_a_salesperson_sees_the_list(client_for):
    assert client_for("sales.east1").get("/assets/").status_code == 200
```
"""


def testing_page() -> str:
    """The fixtures of ``core.testing``, and what a test does with ``world``."""
    offered = [value for value in vars(fixtures).values() if hasattr(value, "_fixture_function_marker")]
    lines = [f"| `{one.name or one.__name__}` | {_plain(inspect.getdoc(one) or '').strip()} |" for one in offered]
    verbs = [value for name, value in vars(World).items() if inspect.isfunction(value) and not name.startswith("_")]
    told = [f"| `world.{one.__name__}({_asked(one)})` | {_plain(inspect.getdoc(one) or '').strip()} |" for one in verbs]
    head = "| Name | What it is |\n| --- | --- |\n"
    return f"{TESTING}\n## Fixtures\n\n{head}" + "\n".join(lines) + f"\n\n## What `world` does\n\n{head}" + "\n".join(told) + "\n"


def _asked(verb: Callable[..., Any]) -> str:
    return ", ".join(name for name in inspect.signature(verb).parameters if name != "self")


PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/hooks.md": hooks_page,
    "docs/reference/testing.md": testing_page,
    "docs/reference/settings.md": settings_page,
    "docs/reference/surfaces.md": surfaces_page,
    "docs/reference/permissions.md": lambda: permissions_page("en"),
    "docs/reference/permissions.zh-CN.md": lambda: permissions_page("zh_CN"),
}


def main() -> None:
    """Write every page."""
    for place, page in PAGES.items():
        (ROOT / place).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
