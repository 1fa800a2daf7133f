"""``company``: list and found."""

from __future__ import annotations

import click
from sqlalchemy import func, select

from core.commands.businesses import import_company
from core.commands.spoken import SpokenGroup, as_json, option
from core.commands.terminal import Terminal, company_called
from core.kernel.words import msg
from core.operations import companies
from core.organisation.models import Company, Employee
from core.switchboard.operations import enabled_modules


@click.group(cls=SpokenGroup, help=msg("Companies of this deployment."))
def company() -> None:
    """The group."""


company.add_command(import_company)


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
                "currency": one.currency,
                "employees": people.get(one.id, 0),
                "modules": ", ".join(sorted(enabled_modules(session, one.id, terminal.keguan.registry))),
            }
            for one in session.scalars(select(Company).order_by(Company.slug))
        ]
    titles = {
        "slug": msg("Short name"),
        "name": msg("Name"),
        "active": msg("Active"),
        "currency": msg("Currency"),
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


@company.command("currency", help=msg("Set the currency of the company SLUG, by its three letters such as CNY or USD."))
@click.argument("slug")
@click.argument("currency")
@click.pass_obj
def set_currency(terminal: Terminal, slug: str, currency: str) -> None:
    """Amounts stay as they are; only what they are called changes."""
    with terminal.use_case() as session:
        found = company_called(session, slug)
        companies.set_currency(session, found, currency)
        name = found.name
    terminal.say(msg("%(name)s works in %(currency)s.", name=name, currency=currency))
