"""What belongs to one running application, for pages and for what is built on them."""

from __future__ import annotations

from dataclasses import dataclass

from config.settings import Settings
from core.database.sessions import Database
from core.extension.registry import Registry
from core.web.nouns import Nouns


@dataclass
class Keguan:
    """Settings, database, plugins and nouns of one application, reached as ``app.extensions["keguan"]``."""

    settings: Settings
    database: Database
    registry: Registry
    nouns: Nouns
