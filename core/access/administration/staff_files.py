"""Files of people: who works where under whom; departments that are named for the first time are made (R-050)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.administration.employees import USER_NAME, change_employee, next_number, take_on
from core.access.guard import authorise
from core.access.identities import account_of, add_user
from core.access.models import Role
from core.access.roles import check_given_by_hand, give_role
from core.audit.trail import record_event
from core.database.changes import clean_values
from core.database.fields import Field, fields_of
from core.extension.exchange import CREATED, UNCHANGED, UPDATED, ConvertedRow, ImportTarget, Outcome, rejected
from core.kernel.acting import company_id
from core.kernel.errors import BadInput
from core.kernel.pinyin import readings
from core.kernel.words import msg
from core.organisation.models import Department, DepartmentLeader, Duty, Employee
from core.organisation.operations import add_department, appoint

HEAD = "department_head"
_HAN = re.compile(r"[\u4e00-\u9fff]+")


def write_staff(session: Session, rows: Sequence[ConvertedRow]) -> list[Outcome]:
    """Employ the people of ``rows``, or move known ones to the department that the file names.

    A row holds ``name``, and as far as known ``user_name`` (else made from the name), ``department``, ``division`` (what it belongs to),
    ``head`` (full name of its head, employed too), ``position`` and ``role`` (key of a preset role). Nobody has a password yet: see
    :mod:`core.access.administration.first_passwords`.
    """
    authorise(Employee, "create")
    staff = Staff(session)
    return [staff.write(row.values) for row in rows]


class Staff:
    """Departments and people of the company while a file is read."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._departments = {department.code: department for department in session.scalars(select(Department).order_by(Department.id))}
        known = select(User.username, Employee).join(Employee, Employee.user_id == User.id).where(Employee.company_id == company_id())
        self._people: dict[str, Employee] = {str(name): employee for name, employee in session.execute(known)}
        self._roles = {str(role.preset): role for role in session.scalars(select(Role).where(Role.preset.is_not(None), Role.active))}
        self._heads = set(session.scalars(select(DepartmentLeader.department_id).where(DepartmentLeader.duty == Duty.HEAD)))

    def write(self, values: Mapping[str, Any]) -> Outcome:
        """Employ or move one person."""
        try:
            self._check(values)
            department = self._department_of(values)
            above = self._head(str(values["head"]), department) if values.get("head") else None
            return self._person(values, department, above)
        except BadInput as error:
            field, reason = next(iter(error.fields.items()), ("", error.message))
            return rejected(reason, field)

    def _check(self, values: Mapping[str, Any]) -> None:
        """Refuse what cannot be used before anything is made."""
        role = values.get("role")
        if role is not None and role not in self._roles:
            raise BadInput(
                fields={"role": msg("There is no role %(role)s. The roles are: %(roles)s", role=role, roles=", ".join(self._roles))}
            )
        if role is not None:
            check_given_by_hand(self._roles[role])
        for name, field in ((_account(values), "user_name"), (user_name_for(str(values.get("head") or "xx")), "head")):
            if not USER_NAME.fullmatch(name):
                raise BadInput(fields={field: msg("An account has 2 to 63 Latin letters, digits, dots or dashes. Please change it.")})
            taken = name not in self._people and self._session.scalar(select(User.id).where(func.lower(User.username) == name))
            if taken:
                raise BadInput(fields={field: msg("The account %(account)s is taken. Please choose another.", account=name)})

    def _department_of(self, values: Mapping[str, Any]) -> Department:
        """The department that the row names, below its division; the top one when it names none."""
        place = next(iter(self._departments.values()))
        path = [str(values[name]) for name in ("division", "department") if values.get(name)]
        if values.get("head") and not values.get("department"):
            path.append(str(values["head"]))
        for depth in range(len(path)):
            place = self._below(place, path[depth], _code(path[: depth + 1]))
        return place

    def _below(self, parent: Department, name: str, code: str) -> Department:
        if code not in self._departments:
            authorise(Department, "create")
            self._departments[code] = add_department(self._session, parent.company_id, code, name, parent)
        return self._departments[code]

    def _head(self, name: str, department: Department) -> Employee:
        user_name = user_name_for(name)
        head = self._people.get(user_name) or self._employ(user_name, {"name": name}, department, None, HEAD)
        if department.id not in self._heads:
            appoint(self._session, head, department, Duty.HEAD)
            self._heads.add(department.id)
        return head

    def _person(self, values: Mapping[str, Any], department: Department, above: Employee | None) -> Outcome:
        user_name = _account(values)
        own = {name: values[name] for name in ("name", "position", "number") if values.get(name)}
        known = self._people.get(user_name)
        if known is None:
            self._employ(user_name, own, department, above, values.get("role"))
            return CREATED
        before = known.version
        wanted = {**own, "department": department.id, **({"superior": above.id} if above is not None else {})}
        return UNCHANGED if change_employee(self._session, known.id, None, wanted).version == before else UPDATED

    def _employ(self, user_name: str, own: Mapping[str, Any], department: Department, above: Employee | None, role: str | None) -> Employee:
        """A new employee whose account opens nothing before a first password has been handed out."""
        clean = clean_values(Employee, {"number": next_number(self._session), **own, "department": department.id}, partial=False)
        clean.pop("department")
        columns = {**clean, "department_id": department.id, "superior_id": above and above.id}

        def account() -> User:
            user = add_user(self._session, user_name, clean["name"], "")
            account_of(self._session, user.id).password_due = True
            return user

        employee = take_on(self._session, columns, account)
        if role is not None:
            give_role(self._session, employee, self._roles[role])
        record_event(self._session, "account_added", user_name, employee=employee.id)
        self._people[user_name] = employee
        return employee


def user_name_for(name: str) -> str:
    """A user name made from a full name: Mei-Mei Johns is mei-mei.johns, 张三 is zhangsan."""
    spoken = _HAN.sub(lambda run: "".join(readings(run[0])[0]), name)
    return re.sub(r"[^a-z0-9._-]+", ".", spoken.casefold()).strip(".-_")[:63]


def _account(values: Mapping[str, Any]) -> str:
    return str(values.get("user_name") or user_name_for(str(values["name"])))


def _code(path: list[str]) -> str:
    return "/".join(user_name_for(name) for name in path)[:40]


def _fields() -> Sequence[Field]:
    known = fields_of(Employee)
    return (
        known["name"],
        Field("text", msg("Account"), "user_name", max_length=63, help=msg("Leave it empty to derive it from the name.")),
        *(known[name] for name in ("number", "position")),
        Field("text", msg("Department"), "department", max_length=60, help=msg("Made when it is named for the first time.")),
        Field("text", msg("Division"), "division", max_length=60, help=msg("What the department belongs to.")),
        Field("text", msg("Head of the department"), "head", max_length=80),
        Field("text", msg("Preset role"), "role", max_length=60, help=msg("Its key, such as salesperson.")),
    )


TARGET = ImportTarget(
    "core.employee",
    write_staff,
    _fields,
    (("name",), ("user_name",)),
    {
        "name": ("姓名", "员工姓名", "sales_agent", "employee"),
        "user_name": ("账号", "用户名", "登录名", "account"),
        "department": ("部门", "regional_office"),
        "head": ("负责人", "经理", "manager"),
        "position": ("职位", "岗位"),
        "number": ("工号",),
    },
)
