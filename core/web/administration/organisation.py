"""The department tree as a page."""

from __future__ import annotations

from collections import Counter, defaultdict

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from core.access.guard import get_for
from core.database.fields import Field
from core.kernel.words import msg
from core.organisation.models import Department, DepartmentLeader, Duty, Employee
from core.organisation.operations import add_department, move_department
from core.web.access import needs
from core.web.input import read_version
from core.web.pages import DepartmentNode, OrganisationPage, Person, Verb
from core.web.shell import say
from core.web.showing import form_field
from core.web.values import load
from core.web.views import PluginView, go

NEW = (Field("text", msg("Name"), "name", required=True, max_length=120), Field("text", msg("Code"), "code", required=True, max_length=40))
PARENT = Field("reference", msg("Parent department"), "parent", target="core_department")


class OrganisationView(PluginView):
    """Departments, heads and leaders in charge; a department moves with all below it, its records stay with it."""

    route_base = "/organisation"
    resource = "core.department"

    @expose("/")
    @needs("read")
    def tree(self) -> Response:
        """The whole tree of the company."""
        departments = self.session.scalars(select(Department).order_by(Department.id)).all()
        people = Counter(
            dict(
                self.session.execute(
                    select(Employee.department_id, func.count(Employee.id))
                    .where(Employee.left_on.is_(None))
                    .group_by(Employee.department_id)
                ).all()
            )
        )
        leaders = self._leaders()
        children: dict[int | None, list[Department]] = defaultdict(list)
        for department in departments:
            children[department.parent_id].append(department)
        may = g.actor.may("core.department", "update")

        def node(one: Department) -> DepartmentNode:
            return DepartmentNode(
                id=str(one.id),
                name=one.name,
                code=one.code,
                head=leaders.get((one.id, Duty.HEAD)),
                leader=leaders.get((one.id, Duty.IN_CHARGE)),
                people=people[one.id],
                people_href=url_for("EmployeesView.list", department=one.id) if g.actor.may("core.employee", "read") else "",
                verbs=self._verbs(one) if may else (),
                children=tuple(node(child) for child in children[one.id]),
            )

        roots = tuple(node(one) for one in children[None])
        return self.page(OrganisationPage(title=msg("Organisation"), company=g.membership.company_name, roots=roots))

    def _leaders(self) -> dict[tuple[int, Duty], Person]:
        asked = select(DepartmentLeader.department_id, DepartmentLeader.duty, Employee.id, Employee.name).join(
            Employee, Employee.id == DepartmentLeader.employee_id
        )
        return {(department, duty): Person.of(employee, name) for department, duty, employee, name in self.session.execute(asked)}

    def _verbs(self, one: Department) -> tuple[Verb, ...]:
        below = tuple(form_field(self.nouns, asked, "") for asked in NEW)
        target = (form_field(self.nouns, PARENT, str(one.parent_id or "")),)
        return (
            Verb(msg("Add a department below"), url_for("OrganisationView.add", pk=one.id), "plus", fields=below),
            Verb(msg("Move"), url_for("OrganisationView.move", pk=one.id), "arrow-right", (("version", str(one.version)),), fields=target),
        )

    @expose("/<id:pk>/add", methods=["POST"])
    @needs("create")
    def add(self, pk: int) -> Response:
        """Create a department below ``pk``."""
        values = load(NEW, {name: request.form.get(name, "") for name in ("name", "code")})
        self.use_case(
            lambda session: add_department(
                session, g.actor.company_id, values["code"], values["name"], get_for(session, Department, "read", pk)
            )
        )
        say(msg("The department has been added."))
        return go(url_for("OrganisationView.tree"))

    @expose("/<id:pk>/move", methods=["POST"])
    @needs("update")
    def move(self, pk: int) -> Response:
        """Hang the department under another one, or at the top."""
        parent = load((PARENT,), {"parent": request.form.get("parent", "")}).get("parent")
        version = read_version(request.form.get("version", ""))

        def work(session: object) -> None:
            target = get_for(session, Department, "read", parent) if parent else None  # type: ignore[arg-type]
            move_department(session, get_for(session, Department, "update", pk, version), target)  # type: ignore[arg-type]

        self.use_case(work)
        say(msg("The department has been moved; its records have stayed with it."))
        return go(url_for("OrganisationView.tree"))
