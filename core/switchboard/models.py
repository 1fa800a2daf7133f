"""One row per company and plugin, with who switched it last."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Boolean, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database.records import CompanyRecord
from core.database.types import Moment
from core.extension.calling import registry
from core.kernel.words import Message, msg


class ModuleSwitch(CompanyRecord):
    """A plugin is on only where such a row says so: default closed."""

    __tablename__ = "core_module_switch"
    __resource__ = "core.module"
    __label__: ClassVar[Message] = msg("Module")
    __table_args__ = (UniqueConstraint("company_id", "plugin"),)

    plugin: Mapped[str] = mapped_column(String(25))
    enabled: Mapped[bool] = mapped_column(Boolean, default=False)
    switched_by: Mapped[str] = mapped_column(String(120), default="")
    switched_at: Mapped[datetime | None] = mapped_column(Moment)

    def told_as(self) -> Message | None:
        """The title of the plugin; None where it is not installed any more."""
        found = registry().manifests.get(self.plugin)
        return found.title if found is not None else None
