"""What a plugin that requires sales may import, and what its hooks carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.kernel.words import Message

OPPORTUNITY_TABLE = "sales_opportunity"
OPPORTUNITY_RESOURCE = "sales.opportunity"
QUOTATION_TABLE = "sales_quotation"
QUOTATION_RESOURCE = "sales.quotation"
ORDER_TABLE = "sales_order"
ORDER_RESOURCE = "sales.order"
PROJECT_TABLE = "sales_project"
PROJECT_RESOURCE = "sales.project"


@dataclass(frozen=True)
class DealLine:
    """A line of a won opportunity; ``price`` in yuan per unit after the discount, so that quantity times price is its amount."""

    code: str | None
    name: str
    unit: str | None
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True)
class WonDeal:
    """An opportunity at the moment it is won; ``amount`` in yuan, the sum of ``lines`` where there are any."""

    opportunity_id: int
    title: str
    customer_id: int
    owner_id: int
    department_id: int
    amount: Decimal
    won_on: date
    lines: tuple[DealLine, ...] = ()


@dataclass(frozen=True)
class ContractFound:
    """The contract behind a number; ``open`` says whether orders may still rest on it. ``amount`` in yuan."""

    id: int
    number: str
    customer_id: int
    open: bool
    amount: Decimal
    signed_on: date | None = None


@dataclass(frozen=True)
class EarlierPrice:
    """What a customer was once asked for or paid for a product, in ``document``, which ``url`` leads to.

    ``price`` in yuan per unit; ``discount`` the share of it that was paid in per cent, None where prices are written net.
    """

    code: str | None
    name: str
    unit: str | None
    quantity: Decimal
    price: Decimal
    discount: Decimal | None
    day: date
    document: str
    kind: Message
    url: str


@dataclass(frozen=True)
class ReachedMilestone:
    """A milestone of a project at the moment it is reached; ``part`` is the position of the payment that it makes due, from 1."""

    project_id: int
    milestone_id: int
    name: str
    reached_on: date
    contract_number: str | None
    part: int | None
