"""The matrix of field rights: one role and one module at a time, saved as one form (R-442)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from core.access.field_roles import Cells, choices_for, field_rights_of_role, restrictable_fields, set_field_rights
from core.access.joining import resource_of
from core.access.models import EmployeeRole, Role
from core.database.fields import Field
from core.database.records import Record
from core.extension.calling import registry
from core.kernel.acting import FieldAccess
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import Message, counted, msg
from core.web.access import needs
from core.web.going import go
from core.web.input import read_version
from core.web.pages import Link, PermissionCell, PermissionGroup, PermissionRow, PermissionsPage, ScopeOption
from core.web.shell import say
from core.web.views import PluginView

BARS = {FieldAccess.WRITE: 6, FieldAccess.READ: 4, FieldAccess.MASKED: 2, FieldAccess.NONE: 0}
PREFIX = "field."


class FieldRightsView(PluginView):
    """What each role may do with each field."""

    route_base = "/field-rights"
    resource = "core.role"

    @expose("/")
    @needs("read")
    def roles(self) -> Response:
        """The first role."""
        first = self.session.scalars(select(Role).order_by(Role.id)).first()
        if first is None:
            raise NotFound
        return self.matrix(first.id)  # type: ignore[no-any-return]  # FAB's decorator is untyped

    @expose("/<id:pk>")
    @needs("read")
    def matrix(self, pk: int) -> Response:
        """The fields of one module as one role has them."""
        role = self.session.get(Role, pk)
        if role is None:
            raise NotFound
        return self.page(self._page(role, _module()))

    def _page(self, role: Role, module: str) -> PermissionsPage:
        roles = self.session.scalars(select(Role).order_by(Role.id)).all()
        people = self.session.scalar(select(func.count(EmployeeRole.id)).where(EmployeeRole.role_id == role.id)) or 0
        stated = field_rights_of_role(self.session, role.id)
        return PermissionsPage(
            title=msg("Field rights"),
            roles=tuple(
                Link(one.name, url_for("FieldRightsView.matrix", pk=one.id, module=module), current=one.id == role.id) for one in roles
            ),
            role=role.name,
            detail=msg("What the role may do with individual fields of the records that it can access."),
            people=people,
            verbs=(msg("Field right"),),
            legend=msg("Field right"),
            scopes=(
                ScopeOption("", msg("System default"), 0, measured=False),
                *(ScopeOption(str(access.value), access.label, BARS[access]) for access in FieldAccess),
            ),
            groups=_groups(module, stated, departing=True),
            folded=(folded := _groups(module, stated, departing=False)),
            folded_label=counted(
                "System default: %(count)s field", "System default: %(count)s fields", sum(len(one.rows) for one in folded)
            ),
            action=url_for("FieldRightsView.save", pk=role.id, module=module),
            hidden=(("version", str(role.version)),),
            sentences=_sentences(module, stated),
            read_only="" if g.actor.may("core.role", "update") else msg("You can view this but not change it."),
            links=tuple(
                Link(title, url_for("FieldRightsView.matrix", pk=role.id, module=name), current=name == module)
                for name, title in _modules().items()
            ),
        )

    @expose("/<id:pk>", methods=["POST"])
    @needs("update")
    def save(self, pk: int) -> Response:
        """Save the cells that were sent."""
        version = read_version(request.form.get("version", ""))
        wanted: dict[tuple[str, str], FieldAccess | None] = {}
        for key, value in request.form.items():
            if key.startswith(PREFIX) and key.count(".") == 2:
                _, table, name = key.split(".")
                wanted[table, name] = _access(value)
        self.use_case(lambda session: set_field_rights(session, pk, version, wanted))
        say(msg("The permissions are saved and apply from everyone's next page on."))
        return go(url_for("FieldRightsView.matrix", pk=pk, module=_module()))


def _access(value: str) -> FieldAccess | None:
    if not value:
        return None
    try:
        return FieldAccess(value)
    except ValueError:
        raise BadInput(msg("There is no field right “%(access)s”.", access=value[:40])) from None


def _modules() -> dict[str, Message]:
    """Modules with fields, and the house itself."""
    titles = {name: manifest.title for name, manifest in registry().manifests.items()} | {"core": msg("Administration")}
    having = {_plugin(model) for model, _ in restrictable_fields().values()}
    return {name: title for name, title in titles.items() if name in having}


def _module() -> str:
    modules = _modules()
    asked = request.args.get("module", "")
    return asked if asked in modules else next(iter(modules))


def _plugin(model: type[Record]) -> str:
    return resource_of(model).split(".", 1)[0]


def _groups(module: str, stated: Cells, *, departing: bool) -> tuple[PermissionGroup, ...]:
    """Fields of the module, those for which the role states something or all others."""
    mine = [one for one in restrictable_fields().values() if _plugin(one[0]) == module]
    found = [one for one in mine if ((one[0].__tablename__, one[1].name) in stated) is departing]
    return tuple(
        PermissionGroup(model.__label__, tuple(_row(model, declared, stated) for _, declared in members))
        for model, members in groupby(found, key=lambda one: one[0])
    )


def _row(model: type[Record], declared: Field, stated: Cells) -> PermissionRow:
    access = stated.get((model.__tablename__, declared.name))
    value = str(access.value) if access is not None else ""
    options: tuple[Any, ...] = ("", *(str(one.value) for one in choices_for(model, declared)))
    cell = PermissionCell(f"{PREFIX}{model.__tablename__}.{declared.name}", value, value, True, options)
    return PermissionRow(declared.label, (cell,), note=_note(declared))


def _note(declared: Field) -> Message | str:
    if declared.hidden:
        return msg("Hidden unless stated")
    if declared.masked:
        return msg("Masked unless stated")
    return msg("Personal") if declared.personal else ""


def _sentences(module: str, stated: Cells) -> tuple[Message, ...]:
    """What departs from the declarations, in words."""
    known = restrictable_fields()
    return tuple(
        msg("%(record)s, %(field)s: %(access)s", record=known[key][0].__label__, field=known[key][1].label, access=access.label)
        for key, access in stated.items()
        if key in known and _plugin(known[key][0]) == module
    )
