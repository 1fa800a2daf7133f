"""Billing: what is invoiced of a contract, what was paid for it, and what is still open."""

from core.extension.manifest import Manifest
from core.kernel.words import msg

MANIFEST = Manifest(
    "billing",
    msg("Billing"),
    msg("Invoice notices, invoices, receipts and their allocation, statements of account and ageing."),
    "1.0",
    requires=("contracts", "customers"),
    icon="receipt-yuan",
)
