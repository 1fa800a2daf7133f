"""Roles per company, grants, shares, and what belongs to a sign-in identity (R-048, R-051 to R-053, R-443)."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import CompanyRecord, GlobalRecord
from core.database.references import reference
from core.database.types import Chosen, Identity, Moment
from core.kernel.acting import FieldAccess, Scope
from core.kernel.choices import Choice
from core.kernel.words import Message, msg


class Role(CompanyRecord):
    """A named set of grants; ``preset`` names the preset it was made from, as which it is called until the company calls it otherwise."""

    __tablename__ = "core_role"
    __resource__ = "core.role"
    __label__: ClassVar[Message] = msg("Role")
    __table_args__ = (UniqueConstraint("company_id", "name"),)

    name: Mapped[Message | str] = fields.text(msg("Name"), length=80, required=True, history=True, said=True)
    description: Mapped[Message | str | None] = fields.text(msg("Description"), length=500, said=True)
    preset: Mapped[str | None] = mapped_column(String(40))
    active: Mapped[bool] = fields.flag(msg("Active"), default=True, history=True)


class Grant(CompanyRecord):
    """One cell of the permission matrix: role, resource, verb and how far it reaches."""

    __tablename__ = "core_grant"
    __resource__ = "core.role"
    __label__: ClassVar[Message] = msg("Right")
    __table_args__ = (UniqueConstraint("company_id", "role_id", "resource", "verb"),)

    role = reference("core_role", msg("Role"), required=True)
    resource: Mapped[str] = mapped_column(String(80))
    verb: Mapped[str] = mapped_column(String(40))
    scope: Mapped[Scope] = mapped_column(Chosen(Scope))


class FieldGrant(CompanyRecord):
    """What a role may do with one field: ``field`` of ``table_name``, whose records ``resource`` gives rights on (R-442).

    A field without a row is as its declaration says: open as far as the verbs of the role go, or masked.
    """

    __tablename__ = "core_field_grant"
    __resource__ = "core.role"
    __label__: ClassVar[Message] = msg("Field right")
    __table_args__ = (UniqueConstraint("company_id", "role_id", "table_name", "field"),)

    role = reference("core_role", msg("Role"), required=True)
    resource: Mapped[str] = mapped_column(String(80))
    table_name: Mapped[str] = mapped_column(String(63))
    field: Mapped[str] = mapped_column(String(63))
    access: Mapped[FieldAccess] = mapped_column(Chosen(FieldAccess))


class EmployeeRole(CompanyRecord):
    """An employee has one or more roles; one that was applied for ends with the day ``until`` (R-298)."""

    __tablename__ = "core_employee_role"
    __resource__ = "core.role"
    __label__: ClassVar[Message] = msg("Role of an employee")
    __table_args__ = (UniqueConstraint("company_id", "employee_id", "role_id"),)

    employee = reference("core_employee", msg("Employee"), required=True)
    role = reference("core_role", msg("Role"), required=True)
    until: Mapped[date | None] = fields.day(msg("Until"))


class ShareMode(Choice):
    """What a sharer may do."""

    READ = "read", msg("Read")
    WRITE = "write", msg("Read and write")


class Share(CompanyRecord):
    """One record opened to one named person, read or write, until a moment or without end (R-013, R-443)."""

    __tablename__ = "core_share"
    __label__: ClassVar[Message] = msg("Share")
    __bookkeeping__ = True
    __table_args__ = (
        UniqueConstraint("company_id", "resource", "record_id", "employee_id"),
        Index(None, "company_id", "employee_id", "resource", "record_id"),
    )

    resource: Mapped[str] = mapped_column(String(80))
    record_id: Mapped[int] = mapped_column(Identity)
    employee = reference("core_employee", msg("Shared with"), required=True)
    mode: Mapped[ShareMode] = fields.choice(msg("Mode"), ShareMode, default=ShareMode.READ)
    until: Mapped[datetime | None] = fields.moment(msg("Until"))


class CaseReader(CompanyRecord):
    """One record opened to one person, to read, because a case asks or asked for a decision about it (R-062).

    ``case_id`` is the case that opened it, ``delegation_id`` the delegation by which a stand-in sees it. It holds from the day ``from_on``
    to the day ``until_on``, both included; empty means without end. Written by the approvals floor, read by the record guard.
    """

    __tablename__ = "core_case_reader"
    __label__: ClassVar[Message] = msg("Reader through a case")
    __audited__ = False  # the case tells who was asked and who decided
    __bookkeeping__ = True
    __private_to__ = "employee_id"
    __table_args__ = (Index(None, "company_id", "employee_id", "table_name", "record_id"), Index(None, "company_id", "case_id"))

    table_name: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(Identity)
    employee = reference("core_employee", msg("Reader"), required=True)
    case_id: Mapped[int] = mapped_column(Identity)
    delegation_id: Mapped[int | None] = mapped_column(Identity)
    from_on: Mapped[date | None] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)


class Account(GlobalRecord):
    """What Keguan keeps of a sign-in identity beside FAB's user: epoch, language, theme, whether it is a demo account.

    ``epoch`` rises when the password changes, the account is closed or an administrator ends all sessions; every session
    and token carries the epoch it was made under and dies with it (security.md B1).
    """

    __tablename__ = "core_account"
    __audited__ = False
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Account")

    user_id: Mapped[int] = mapped_column(Identity, ForeignKey("ab_user.id"), unique=True)
    epoch: Mapped[int] = mapped_column(Integer, default=1)
    language: Mapped[str] = mapped_column(String(10), default="zh_CN")
    theme: Mapped[str] = mapped_column(String(10), default="light")
    platform_administrator: Mapped[bool] = mapped_column(Boolean, default=False)
    demo: Mapped[bool] = mapped_column(Boolean, default=False)
    password_due: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())  # set by somebody else
    second_factor: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())  # signing in takes a second step
    factor_round: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # rises when that changes; tokens carry it
    factor_asked_on: Mapped[date | None] = mapped_column(Date)  # first told that the account needs one: days of grace begin
    factor_due: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())  # they are over: nothing else opens


class ApiKey(GlobalRecord):
    """A key for programs: bound to one employee, shown once, stored as a hash."""

    __tablename__ = "core_api_key"
    __audited__ = False
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("API key")

    user_id: Mapped[int] = mapped_column(Identity, ForeignKey("ab_user.id"), index=True)
    company_id: Mapped[int] = mapped_column(Identity, ForeignKey("core_company.id"))
    name: Mapped[str] = mapped_column(String(80))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    epoch: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked: Mapped[bool] = mapped_column(Boolean, default=False)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)  # to the hour, so that asking often does not write often


class SecondFactor(GlobalRecord):
    """The second factor of an account: a secret that an authenticator app shares, sealed with a key that lies outside the database.

    ``fresh`` is a secret that is being set up and counts for nothing until a code has confirmed it. ``last_step`` is the time step of the
    last code that was accepted: neither that code nor an earlier one is accepted again. See :mod:`core.access.second_factor`.
    """

    __tablename__ = "core_second_factor"
    __audited__ = False  # the trail tells that it was set up, used and taken off; its secret is nobody's business
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Two-step verification")

    user_id: Mapped[int] = mapped_column(Identity, ForeignKey("ab_user.id"), unique=True)
    secret: Mapped[bytes | None] = mapped_column(LargeBinary(120))
    since: Mapped[datetime | None] = mapped_column(Moment)
    last_step: Mapped[int] = mapped_column(Identity, default=0)
    fresh: Mapped[bytes | None] = mapped_column(LargeBinary(120))
    fresh_at: Mapped[datetime | None] = mapped_column(Moment)


class RecoveryCode(GlobalRecord):
    """A code for who has lost the phone: shown once, stored as a keyed hash, good for one sign-in."""

    __tablename__ = "core_recovery_code"
    __audited__ = False
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Recovery code")
    __table_args__ = (UniqueConstraint("user_id", "digest"),)

    user_id: Mapped[int] = mapped_column(Identity, ForeignKey("ab_user.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class WebSession(GlobalRecord):
    """A signed-in browser, kept on the server: the cookie carries only a random key, of which the hash is stored."""

    __tablename__ = "core_web_session"
    __audited__ = False
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Session")

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[int | None] = mapped_column(Identity, ForeignKey("ab_user.id"), index=True)
    epoch: Mapped[int] = mapped_column(Integer, default=0)
    values: Mapped[str] = mapped_column(String(8000), default="{}")
    seen_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)


class SignInCount(GlobalRecord):
    """Wrong passwords in a row under a key: an account (by the hash of the name that was typed, whether it exists or not), a browser
    known to an account, or a network address. See :mod:`core.access.attempts`.
    """

    __tablename__ = "core_sign_in_count"
    __audited__ = False  # the trail tells of each wrong password, and of each lock
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Wrong passwords")

    key: Mapped[str] = mapped_column(String(120), unique=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    refused: Mapped[int] = mapped_column(Integer, default=0)  # tries that were not even checked
    begun_at: Mapped[datetime] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment, index=True)
    told_on: Mapped[date | None] = mapped_column(Date)  # of a lock, once a day
