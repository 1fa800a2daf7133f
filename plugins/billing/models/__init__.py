"""Stored classes of this plugin."""

from plugins.billing.models.allocation import Allocation
from plugins.billing.models.invoice import Invoice, InvoiceSource
from plugins.billing.models.notice import InvoiceNotice, NoticeLine
from plugins.billing.models.receipt import Receipt, Refund
from plugins.billing.models.title import InvoiceTitle

MODELS = (InvoiceTitle, InvoiceNotice, NoticeLine, Invoice, InvoiceSource, Receipt, Refund, Allocation)

__all__ = ["MODELS", "Allocation", "Invoice", "InvoiceNotice", "InvoiceSource", "InvoiceTitle", "NoticeLine", "Receipt", "Refund"]
