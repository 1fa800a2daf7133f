"""What the host remembers of plugins that were taken away."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.records import GlobalRecord
from core.database.types import Moment
from core.kernel.clock import now
from core.kernel.words import Message, msg


class RetiredPlugin(GlobalRecord):
    """A plugin whose tables were kept when it was taken away; ``revision`` is how far its migrations had come."""

    __tablename__ = "core_retired_plugin"
    __label__: ClassVar[Message] = msg("Retired module")

    plugin: Mapped[str] = mapped_column(String(25), unique=True)
    revision: Mapped[str] = mapped_column(String(32))
    retired_at: Mapped[datetime] = mapped_column(Moment, default=now)
