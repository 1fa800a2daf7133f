"""The export gate on pages and over REST: asking, deciding, downloading."""

from core.web.exporting.api import ExportsApi
from core.web.exporting.backups import BackupsView
from core.web.exporting.views import ExportsView

__all__ = ["BackupsView", "ExportsApi", "ExportsView"]
