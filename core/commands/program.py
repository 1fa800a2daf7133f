"""The tree of commands: those of the host, then one group for each plugin that brings some (``crm_commands``)."""

from __future__ import annotations

import click

from core.commands.audit import audit
from core.commands.backups import backup, restore
from core.commands.companies import company
from core.commands.database import init, migrate, upgrade
from core.commands.exports import exports
from core.commands.health import doctor
from core.commands.imports import import_file
from core.commands.lists import permissions, surfaces
from core.commands.parameters import parameters
from core.commands.plugins import plugins
from core.commands.running import demo, run, web, worker
from core.commands.spoken import SpokenGroup
from core.commands.users import user
from core.kernel.words import msg


class Program(SpokenGroup):
    """Finds the commands of plugins too: ``python app.py <plugin> <command>``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the host's commands, then of the plugins that bring some."""
        return [*super().list_commands(ctx), *sorted(_by_plugin(ctx))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The host's command; else the plugin's group, for which the plugins are loaded."""
        return super().get_command(ctx, cmd_name) or _by_plugin(ctx).get(cmd_name)


def _by_plugin(ctx: click.Context) -> dict[str, click.Group]:
    registry = ctx.obj.keguan.registry
    found: dict[str, click.Group] = {}
    for name, command in registry.at_start("crm_commands"):
        found.setdefault(name, SpokenGroup(name, help=registry.manifests[name].purpose)).add_command(command)
    return found


program = Program(
    "app.py",
    help=msg("Keguan, a CRM: set it up, run it, look after it."),
    commands=[
        init,
        upgrade,
        run,
        demo,
        web,
        worker,
        plugins,
        parameters,
        company,
        user,
        import_file,
        audit,
        exports,
        backup,
        restore,
        doctor,
        permissions,
        surfaces,
        migrate,
    ],
)
