"""Employees and departments as nouns: what references to people and departments are chosen from."""

from __future__ import annotations

from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.kernel.words import msg
from core.organisation.models import Department, Employee
from core.web.access import member
from core.web.nouns import Group, Noun, Shown
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView, choices_of

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
        Shown("left_on", quiet=True),
    ),
    groups=(Group(msg("Employee"), ("name", "number", "position", "department", "superior", "left_on")),),
    order="id",
    filters=("department",),
    facts=("number", "position", "department"),
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


class DepartmentsView(RecordView):
    """Departments of the company."""

    noun = DEPARTMENTS

    @expose("/choices")
    @member
    def choices(self) -> Response:
        """Departments to choose from."""
        return choices_of(self.session, self.noun)


PEOPLE_VIEWS = (EmployeesView, DepartmentsView)
