"""Companies, the department tree with its closure table, employees, leaders in charge (R-050, R-056)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import UNTOLD, CompanyRecord, GlobalRecord
from core.database.references import reference
from core.database.types import Identity
from core.kernel.choices import Choice
from core.kernel.words import Message, msg


class Company(GlobalRecord):
    """A tenant: rows of one are invisible to another."""

    __tablename__ = "core_company"
    __label__: ClassVar[Message] = msg("Company")

    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = fields.text(msg("Name"), length=120, required=True)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    currency: Mapped[str] = mapped_column(String(3), default="CNY", server_default="CNY")  # ISO 4217; amounts are stored in its hundredths
    # another one whenever the company sets something
    settings_mark: Mapped[str] = mapped_column(String(16), default="", server_default="", info={UNTOLD: True})


class Department(CompanyRecord):
    """A node of the company's tree; records stay with their department when it moves."""

    __tablename__ = "core_department"
    __resource__ = "core.department"
    __label__: ClassVar[Message] = msg("Department")
    __table_args__ = (UniqueConstraint("company_id", "code"),)

    code: Mapped[str] = fields.text(msg("Code"), length=40, required=True, searchable=True)
    name: Mapped[str] = fields.text(msg("Name"), length=120, required=True, searchable=True, history=True)
    parent = reference("core_department", msg("Parent department"), editable=False)


class DepartmentPath(CompanyRecord):
    """Closure table of the tree: one row for each pair of a department and one of its ancestors, itself included."""

    __tablename__ = "core_department_path"
    __audited__ = False
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Department path")
    __table_args__ = (
        UniqueConstraint("company_id", "ancestor_id", "descendant_id"),
        Index(None, "company_id", "descendant_id", "ancestor_id"),
    )

    ancestor = reference("core_department", msg("Ancestor"), required=True)
    descendant = reference("core_department", msg("Descendant"), required=True)
    depth: Mapped[int] = mapped_column(Integer)


class Employee(CompanyRecord):
    """Membership of one user in one company; owners, actors, sharers and approvers are employees."""

    __tablename__ = "core_employee"
    __resource__ = "core.employee"
    __label__: ClassVar[Message] = msg("Employee")
    __table_args__ = (UniqueConstraint("company_id", "user_id"), UniqueConstraint("company_id", "number"))

    user_id: Mapped[int] = mapped_column(Identity, ForeignKey("ab_user.id"), index=True)
    number: Mapped[str] = fields.text(msg("Employee number"), length=40, required=True)
    name: Mapped[str] = fields.text(msg("Full name"), length=80, required=True, searchable=True, history=True)
    position: Mapped[str | None] = fields.code(msg("Position"), "core.position", length=80, history=True)
    department = reference("core_department", msg("Department"), required=True, filterable=True, history=True)
    superior = reference("core_employee", msg("Superior"), history=True)
    left_on: Mapped[date | None] = fields.day(msg("Left on"), history=True)


class Duty(Choice):
    """What a leader is to a department."""

    HEAD = "head", msg("Head")
    IN_CHARGE = "in_charge", msg("Leader in charge")


class DepartmentLeader(CompanyRecord):
    """Head of one department, or leader in charge (分管领导) of a department and all below it (R-001, R-007)."""

    __tablename__ = "core_department_leader"
    __resource__ = "core.department"
    __label__: ClassVar[Message] = msg("Department leader")
    __table_args__ = (UniqueConstraint("company_id", "employee_id", "department_id", "duty"),)

    employee = reference("core_employee", msg("Leader"), required=True)
    department = reference("core_department", msg("Department"), required=True)
    duty: Mapped[Duty] = fields.choice(msg("Duty"), Duty, required=True)
