"""Demo contracts in every state, come about as real ones do."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.people import holders
from core.approvals.operations import needs_approval
from core.approvals.rehearsal import hand_in, let_agree
from core.kernel.acting import Acting, Actor, System, acting_as
from core.kernel.clock import today
from core.switchboard.rehearsal import actors_of
from plugins.contracts import operations as do
from plugins.contracts.demo.words import AGREED, GOODS, IN_PARTS, SUBJECTS, TERMS
from plugins.contracts.models import Contract
from plugins.contracts.operations.approving import SIGNING
from plugins.contracts.operations.scheduling import counted_parts
from plugins.contracts.permissions import ORAL
from plugins.contracts.rules import ReleasedBy
from plugins.customers.public import CustomerSummary, approved_customers

PLAN = (
    *("registered", "effective", "draft", "registered", "returned", "expired", "supplemented", "registered"),
    *("handed", "terminated", "draft", "incomplete", "void", "ending", "registered", "supplement"),
)
"""How far each demo contract goes."""
SPOKEN = ("confirmed", "open", "overdue", "withdrawn")
"""How far each oral contract goes."""
TEXT_HANDED = frozenset({"handed", "registered", "supplemented", "supplement", "ending"})
ENTERED = TEXT_HANDED - {"handed"}


@dataclass(frozen=True)
class Stage:
    """Where the demonstration plays: the session, the dice, the contract administrator, and who speaks with customers."""

    session: Session
    chance: random.Random
    clerk: Acting
    speakers: Sequence[Actor]


def make(session: Session, company: Any, seed: int) -> None:
    """Draft, sign, supplement and end contracts with approved customers that have none yet; the same ones for the same seed and day."""
    house = System("demo data", company.id)
    with acting_as(house):
        last = session.scalar(select(func.max(Contract.customer_id)).where(Contract.opportunity_id.is_(None))) or 0
        newest = approved_customers(session, 4 * len(PLAN), after=last)[-2 * len(PLAN) :]
        ready = [customer for customer in newest if not customer.missing]
        sellers = actors_of(session, holders(session, "salesperson"))
        clerks = actors_of(session, holders(session, "contract_administrator"))
        speakers = actors_of(session, [*holders(session, "after_sales"), *holders(session, "salesperson")])
    dice = random.Random(f"{seed}/{company.slug}/contracts")  # noqa: S311 -- demo data must be the same every time
    stage = Stage(session, dice, next(iter(clerks.values()), house), list(speakers.values()))
    made = [
        (_one(stage, sellers, customer, step), customer)
        for step, customer in zip(PLAN, [one for one in ready if one.owner_id in sellers], strict=False)
    ]
    with acting_as(house):
        do.expire_contracts(session, today())
        do.release_due_payments(session, today())
    _speak(stage, [pair for pair in made if pair[0].number])


def _one(stage: Stage, sellers: Mapping[int, Actor], customer: CustomerSummary, step: str) -> Contract:
    session, chance = stage.session, stage.chance
    with acting_as(sellers[customer.owner_id]):
        contract = do.draft_contract(session, _values(chance, customer, step))
        first_on = _signed_on(contract) + timedelta(days=chance.randint(0, 20))
        shares = chance.choice(IN_PARTS if step in ("supplemented", "supplement") else (*IN_PARTS, "100"))
        do.plan_payments(session, contract.id, None, shares=shares, first_on=first_on, every_days=chance.choice((30, 45)))
        for part in counted_parts(session, contract.id)[1:]:
            do.change_payment(session, part.id, None, {"released_by": chance.choice(list(ReleasedBy))})
        case = None if step == "returned" else hand_in(session, SIGNING.name, contract, "客户已确认技术方案和付款条件，请批准签订。")
    if case is not None and step != "draft":
        let_agree(session, case, "同意")
    with acting_as(stage.clerk):
        if step in ("draft", "returned") or case is not None or not needs_approval(session, SIGNING.name, contract):
            _carry(session, contract, step)
    return contract


def _carry(session: Session, contract: Contract, step: str) -> None:
    """Take the contract as far as ``step`` says."""
    if step == "returned":
        do.return_for_data(session, contract.id, None, reason="缺少客户的开票地址")
    if step in ("draft", "returned"):
        return
    do.sign_contract(session, contract.id, None, on=_signed_on(contract), signer=contract.owner_id)
    if step in TEXT_HANDED:
        do.hand_over_text(session, contract.id, None)
    if step in ENTERED:
        do.register_contract(session, contract.id, None)
        first = counted_parts(session, contract.id)[0]
        do.release_payment(session, first.id, None)
    if step in ("supplemented", "supplement"):
        _supplement(session, contract, signed=step == "supplemented")
    if step == "incomplete":
        do.return_for_data(session, contract.id, None, reason="合同文本上的收货联系人与客户档案不一致")
    if step == "terminated":
        do.terminate_contract(session, contract.id, None, reason="客户项目取消，双方协商终止")
    if step == "void":
        do.void_contract(session, contract.id, None, reason="金额录入有误，已重新起草")


def _supplement(session: Session, contract: Contract, *, signed: bool) -> None:
    """One machine more, paid at the end: the parts that are not invoiceable yet are planned anew."""
    more, ends_on = Decimal("32600.00"), (contract.ends_on or today()) + timedelta(days=90)
    kept = counted_parts(session, contract.id)[0].amount
    values = {"contract": contract.id, "title": "增加冷冻式干燥机一台", "amount": contract.amount + more, "ends_on": ends_on}
    supplement = do.draft_supplement(session, {**values, "content": "在原合同基础上增加 GZ-20 一台，合同期限顺延三个月。"})
    due_on = today() + timedelta(days=45)
    do.plan_payment(session, supplement.id, None, title="验收款", amount=contract.amount + more - kept, due_on=due_on)
    if signed:
        do.sign_supplement(session, supplement.id, None, signer=contract.owner_id)


def _speak(stage: Stage, signed: Sequence[tuple[Contract, CustomerSummary]]) -> None:
    """Agree something by word of mouth with customers that have a contract; how far it goes stands in :data:`SPOKEN`."""
    for number, step in enumerate(SPOKEN):
        pair = next(((one, who) for one, customer in signed[number:] for who in stage.speakers if _sees(who, customer)), None)
        if pair is None:
            continue
        contract, speaker = pair
        with acting_as(speaker):
            oral = do.record_oral_contract(stage.session, _agreement(stage.chance, contract, speaker, step))
            if step == "withdrawn":
                do.withdraw_oral_contract(stage.session, oral.id, None, reason="客户改为自行更换")
        if step == "confirmed":
            with acting_as(stage.clerk):
                do.confirm_in_writing(stage.session, oral.id, None, contract=contract.id)


def _sees(who: Actor, customer: CustomerSummary) -> bool:
    company_wide = "company" in {scope.value for scope in who.scopes("customers.customer", "read")}
    return who.may(ORAL, "create") and (company_wide or customer.owner_id == who.employee_id)


def _agreement(chance: random.Random, contract: Contract, speaker: Actor, step: str) -> dict[str, Any]:
    subject, amount = chance.choice(AGREED)
    return {
        "subject": subject,
        "customer": contract.customer_id,
        "amount": Decimal(amount),
        "agreed_on": today() - timedelta(days=chance.randint(35, 50) if step == "overdue" else chance.randint(0, 4)),
        "agreed_by": speaker.employee_id,
    }


def _values(chance: random.Random, customer: CustomerSummary, step: str) -> dict[str, Any]:
    ago = {"expired": 420, "ending": 350, "effective": chance.randint(8, 20), "handed": 6}.get(step, chance.randint(5, 160))
    starts_on = today() - timedelta(days=ago)
    return {
        "title": f"{customer.name.removesuffix('有限公司')}{chance.choice(SUBJECTS)}",
        "customer": customer.id,
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=365),
        "main_terms": TERMS,
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
