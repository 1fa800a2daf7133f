"""Roles and permissions: the matrix of one role, saved as one form (R-048, R-300)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from core.access.field_roles import stated_of_role
from core.access.models import EmployeeRole, Role
from core.access.presets import PRESETS
from core.access.roles import OFFERED, change_role, create_role, grants_of_role, scopes_of, set_grants
from core.database.fields import Field
from core.extension.calling import registry
from core.extension.rights import VERB_LABELS, Resource
from core.kernel.acting import Scope
from core.kernel.choices import Choice
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import Message, msg
from core.web.access import needs
from core.web.called import without_number
from core.web.going import go
from core.web.input import read_version
from core.web.pages import (
    FieldRight,
    FieldSet,
    FormPage,
    Link,
    Option,
    PermissionCell,
    PermissionGroup,
    PermissionRow,
    PermissionsPage,
    Say,
    ScopeOption,
)
from core.web.shell import say
from core.web.showing import form_field, typed_value
from core.web.values import load
from core.web.views import PluginView

PRESET_KEYS: Any = Choice("PresetKey", {preset.key.upper(): (preset.key, preset.title) for preset in PRESETS})  # type: ignore[arg-type]  # members by the functional form
DESCRIBED = tuple(Role.fields()[name] for name in ("name", "description", "active"))
ADDED = (
    Field(
        "choice",
        msg("Role of the regulation"),
        "preset",
        choices=PRESET_KEYS,
        help=msg("With its rights; leave it empty for a role of your own."),
    ),
    Field("text", msg("Name"), "name", max_length=80, help=msg("Leave it empty to call the role as the regulation does.")),
    Role.fields()["description"],
)
SHORT = {
    Scope.OWN_SHARED: msg("Own & shared"),
    Scope.DEPARTMENT: msg("Own dept"),
    Scope.SUBTREE: msg("Dept & below"),
    Scope.IN_CHARGE: msg("In charge"),
    Scope.COMPANY: msg("The company"),
}
"""Scopes in the cells of the matrix, where ten stand beside each other; its legend says them in full."""


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
                Link(one.name, url_for("RolesView.matrix", pk=one.id), count=str(people.get(one.id, 0)), current=one.id == role.id)
                for one in roles
            ),
            role=role.name,
            detail=without_number(role.description),
            people=people.get(role.id, 0),
            verbs=tuple(_verbs().values()),
            scopes=(
                ScopeOption("", msg("Not allowed"), 0),
                *(ScopeOption(str(scope.value), scope.label, bars, short=SHORT.get(scope, "")) for bars, scope in enumerate(OFFERED, 1)),
            ),
            groups=_groups(granted),
            action=url_for("RolesView.save", pk=role.id),
            hidden=(("version", str(role.version)),),
            sentences=_sentences(granted),
            field_rights=tuple(
                FieldRight(msg("%(record)s, %(field)s", record=model.__label__, field=field.label), access.label)
                for model, field, access in stated_of_role(self.session, role.id)
            ),
            read_only="" if may else msg("You can view this but not change it."),
            create=Link(msg("New role"), url_for("RolesView.add"), "plus") if g.actor.may("core.role", "create") else None,
            links=(
                *((Link(msg("Name and state"), url_for("RolesView.describe", pk=role.id), "edit"),) if may else ()),
                Link(msg("Field rights"), url_for("FieldRightsView.matrix", pk=role.id), "eye-off"),
            ),
        )

    @expose("/add", methods=["GET", "POST"])
    @needs("create")
    def add(self) -> Response:
        """A role of the regulation that the company has not got yet, or one of its own."""
        error: BadInput | None = None
        if request.method == "POST":
            try:
                values = load(ADDED, {field.name: request.form.get(field.name, "") for field in ADDED})
                role = self.use_case(
                    lambda session: create_role(
                        session, registry(), values.get("name") or "", values.get("description"), values.get("preset")
                    )
                )
            except BadInput as refused:
                error = refused
            else:
                say(msg("The role “%(name)s” has been created.", name=role.name))
                return go(url_for("RolesView.matrix", pk=role.id))
        return self._form(msg("New role"), url_for("RolesView.add"), ADDED, request.form, url_for("RolesView.roles"), error)

    @expose("/<id:pk>/describe", methods=["GET", "POST"])
    @needs("update")
    def describe(self, pk: int) -> Response:
        """Name, description and state of a role."""
        role = self.session.get(Role, pk)
        if role is None:
            raise NotFound
        error: BadInput | None = None
        back, address = url_for("RolesView.matrix", pk=pk), url_for("RolesView.describe", pk=pk)
        if request.method == "POST":
            version = read_version(request.form.get("version", ""))
            try:
                sent = {**request.form.to_dict(), "active": "1" if request.form.get("active") else "0"}
                values = load(DESCRIBED, {field.name: sent.get(field.name, "") for field in DESCRIBED})
                self.use_case(lambda session: change_role(session, pk, version, values))
            except BadInput as refused:
                error = refused
            else:
                say(msg("The role is saved."))
                return go(back)
        typed = request.form or {field.name: typed_value(field, getattr(role, field.name)) for field in DESCRIBED}
        hidden = (("version", request.form.get("version", str(role.version))),)
        return self._form(msg("Role: %(name)s", name=role.name), address, DESCRIBED, typed, back, error, hidden)

    def _form(
        self,
        title: Message,
        action: str,
        asked: tuple[Field, ...],
        typed: Mapping[str, str],
        back: str,
        error: BadInput | None,
        hidden: tuple[tuple[str, str], ...] = (),
    ) -> Response:
        errors = error.fields if error is not None else {}
        fields = [form_field(self.nouns, field, typed.get(field.name, ""), error=errors.get(field.name, "")) for field in asked]
        if asked is ADDED:
            fields[0] = replace(fields[0], options=self._missing_presets())
        page = FormPage(
            title=title,
            crumbs=(Link(msg("Roles and permissions"), url_for("RolesView.roles")),),
            back=Link(msg("Roles and permissions"), back),
            action=action,
            groups=(FieldSet(msg("Role"), tuple(fields)),),
            submit=msg("Save"),
            cancel_href=back,
            hidden=hidden,
            says=(Say(error.message),) if error is not None else (),
        )
        return self.page(page, 422 if error is not None else 200)

    def _missing_presets(self) -> tuple[Option, ...]:
        """Roles of the regulation that the company has not got."""
        has = set(self.session.scalars(select(Role.preset)))
        return tuple(Option(preset.key, preset.title) for preset in PRESETS if preset.key not in has)

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
        say(msg("The permissions are saved and apply from everyone's next page on."))
        return go(url_for("RolesView.matrix", pk=pk))


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
    """The row of the standard verbs, and one for the verbs of the resource's own, which no column is named after."""
    columns = list(_verbs())
    note = msg("Shared by the whole company") if scopes_of(resource.name, "read") == (Scope.COMPANY,) else ""
    cells = tuple(_cell(resource, verb, granted, applies=verb in resource.verbs) for verb in columns)
    rows = [PermissionRow(resource.title, cells, note=note)]
    own = tuple(
        replace(_cell(resource, verb, granted, applies=True), label=label) for verb, label in resource.verbs.items() if verb not in columns
    )
    if own:
        rows.append(PermissionRow(msg("%(resource)s: further rights", resource=resource.title), own, own=True))
    return rows


def _cell(resource: Resource, verb: str, granted: dict[tuple[str, str], Scope], *, applies: bool) -> PermissionCell:
    scope, scopes = granted.get((resource.name, verb)), scopes_of(resource.name, verb)
    if scope is not None and scope not in scopes:
        scope = scopes[-1]  # as it works
    value = str(scope.value) if scope is not None else ""
    return PermissionCell(f"right.{resource.name}.{verb}", value, value, applies, ("", *(str(one.value) for one in scopes)))


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
