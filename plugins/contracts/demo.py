"""Demo contracts in every state, come about as real ones do."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.access.people import holders
from core.kernel.acting import Acting, System, acting_as
from core.kernel.clock import today
from core.switchboard.rehearsal import actors_of
from plugins.contracts.models import Contract
from plugins.contracts.operations import (
    draft_contract,
    expire_contracts,
    hand_over_text,
    register_contract,
    return_for_data,
    sign_contract,
    terminate_contract,
    void_contract,
)
from plugins.customers.public import CustomerSummary, approved_customers

PLAN = (
    *("registered", "effective", "draft", "registered", "returned", "expired"),
    *("handed", "terminated", "draft", "incomplete", "void", "effective"),
)
"""How far each demo contract goes."""
GOODS: tuple[tuple[str, str, str, str], ...] = (
    ("KY-75A", "螺杆空压机 75kW", "台", "186000.00"),
    ("KY-37B", "永磁变频空压机 37kW", "台", "98500.00"),
    ("GZ-20", "冷冻式干燥机 20m³", "台", "32600.00"),
    ("CG-3", "储气罐 3m³", "只", "9800.00"),
    ("BY-12", "年度保养包", "套", "12800.00"),
    ("LX-02", "精密过滤器滤芯", "只", "460.00"),
    ("GD-50", "铝合金管道 DN50", "米", "138.50"),
)
SUBJECTS = ("二期厂房空压站", "空压机节能改造", "年度保养服务", "干燥净化系统", "管网改造工程", "备件年度供货")


def make(session: Session, company: Any, seed: int) -> None:
    """Draft, sign and end contracts with the first approved customers of ``company``; the same ones for the same seed and day."""
    chance = random.Random(f"{seed}/{company.slug}/contracts")  # noqa: S311 -- demo data must be the same every time
    house = System("demo data", company.id)
    with acting_as(house):
        ready = [customer for customer in approved_customers(session, 3 * len(PLAN)) if not customer.missing]
        sellers = actors_of(session, holders(session, "salesperson"))
        clerks = actors_of(session, holders(session, "contract_administrator"))
    clerk = next(iter(clerks.values()), house)
    for step, customer in zip(PLAN, [one for one in ready if one.owner_id in sellers], strict=False):
        with acting_as(sellers[customer.owner_id]):
            contract = draft_contract(session, _values(chance, customer, step))
        _carry(session, contract, step, clerk)
    with acting_as(house):
        expire_contracts(session, today())


def _carry(session: Session, contract: Contract, step: str, clerk: Acting) -> None:
    """Take the contract as far as ``step`` says."""
    with acting_as(clerk):
        if step == "returned":
            return_for_data(session, contract.id, contract.version, reason="缺少客户的开票地址")
        if step in ("draft", "returned"):
            return
        sign_contract(session, contract.id, contract.version, on=_signed_on(contract), signer=contract.owner_id)
        if step in ("handed", "registered"):
            hand_over_text(session, contract.id, contract.version)
        if step == "registered":
            register_contract(session, contract.id, contract.version)
        if step == "incomplete":
            return_for_data(session, contract.id, contract.version, reason="合同文本上的收货联系人与客户档案不一致")
        if step == "terminated":
            terminate_contract(session, contract.id, contract.version, reason="客户项目取消，双方协商终止")
        if step == "void":
            void_contract(session, contract.id, contract.version, reason="金额录入有误，已重新起草")


def _values(chance: random.Random, customer: CustomerSummary, step: str) -> dict[str, Any]:
    starts_on = today() - timedelta(days=420 if step == "expired" else chance.randint(5, 120))
    return {
        "title": f"{customer.name.removesuffix('有限公司')}{chance.choice(SUBJECTS)}",
        "customer": customer.id,
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=365),
        "main_terms": "合同生效后付三成，发货前付三成，验收后付三成，质保金一成，质保期一年。",
        "lines": _lines(chance),
    }


def _lines(chance: random.Random) -> Sequence[dict[str, Any]]:
    chosen = chance.sample(GOODS, chance.randint(1, 4))
    return [
        {"code": code, "name": name, "unit": unit, "quantity": Decimal(chance.randint(1, 12)), "price": Decimal(price)}
        for code, name, unit, price in chosen
    ]


def _signed_on(contract: Contract) -> date:
    return (contract.starts_on or today()) - timedelta(days=3)
