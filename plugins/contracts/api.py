"""REST of this plugin."""

from __future__ import annotations

from core.web.api import RecordApi
from plugins.contracts.views import CONTRACTS, ORAL_CONTRACTS, SCHEDULED_PAYMENTS, SUPPLEMENTS


class ContractsApi(RecordApi):
    """Contracts and their verbs."""

    noun = CONTRACTS


class ScheduledPaymentsApi(RecordApi):
    """Payment schedules, and making a part invoiceable."""

    noun = SCHEDULED_PAYMENTS


class SupplementsApi(RecordApi):
    """Supplements and their verbs."""

    noun = SUPPLEMENTS


class OralContractsApi(RecordApi):
    """Oral contracts and their verbs."""

    noun = ORAL_CONTRACTS


APIS = (ContractsApi, ScheduledPaymentsApi, SupplementsApi, OralContractsApi)
