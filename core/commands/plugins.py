"""``plugins``: list, switch on and off per company, retire."""

from __future__ import annotations

import click
from sqlalchemy import select

from core.commands.scaffolding import new_plugin
from core.commands.spoken import SpokenGroup, as_json, option, yes
from core.commands.terminal import Terminal, company_called
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.operations.retiring import refuse_if_used, retire_plugin
from core.organisation.models import Company
from core.switchboard.operations import enabled_modules, switch_module

company_option = option("--company", "slug", says=msg("Short name of the company; default: all companies."))


@click.group(cls=SpokenGroup, help=msg("Modules: what is installed, and what is on for whom."))
def plugins() -> None:
    """The group."""


plugins.add_command(new_plugin)


@plugins.command("list", help=msg("List the installed modules."))
@as_json
@click.pass_obj
def list_plugins(terminal: Terminal, as_json: bool) -> None:
    """Every installed plugin with the companies it is on for."""
    registry = terminal.ready.registry
    with terminal.use_case() as session:
        on = {one.slug: enabled_modules(session, one.id, registry) for one in session.scalars(select(Company).order_by(Company.slug))}
    rows = [
        {
            "name": name,
            "title": str(manifest.title),
            "version": manifest.version,
            "requires": ", ".join(manifest.requires),
            "on": ", ".join(slug for slug, modules in on.items() if name in modules),
            "purpose": str(manifest.purpose),
        }
        for name, manifest in registry.manifests.items()
    ]
    titles = {
        "name": msg("Name"),
        "title": msg("Title"),
        "version": msg("Version"),
        "requires": msg("Requires"),
        "on": msg("On for"),
        "purpose": msg("Purpose"),
    }
    terminal.show(rows, titles, as_json=as_json)


@plugins.command(help=msg("Switch the module NAME on; from the next request on it is there."))
@click.argument("name")
@company_option
@click.pass_obj
def enable(terminal: Terminal, name: str, slug: str | None) -> None:
    """Switch on."""
    _switch(terminal, name, slug, on=True)


@plugins.command(help=msg("Switch the module NAME off; its data stay, from the next request on nobody reaches them."))
@click.argument("name")
@company_option
@yes
@click.pass_obj
def disable(terminal: Terminal, name: str, slug: str | None, yes: bool) -> None:
    """Switch off."""
    terminal.sure(msg("Switch the module %(name)s off?", name=name), yes=yes)
    _switch(terminal, name, slug, on=False)


@plugins.command(help=msg("Prepare the removal of the module NAME: its data stay, and come back when it is installed again."))
@click.argument("name")
@yes
@click.pass_obj
def retire(terminal: Terminal, name: str, yes: bool) -> None:
    """Forget the plugin's revisions but keep its tables."""
    with terminal.use_case() as session:
        refuse_if_used(session, terminal.ready.registry, name)
    terminal.sure(msg("Retire the module %(name)s?", name=name), yes=yes)
    retire_plugin(terminal.ready.database, terminal.ready.registry, name)
    terminal.say(
        msg("%(name)s is retired. Remove it now from plugins or config/plugins.toml, else the next start installs it again.", name=name)
    )


def _switch(terminal: Terminal, name: str, slug: str | None, *, on: bool) -> None:
    registry = terminal.ready.registry
    with terminal.use_case() as session:
        chosen = [company_called(session, slug)] if slug else list(session.scalars(select(Company).order_by(Company.slug)))
        wanted = [one for one in chosen if slug or (name in enabled_modules(session, one.id, registry)) != on]
        if not wanted:
            raise BadInput(msg("There is no company for which that would change anything."))
        for one in wanted:
            switch_module(session, registry, one.id, name, on=on)
        names = ", ".join(one.slug for one in wanted)
    said = msg("%(name)s is on for %(companies)s.", name=name, companies=names)
    terminal.say(said if on else msg("%(name)s is off for %(companies)s.", name=name, companies=names))
