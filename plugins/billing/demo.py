"""Demo notices, invoices and receipts in every state, come about as real ones do."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count, cycle
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.people import holders
from core.kernel.acting import Acting, System, acting_as
from core.kernel.clock import today
from core.kernel.money import FEN
from core.switchboard.rehearsal import actors_of
from core.work.attachments import attach
from plugins.billing import operations as do
from plugins.billing.models import Invoice, InvoiceNotice, InvoiceTitle
from plugins.billing.rules.states import InvoiceKind
from plugins.contracts.public import ContractSummary, ScheduledPart, open_contracts, release_part, schedule_of
from plugins.customers.public import customer_names

WAYS = (
    *("booked_in", "sent", "waiting", "mailed", "draft", "received", "printed", "problem", "issued", "partly", "void"),
    *("reversed", "returned", "withdrawn", "closed", "overdue", "booked_in", "mailed", "booked_in", "sent", "booked_in"),
)
"""How far each demo notice and its invoice go, over and over."""
ON_PAPER = frozenset({"printed", "mailed", "void"})
FIRST_SHARE = Decimal("0.3")  # of the first and of the second notice
NAMES = ("设备款", "进度款", "验收款")
BANKS = ("中国工商银行苏州分行", "中国建设银行无锡分行", "招商银行南京分行", "中国银行杭州分行")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass
class Cast:
    """Who plays, and where chance and invoice numbers stand."""

    house: System
    sellers: dict[int, Acting]
    clerk: Acting
    administrator: Acting
    chance: random.Random
    ways: Iterator[str] = field(default_factory=lambda: cycle(WAYS))
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def invoice_number(self, way: str) -> str:
        """A number as the tax platform gives it: 8 digits on paper, 20 on line."""
        running = next(self.numbers)
        return f"{30_512_000 + running:08d}" if way in ON_PAPER else f"{today():%y}32200000{running:010d}"


def make(session: Session, company: Any, seed: int, most: int = 400) -> None:
    """Invoice and collect what those open contracts of ``company`` owe that nobody has invoiced; the same for the same seed and day."""
    chance = random.Random(f"{seed}/{company.slug}/billing")  # noqa: S311 -- demo data must be the same every time
    house = System("demo data", company.id)
    with acting_as(house):
        known = set(session.scalars(select(InvoiceNotice.contract_id)))
        contracts = [one for one in open_contracts(session, most) if one.id not in known]
        invoices = session.scalar(select(func.count(Invoice.id))) or 0
        sellers = actors_of(session, holders(session, "salesperson"))
        clerks = actors_of(session, holders(session, "invoicing_clerk"))
        administrators = actors_of(session, holders(session, "contract_administrator"))
    clerk, administrator = next(iter(clerks.values()), house), next(iter(administrators.values()), house)
    cast = Cast(house, dict(sellers), clerk, administrator, chance, numbers=count(invoices + 1))
    for number, contract in enumerate(one for one in contracts if one.owner_id in sellers):
        _bill(session, cast, contract)
        _collect(session, cast, contract, number)
    if administrators:
        _unidentified(session, cast)
    with acting_as(house):
        do.remind_of_feedback(session)


def _bill(session: Session, cast: Cast, contract: ContractSummary) -> None:
    """Three notices of the first part of the schedule, each as far as its way leads."""
    with acting_as(cast.house):
        part = schedule_of(session, contract.id)[0]
        _title(session, cast, contract)
    if not part.invoiceable:
        with acting_as(cast.administrator):
            part = release_part(session, part.id)
    first = (part.amount * FIRST_SHARE).quantize(FEN)
    amounts = (first, first, part.amount - 2 * first)  # the last takes what rounding has left over
    for amount, name in zip(amounts, NAMES, strict=True):
        _notice(session, cast, contract, part, (amount, name))


def _title(session: Session, cast: Cast, contract: ContractSummary) -> None:
    known = select(InvoiceTitle.id).where(InvoiceTitle.customer_id == contract.customer_id)
    if session.scalars(known.limit(1)).first() is not None:
        return
    digits = "".join(cast.chance.choices("0123456789", k=15))
    values = {
        "customer": contract.customer_id,
        "name": customer_names(session, [contract.customer_id])[contract.customer_id],
        "tax_number": f"913{digits}",
        "bank": cast.chance.choice(BANKS),
        "account": "".join(cast.chance.choices("0123456789", k=19)),
        "address": f"江苏省苏州市工业园区星湖街{cast.chance.randint(1, 300)}号",
        "phone": f"0512-6{cast.chance.randint(1_000_000, 9_999_999)}",
    }
    do.add_title(session, values)


def _notice(session: Session, cast: Cast, contract: ContractSummary, part: ScheduledPart, asked: tuple[Decimal, str]) -> None:
    way, (amount, name) = next(cast.ways), asked
    kind = InvoiceKind.SPECIAL if way in ON_PAPER else cast.chance.choice((InvoiceKind.E_SPECIAL, InvoiceKind.E_ORDINARY))
    line = {"name": name, "part_number": part.position, "unit": "项", "quantity": Decimal(1), "price": amount}
    with acting_as(cast.sellers[contract.owner_id]):
        values = {"title": f"{contract.title}{name}", "contract": contract.id, "kind": kind, "lines": [line]}
        notice = do.draft_notice(session, values)
        if way == "draft":
            return
        do.send_notice(session, notice.id, None)
        if way == "withdrawn":
            do.withdraw_notice(session, notice.id, None, reason="客户要求推迟开票")
    with acting_as(cast.clerk):
        if way == "returned":
            do.return_notice(session, notice.id, None, reason="购方开户行与客户档案不一致，请核对")
        if way not in ("returned", "withdrawn", "waiting"):
            invoice = _issue(session, cast, notice, way)
            _deliver(session, cast, invoice, way)
        if way == "closed":
            do.close_notice(session, notice.id, None, reason="余款按客户要求另行开票")


def _issue(session: Session, cast: Cast, notice: InvoiceNotice, way: str) -> Invoice:
    amount = (notice.amount / 2).quantize(FEN) if way in ("partly", "closed") else None
    ago = {"overdue": 38, "booked_in": cast.chance.randint(12, 75), "void": 0}.get(way, cast.chance.randint(1, 9))
    values = {
        "title": notice.title,
        "notice": notice.id,
        "tax_number": cast.invoice_number(way),
        "issued_on": today() - timedelta(days=ago),
        "amount": amount,
    }
    return do.issue_invoice(session, values)


def _deliver(session: Session, cast: Cast, invoice: Invoice, way: str) -> None:
    """The clerk's part, then the salesperson's word."""
    if way in ("printed", "mailed"):
        do.print_invoice(session, invoice.id, None)
    if way == "mailed":
        do.mail_invoice(session, invoice.id, None, tracking_number=f"SF{cast.chance.randint(10**12, 10**13 - 1)}")
    if way in ("sent", "overdue", "received", "booked_in", "problem"):
        attach(session, invoice, f"{invoice.tax_number}.pdf", BytesIO(PDF))
        do.send_invoice(session, invoice.id, None, on=invoice.issued_on)
    if way == "void":
        do.void_invoice(session, invoice.id, None, reason="税率选择有误，作废重开")
    if way == "reversed":
        number = cast.invoice_number(way)
        do.reverse_invoice(session, invoice.id, None, tax_number=number, reason="客户退货，全额红冲")
    with acting_as(cast.sellers[invoice.owner_id]):
        if way in ("received", "booked_in"):
            do.receive_invoice(session, invoice.id, None)
        if way == "booked_in":
            do.book_in_invoice(session, invoice.id, None)
        if way == "problem":
            do.report_problem(session, invoice.id, None, reason="客户反映购方税号有误，要求重开")


def _collect(session: Session, cast: Cast, contract: ContractSummary, number: int) -> None:
    """Two receipts of the customer: one for the contract, one that waits, is shared out or goes back."""
    with acting_as(cast.house):
        part = schedule_of(session, contract.id)[0]
    first, second = (part.amount * Decimal("0.45")).quantize(FEN), (part.amount * Decimal("0.2")).quantize(FEN)
    with acting_as(cast.administrator):
        paid = _receive(session, cast, contract, first, delivery="delivered" if number % 3 else "partly")
        values = {"title": NAMES[0], "receipt": paid, "contract": contract.id, "amount": first}
        allocation = do.allocate(session, values | ({"part_number": part.position} if number % 2 else {}))
        other = _receive(session, cast, contract, second, delivery="none")
        if number % 5 in (1, 2):
            half = second if number % 5 == 1 else (second / 2).quantize(FEN)
            do.allocate(session, {"title": NAMES[1], "receipt": other, "contract": contract.id, "amount": half})
        if number % 5 == 3:
            do.refund_receipt(session, other, None, amount=second, reason="客户重复付款，原路退回")
        if number % 5 == 4:
            do.reverse_allocation(session, allocation.id, None, reason="分配到了错误的合同")


def _receive(session: Session, cast: Cast, contract: ContractSummary, amount: Decimal, delivery: str) -> int:
    with acting_as(cast.house):
        payer = customer_names(session, [contract.customer_id])[contract.customer_id]
    values = {
        "payer": payer,
        "amount": amount,
        "received_on": today() - timedelta(days=cast.chance.randint(0, 60)),
        "customer": contract.customer_id,
        "way": cast.chance.choice(("transfer", "transfer", "acceptance")),
        "account": "工商银行基本户 8801",
        "bank_reference": f"{cast.chance.randint(10**11, 10**12 - 1)}",
        "project": contract.title,
        "delivery": delivery,
    }
    return int(do.register_receipt(session, values).id)


def _unidentified(session: Session, cast: Cast) -> None:
    """Money that nobody has claimed yet."""
    with acting_as(cast.administrator):
        for payer, amount in (("张伟", "5800.00"), ("苏州晟源贸易商行", "26000.00"), ("无锡惠达物资有限公司", "103500.50")):
            values = {"payer": payer, "amount": Decimal(amount), "received_on": today() - timedelta(days=cast.chance.randint(1, 12))}
            do.register_receipt(session, values | {"note": "附言未写合同号，待业务部门认领"})
