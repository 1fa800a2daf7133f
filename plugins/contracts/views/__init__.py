"""Pages of this plugin."""

from plugins.contracts.views.contracts import CONTRACTS, ContractsView
from plugins.contracts.views.oral_contracts import ORAL_CONTRACTS, OralContractsView
from plugins.contracts.views.scheduled_payments import SCHEDULED_PAYMENTS, ScheduledPaymentsView
from plugins.contracts.views.supplements import SUPPLEMENTS, SupplementsView

VIEWS = (ContractsView, ScheduledPaymentsView, SupplementsView, OralContractsView)

__all__ = [
    "CONTRACTS",
    "ORAL_CONTRACTS",
    "SCHEDULED_PAYMENTS",
    "SUPPLEMENTS",
    "VIEWS",
    "ContractsView",
    "OralContractsView",
    "ScheduledPaymentsView",
    "SupplementsView",
]
