"""The page of permissions: what each role of the regulation may do from the first day, and how far; for the manager who signs it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from config.settings import Settings
from core.access.presets import PRESETS, Preset
from core.application import checked_registry
from core.extension.registry import Registry
from core.kernel.acting import Scope
from core.kernel.words import msg
from core.operations.language import catalogues_of, speaking
from core.operations.matrix import Cell, preset_matrix

HEADS = {
    "en": """# Permissions

Written by `make docs` from the presets of the program. This is what the roles of a new company may do; the security administrator changes
it under “Roles and permissions”, and `python app.py permissions --company NAME` prints what holds in a company now. What is not listed is
not allowed. How far a right reaches stands behind it.
""",
    "zh_CN": """# 权限

本页由 `make docs` 按程序中的预设角色生成，列出新公司各角色最初的权限。安全管理员可在“角色与权限”中调整；
`python app.py permissions --company 简称` 显示某公司当前的权限。未列出的即不允许；括号中是数据范围。
""",
}


def permissions_page(language: str) -> str:
    """Role by role: resource, and its rights with how far each reaches."""
    registry = checked_registry(Settings())
    cells = preset_matrix(registry, PRESETS)
    with speaking(language, catalogues_of(registry)):
        return "\n".join([HEADS[language], *(_role(registry, preset, cells) for preset in PRESETS)])


def _role(registry: Registry, preset: Preset, cells: Iterable[Cell]) -> str:
    rights: dict[str, dict[Scope, list[str]]] = defaultdict(lambda: defaultdict(list))
    for cell in cells:
        if cell.role == preset.key and cell.scope is not None:
            rights[cell.resource][cell.scope].append(str(registry.resources[cell.resource].verbs[cell.verb]))
    lines = [f"| {registry.resources[name].title} | {_told(by_scope)} |" for name, by_scope in rights.items()]
    head = f"## {preset.title}\n\n{preset.description}\n"
    if not lines:
        return f"{head}\n{msg('Nothing by itself.')}\n"
    return f"{head}\n| {msg('Resource')} | {msg('Rights')} |\n| --- | --- |\n" + "\n".join(lines) + "\n"


def _told(by_scope: dict[Scope, list[str]]) -> str:
    comma, semicolon = str(msg(", ")), str(msg("; "))
    return semicolon.join(
        str(msg("%(verbs)s (%(scope)s)", verbs=comma.join(verbs), scope=scope.label)) for scope, verbs in by_scope.items()
    )
