"""The tree of commands: those of the host, then one group for each plugin that brings some (``crm_commands``)."""

from __future__ import annotations

import click

from core.kernel.words import msg
from core.operations.commands.audit import audit
from core.operations.commands.companies import company
from core.operations.commands.database import init, migrate, upgrade
from core.operations.commands.health import doctor
from core.operations.commands.imports import import_file
from core.operations.commands.lists import permissions, surfaces
from core.operations.commands.plugins import plugins
from core.operations.commands.running import demo, run, web, worker
from core.operations.commands.spoken import SpokenGroup
from core.operations.commands.users import user


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
        company,
        user,
        import_file,
        audit,
        doctor,
        permissions,
        surfaces,
        migrate,
    ],
)
