"""Random people do random things with approvals, and the engine does exactly what the pure model says: no way around it (R-370, R-489).

600 steps; 5,000 at full size (``KEGUAN_PROVE=whole``).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from core.approvals import operations as do
from core.approvals.chains import chain_of, kind_called
from core.approvals.models import ApprovalCase, ApprovalSeat, Delegation, Verdict
from core.approvals.queries import waiting_for
from core.extension.approving import Asked, Needs, Step, Who
from core.kernel.acting import actor
from core.kernel.clock import today
from core.kernel.errors import KeguanError
from core.kernel.words import Message
from core.organisation.models import Employee
from plugins.contracts.models import Contract
from plugins.contracts.operations import change_contract, sign_contract
from tests.approvals.model import AT, Case, Model, PlanStep, Slot
from tests.evidence import Evidence, answers
from tests.house import house
from tests.plugins.conftest import Trade
from tests.sizes import WHOLE
from tests.walking import walks
from tests.world import World

KIND, FILLER = "contracts.signing", "sales.east1"
STEPS = 5_000 if WHOLE else 600
WALK = 50  # steps of one example, with that which begins it
PEOPLE = sorted(set(AT) - {FILLER})
SLOTS: list[Slot] = [("head", ""), ("in_charge", ""), ("role", "finance_manager"), *(("person", one) for one in PEOPLE)]
people, slots = st.sampled_from(PEOPLE), st.lists(st.sampled_from(SLOTS), min_size=1, max_size=3, unique=True)
plans = st.builds(PlanStep, st.booleans(), slots.map(tuple))
chains = st.lists(plans, max_size=3).map(tuple)
first_chains = st.lists(plans, min_size=1, max_size=3).map(tuple).filter(lambda chain: Model(chain=chain).possible(FILLER))
"""Those to begin with: without a chain, or with one that asks more people than there are, hardly anything happens."""
which = st.integers(0, 2)


@pytest.mark.requirement("R-370", "R-489", "R-062")
@pytest.mark.evidence("approvals-stateful")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_no_walk_passes_by_an_approval(world: World, trade: Trade) -> None:
    evidence = Evidence("approvals-stateful", figures={"steps": 0})
    customer = trade.customer()
    documents = [trade.contract(customer=customer, title=f"合同 {number}").id for number in range(3)]
    size = walks(STEPS, WALK, WALK - 1)
    run_state_machine_as_test(lambda: walk(world, documents, evidence), settings=size)  # type: ignore[no-untyped-call]
    if evidence.figures["steps"] < STEPS:
        evidence.failed("steps", f"only {evidence.figures['steps']} of {STEPS} were walked")
    evidence.close()


def walk(world: World, documents: list[int], evidence: Evidence) -> RuleBasedStateMachine:  # noqa: C901 - a machine is one class
    """A machine over the product and the model side by side."""

    class Walk(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.model, self.ids = Model(), {}

        @initialize(chain=first_chains)
        def begin(self, chain: tuple[PlanStep, ...]) -> None:
            evidence.figures["steps"] -= 1
            clear(world, documents)
            self.model.content = dict.fromkeys(documents, 0)
            self.set_chain(chain)

        @invariant()
        def walked(self) -> None:
            """After every rule, that of the beginning too, which takes its own step back."""
            evidence.figures["steps"] += 1

        def both(self, who: str, what: str, expected: bool, verb: Callable[[Any], Any]) -> Any:
            """Do it in the product; it must succeed exactly when the model says so, and change nothing else."""
            found, refused = None, None
            try:
                with world.use_case(who) as session:
                    found = verb(session)
            except KeguanError as error:
                refused = error
            item = f"{what} by {who} #{len(evidence.items)}"
            counted = Counter(outcome for _, _, outcome in evidence.items)
            assert (refused is None) == expected, f"{item} ({answers(counted)} before): model {expected}, product {refused!r}"
            (evidence.positive if expected else evidence.refused)(item)
            return found

        @rule(chain=chains, weighed=st.integers(0, 4))
        def set_a_chain(self, chain: tuple[PlanStep, ...], weighed: int) -> None:
            if weighed == 4:  # now and then: a case that runs should come to its end
                self.set_chain(chain)

        def set_chain(self, chain: tuple[PlanStep, ...]) -> None:
            made = [step_of(world, one) for one in chain]
            known = not any(slot[1] in self.model.gone for one in chain for slot in one.slots if slot[0] == "person")
            self.both("security", "chain", known, lambda s: do.set_chain(s, KIND, chain_of(s, kind_called(KIND)).number, made))
            if known:
                self.model.chain = chain

        @rule(number=which)
        def submit(self, number: int) -> None:
            document = documents[number]
            expected = bool(self.model.chain) and self.model.running(document) is None and self.model.possible(FILLER)
            case = self.both(FILLER, "submit", expected, lambda s: do.submit_document(s, KIND, document, None))
            if expected:
                made = Case(document, FILLER, self.model.chain, self.model.content[document])
                self.model.cases.append(made)
                self.ids[id(made)] = case.id

        @rule(number=which, who=people, verb=st.sampled_from(["approve", "approve", "approve", "return", "reject"]))
        def decide(self, number: int, who: str, verb: str) -> None:
            case = self.model.running(documents[number]) or next(iter(self.model.cases), None)
            if case is None or who in self.model.gone:
                return
            slot = self.model.may_decide(case, who)
            changed = verb == "approve" and case.content != self.model.content[case.document]
            run = {"approve": do.approve, "return": do.return_for_completion, "reject": do.reject}[verb]
            expected = slot is not None and not changed
            self.both(who, verb, expected, lambda s: run(s, self.ids[id(case)], opinion="意见"))
            if expected and slot is not None:
                if verb == "approve":
                    self.model.agree(case, who, slot)
                else:
                    case.state = verb
            self.agrees(case)

        @rule(number=which, most=st.integers(1, 5))
        def goes_its_way(self, number: int, most: int) -> None:
            """Half of all walks should come to an end: it is submitted where it is not, and some who are asked agree, one by one."""
            if self.model.running(documents[number]) is None:
                self.submit(number)
            for _ in range(most):
                case = self.model.running(documents[number])
                able = [one for one in PEOPLE if case is not None and self.model.may_decide(case, one) is not None]
                if able:
                    self.decide(number, random.Random(len(evidence.items)).choice(able), "approve")

        @rule(number=which, who=st.sampled_from([FILLER, "head.east"]))
        def withdraw(self, number: int, who: str) -> None:
            case = self.model.running(documents[number])
            if case is None or who in self.model.gone:
                return
            expected = who == FILLER
            self.both(who, "withdraw", expected, lambda s: do.withdraw(s, self.ids[id(case)]))
            if expected:
                case.state = "withdrawn"

        @rule(number=which)
        def edit(self, number: int) -> None:
            document = documents[number]
            words = f"条款 {len(evidence.items)}"
            self.both(FILLER, "edit", True, lambda s: change_contract(s, document, None, {"main_terms": words}))
            self.model.content[document] = len(evidence.items)

        @rule(number=which)
        def use(self, number: int) -> None:
            """What needs the approval is tried and taken back, so that the document stays a draft."""
            document = documents[number]
            if "contracts" in self.model.gone:
                return
            expected = self.model.may_happen(document)
            with world.act("contracts"):
                session = world.keguan.database.session()
                session.expunge_all()
                try:
                    sign_contract(session, document, None, signer=world.employees[FILLER].id)
                    happened = True
                except KeguanError:
                    happened = False
                session.rollback()
                session.info.clear()
            assert happened == expected, f"signing of {document}: model {expected}"
            (evidence.positive if expected else evidence.refused)(f"sign #{len(evidence.items)}")

        @rule(giver=people, taker=people)
        def delegate(self, giver: str, taker: str) -> None:
            if giver in self.model.gone:
                return
            expected = giver != taker and taker not in self.model.gone and giver not in self.model.stands_in
            until, id_ = today() + timedelta(days=2), world.employees[taker].id
            self.both(giver, "delegate", expected, lambda s: do.delegate(s, taker=id_, first_on=today(), last_on=until))
            if expected:
                self.model.stands_in[giver] = taker

        @rule(giver=people)
        def come_back(self, giver: str) -> None:
            if giver in self.model.gone or giver not in self.model.stands_in:
                return
            with world.reading(giver) as session:
                open_ = session.scalars(select(Delegation.id).where(Delegation.ended_at.is_(None))).one()
            self.both(giver, "end delegation", True, lambda s: do.end_delegation(s, open_))
            del self.model.stands_in[giver]

        @rule(who=people)
        def leave_or_return(self, who: str) -> None:
            gone = who not in self.model.gone
            if gone and len(self.model.gone) > 2:
                return
            with house(world) as session:
                session.get(Employee, world.employees[who].id).left_on = today() if gone else None
                session.flush()
                do.follow_cases(session)
            self.model.gone ^= {who}
            for case in self.model.cases:
                self.agrees(case)

        def agrees(self, case: Case) -> None:
            """The seats and the state in the database are those of the model."""
            with house(world) as session:
                stored = session.get(ApprovalCase, self.ids[id(case)])
                names = {"return": "returned", "reject": "rejected"}
                assert stored.state.value == names.get(case.state, case.state)
                asked = select(ApprovalSeat.slot, ApprovalSeat.employee_id).where(
                    ApprovalSeat.case_id == stored.id, ApprovalSeat.verdict == Verdict.WAITING
                )
                by_id = {world.employees[one].id: one for one in AT}
                found: dict[int, set[str]] = {}
                for slot, employee_id in session.execute(asked):
                    found.setdefault(slot, set()).add(by_id[employee_id])
            if case.state == "running" and case.content == self.model.content[case.document]:
                assert found == {slot: who for slot, who in self.model.seats(case).items() if who}
                for who in sorted(set(PEOPLE) - self.model.gone)[:3]:
                    with world.reading(who) as session:
                        waits = self.ids[id(case)] in [one.id for one in session.scalars(waiting_for(actor()))]
                    assert waits == (self.model.may_decide(case, who) is not None) or who in case.signers

    return Walk()


def step_of(world: World, step: PlanStep) -> Step:
    """A step of the model as the product takes it."""
    kinds = {"head": Who.HEAD, "in_charge": Who.IN_CHARGE, "role": Who.ROLE, "person": Who.PERSON}
    asked = [
        Asked(
            kinds[kind],
            role=which_one if kind == "role" else "",
            employee_id=world.employees[which_one].id if kind == "person" else None,
        )
        for kind, which_one in step.slots
    ]
    return Step(Message("审批"), tuple(asked), Needs.ALL if step.everybody else Needs.ANY)


def clear(world: World, documents: list[int]) -> None:
    """Everybody is there, nobody stands in, nothing runs, no document was ever submitted."""
    with house(world) as session:
        for account in AT:
            session.get(Employee, world.employees[account].id).left_on = None
        for one in session.scalars(select(Delegation).where(Delegation.ended_at.is_(None))):
            one.ended_at = one.created_at
        session.flush()
        for document in documents:
            do.drop_case(session, KIND, session.get(Contract, document))
        for case in session.scalars(select(ApprovalCase)):
            case.used_at = case.used_at or case.created_at
