"""Roles and permissions: the matrix of one role, saved as one form (R-048, R-300)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from core.access.models import EmployeeRole, Role
from core.access.roles import grants_of_role, set_grants
from core.extension.calling import registry
from core.extension.rights import VERB_LABELS, Resource
from core.kernel.acting import Scope
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import Message, msg
from core.web.access import needs
from core.web.input import read_version
from core.web.pages import Link, PermissionCell, PermissionGroup, PermissionRow, PermissionsPage, ScopeOption
from core.web.shell import say
from core.web.views import PluginView, go

OFFERED = (Scope.OWN, Scope.OWN_SHARED, Scope.DEPARTMENT, Scope.SUBTREE, Scope.IN_CHARGE, Scope.COMPANY)


class RolesView(PluginView):
    """The permission matrix, one role at a time."""

    route_base = "/roles"
    resource = "core.role"

    @expose("/")
    @needs("read")
    def roles(self) -> Response:
        """The first role."""
        first = self.session.scalars(select(Role).order_by(Role.id)).first()
        if first is None:
            raise NotFound
        shown: Response = self.matrix(first.id)
        return shown

    @expose("/<id:pk>")
    @needs("read")
    def matrix(self, pk: int) -> Response:
        """The rights of one role."""
        role = self.session.get(Role, pk)
        if role is None:
            raise NotFound
        people: dict[int, int] = {
            row[0]: row[1]
            for row in self.session.execute(select(EmployeeRole.role_id, func.count(EmployeeRole.id)).group_by(EmployeeRole.role_id))
        }
        roles = self.session.scalars(select(Role).order_by(Role.id)).all()
        return self.page(self._page(role, roles, people))

    def _page(self, role: Role, roles: Any, people: dict[int, int]) -> PermissionsPage:
        granted = grants_of_role(self.session, role.id)
        may = g.actor.may("core.role", "update")
        return PermissionsPage(
            title=msg("Roles and permissions"),
            roles=tuple(
                Link(_title(one), url_for("RolesView.matrix", pk=one.id), count=str(people.get(one.id, 0)), current=one.id == role.id)
                for one in roles
            ),
            role=_title(role),
            detail=_description(role),
            people=people.get(role.id, 0),
            verbs=tuple(_verbs().values()),
            scopes=(
                ScopeOption("", msg("Not allowed"), 0),
                *(ScopeOption(str(scope.value), scope.label, bars) for bars, scope in enumerate(OFFERED, 1)),
            ),
            groups=_groups(granted),
            action=url_for("RolesView.save", pk=role.id),
            hidden=(("version", str(role.version)),),
            sentences=_sentences(granted),
            read_only="" if may else msg("You may look at this but not change it."),
        )

    @expose("/<id:pk>", methods=["POST"])
    @needs("update")
    def save(self, pk: int) -> Response:
        """Save the cells that were sent."""
        version = read_version(request.form.get("version", ""))
        wanted = {
            (key[6:].rsplit(".", 1)[0], key[6:].rsplit(".", 1)[1]): _scope(value)
            for key, value in request.form.items()
            if key.startswith("right.") and key.count(".") >= 2
        }
        self.use_case(lambda session: set_grants(session, registry(), pk, version, wanted))
        say(msg("The rights are saved and hold from everybody's next page on."))
        return go(url_for("RolesView.matrix", pk=pk))


def _title(role: Role) -> Message:
    return Message(role.name)


def _description(role: Role) -> Message:
    return Message(role.description or "")


def _scope(value: str) -> Scope | None:
    if not value:
        return None
    try:
        return Scope(value)
    except ValueError:
        raise BadInput(msg("There is no data scope “%(scope)s”.", scope=value[:40])) from None


def _verbs() -> dict[str, Message]:
    """Columns of the matrix: the standard verbs that occur, then one column for what only one resource has."""
    used = {verb for resource in registry().resources.values() for verb in resource.verbs}
    return {verb: label for verb, label in VERB_LABELS.items() if verb in used}


def _groups(granted: dict[tuple[str, str], Scope]) -> tuple[PermissionGroup, ...]:
    titles = {name: manifest.title for name, manifest in registry().manifests.items()} | {"core": msg("Administration")}
    resources = sorted(registry().resources.values(), key=lambda one: (one.plugin == "core", list(titles).index(one.plugin)))
    return tuple(
        PermissionGroup(titles[plugin], tuple(row for resource in members for row in _rows(resource, granted)))
        for plugin, members in groupby(resources, key=lambda one: one.plugin)
    )


def _rows(resource: Resource, granted: dict[tuple[str, str], Scope]) -> list[PermissionRow]:
    """The row of the standard verbs, and one row for each verb of the resource's own."""
    columns = list(_verbs())
    rows = [PermissionRow(resource.title, tuple(_cell(resource, verb, granted, applies=verb in resource.verbs) for verb in columns))]
    for verb, label in resource.verbs.items():
        if verb not in columns:
            title = msg("%(resource)s: %(verb)s", resource=resource.title, verb=label)
            rows.append(PermissionRow(title, (_cell(resource, verb, granted, applies=True),), own=True))
    return rows


def _cell(resource: Resource, verb: str, granted: dict[tuple[str, str], Scope], *, applies: bool) -> PermissionCell:
    scope = granted.get((resource.name, verb))
    value = str(scope.value) if scope is not None else ""
    return PermissionCell(f"right.{resource.name}.{verb}", value, value, applies)


def _sentences(granted: dict[tuple[str, str], Scope]) -> tuple[Message, ...]:
    """The role in words: what it may see and change, and how far."""
    found = []
    for resource in registry().resources.values():
        by_scope: dict[Scope, list[str]] = {}
        for verb, label in resource.verbs.items():
            if (resource.name, verb) in granted:
                by_scope.setdefault(granted[resource.name, verb], []).append(str(label))
        if by_scope:
            said = [
                str(msg("%(verbs)s (%(scope)s)", verbs=str(msg(", ")).join(verbs), scope=scope.label)) for scope, verbs in by_scope.items()
            ]
            found.append(msg("%(resource)s: %(rights)s", resource=resource.title, rights=str(msg("; ")).join(said)))
    return tuple(found)
