"""``parameters``: what a company has set, and setting it."""

from __future__ import annotations

from datetime import date

import click

from core.access.administration import set_parameter
from core.commands.spoken import SpokenGroup, as_json, option
from core.commands.terminal import Terminal, company_called
from core.extension.calling import registry
from core.kernel.acting import System, acting_as
from core.kernel.errors import BadInput
from core.kernel.words import msg, on_day
from core.organisation.parameters import as_text, parameter, spec_called
from core.web.administration.parameters import asked, value_told
from core.web.values import load

of_company = option("--company", "slug", required=True, says=msg("Short name of the company."))


@click.group(cls=SpokenGroup, help=msg("System parameters of a company."))
def parameters() -> None:
    """The group."""


@parameters.command("list", help=msg("List the parameters with the values of today."))
@of_company
@as_json
@click.pass_obj
def list_parameters(terminal: Terminal, slug: str, as_json: bool) -> None:
    """Every declared parameter, of modules that are off as well."""
    with terminal.use_case() as session, acting_as(System("terminal", company_called(session, slug).id)):
        rows = [
            {
                "name": spec.name,
                "label": str(spec.label),
                "value": as_text(value := parameter(session, spec.name)),
                "told": str(value_told(spec, value)),
                "source": spec.source,
            }
            for spec in registry().parameters.values()
        ]
    terminal.show(rows, {"name": msg("Name"), "label": msg("Parameter"), "told": msg("Value"), "source": msg("Source")}, as_json=as_json)


@parameters.command("set", help=msg("Set the parameter NAME to VALUE."))
@click.argument("name")
@click.argument("value")
@of_company
@option("--from", "starts_on", says=msg("The date from which it applies, like 2026-03-01; default: today."))
@click.pass_obj
def set_one(terminal: Terminal, name: str, value: str, slug: str, starts_on: str | None) -> None:
    """Set a value for a day on."""
    with terminal.use_case() as session:
        spec = spec_called(name)
        typed = load((asked(spec),), {"value": value})["value"]
        with acting_as(System("terminal", company_called(session, slug).id)):
            row = set_parameter(session, name, typed, _day(starts_on) if starts_on else None)
            session.flush()
    terminal.say(msg("%(name)s is %(value)s from %(day)s on.", name=name, value=value, day=on_day(row.starts_on)))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(msg("This day does not exist. Please write it like 2026-03-18.")) from None
