"""What a plugin says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.kernel.errors import StartRefused
from core.kernel.words import Message, msg

BUSINESS = msg("Business")
NAME = re.compile(r"[a-z][a-z0-9]{1,24}")


@dataclass(frozen=True)
class Manifest:
    """Name (also the prefix of its tables and rights), title, one sentence of purpose, version, and whom it requires."""

    name: str
    title: Message
    purpose: Message
    version: str
    requires: tuple[str, ...] = ()
    icon: str = "puzzle"
    group: Message = BUSINESS

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name) or self.name == "core":
            raise StartRefused(msg("The plugin name %(name)s must be 2 to 25 small letters or digits.", name=self.name))
