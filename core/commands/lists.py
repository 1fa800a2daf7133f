"""``permissions`` and ``surfaces``: what an auditor asks for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import click
from rich.table import Table

from core.commands.spoken import SpokenCommand, as_json, option
from core.commands.terminal import Terminal, company_called
from core.kernel.words import msg
from core.operations.matrix import Cell, company_matrix, preset_matrix
from core.operations.surfaces import surfaces as all_surfaces
from core.web.fab import build_web


@click.command(cls=SpokenCommand, help=msg("Print the permission matrix: of the presets, or of a company as it is now."))
@option("--company", "slug", says=msg("Short name of the company; default: what a new company starts with."))
@as_json
@click.pass_obj
def permissions(terminal: Terminal, slug: str | None, as_json: bool) -> None:
    """Roles by rights with their scopes; an empty cell means not allowed."""
    if slug is None:
        cells = preset_matrix(terminal.keguan.registry)
    else:
        with terminal.use_case() as session:
            cells = company_matrix(session, terminal.keguan.registry, company_called(session, slug))
    if as_json:
        click.echo(json.dumps([{**asdict(cell), "scope": cell.scope and cell.scope.value} for cell in cells], ensure_ascii=False, indent=1))
    else:
        terminal.console.print(_table(terminal, cells))


def _table(terminal: Terminal, cells: Sequence[Cell]) -> Table:
    """One line for each role and resource, with the verbs it gives and how far each reaches."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (msg("Role"), msg("Resource"), msg("Rights")):
        table.add_column(str(title))
    given: dict[tuple[str, str], list[str]] = {}
    for cell in cells:
        if cell.scope is not None:
            verb = terminal.keguan.registry.resources[cell.resource].verbs[cell.verb]
            given.setdefault((cell.role, cell.resource), []).append(f"{verb} ({cell.scope.label})")
    order = {role: place for place, role in enumerate(dict.fromkeys(cell.role for cell in cells))}
    for (role, resource), rights in sorted(given.items(), key=lambda item: (order[item[0][0]], item[0][1])):
        table.add_row(role, resource, ", ".join(rights))
    return table


@click.command(cls=SpokenCommand, help=msg("List every surface of the program with the module it belongs to and the right it asks for."))
@as_json
@click.pass_obj
def surfaces(terminal: Terminal, as_json: bool) -> None:
    """Routes, REST, menu, what pages of others show, searches, jobs, schedules, imports, commands, and hooks heard of other modules."""
    rows = [asdict(one) for one in all_surfaces(build_web(terminal.keguan))]
    titles = {"plugin": msg("Module"), "kind": msg("Kind"), "name": msg("Name"), "where": msg("Where"), "needs": msg("Asks for")}
    terminal.show(rows, titles, as_json=as_json)
