"""The department tree as a page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response

from core.access.administration import appoint_leader, rename_department
from core.access.administration.departments import refuse_taken_code
from core.access.guard import get_for
from core.database.fields import Field
from core.kernel.errors import BadInput, Conflict, KeguanError
from core.kernel.words import Message, msg
from core.organisation.models import Department, DepartmentLeader, Duty, Employee
from core.organisation.operations import add_department, move_department
from core.web.access import needs
from core.web.administration.settings import one_sentence
from core.web.going import go
from core.web.input import read_version
from core.web.nouns import Nouns
from core.web.pages import DepartmentNode, FormField, OrganisationPage, Person, Say, Verb
from core.web.shell import say
from core.web.showing import form_field
from core.web.values import load
from core.web.views import PluginView

NEW = (Field("text", msg("Name"), "name", required=True, max_length=120), Field("text", msg("Code"), "code", required=True, max_length=40))
LEADER = Field("reference", msg("Employee"), "employee", target="core_employee", help=msg("Leave it empty for nobody."))
PARENT = Field("reference", msg("Parent department"), "parent", target="core_department")
LABELS = {field.name: field.label for field in (*NEW, LEADER, PARENT)}


class OrganisationView(PluginView):
    """Departments, heads and leaders in charge; a department moves with all below it, its records stay with it."""

    route_base = "/organisation"
    resource = "core.department"

    @expose("/")
    @needs("read")
    def tree(self, error: KeguanError | None = None) -> Response:
        """The whole tree of the company."""
        departments = self.session.scalars(select(Department).options(selectinload(Department.parent)).order_by(Department.id)).all()
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
                head=_shown(leaders.get((one.id, Duty.HEAD))),
                leader=_shown(leaders.get((one.id, Duty.IN_CHARGE))),
                people=people[one.id],
                people_href=url_for("EmployeesView.list", department=one.id) if g.actor.may("core.employee", "read") else "",
                verbs=self._verbs(one, leaders) if may else (),
                children=tuple(node(child) for child in children[one.id]),
            )

        roots = tuple(node(one) for one in children[None])
        says = (Say(one_sentence(error, LABELS)),) if error is not None else ()
        page = OrganisationPage(title=msg("Organisation"), company=g.membership.company_name, roots=roots, says=says)
        return self.page(page, error.status if error is not None else 200)

    def _leaders(self) -> dict[tuple[int, Duty], tuple[int, str]]:
        """Id and name of who leads, by department and duty."""
        asked = select(DepartmentLeader.department_id, DepartmentLeader.duty, Employee.id, Employee.name).join(
            Employee, Employee.id == DepartmentLeader.employee_id
        )
        return {(department, duty): (employee, name) for department, duty, employee, name in self.session.execute(asked)}

    def _verbs(self, one: Department, leaders: Mapping[tuple[int, Duty], tuple[int, str]]) -> tuple[Verb, ...]:
        below = tuple(form_field(self.nouns, asked, "") for asked in NEW)
        target = (form_field(self.nouns, PARENT, str(one.parent_id or ""), shown=one.parent.name if one.parent is not None else ""),)
        named = (form_field(self.nouns, NEW[0], one.name), form_field(self.nouns, NEW[1], one.code))
        seen = ("version", str(one.version))
        return (
            Verb(msg("Rename"), url_for("OrganisationView.rename", pk=one.id), "edit", (seen,), fields=named),
            *(
                Verb(
                    msg("Name the head") if duty is Duty.HEAD else msg("Name the leader in charge"),
                    url_for("OrganisationView.appoint", pk=one.id),
                    "user-check",
                    (seen, ("duty", duty.value)),
                    fields=(_person(self.nouns, leaders.get((one.id, duty))),),
                )
                for duty in Duty
            ),
            Verb(msg("Add a department below"), url_for("OrganisationView.add", pk=one.id), "plus", fields=below),
            Verb(msg("Move"), url_for("OrganisationView.move", pk=one.id), "arrow-right", (seen,), fields=target),
        )

    @expose("/<id:pk>/add", methods=["POST"])
    @needs("create")
    def add(self, pk: int) -> Response:
        """Create a department below ``pk``."""

        def work(session: Session) -> None:
            values = load(NEW, {name: request.form.get(name, "") for name in ("name", "code")})
            parent = get_for(session, Department, "read", pk)
            refuse_taken_code(session, values["code"])
            add_department(session, g.actor.company_id, values["code"], values["name"], parent)

        return self._do(work, msg("The department has been added."))

    @expose("/<id:pk>/rename", methods=["POST"])
    @needs("update")
    def rename(self, pk: int) -> Response:
        """Change name and code."""
        version = read_version(request.form.get("version", ""))

        def work(session: Session) -> None:
            rename_department(session, pk, version, load(NEW, {name: request.form.get(name, "") for name in ("name", "code")}))

        return self._do(work, msg("The department has been renamed."))

    @expose("/<id:pk>/appoint", methods=["POST"])
    @needs("update")
    def appoint(self, pk: int) -> Response:
        """Name the head or the leader in charge, or nobody."""
        version, duty = read_version(request.form.get("version", "")), request.form.get("duty", "")

        def work(session: Session) -> None:
            get_for(session, Department, "update", pk, version)
            if duty not in {one.value for one in Duty}:
                raise BadInput(fields={"duty": msg("Please say whether it is the head or the leader in charge.")})
            employee = load((LEADER,), {"employee": request.form.get("employee", "")}).get("employee")
            appoint_leader(session, pk, version, employee=employee, duty=Duty(duty))

        return self._do(work, msg("The leader has been named."))

    def _do(self, work: Callable[[Session], None], done: Message) -> Response:
        try:
            self.use_case(work)
        except (BadInput, Conflict) as error:
            return self.tree(error)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        say(done)
        return go(url_for("OrganisationView.tree"))

    @expose("/<id:pk>/move", methods=["POST"])
    @needs("update")
    def move(self, pk: int) -> Response:
        """Hang the department under another one, or at the top."""
        version = read_version(request.form.get("version", ""))

        def work(session: Session) -> None:
            parent = load((PARENT,), {"parent": request.form.get("parent", "")}).get("parent")
            target = get_for(session, Department, "read", parent) if parent else None
            move_department(session, get_for(session, Department, "update", pk, version), target)

        return self._do(work, msg("The department has been moved; its records have stayed with it."))


def _person(nouns: Nouns, present: tuple[int, str] | None) -> FormField:
    """The question who leads, with who does now."""
    return form_field(nouns, LEADER, str(present[0]) if present else "", shown=present[1] if present else "")


def _shown(present: tuple[int, str] | None) -> Person | None:
    return Person.of(*present) if present else None
