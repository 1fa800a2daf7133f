"""Stored classes of the import pages: files on their way in, mappings that are kept, and what an import has written."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import ChildRecord, CompanyRecord
from core.database.references import reference
from core.database.types import Identity
from core.kernel.words import Message, msg


class ImportProfile(CompanyRecord):
    """A mapping under a name, for everybody of the company who imports into ``resource``; ``text`` is the TOML that the command reads."""

    __tablename__ = "core_import_profile"
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Import mapping")
    __table_args__ = (UniqueConstraint("company_id", "resource", "name"),)

    name: Mapped[str] = fields.text(msg("Name of the mapping"), length=80, required=True)
    resource: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)


class ImportFile(CompanyRecord):
    """A file that one person has handed in, with the mapping that it is read by; nobody else sees it.

    ``head`` holds the columns, a few sample rows and about how many rows there are. ``sha256`` names the bytes in the file store and is
    empty once they have been thrown away. ``check_job_id`` is the latest try, ``import_job_id`` the import itself.
    """

    __tablename__ = "core_import_file"
    __private_to__ = "asked_by_id"
    __bookkeeping__ = True
    __audited__ = False
    __label__: ClassVar[Message] = msg("File to be imported")
    __table_args__ = (Index(None, "company_id", "import_job_id"),)

    name: Mapped[str] = fields.text(msg("File name"), length=200, required=True)
    resource: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    profile: Mapped[str] = mapped_column(Text, default="")
    profile_name: Mapped[str] = mapped_column(String(80), default="")
    asked_by = reference("core_employee", msg("Imported by"))
    check_job_id: Mapped[int | None] = mapped_column(Identity)
    import_job_id: Mapped[int | None] = mapped_column(Identity)


class ImportedRecord(ChildRecord):
    """A record that an import has created or changed; ``kind`` is created or updated."""

    __tablename__ = "core_imported_record"
    __parent__ = "run"
    __bookkeeping__ = True
    __audited__ = False
    __label__: ClassVar[Message] = msg("Imported record")
    __table_args__ = (Index(None, "company_id", "run_id", "kind", "table_name", "record_id"),)

    run = reference("core_import_run", msg("Import"), required=True)
    kind: Mapped[str] = mapped_column(String(10))
    table_name: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(Identity)
