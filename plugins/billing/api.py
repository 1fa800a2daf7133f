"""REST of this plugin."""

from __future__ import annotations

from core.web.api import RecordApi
from plugins.billing.views.allocations import ALLOCATIONS
from plugins.billing.views.invoices import INVOICES
from plugins.billing.views.notices import NOTICES
from plugins.billing.views.receipts import RECEIPTS
from plugins.billing.views.titles import TITLES


class InvoiceTitlesApi(RecordApi):
    """Buyer's title data."""

    noun = TITLES


class InvoiceNoticesApi(RecordApi):
    """Invoice notices and their verbs."""

    noun = NOTICES


class InvoicesApi(RecordApi):
    """Invoices and their verbs."""

    noun = INVOICES


class ReceiptsApi(RecordApi):
    """Receipts and their verbs."""

    noun = RECEIPTS


class AllocationsApi(RecordApi):
    """Allocations and their verbs."""

    noun = ALLOCATIONS


APIS = (InvoiceTitlesApi, InvoiceNoticesApi, InvoicesApi, ReceiptsApi, AllocationsApi)
