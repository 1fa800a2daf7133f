"""REST of this plugin."""

from __future__ import annotations

from core.web.api import RecordApi
from plugins.contracts.views import CONTRACTS


class ContractsApi(RecordApi):
    """Contracts and their verbs."""

    noun = CONTRACTS


APIS = (ContractsApi,)
