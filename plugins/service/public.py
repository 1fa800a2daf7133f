"""What a plugin that requires service may import, and what its hooks carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

REQUEST_TABLE = "service_request"
"""For ``reference(REQUEST_TABLE, …)``."""
REQUEST_RESOURCE = "service.request"
DISPATCH_TABLE = "service_dispatch"
DISPATCH_RESOURCE = "service.dispatch"


@dataclass(frozen=True)
class ShownRequest:
    """A service request whose page is being built, and the customer that it is for."""

    id: int
    customer_id: int
    title: str


@dataclass(frozen=True)
class OralAgreement:
    """What was agreed by word of mouth while a customer was being served; ``amount`` in yuan (R-226)."""

    request_id: int
    customer_id: int
    subject: str
    amount: Decimal
    agreed_on: date
    agreed_by_id: int
