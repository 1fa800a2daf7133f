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
from core.kernel.story import Story, ago
from core.switchboard.rehearsal import actors_of
from plugins.contracts import operations as do
from plugins.contracts.demo.words import AGREED, GOODS, IN_PARTS, SMALL_GOODS, SUBJECTS, TERMS
from plugins.contracts.models import Contract, ScheduledPayment
from plugins.contracts.operations.approving import SIGNING
from plugins.contracts.operations.scheduling import counted_parts
from plugins.contracts.permissions import ORAL
from plugins.contracts.rules import ReleasedBy
from plugins.customers.public import CustomerSummary, approved_customers

PLAN: Mapping[str, tuple[int, int]] = {
    "expired": (420, 420),
    "ending": (345, 345),
    "supplemented": (140, 170),
    "terminated": (125, 135),
    "registered": (110, 120),
    "reconsidered": (95, 105),
    "void": (85, 92),
    "supplement": (76, 83),
    "registered after": (66, 74),
    "registered late": (46, 60),
    "incomplete": (35, 42),
    "effective": (8, 20),
    "handed": (6, 6),
    "returned": (0, 0),
    "draft": (0, 0),
    "draft again": (0, 0),
}
"""How far each demo contract goes, and how many days ago its term began; the oldest is signed first, so that numbers are given in order."""
WAITING = ("draft", "returned")
SPOKEN = ("confirmed", "open", "overdue", "withdrawn")
"""How far each oral contract goes."""
TEXT_HANDED = frozenset({"handed", "registered", "supplemented", "supplement", "reconsidered", "ending"})
ENTERED = TEXT_HANDED - {"handed"}
AMENDED = frozenset({"supplemented", "supplement", "reconsidered"})


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
        _let_days_pass(session, dice)
    _speak(stage, [pair for pair in made if pair[0].number])


def _let_days_pass(session: Session, dice: random.Random) -> None:
    """What the nightly jobs did since: terms ended, and parts of the schedules became invoiceable on their day."""
    ended = select(Contract.ends_on).where(Contract.ends_on < today()).distinct().order_by(Contract.ends_on)
    for day in filter(None, session.scalars(ended).all()):
        with Story(dice, day + timedelta(days=1)) as story:
            do.expire_contracts(session, story.day)
    due = select(ScheduledPayment.due_on).where(ScheduledPayment.released_by == ReleasedBy.DATE, ScheduledPayment.due_on <= today())
    for day in session.scalars(due.distinct().order_by(ScheduledPayment.due_on)).all():
        with Story(dice, day):
            do.release_due_payments(session, day)


def _one(stage: Stage, sellers: Mapping[int, Actor], customer: CustomerSummary, place: str) -> Contract:
    """Drafted by the seller, agreed to by whoever is asked, signed; nothing happens before the customer was known."""
    session, chance, (step, *_) = stage.session, stage.chance, place.split()
    starts_on = ago(chance.randint(*PLAN[place])) + timedelta(days=chance.randint(8, 20) if step in WAITING else 0)
    begins = ago(chance.randint(4, 25)) if step in WAITING else starts_on - timedelta(days=chance.randint(9, 20))
    with Story(chance, max(begins, customer.entered_on + timedelta(days=3))) as story:
        with acting_as(sellers[customer.owner_id]):
            contract = do.draft_contract(session, _values(chance, customer, starts_on))
            story.minutes(5, 30)
            _plan(stage, contract, step)
            story.minutes(20, 90)
            case = None if step == "returned" else hand_in(session, SIGNING.name, contract, "客户已确认技术方案和付款条件，请批准签订。")
            if case is None and step not in WAITING and needs_approval(session, SIGNING.name, contract):
                _make_small(stage, contract, step)
        if case is not None and step != "draft":
            story.days(1, 2)
            let_agree(session, case, "同意")
        with acting_as(stage.clerk):
            if not needs_approval(session, SIGNING.name, contract) or step in WAITING or case is not None:
                _carry(session, story, contract, step)
    return contract


def _make_small(stage: Stage, contract: Contract, step: str) -> None:
    """A company without anybody who could agree to a large contract is asked for small ones."""
    do.change_contract(stage.session, contract.id, None, {"lines": _lines(stage.chance, SMALL_GOODS)})
    _plan(stage, contract, step)


def _plan(stage: Stage, contract: Contract, step: str) -> None:
    session, chance = stage.session, stage.chance
    first_on = _signed_on(contract) + timedelta(days=chance.randint(5, 20))
    shares = chance.choice(IN_PARTS if step in AMENDED else (*IN_PARTS, "100"))
    do.plan_payments(session, contract.id, None, shares=shares, first_on=first_on, every_days=chance.choice((30, 45)))
    for part in counted_parts(session, contract.id)[1:]:
        do.change_payment(session, part.id, None, {"released_by": chance.choice(list(ReleasedBy))})


def _carry(session: Session, story: Story, contract: Contract, step: str) -> None:
    """Take the contract as far as ``step`` says."""
    if step == "returned":
        story.days(1, 2)
        do.return_for_data(session, contract.id, None, reason="缺少客户的开票地址")
    if step in WAITING:
        return
    story.on(_signed_on(contract))
    do.sign_contract(session, contract.id, None, on=story.day, signer=contract.owner_id)
    if step in TEXT_HANDED:
        story.days(1, 2)
        do.hand_over_text(session, contract.id, None)
    if step in ENTERED:
        story.days(1, 2)
        do.register_contract(session, contract.id, None)
        first = counted_parts(session, contract.id)[0]
        do.release_payment(session, first.id, None)
    if step in AMENDED:
        story.days(30, 50)
        _supplement(session, story, contract, step)
    if step == "incomplete":
        story.days(2, 5)
        do.return_for_data(session, contract.id, None, reason="合同文本上的收货联系人与客户档案不一致")
    if step == "terminated":
        story.days(40, 70)
        do.terminate_contract(session, contract.id, None, reason="客户项目取消，双方协商终止")
    if step == "void":
        story.days(3, 9)
        do.void_contract(session, contract.id, None, reason="金额录入有误，已重新起草")


def _supplement(session: Session, story: Story, contract: Contract, step: str) -> None:
    """One machine more, paid at the end: the parts that are not invoiceable yet are planned anew. Signed, still open, or discarded."""
    more, ends_on = Decimal("32600.00"), (contract.ends_on or today()) + timedelta(days=90)
    kept = counted_parts(session, contract.id)[0].amount
    values = {"contract": contract.id, "title": "增加冷冻式干燥机一台", "amount": contract.amount + more, "ends_on": ends_on}
    supplement = do.draft_supplement(session, {**values, "content": "在原合同基础上增加 GZ-20 一台，合同期限顺延三个月。"})
    due_on = story.day + timedelta(days=45)
    story.minutes()
    if step == "reconsidered":  # before its payments are planned
        story.days(2, 6)
        do.drop_supplement(session, supplement.id, None)
        return
    do.plan_payment(session, supplement.id, None, title="验收款", amount=contract.amount + more - kept, due_on=due_on)
    if step == "supplemented":
        story.days(2, 6)
        do.sign_supplement(session, supplement.id, None, signer=contract.owner_id)


def _speak(stage: Stage, signed: Sequence[tuple[Contract, CustomerSummary]]) -> None:
    """Agree something by word of mouth with customers that have a contract; how far it goes stands in :data:`SPOKEN`."""
    for number, step in enumerate(SPOKEN):
        pair = next(((one, who) for one, customer in signed[number:] for who in stage.speakers if _sees(who, customer)), None)
        if pair is None:
            continue
        contract, speaker = pair
        agreed_on = _agreed_on(stage.chance, contract, step)
        with Story(stage.chance, agreed_on) as story:
            with acting_as(speaker):
                oral = do.record_oral_contract(stage.session, _agreement(stage.chance, contract, speaker, agreed_on))
                if step == "withdrawn":
                    story.days(1, 2)
                    do.withdraw_oral_contract(stage.session, oral.id, None, reason="客户改为自行更换")
            if step == "confirmed":
                story.on((contract.signed_on or today()) + timedelta(days=1))
                with acting_as(stage.clerk):
                    do.confirm_in_writing(stage.session, oral.id, None, contract=contract.id)


def _agreed_on(chance: random.Random, contract: Contract, step: str) -> date:
    """A while ago what is overdue; what the contract confirms, before its signing; the others these days."""
    if step == "confirmed":
        return (contract.signed_on or today()) - timedelta(days=chance.randint(2, 9))
    return ago(chance.randint(35, 50) if step == "overdue" else chance.randint(2, 6))


def _sees(who: Actor, customer: CustomerSummary) -> bool:
    company_wide = "company" in {scope.value for scope in who.scopes("customers.customer", "read")}
    return who.may(ORAL, "create") and (company_wide or customer.owner_id == who.employee_id)


def _agreement(chance: random.Random, contract: Contract, speaker: Actor, agreed_on: date) -> dict[str, Any]:
    subject, amount = chance.choice(AGREED)
    return {
        "subject": subject,
        "customer": contract.customer_id,
        "amount": Decimal(amount),
        "agreed_on": agreed_on,
        "agreed_by": speaker.employee_id,
    }


def _values(chance: random.Random, customer: CustomerSummary, starts_on: date) -> dict[str, Any]:
    return {
        "title": f"{customer.name.removesuffix('有限公司')}{chance.choice(SUBJECTS)}",
        "customer": customer.id,
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=365),
        "main_terms": TERMS,
        "lines": _lines(chance, GOODS),
    }


def _lines(chance: random.Random, goods: Sequence[tuple[str, str, str, str]]) -> Sequence[dict[str, Any]]:
    chosen = chance.sample(goods, chance.randint(1, min(4, len(goods))))
    return [
        {"code": code, "name": name, "unit": unit, "quantity": Decimal(chance.randint(1, 12)), "price": Decimal(price)}
        for code, name, unit, price in chosen
    ]


def _signed_on(contract: Contract) -> date:
    return (contract.starts_on or today()) - timedelta(days=3)
