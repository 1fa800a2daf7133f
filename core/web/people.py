"""Employees and departments as nouns: what references to people and departments are chosen from, and where people are kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.access.administration import (
    change_employee,
    employ,
    give_first_password,
    let_go,
    let_sign_in_again,
    reset_second_factor,
    set_roles,
    take_back,
)
from core.access.administration.employees import next_number
from core.access.administration.reach import reaches
from core.access.attempts import locked_until
from core.access.models import EmployeeRole, Role
from core.access.people import still_held, without_role
from core.access.second_factor import has_factor
from core.database.fields import Field
from core.kernel.clock import local
from core.kernel.errors import NotFound
from core.kernel.words import Message, msg
from core.organisation.models import Department, Employee
from core.web.access import member, needs
from core.web.called import without_number
from core.web.choices import choices_of
from core.web.going import go
from core.web.nouns import Act, Group, Noun, SavedView, Shown
from core.web.pages import CardPlace, ColumnKind, FieldKind, FieldSet, FormField, FormPage, Link, Say, Tone, Verb
from core.web.record_pages import record_page
from core.web.shell import say
from core.web.views import RecordView

PASSWORD = Field(
    "text",
    msg("First password"),
    "first_password",
    required=True,
    max_length=120,
    help=msg("At least 10 characters. The person must change it at the first sign-in."),
)


UNLOCK, RESET = "let_sign_in_again", "reset_second_factor"


def _working(employee: Employee) -> Message | None:
    return msg("%(name)s works here.", name=employee.name) if employee.left_on is None else None


def _gone(employee: Employee) -> Message | None:
    return msg("%(name)s has left already.", name=employee.name) if employee.left_on is not None else None


EMPLOYEES = Noun(
    plugin="core",
    model=Employee,
    path="employees",
    title=msg("Employee"),
    plural=msg("Employees"),
    icon="users",
    columns=(
        Shown("name", ColumnKind.NAME, CardPlace.NAME),
        Shown("number"),
        Shown("position", place=CardPlace.LAST),
        Shown("department", place=CardPlace.OWNER),
        Shown("superior"),
        Shown("left_on", quiet=True),
    ),
    groups=(Group(msg("Employee"), ("name", "number", "position", "department", "superior")),),
    order="id",
    filters=("department",),
    facts=("number", "position", "department", "left_on"),
    create=employ,
    change=change_employee,
    create_label=msg("New employee"),
    extra_fields=(
        Field("text", msg("Account"), "user_name", required=True, max_length=63, help=msg("What the person signs in with.")),
        PASSWORD,
    ),
    extra_title=msg("Sign-in"),
    acts=(
        Act(
            "leave",
            msg("Leave"),
            let_go,
            "update",
            "user-off",
            (Field("date", msg("Left on"), "on", help=msg("Leave it empty for today.")),),
            _gone,
            msg("From that day on the person can no longer sign in or open anything. Records stay until they are handed over."),
        ),
        Act("come_back", msg("Take back"), take_back, "update", "user-plus", why_not=_working),
        Act("new_password", msg("New first password"), give_first_password, "update", "key", (PASSWORD,), _gone),
        Act(
            RESET,
            msg("Reset two-step verification"),
            reset_second_factor,
            "update",
            "shield-lock",
            why_not=_gone,
            confirm=msg(
                "For a colleague who has lost phone and recovery codes: the password alone opens the account until it is set up again."
            ),
        ),
        Act(UNLOCK, msg("Let sign in again"), let_sign_in_again, "update", "lock-open", why_not=_gone),
    ),
    views=(
        SavedView("present", msg("Working here"), lambda: Employee.left_on.is_(None)),
        SavedView("left", msg("Left or leaving"), lambda: Employee.left_on.is_not(None)),
        SavedView("roleless", msg("Without a role"), without_role),
    ),
    empty=msg("Everyone who works in the company is listed here."),
)
DEPARTMENTS = Noun(
    plugin="core",
    model=Department,
    path="departments",
    title=msg("Department"),
    plural=msg("Departments"),
    icon="list-details",
    columns=(Shown("name", ColumnKind.NAME, CardPlace.NAME), Shown("code", place=CardPlace.LAST), Shown("parent")),
    groups=(Group(msg("Department"), ("name", "code", "parent")),),
    order="id",
    facts=("code",),
)


class EmployeesView(RecordView):
    """People of the company. Everybody may choose one by name; the list needs its right."""

    noun = EMPLOYEES

    @expose("/choices")
    @member
    def choices(self) -> Response:
        """Colleagues to choose from: the minimal directory that every member may see (C-01)."""
        return choices_of(self.session, self.noun)

    def _defaults(self) -> dict[str, str]:
        return {**super()._defaults(), "number": next_number(self.session)}

    @expose("/<id:pk>")
    @needs("read")
    def show(self, pk: int) -> Response:
        """The employee's page, with doors to the roles and to handing everything over."""
        employee = self.session.get(Employee, pk)
        if employee is None:
            raise NotFound
        page = record_page(self.session, self.nouns, self.noun, employee)
        doors = []
        if g.actor.may("core.role", "read"):
            doors.append(Link(msg("Roles"), url_for("EmployeesView.roles", pk=pk), "shield-lock"))
        if g.actor.may("core.employee", "hand_over") and reaches(employee, "hand_over"):
            doors.append(Link(msg("Hand over everything"), url_for("HandoversView.preview", pk=pk), "user-share"))
        until = locked_until(self.session, employee.user_id) if g.actor.may("core.employee", "update") else None
        told = (Say(_locked(until), tone=Tone.NOTE),) if until is not None else ()
        idle = {*(() if until is not None else (UNLOCK,)), *(() if self._resettable(employee) else (RESET,))}
        verbs, more = (tuple(one for one in found if not _is_one_of(idle, one)) for found in (page.verbs, page.more))
        return self.page(replace(page, verbs=(*doors, *verbs), more=more, says=(*told, *page.says)))

    def _resettable(self, employee: Employee) -> bool:
        """Whether there is a second factor that this person may take off: a colleague's."""
        return employee.user_id != g.actor.user_id and has_factor(self.session, employee.user_id)

    @expose("/<id:pk>/roles", methods=["GET", "POST"])
    @needs("read", "core.role")
    def roles(self, pk: int) -> Response:
        """The roles of the employee as boxes to tick."""
        employee = self.session.get(Employee, pk)
        if employee is None:
            raise NotFound
        if request.method == "POST":
            wanted = {int(name[5:]) for name in request.form if name.startswith("role-") and name[5:].isascii() and name[5:].isdigit()}
            self.use_case(lambda session: set_roles(session, pk, wanted))
            say(msg("The roles are saved and apply from the next page on."))
            return go(url_for("EmployeesView.show", pk=pk))
        return self.page(self._roles_page(employee))

    def _roles_page(self, employee: Employee) -> FormPage:
        has = set(self.session.scalars(select(EmployeeRole.role_id).where(EmployeeRole.employee_id == employee.id, still_held())))
        roles = self.session.scalars(select(Role).where(Role.active).order_by(Role.id)).all()
        locked: Message | str = "" if g.actor.may("core.role", "update") else msg("You can view this but not change it.")
        here = url_for("EmployeesView.show", pk=employee.id)
        return FormPage(
            title=msg("Roles of %(name)s", name=employee.name),
            crumbs=(Link(EMPLOYEES.plural, url_for("EmployeesView.list")), Link(employee.name, here)),
            back=Link(employee.name, here),
            action=url_for("EmployeesView.roles", pk=employee.id),
            groups=(FieldSet(msg("Roles"), tuple(_box(role, role.id in has, locked) for role in roles)),),
            submit=msg("Save"),
            cancel_href=here,
        )


def _locked(until: datetime) -> Message:
    return msg(
        "Too many wrong passwords were entered for this account. New browsers can sign in again at %(time)s, known ones now.",
        time=f"{local(until):%H:%M}",
    )


def _is_one_of(idle: Collection[str], verb: Verb | Link) -> bool:
    """Whether it has nothing to do now: a button that is disabled on nearly every page says nothing, so it is not offered."""
    return isinstance(verb, Verb) and verb.action.rpartition("/")[2] in idle


def _box(role: Role, ticked: bool, locked: Message | str) -> FormField:
    kind, value = FieldKind.CHECKBOX, "1" if ticked else ""
    return FormField(f"role-{role.id}", role.name, kind, value, help=without_number(role.description), disabled=locked)


class DepartmentsView(RecordView):
    """Departments of the company."""

    noun = DEPARTMENTS

    @expose("/choices")
    @member
    def choices(self) -> Response:
        """Departments to choose from."""
        return choices_of(self.session, self.noun)


PEOPLE_VIEWS: tuple[Any, ...] = (EmployeesView, DepartmentsView)
