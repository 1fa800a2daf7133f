"""Demo notices, invoices and receipts in every state, come about as real ones do."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.people import holders
from core.kernel.acting import Acting, System, acting_as
from core.kernel.money import FEN
from core.kernel.story import Story, ago
from core.switchboard.rehearsal import actors_of
from core.work.attachments import attach
from plugins.billing import operations as do
from plugins.billing.models import Invoice, InvoiceNotice, InvoiceTitle
from plugins.billing.rules.states import InvoiceKind
from plugins.contracts.public import ContractSummary, ScheduledPart, open_contracts, release_part, schedule_of
from plugins.customers.public import customer_names, registered_customer

WAYS = (
    *("booked_in", "sent", "waiting", "mailed", "draft", "received", "printed", "problem", "issued", "partly", "void"),
    *("reversed", "returned", "withdrawn", "closed", "overdue", "booked_in", "mailed", "booked_in", "sent", "booked_in"),
)
"""How far each demo notice and its invoice go, over and over."""
AGES = {"overdue": (38, 44), "booked_in": (14, 60), "void": (0, 0), "waiting": (0, 1), "draft": (0, 3)}
"""How many days ago the invoice was issued, or the notice written; the others within ten days."""
LONGEST = 46
"""Days that a contract has to be signed for, before an invoice of it can be overdue."""
ON_PAPER = frozenset({"printed", "mailed", "void"})
FIRST_SHARE = Decimal("0.3")  # of the first and of the second notice
NAMES = ("设备款", "进度款", "验收款")
BANKS = ("中国工商银行", "中国建设银行", "招商银行", "中国银行")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass
class Cast:
    """Who plays, and where chance and invoice numbers stand."""

    house: System
    sellers: dict[int, Acting]
    clerk: Acting
    administrator: Acting
    chance: random.Random
    ways: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    plot: list[tuple[Story, Callable[[Story], None]]] = field(default_factory=list)

    def way(self, known_for: int) -> str:
        """How far the next notice goes; one of a young contract cannot be overdue."""
        self.ways = self.ways or list(WAYS)
        return self.ways.pop(next((place for place, way in enumerate(self.ways) if way != "overdue" or known_for > LONGEST), 0))

    def invoice_number(self, way: str, day: date) -> str:
        """A number as the tax platform gives it, rising from day to day: 8 digits on paper, 20 on line."""
        running, days = next(self.numbers), 2_000 - (ago(0) - day).days
        return f"{30_000_000 + days * 10_000 + running:08d}" if way in ON_PAPER else f"{day:%y}32200000{days * 1_000_000 + running:010d}"

    def play(self) -> None:
        """Let everything happen, the oldest first, so that numbers are given in order."""
        for story, happens in sorted(self.plot, key=lambda scene: scene[0].opens):
            with story:
                happens(story)
        self.plot.clear()

    def expect(self, begins: date, happens: Callable[[Story], None]) -> None:
        """Something will happen on that day."""
        self.plot.append((Story(self.chance, begins), happens))


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
    cast.play()
    with acting_as(house):
        do.remind_of_feedback(session)


def _bill(session: Session, cast: Cast, contract: ContractSummary) -> None:
    """Three notices of the first part of the schedule, each as far as its way leads."""
    with acting_as(cast.house):
        part = schedule_of(session, contract.id)[0]
    first = (part.amount * FIRST_SHARE).quantize(FEN)
    amounts = (first, first, part.amount - 2 * first)  # the last takes what rounding has left over
    for amount, name in zip(amounts, NAMES, strict=True):
        cast.expect(*_notice(session, cast, contract, (amount, name)))


def _since(contract: ContractSummary) -> date:
    """The day after the signing."""
    return (contract.signed_on or ago(1)) + timedelta(days=1)


def _prepare(session: Session, cast: Cast, contract: ContractSummary) -> ScheduledPart:
    """What an invoice of the contract needs: the buyer's title, and a part that can be invoiced."""
    with acting_as(cast.house):
        part = schedule_of(session, contract.id)[0]
        _title(session, cast, contract)
    if not part.invoiceable:
        with acting_as(cast.administrator):
            part = release_part(session, part.id)
    return part


def _title(session: Session, cast: Cast, contract: ContractSummary) -> None:
    known = select(InvoiceTitle.id).where(InvoiceTitle.customer_id == contract.customer_id)
    if session.scalars(known.limit(1)).first() is not None:
        return
    buyer = registered_customer(session, contract.customer_id)
    values = {
        "customer": contract.customer_id,
        "name": buyer.name,
        "tax_number": buyer.credit_code or f"{cast.chance.choice('123456789')}{''.join(cast.chance.choices('0123456789', k=17))}",
        "bank": f"{cast.chance.choice(BANKS)}{buyer.city}分行",
        "account": "".join(cast.chance.choices("0123456789", k=19)),
        "address": buyer.address,
        "phone": buyer.phone,
    }
    do.add_title(session, values)


def _notice(session: Session, cast: Cast, contract: ContractSummary, asked: tuple[Decimal, str]) -> tuple[date, Callable[[Story], None]]:
    """When the seller writes the notice, and what becomes of it."""
    since, (amount, name) = _since(contract), asked
    way = cast.way((ago(0) - since).days)
    kind = InvoiceKind.SPECIAL if way in ON_PAPER else cast.chance.choice((InvoiceKind.E_SPECIAL, InvoiceKind.E_ORDINARY))
    issued_on = max(ago(cast.chance.randint(*AGES.get(way, (2, 9)))), since)
    begins = issued_on if way in ("draft", "waiting") else max(issued_on - timedelta(days=cast.chance.randint(0, 2)), since)

    def happens(story: Story) -> None:
        part = _prepare(session, cast, contract)
        line = {"name": name, "part_number": part.position, "unit": "项", "quantity": Decimal(1), "price": amount}
        values = {"title": f"{contract.title}{name}", "contract": contract.id, "kind": kind, "lines": [line]}
        with acting_as(cast.sellers[contract.owner_id]):
            notice = do.draft_notice(session, values)
            story.minutes(5, 60)
            if way == "draft":
                return
            do.send_notice(session, notice.id, None)
            if way == "withdrawn":
                story.minutes()
                do.withdraw_notice(session, notice.id, None, reason="客户要求推迟开票")
        _answer(session, cast, story, notice, (way, issued_on))

    return begins, happens


def _answer(session: Session, cast: Cast, story: Story, notice: InvoiceNotice, goes: tuple[str, date]) -> None:
    """What the clerk does with the notice."""
    way, issued_on = goes
    story.minutes(15, 120)
    with acting_as(cast.clerk):
        if way == "returned":
            do.return_notice(session, notice.id, None, reason="购方开户行与客户档案不一致，请核对")
        if way not in ("returned", "withdrawn", "waiting"):
            story.on(issued_on)
            _deliver(session, cast, story, _issue(session, cast, story, notice, way), way)
        if way == "closed":
            story.minutes()
            do.close_notice(session, notice.id, None, reason="余款按客户要求另行开票")


def _issue(session: Session, cast: Cast, story: Story, notice: InvoiceNotice, way: str) -> Invoice:
    amount = (notice.amount / 2).quantize(FEN) if way in ("partly", "closed") else None
    number = cast.invoice_number(way, story.day)
    values = {"title": notice.title, "notice": notice.id, "tax_number": number, "issued_on": story.day, "amount": amount}
    return do.issue_invoice(session, values)


def _deliver(session: Session, cast: Cast, story: Story, invoice: Invoice, way: str) -> None:
    """The clerk's part, then the salesperson's word."""
    story.minutes(10, 90)
    if way in ("printed", "mailed"):
        do.print_invoice(session, invoice.id, None)
    if way == "mailed":
        story.minutes(10, 90)
        do.mail_invoice(session, invoice.id, None, tracking_number=f"SF{cast.chance.randint(10**12, 10**13 - 1)}")
    if way in ("sent", "overdue", "received", "booked_in", "problem"):
        attach(session, invoice, f"{invoice.tax_number}.pdf", BytesIO(PDF))
        do.send_invoice(session, invoice.id, None, on=story.day)
    if way == "void":
        do.void_invoice(session, invoice.id, None, reason="税率选择有误，作废重开")
    if way == "reversed":
        story.days(1, 2)
        number = cast.invoice_number(way, story.day)
        do.reverse_invoice(session, invoice.id, None, tax_number=number, reason="客户退货，全额红冲")
    with acting_as(cast.sellers[invoice.owner_id]):
        _feed_back(session, story, invoice, way)


def _feed_back(session: Session, story: Story, invoice: Invoice, way: str) -> None:
    if way in ("received", "booked_in", "problem"):
        story.days(1, 3)
    if way in ("received", "booked_in"):
        do.receive_invoice(session, invoice.id, None)
    if way == "booked_in":
        story.days(2, 9)
        do.book_in_invoice(session, invoice.id, None)
    if way == "problem":
        do.report_problem(session, invoice.id, None, reason="客户反映购方税号有误，要求重开")


def _collect(session: Session, cast: Cast, contract: ContractSummary, number: int) -> None:
    """What the customer pays of the first part of the schedule: all of it in two receipts, or less; a third comes twice and goes back.

    Of a contract that is just signed nothing has come yet but an advance.
    """
    with acting_as(cast.house):
        part = schedule_of(session, contract.id)[0]
    since, known_for = _since(contract), (ago(0) - _since(contract)).days
    paid_on = [max(ago(cast.chance.randint(0, min(60, max(known_for - 3, 0)))), since) for _ in range(3)]
    first, second = (part.amount * Decimal("0.45")).quantize(FEN), (part.amount * Decimal("0.2")).quantize(FEN)
    rest = part.amount - first
    by_part = number % 2 == 1 or number % 3 == 0

    def pays(story: Story) -> None:
        with acting_as(cast.administrator):
            paid = _receive(session, cast, story, contract, first, delivery="delivered" if number % 3 else "partly")
            story.minutes()
            allocation = do.allocate(session, _allocation(contract, paid, first, NAMES[0], part if by_part else None))
            if number % 5 == 4:
                story.days(1, 2)
                do.reverse_allocation(session, allocation.id, None, reason="分配到了错误的合同")

    def pays_the_rest(story: Story) -> None:
        with acting_as(cast.administrator):
            paid = _receive(session, cast, story, contract, rest, delivery="delivered")
            story.minutes()
            do.allocate(session, _allocation(contract, paid, rest, NAMES[2], part))

    def pays_ahead(story: Story) -> None:
        with acting_as(cast.administrator):
            other = _receive(session, cast, story, contract, second, delivery="none")
            story.minutes()
            if number % 5 in (1, 2) and contract.amount - part.amount >= second:
                half = second if number % 5 == 1 else (second / 2).quantize(FEN)
                do.allocate(session, _allocation(contract, other, half, NAMES[1], None))
            if number % 5 == 3:
                story.days(1, 3)
                do.refund_receipt(session, other, None, amount=second, reason="客户重复付款，原路退回")

    scenes = [pays, pays_ahead, *([pays_the_rest] if by_part and number % 3 == 0 else [])]
    for day, scene in zip(sorted(paid_on), scenes, strict=False):
        cast.expect(day, scene)


def _allocation(contract: ContractSummary, receipt: int, amount: Decimal, title: str, part: ScheduledPart | None) -> dict[str, Any]:
    values = {"title": title, "receipt": receipt, "contract": contract.id, "amount": amount}
    return values | ({"part_number": part.position} if part is not None else {})


def _receive(session: Session, cast: Cast, story: Story, contract: ContractSummary, amount: Decimal, delivery: str) -> int:
    with acting_as(cast.house):
        payer = customer_names(session, [contract.customer_id])[contract.customer_id]
    values = {
        "payer": payer,
        "amount": amount,
        "received_on": story.day,
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
    for payer, amount in (("张伟", "5800.00"), ("苏州晟源贸易商行", "26000.00"), ("无锡惠达物资有限公司", "103500.50")):
        values = {"payer": payer, "amount": Decimal(amount), "note": "附言未写合同号，待业务部门认领"}

        def comes(story: Story, values: dict[str, Any] = values) -> None:
            with acting_as(cast.administrator):
                do.register_receipt(session, values | {"received_on": story.day})

        cast.expect(ago(cast.chance.randint(1, 12)), comes)
