"""Fixtures of billing: signed contracts whose first part can be invoiced, and the documents on them, made by their verbs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from core.kernel.clock import today
from plugins.billing.models import Allocation, Invoice, InvoiceNotice, InvoiceTitle, Receipt
from plugins.billing.operations import add_title, allocate, draft_notice, issue_invoice, register_receipt, send_notice
from plugins.contracts.models import Contract
from plugins.contracts.operations import plan_payments, sign_contract
from plugins.contracts.public import release_part, schedule_of
from plugins.customers.models import Customer
from tests.plugins.conftest import Trade
from tests.world import World

SELLER, CLERK, ADMINISTRATOR = "sales.east1", "invoicing", "contracts"
TAX_NUMBER = "91320594MA1MPXXX7K"


@dataclass
class Books:
    """Makes documents in the first demo company."""

    world: World
    trade: Trade
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def contract(self, by: str = SELLER, customer: Customer | None = None, *, shares: str = "30,70", released: int = 1) -> Contract:
        """A signed contract over 391,200.00 yuan in two parts, of which the first ``released`` can be invoiced."""
        contract = self.trade.contract(by, customer)
        with self.world.use_case(by) as session:
            plan_payments(session, contract.id, None, shares=shares)
        with self.world.use_case(ADMINISTRATOR) as session:
            signed: Contract = sign_contract(session, contract.id, None)
            for part in schedule_of(session, contract.id)[:released]:
                release_part(session, part.id)
        return signed

    def title(self, customer_id: int, by: str = SELLER, **values: Any) -> InvoiceTitle:
        """Buyer's title data that are enough for every kind of invoice."""
        whole = {
            "customer": customer_id,
            "name": "苏州恒锐精密机械有限公司",
            "tax_number": TAX_NUMBER,
            "bank": "工商银行苏州分行",
            "account": "1102 0206 0920 0012 345",
            "address": "苏州市吴中区",
            "phone": "0512-6688 0000",
        }
        with self.world.use_case(by) as session:
            return add_title(session, whole | values)

    def draft(self, contract: Contract, amount: str = "1000.00", by: str = SELLER, **values: Any) -> InvoiceNotice:
        """A notice of one line; ``part`` names the part of the schedule."""
        line = {"name": "设备款", "part_number": values.pop("part", None), "quantity": Decimal(1), "price": Decimal(amount)}
        with self.world.use_case(by) as session:
            return draft_notice(session, {"title": "空压站首期款", "contract": contract.id, "lines": [line], **values})

    def sent(self, contract: Contract, amount: str = "1000.00", by: str = SELLER, **values: Any) -> InvoiceNotice:
        """A notice that waits for the clerk; the customer gets title data if it has none."""
        notice = self.draft(contract, amount, by, **values)
        if notice.invoice_title_id is None:
            self.title(contract.customer_id, by)
        with self.world.use_case(by) as session:
            return send_notice(session, notice.id, None)

    def invoice(self, notice: InvoiceNotice, amount: str | None = None, **values: Any) -> Invoice:
        """An invoice of the notice, issued today."""
        given = {
            "title": notice.title,
            "notice": notice.id,
            "tax_number": self.number(),
            "amount": None if amount is None else Decimal(amount),
            "issued_on": today(),
        }
        with self.world.use_case(CLERK) as session:
            return issue_invoice(session, given | values)

    def number(self) -> str:
        """A number that the tax platform has not given before."""
        return f"2632200000{next(self.numbers):010d}"

    def receipt(self, amount: str = "1000.00", customer_id: int | None = None, **values: Any) -> Receipt:
        """Money that came in today."""
        given = {"payer": "苏州恒锐精密机械有限公司", "amount": Decimal(amount), "received_on": today(), "customer": customer_id}
        with self.world.use_case(ADMINISTRATOR) as session:
            return register_receipt(session, given | values)

    def paid(self, receipt: Receipt, contract: Contract, amount: str, **values: Any) -> Allocation:
        """An allocation."""
        given = {"title": "进度款", "receipt": receipt.id, "contract": contract.id, "amount": Decimal(amount)}
        with self.world.use_case(ADMINISTRATOR) as session:
            return allocate(session, given | values)

    def again(self, record: Any, by: str = ADMINISTRATOR) -> Any:
        """The record as it is stored now."""
        with self.world.reading(by) as session:
            return session.get(type(record), record.id)


@pytest.fixture
def books(world: World, trade: Trade) -> Books:
    """Documents on demand."""
    return Books(world, trade)


@pytest.fixture
def contract(books: Books) -> Contract:
    """A signed contract whose first part, 117,360.00 yuan, can be invoiced."""
    return books.contract()
