"""From a customer that nobody knew to money in the bank and a repaired machine, as S-01 wants it: seven people of 启衡机电 at work.

Each chapter is one method; what it leaves behind is remembered by name. An accountant should be able to read it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core.kernel.clock import SHANGHAI, today
from tests.scenarios.ways import Way
from tests.world import World

SELLER, HEAD, LEADER = "sales.east1", "head.east", "leader"
ADMINISTRATOR, CLERK, FINANCE, SERVICE = "contracts", "invoicing", "finance", "service"
PEOPLE = (SELLER, HEAD, LEADER, ADMINISTRATOR, CLERK, FINANCE, SERVICE)

COMPRESSOR, CARE = "KY-75A", "BY-12"
BUYER = "苏州恒锐精密机械有限公司"


class Story:
    """One customer's way through the house, gone by ``way``."""

    def __init__(self, way: Way, world: World) -> None:
        self.way, self.world = way, world
        self.ids: dict[str, int] = {}
        self.number = ""  # of the contract

    def tell(self) -> None:
        """All chapters in their order."""
        self.the_catalogue_is_there()
        self.a_customer_is_entered_and_reviewed()
        self.an_opportunity_is_won()
        self.the_contract_is_signed_handed_over_and_entered()
        self.the_goods_are_ordered()
        self.the_project_reaches_its_milestone()
        self.what_is_invoiceable_is_invoiced()
        self.the_invoice_reaches_the_customers_books()
        self.money_comes_in_and_is_allocated()
        self.a_service_request_is_handled_on_site()
        self.a_word_given_is_put_in_writing()

    def the_catalogue_is_there(self) -> None:
        """The head of sales lists what is sold, and below which discount only finance may go."""
        goods = ((COMPRESSOR, "螺杆空压机 75kW", "台", "186000.00", "85"), (CARE, "年度保养包", "套", "12800.00", "90"))
        for code, name, unit, price, lowest in goods:
            product = {"code": code, "name": name, "unit": unit, "list_price": price, "lowest_discount": lowest}
            self.way.create(HEAD, "products", product)

    def a_customer_is_entered_and_reviewed(self) -> None:
        """The salesperson enters it, the head approves it and leaves it with the salesperson (R-151)."""
        customer = {"name": BUYER, "address": "苏州市吴中区金枫南路 88 号", "phone": "0512-6688 0000"}
        self.ids["customer"] = self.way.create(SELLER, "customers", customer)
        self.way.act(HEAD, "customers", self.ids["customer"], "approve", owner=self._employee(SELLER))
        talk = {"customer": self.ids["customer"], "content": "二期厂房要两台 75kW 空压机，含第一年保养。"}
        self.way.create(SELLER, "interactions", talk)

    def an_opportunity_is_won(self) -> None:
        """Two machines at 90 per cent and one care package: 334,800 + 12,800 = 347,600 yuan."""
        lines = [{"code": COMPRESSOR, "quantity": "2", "discount": "90"}, {"code": CARE, "quantity": "1"}]
        chance = {"title": "二期厂房空压站", "customer": self.ids["customer"], "lines": lines}
        self.ids["opportunity"] = self.way.create(SELLER, "opportunities", chance)
        self.way.act(SELLER, "opportunities", self.ids["opportunity"], "win", reason="solution")
        self.ids["contract"] = self.way.only(SELLER, "contracts", customer=self.ids["customer"])

    def the_contract_is_signed_handed_over_and_entered(self) -> None:
        """The draft came from the opportunity; three payments are planned; the contract administrator signs and enters (R-222, R-223)."""
        contract = self.ids["contract"]
        self.way.act(SELLER, "contracts", contract, "plan_payments", shares="30, 60, 10", first_on=str(today()), every_days=30)
        self.way.act(HEAD, "contracts", contract, "sign", signer=self._employee(SELLER))
        self.way.act(HEAD, "contracts", contract, "hand_over_text")
        self.way.act(ADMINISTRATOR, "contracts", contract, "register")
        self.number = f"HT-{today().year}-0001"

    def the_goods_are_ordered(self) -> None:
        """At 80 per cent the price is below the lowest: finance passes it, and the order names its contract (R-214, R-330)."""
        order = {
            "title": "二期空压站首批供货",
            "customer": self.ids["customer"],
            "contract_number": self.number,
            "confirmation": "fax",
            "lines": [{"code": COMPRESSOR, "quantity": "1", "discount": "80"}],
        }
        self.ids["order"] = self.way.create(SELLER, "orders", order)
        self.way.act(SELLER, "orders", self.ids["order"], "submit")
        self.way.act(FINANCE, "orders", self.ids["order"], "approve_discount")

    def the_project_reaches_its_milestone(self) -> None:
        """No project without an approved proposal (R-324); its milestone makes the second payment invoiceable (R-227)."""
        proposal = {"title": "二期空压站安装", "customer": self.ids["customer"], "amount": "347600.00"}
        made = self.way.create(SELLER, "project-proposals", proposal)
        self.way.act(SELLER, "project-proposals", made, "submit")
        self.way.act(HEAD, "project-proposals", made, "approve", note="同意立项")
        project = {"title": "二期空压站安装", "proposal": made, "contract_number": self.number}
        self.ids["project"] = self.way.create(SELLER, "projects", project)
        milestone = {"project": self.ids["project"], "name": "设备到货验收", "due_on": str(today()), "part": 2}
        self.ids["milestone"] = self.way.create(SELLER, "milestones", milestone)
        self.way.act(SELLER, "milestones", self.ids["milestone"], "reach")

    def what_is_invoiceable_is_invoiced(self) -> None:
        """The salesperson asks for 208,560 yuan, the second payment; the clerk issues a special invoice on paper (R-227, R-228)."""
        title = {
            "customer": self.ids["customer"],
            "name": BUYER,
            "tax_number": "91320594MA1MPXXX7K",
            "bank": "工商银行苏州分行",
            "account": "1102020609200012345",
            "address": "苏州市吴中区金枫南路 88 号",
            "phone": "0512-6688 0000",
        }
        self.way.create(SELLER, "invoice-titles", title)
        self.ids["notice"] = self.notice("208560.00")
        self.way.act(SELLER, "invoice-notices", self.ids["notice"], "send")
        self.way.act(CLERK, "invoice-notices", self.ids["notice"], "issue", tax_number="30512001")
        self.ids["invoice"] = self.way.only(CLERK, "invoices", contract=self.ids["contract"])

    def the_invoice_reaches_the_customers_books(self) -> None:
        """Printed and mailed by the clerk, received and booked in as the salesperson feeds back (R-229, R-326)."""
        invoice = self.ids["invoice"]
        self.way.act(CLERK, "invoices", invoice, "print")
        self.way.act(CLERK, "invoices", invoice, "mail", tracking_number="SF1390000000001")
        self.way.act(SELLER, "invoices", invoice, "receive")
        self.way.act(SELLER, "invoices", invoice, "book_in")

    def money_comes_in_and_is_allocated(self) -> None:
        """200,000 yuan of 208,560 arrive; the contract administrator registers and allocates them (R-231, R-335)."""
        receipt = {"payer": BUYER, "amount": "200000.00", "received_on": str(today()), "customer": self.ids["customer"]}
        self.ids["receipt"] = self.way.create(ADMINISTRATOR, "receipts", receipt)
        self.ids["allocation"] = self.allocate(self.ids["receipt"], "200000.00", part_number=2, invoice=self.ids["invoice"])

    def a_service_request_is_handled_on_site(self) -> None:
        """After-sales takes the call, goes there by a dispatch order, hears the customer; the leader files it away (R-239 to R-243)."""
        call = {"title": "1# 机排气温度高", "customer": self.ids["customer"], "description": "夜班报警停机两次"}
        request = self.ids["request"] = self.way.create(SERVICE, "service-requests", call)
        self.way.act(SERVICE, "service-requests", request, "assign", handler=self._employee(SERVICE))
        self.way.act(SERVICE, "service-requests", request, "start", said="明天上午到厂")
        self._is_sent(request)
        self.way.act(SERVICE, "service-requests", request, "finish", result="更换温控阀，清洗冷却器")
        self.way.act(SERVICE, "service-requests", request, "record_feedback", satisfaction="satisfied", words="来得快")
        self.way.act(SERVICE, "service-requests", request, "close")

    def a_word_given_is_put_in_writing(self) -> None:
        """On site more work was agreed by word of mouth: it is entered at once and confirmed by the contract (R-226, R-337)."""
        more = {"subject": "更换干燥机滤芯", "amount": "3800.00"}
        self.way.act(SERVICE, "service-requests", self.ids["request"], "record_oral_contract", **more)
        self.ids["oral"] = self.way.only(ADMINISTRATOR, "oral-contracts", customer=self.ids["customer"])
        self.way.act(ADMINISTRATOR, "oral-contracts", self.ids["oral"], "confirm", contract=self.ids["contract"])
        self.way.act(LEADER, "service-requests", self.ids["request"], "archive")

    def notice(self, amount: str, part: int = 2) -> int:
        """A notice of the salesperson over a part of the schedule."""
        line = {"name": "螺杆空压机 75kW", "part_number": part, "unit": "项", "quantity": "1", "price": amount}
        asked = {"title": "二期空压站验收款", "contract": self.ids["contract"], "kind": "special", "lines": [line]}
        return self.way.create(SELLER, "invoice-notices", asked)

    def allocate(self, receipt: int, amount: str, **values: Any) -> int:
        """An allocation of the contract administrator."""
        values = {"title": "二期空压站验收款", "receipt": receipt, "contract": self.ids["contract"], "amount": amount, **values}
        return self.way.create(ADMINISTRATOR, "allocations", values)

    def _is_sent(self, request: int) -> None:
        begins = datetime.combine(today() + timedelta(days=1), datetime.min.time(), SHANGHAI).replace(hour=9)
        order = {
            "title": "上门处理排气温度高",
            "request": request,
            "owner": self._employee(SERVICE),
            "starts_at": begins.isoformat(),
            "ends_at": (begins + timedelta(hours=3)).isoformat(),
            "parts": [{"code": "WK-90", "name": "温控阀", "unit": "只", "quantity": "1", "price": "860.00"}],
        }
        self.ids["dispatch"] = self.way.create(SERVICE, "dispatch-orders", order)
        for verb in ("issue", "accept", "arrive"):
            self.way.act(SERVICE, "dispatch-orders", self.ids["dispatch"], verb)
        self.way.act(SERVICE, "dispatch-orders", self.ids["dispatch"], "finish", result="温控阀卡滞，已更换", hours="2.5")

    def _employee(self, account: str) -> int:
        return self.world.employees[account].id
