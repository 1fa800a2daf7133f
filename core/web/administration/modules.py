"""Module management: which plugin is on for this company (design 3.3)."""

from __future__ import annotations

from itertools import groupby

from flask import g, request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.extension.calling import registry
from core.extension.manifest import Manifest
from core.kernel.errors import Malformed
from core.kernel.words import Message, msg
from core.switchboard.models import ModuleSwitch
from core.switchboard.operations import enabled_modules, switch_module, switches, why_locked
from core.web.access import needs
from core.web.going import go
from core.web.pages import Ask, Module, ModuleGroup, ModulesPage, Person
from core.web.shell import say
from core.web.views import PluginView


class ModulesView(PluginView):
    """The switchboard of the company."""

    route_base = "/modules"
    resource = "core.module"

    @expose("/")
    @needs("read")
    def modules(self) -> Response:
        """Every installed module with its switch."""
        on = enabled_modules(self.session, g.actor.company_id, registry())
        touched = switches(self.session, g.actor.company_id)
        manifests = sorted(registry().manifests.values(), key=lambda manifest: str(manifest.group.text))
        groups = tuple(
            ModuleGroup(next(iter(found)).group, tuple(self._module(manifest, on, touched.get(manifest.name)) for manifest in found))
            for _, members in groupby(manifests, key=lambda manifest: manifest.group.text)
            if (found := list(members))
        )
        return self.page(ModulesPage(title=msg("Module management"), company=g.membership.company_name, groups=groups))

    def _module(self, manifest: Manifest, on: frozenset[str], switch: ModuleSwitch | None) -> Module:
        locked = why_locked(registry(), manifest.name, on)
        enabled = manifest.name in on
        return Module(
            name=manifest.name,
            title=manifest.title,
            purpose=manifest.purpose,
            icon=manifest.icon,
            enabled=enabled,
            action=url_for("ModulesView.switch", name=manifest.name),
            requires=tuple(registry().manifests[need].title for need in manifest.requires),
            note="" if manifest.requires else msg("Requires no other module"),
            switched_by=Person.of(0, switch.switched_by or str(msg("System"))) if switch is not None else None,
            switched_at=switch.switched_at if switch is not None else None,
            locked=locked or "",
            ask=self._ask(manifest) if enabled and locked is None else None,
        )

    def _ask(self, manifest: Manifest) -> Ask:
        tables = len(registry().models[manifest.name])
        consequence: Message = msg(
            "Its menus, tabs, lists and REST close at once; the data of its %(tables)s tables are kept and come back when it is enabled.",
            tables=tables,
        )
        return Ask(msg("Disable “%(title)s”?", title=manifest.title), consequence, msg("Disable"), msg("Keep it on"))

    @expose("/<string:name>", methods=["POST"])
    @needs("update")
    def switch(self, name: str) -> Response:
        """Switch a module on or off for this company; effective at the next request of every process."""
        wanted = request.form.get("enable", "")
        if wanted not in ("0", "1"):
            raise Malformed(msg("Please say whether to enable or to disable."))
        self.use_case(lambda session: switch_module(session, registry(), g.actor.company_id, name, on=wanted == "1"))
        title = registry().manifests[name].title
        say(
            msg("“%(title)s” is enabled.", title=title)
            if wanted == "1"
            else msg("“%(title)s” is disabled; its data are kept.", title=title)
        )
        return go(url_for("ModulesView.modules"))
