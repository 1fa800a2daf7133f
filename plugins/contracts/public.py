"""What a plugin that requires contracts may import, and what its hooks carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

CONTRACT_TABLE = "contracts_contract"
CONTRACT_RESOURCE = "contracts.contract"


@dataclass(frozen=True)
class SignedContract:
    """A contract at the moment of its signing; ``amount`` in yuan."""

    id: int
    number: str
    title: str
    customer_id: int
    amount: Decimal
    signed_on: date
    signer_id: int
