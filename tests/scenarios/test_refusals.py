"""What the main flow refuses: one clear sentence each, by the verbs, by REST and on the pages alike, and nothing half done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask_appbuilder.models.sqla import Model
from sqlalchemy import inspect, select, update
from sqlalchemy.orm import Session

from core.access.administration.employees import let_go
from core.access.models import Account
from core.kernel.clock import today
from tests.scenarios.forms import ByForms
from tests.scenarios.story import ADMINISTRATOR, BUYER, CLERK, HEAD, LEADER, SELLER, SERVICE, Story
from tests.scenarios.ways import ByVerbs, Refused

Step = Callable[[Story], object]


def refund_what_is_allocated(story: Story) -> None:
    story.way.act(ADMINISTRATOR, "receipts", story.ids["receipt"], "refund", amount="0.01", reason="客户多付")


def reverse_a_paid_invoice(story: Story) -> None:
    story.way.act(CLERK, "invoices", story.ids["invoice"], "red_letter", tax_number="30512002", reason="开票有误")


def take_the_money_off_and_reverse_it_once(story: Story) -> None:
    story.way.act(ADMINISTRATOR, "allocations", story.ids["allocation"], "reverse", reason="分配有误")
    reverse_a_paid_invoice(story)


def reverse_it_again(story: Story) -> None:
    story.way.act(CLERK, "invoices", story.ids["invoice"], "red_letter", tax_number="30512003", reason="再次红冲")


def end_the_contract_and_receive_more(story: Story) -> None:
    story.way.act(ADMINISTRATOR, "contracts", story.ids["contract"], "terminate", reason="客户项目取消")
    late = {"payer": BUYER, "amount": "8560.00", "received_on": str(today()), "customer": story.ids["customer"]}
    story.ids["late"] = story.way.create(ADMINISTRATOR, "receipts", late)


def allocate_to_the_ended_contract(story: Story) -> None:
    story.allocate(story.ids["late"], "8560.00")


def order_on_the_ended_contract(story: Story) -> None:
    order = {"title": "追加", "customer": story.ids["customer"], "contract_number": story.number, "confirmation": "fax"}
    story.way.create(SELLER, "orders", {**order, "lines": [{"code": "KY-75A", "quantity": "1"}]})


def ask_for_one_fen_more(story: Story) -> None:
    story.ids["more"] = story.notice("0.01")


def send_it(story: Story) -> None:
    story.way.act(SELLER, "invoice-notices", story.ids["more"], "send")


def ask_for_a_part_that_waits(story: Story) -> None:
    story.ids["more"] = story.notice("1000.00", part=3)


def make_the_contract_void(story: Story) -> None:
    story.way.act(ADMINISTRATOR, "contracts", story.ids["contract"], "void", reason="录入有误")


def win_it_again(story: Story) -> None:
    story.way.act(SELLER, "opportunities", story.ids["opportunity"], "win", reason="price")


def reach_the_milestone_again(story: Story) -> None:
    story.way.act(SELLER, "milestones", story.ids["milestone"], "reach")


def propose_another_project(story: Story) -> None:
    proposal = {"title": "三期扩建", "customer": story.ids["customer"], "amount": "90000.00"}
    story.ids["proposal"] = story.way.create(SELLER, "project-proposals", proposal)


def start_it_without_approval(story: Story) -> None:
    story.way.create(SELLER, "projects", {"title": "三期扩建", "proposal": story.ids["proposal"]})


def take_a_call_and_let_the_engineer_go(story: Story) -> None:
    call = {"title": "2# 机漏油", "customer": story.ids["customer"]}
    story.ids["call"] = story.way.create(SERVICE, "service-requests", call)
    with story.world.use_case("security") as session:
        let_go(session, story.world.employees[SERVICE].id, None, on=today())


def assign_it_to_who_has_left(story: Story) -> None:
    gone = story.world.employees[SERVICE].id
    story.way.act(LEADER, "service-requests", story.ids["call"], "assign", handler=gone)


def draft_a_contract_and_let_the_seller_go(story: Story) -> None:
    lines = [{"name": "年度保养包", "quantity": "1", "price": "12800.00"}]
    values = {"title": "年度保养", "customer": story.ids["customer"], "lines": lines}
    story.ids["second"] = story.way.create(SELLER, "contracts", values)
    with story.world.use_case("security") as session:
        let_go(session, story.world.employees["sales.east2"].id, None, on=today())


def sign_by_who_has_left(story: Story) -> None:
    gone = story.world.employees["sales.east2"].id
    story.way.act(HEAD, "contracts", story.ids["second"], "sign", signer=gone)


def nothing(story: Story) -> None:
    """The story itself is preparation enough."""


def take_a_little_more(story: Story) -> None:
    late = {"payer": BUYER, "amount": "300.00", "received_on": str(today()), "customer": story.ids["customer"]}
    story.ids["late"] = story.way.create(ADMINISTRATOR, "receipts", late)


def refund_more_than_is_open(story: Story) -> None:
    story.way.act(ADMINISTRATOR, "receipts", story.ids["late"], "refund", amount="300.01", reason="客户多付")


def stored(story: Story) -> dict[str, list[str]]:
    """Every row of every table, but who is signed in: a page notes there when it was asked for."""
    story.world.keguan.database.release()
    with story.world.keguan.database.engine.connect() as connection:
        there = set(inspect(connection).get_table_names()) - {"core_web_session"}  # other tests map classes that are not installed here
        tables = [table for table in Model.metadata.sorted_tables if table.name in there]
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}


def read_english(story: Story) -> None:
    """From now on everybody reads English."""
    if isinstance(story.way, ByVerbs | ByForms):
        story.way = replace(story.way, language="en")
    with Session(story.world.keguan.database.engine) as session:
        session.execute(update(Account).values(language="en"))
        session.commit()


REFUSALS: list[tuple[Step, Step, str]] = [
    (take_a_little_more, refund_more_than_is_open, "只剩 ¥300.00"),
    (nothing, refund_what_is_allocated, "只剩 ¥0.00"),
    (nothing, reverse_a_paid_invoice, "先撤销"),
    (take_the_money_off_and_reverse_it_once, reverse_it_again, "已经红冲过"),
    (end_the_contract_and_receive_more, allocate_to_the_ended_contract, "终止"),
    (end_the_contract_and_receive_more, order_on_the_ended_contract, "合同"),
    (ask_for_one_fen_more, send_it, "¥0.00"),
    (ask_for_a_part_that_waits, send_it, "第 3 期"),
    (nothing, make_the_contract_void, "不能作废"),
    (nothing, win_it_again, "状态为“赢单”"),
    (nothing, reach_the_milestone_again, "已达成"),
    (propose_another_project, start_it_without_approval, "立项"),
    (take_a_call_and_let_the_engineer_go, assign_it_to_who_has_left, "离职"),
    (draft_a_contract_and_let_the_seller_go, sign_by_who_has_left, "离职"),
]


@pytest.mark.requirement("R-329")
@pytest.mark.requirement("R-335")
@pytest.mark.parametrize(("before", "refused", "said"), REFUSALS, ids=[refused.__name__ for _, refused, _ in REFUSALS])
def test_what_cannot_be_is_one_sentence_and_changes_nothing(told_story: Story, before: Step, refused: Step, said: str) -> None:
    story = told_story
    before(story)
    kept = stored(story)
    with pytest.raises(Refused) as answer:
        refused(story)
    sentence = str(answer.value)
    assert said in sentence
    assert sentence.endswith("。")
    assert len(sentence) <= 80
    assert stored(story) == kept
    read_english(story)
    kept = stored(story)
    with pytest.raises(Refused, match=r"^[^。]*[a-z][^。]*\.$"):
        refused(story)
    assert stored(story) == kept
