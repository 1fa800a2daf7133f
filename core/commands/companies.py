"""``company``: list and found."""

from __future__ import annotations

import click
from sqlalchemy import func, select

from core.commands.spoken import SpokenGroup, as_json, option
from core.commands.terminal import Terminal
from core.kernel.words import msg
from core.operations import companies
from core.organisation.models import Company, Employee
from core.switchboard.operations import enabled_modules


@click.group(cls=SpokenGroup, help=msg("Companies of this deployment."))
def company() -> None:
    """The group."""


@company.command("list", help=msg("List the companies."))
@as_json
@click.pass_obj
def list_companies(terminal: Terminal, as_json: bool) -> None:
    """Every company with its people and modules."""
    with terminal.use_case() as session:
        people = {row[0]: row[1] for row in session.execute(select(Employee.company_id, func.count()).group_by(Employee.company_id))}
        rows = [
            {
                "slug": one.slug,
                "name": one.name,
                "active": one.active,
                "employees": people.get(one.id, 0),
                "modules": ", ".join(sorted(enabled_modules(session, one.id, terminal.keguan.registry))),
            }
            for one in session.scalars(select(Company).order_by(Company.slug))
        ]
    titles = {
        "slug": msg("Short name"),
        "name": msg("Name"),
        "active": msg("Active"),
        "employees": msg("Employees"),
        "modules": msg("Modules that are on"),
    }
    terminal.show(rows, titles, as_json=as_json)


@company.command("add", help=msg("Found a company with the roles of the regulation; SLUG is its short name in addresses."))
@click.argument("slug")
@click.argument("name")
@option("--module", "modules", multiple=True, says=msg("A module to switch on, with what it requires; may be repeated. Default: all."))
@click.pass_obj
def add_company(terminal: Terminal, slug: str, name: str, modules: tuple[str, ...]) -> None:
    """Found a company."""
    with terminal.use_case() as session:
        companies.found(session, terminal.ready.registry, slug, name, modules or None)
    terminal.say(msg("The company “%(name)s” is at /c/%(slug)s/.", name=name, slug=slug))
