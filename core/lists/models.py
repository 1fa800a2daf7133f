"""Saved views of people, what each person marks among them, and how each likes to see a list."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Boolean, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import CompanyRecord
from core.database.references import reference
from core.kernel.words import Message, msg

LONGEST_NAME = 40
LONGEST_CONDITIONS = 4_000
LONGEST_COLUMNS = 2_000


class ListView(CompanyRecord):
    """A list with its search, conditions, order and columns under a name. It carries no rows: whoever opens it sees only the own ones.

    ``path`` is the noun, ``conditions`` the query string of its address. Seen by its author, and by the department (with all below it)
    or the role that it is shared with. Since ``usual_since`` it is the default view of that circle, which opens the list with it.
    """

    __tablename__ = "core_list_view"
    __label__: ClassVar[Message] = msg("Saved view")
    __bookkeeping__ = True
    __private_to__ = "employee_id"
    __shared_by__ = ("department_id", "role_id")
    __table_args__ = (Index(None, "company_id", "path"),)

    employee = reference("core_employee", msg("Author"), required=True)
    department = reference("core_department", msg("Shared with the department"))
    role = reference("core_role", msg("Shared with the role"))
    path: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = fields.text(msg("Name"), length=LONGEST_NAME, required=True)
    conditions: Mapped[str] = fields.long_text(msg("Conditions"), length=LONGEST_CONDITIONS, required=True, personal=True)
    usual_since: Mapped[datetime | None] = fields.moment(msg("Default view since"), editable=False)


class ViewMark(CompanyRecord):
    """What one person makes of one saved view: ``pinned`` in the side menu, ``usual`` when its list is opened."""

    __tablename__ = "core_view_mark"
    __label__: ClassVar[Message] = msg("Mark on a saved view")
    __bookkeeping__ = True
    __private_to__ = "employee_id"
    __table_args__ = (UniqueConstraint("company_id", "employee_id", "view_id"),)

    employee = reference("core_employee", msg("Employee"), required=True)
    view = reference("core_list_view", msg("Saved view"), required=True)
    pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    usual: Mapped[bool] = mapped_column(Boolean, default=False)


class ListHabit(CompanyRecord):
    """How one person likes to see one list: its ``columns`` in their order (names, by commas), whether its rows stand ``dense``.

    ``widths`` are those of columns that he or she has drawn to a width of their own (``name:pixels``, by commas).
    ``cards`` are the fields that the cards of its board show (names, by commas).
    """

    __tablename__ = "core_list_habit"
    __label__: ClassVar[Message] = msg("Columns of a list")
    __bookkeeping__ = True
    __private_to__ = "employee_id"
    __table_args__ = (UniqueConstraint("company_id", "employee_id", "path"),)

    employee = reference("core_employee", msg("Employee"), required=True)
    path: Mapped[str] = mapped_column(String(60))
    columns: Mapped[str] = mapped_column(String(LONGEST_COLUMNS), default="")
    dense: Mapped[bool] = mapped_column(Boolean, default=False)
    widths: Mapped[str] = mapped_column(String(LONGEST_COLUMNS), default="", server_default="")
    cards: Mapped[str] = mapped_column(String(LONGEST_COLUMNS), default="", server_default="")
