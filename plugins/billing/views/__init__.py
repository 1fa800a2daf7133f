"""Pages of this plugin."""

from plugins.billing.views.ageing import AgeingView
from plugins.billing.views.allocations import AllocationsView
from plugins.billing.views.invoices import InvoicesView
from plugins.billing.views.notices import InvoiceNoticesView
from plugins.billing.views.receipts import ReceiptsView
from plugins.billing.views.statements import StatementsView
from plugins.billing.views.titles import InvoiceTitlesView

VIEWS = (InvoiceNoticesView, InvoicesView, ReceiptsView, AllocationsView, InvoiceTitlesView, AgeingView, StatementsView)

__all__ = ["VIEWS"]
