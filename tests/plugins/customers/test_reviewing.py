"""Review of new customers, handover and sharing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.access.models import Share, ShareMode
from core.audit.models import AuditRow
from core.kernel.acting import System, acting_as
from core.kernel.clock import now, today
from core.kernel.errors import BadInput, Forbidden, IllegalTransition, NotFound
from core.work.models import Notice
from plugins.customers.errors import NotReviewed, OwnReview
from plugins.customers.models import Customer
from plugins.customers.operations import (
    add_contact,
    change_customer,
    create_customer,
    hand_over_customer,
    resume_customer,
    review_customer,
    share_customer,
    submit_customer,
    suspend_customer,
    unshare_customer,
    write_interaction,
)
from plugins.customers.rules import CustomerState, Review
from tests.plugins.conftest import Trade
from tests.world import Browser, World


@pytest.mark.requirement("R-151")
def test_the_head_approves_and_names_the_salesperson_who_is_told(trade: Trade, world: World) -> None:
    customer = trade.entered("sales.east1")
    with world.use_case("head.east") as session:
        review_customer(session, customer.id, customer.version, approve=True, owner=trade.employee("sales.east2"))
    with world.reading("sales.east2") as session:
        found = session.get(Customer, customer.id)
        assert (found.owner_id, found.review, found.state) == (trade.employee("sales.east2"), Review.APPROVED, CustomerState.NEGOTIATING)
        assert len(session.scalars(select(Notice)).all()) == 1
    with world.reading("sales.east1") as session:
        assert session.get(Customer, customer.id) is None


@pytest.mark.requirement("R-151")
def test_the_approval_tab_tells_the_review_of_the_head(trade: Trade, world: World, client_for: Callable[[str], Browser]) -> None:
    customer = trade.entered("sales.east1")
    tab, unasked = f"/customers/{customer.id}?tab=approval", f"“{customer.name}”尚无审批记录"
    assert unasked in client_for("sales.east1").get(tab).text
    with world.use_case("head.east") as session:
        review_customer(session, customer.id, None, approve=False, reason="地址不全")
    page = client_for("sales.east1").get(tab).text
    assert unasked not in page
    assert "陆东升" in page.split("kg-signs")[1]


@pytest.mark.requirement("R-340")
def test_nobody_follows_a_customer_before_the_head_has_approved_it(trade: Trade, world: World) -> None:
    customer = trade.entered()
    with pytest.raises(NotReviewed), world.use_case("sales.east1") as session:
        write_interaction(session, {"customer": customer.id, "content": "电话"})


def test_the_page_says_why_no_follow_up_can_be_written_yet(trade: Trade, client_for: Callable[[str], Browser]) -> None:
    waiting, approved = trade.entered(), trade.customer()
    page = client_for("sales.east1").get(f"/customers/{waiting.id}").text
    assert 'id="composer"' not in page
    assert "该客户尚未审核，请您等部门负责人审核通过后再跟进。" in page
    assert "该客户尚未审核，请您先同意或退回，然后才能跟进。" in client_for("head.east").get(f"/customers/{waiting.id}").text
    assert 'id="composer"' in client_for("sales.east1").get(f"/customers/{approved.id}").text


@pytest.mark.requirement("R-340")
def test_a_follow_up_that_comes_too_early_is_not_told_as_a_conflict_of_editors(trade: Trade, client_for: Callable[[str], Browser]) -> None:
    waiting = trade.entered()
    sent = {"customer": str(waiting.id), "way": "phone", "content": "谈了价格", "next": "parent"}
    answer = client_for("sales.east1").post("/interactions/add", data=sent)
    assert answer.status_code == 409
    assert "该客户尚未审核" in answer.text
    assert "谈了价格" in answer.text, "what was typed stands there still"
    assert "其他人先保存了" not in answer.text


@pytest.mark.requirement("R-151")
def test_a_returned_customer_is_mended_and_submitted_again(trade: Trade, world: World) -> None:
    customer = trade.entered()
    with world.use_case("head.east") as session:
        review_customer(session, customer.id, None, approve=False, reason="地址不全")
    with world.use_case("sales.east1") as session:
        found = change_customer(session, customer.id, None, {"address": "苏州市金枫南路 1 号"})
        assert (found.review, found.review_note) == (Review.RETURNED, "地址不全")
    with world.use_case("sales.east1") as session:
        assert submit_customer(session, customer.id, None).review == Review.PENDING


@pytest.mark.requirement("R-370")
def test_a_head_does_not_review_what_he_or_she_entered(trade: Trade, world: World) -> None:
    customer = trade.entered("head.east")
    with pytest.raises(OwnReview), world.use_case("head.east") as session:
        review_customer(session, customer.id, None, approve=True, owner=trade.employee("sales.east1"))


@pytest.mark.parametrize(
    ("account", "error"), [("sales.east1", Forbidden), ("head.west", NotFound), ("contracts", Forbidden), ("sales.east2", NotFound)]
)
def test_only_the_head_of_the_department_reviews(trade: Trade, world: World, account: str, error: type[Exception]) -> None:
    customer = trade.entered("sales.east1")
    with pytest.raises(error), world.use_case(account) as session:
        review_customer(session, customer.id, None, approve=True, owner=trade.employee("sales.east1"))


def test_a_head_names_only_people_of_the_own_department(trade: Trade, world: World) -> None:
    customer = trade.entered("sales.east1")
    with pytest.raises(BadInput) as refused, world.use_case("head.east") as session:
        review_customer(session, customer.id, None, approve=True, owner=trade.employee("sales.west1"))
    assert set(refused.value.fields) == {"owner"}


def test_an_approval_names_somebody_and_a_return_gives_a_reason(trade: Trade, world: World) -> None:
    customer = trade.entered()
    with pytest.raises(BadInput) as refused, world.use_case("head.east") as session:
        review_customer(session, customer.id, None, approve=True)
    assert set(refused.value.fields) == {"owner"}
    with pytest.raises(BadInput) as refused, world.use_case("head.east") as session:
        review_customer(session, customer.id, None, approve=False, reason="  ")
    assert set(refused.value.fields) == {"reason"}


def test_an_approved_customer_is_not_reviewed_again(trade: Trade, world: World) -> None:
    customer = trade.customer()
    with pytest.raises(IllegalTransition), world.use_case("head.east") as session:
        review_customer(session, customer.id, None, approve=False, reason="x")


@pytest.mark.requirement("R-168")
def test_a_customer_rests_for_a_reason_and_is_taken_up_again(trade: Trade, world: World) -> None:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        assert suspend_customer(session, customer.id, None, reason="今年没有预算").state == CustomerState.SUSPENDED
    with world.use_case("sales.east1") as session:
        assert resume_customer(session, customer.id, None).state == CustomerState.NEGOTIATING


@pytest.mark.requirement("R-165")
def test_the_successor_sees_the_whole_progress_at_once_and_the_former_owner_nothing(trade: Trade, world: World) -> None:
    customer = trade.customer("sales.east1")
    with world.use_case("sales.east1") as session:
        write_interaction(session, {"customer": customer.id, "content": "谈了方案"})
    with world.use_case("head.east") as session:
        hand_over_customer(session, customer.id, None, owner=trade.employee("sales.east2"), reason="岗位调整")
    with world.reading("sales.east2") as session:
        found = session.get(Customer, customer.id)
        assert found.owner_id == trade.employee("sales.east2")
        assert found.last_contact_at is not None
    with world.reading("sales.east1") as session:
        assert session.get(Customer, customer.id) is None


@pytest.mark.requirement("R-165")
def test_a_contract_that_is_not_signed_follows_its_customer(trade: Trade, world: World) -> None:
    contract = trade.contract("sales.east1")
    with world.use_case("head.east") as session:
        hand_over_customer(session, contract.customer_id, None, owner=trade.employee("sales.east2"), reason="离职")
    with world.reading("sales.east2") as session:
        assert session.get(type(contract), contract.id).owner_id == trade.employee("sales.east2")


@pytest.mark.requirement("R-341")
def test_owner_and_department_go_together_and_the_trail_tells_why(trade: Trade, world: World) -> None:
    customer = trade.customer("sales.east1")
    with world.use_case("head.east") as session:
        handed = hand_over_customer(session, customer.id, None, owner=trade.employee("head.east"), reason="重点客户由部长跟进")
        assert (handed.owner_id, handed.department_id) == (trade.employee("head.east"), world.departments["qiheng/east"].id)
    with acting_as(System("test")):
        rows = world.keguan.database.session().scalars(select(AuditRow).where(AuditRow.action == "hand_over")).all()
    assert any("重点客户由部长跟进" in row.changes for row in rows)
    world.keguan.database.release()


@pytest.mark.parametrize("account", ["sales.east1", "contracts"])
def test_only_the_head_hands_over(trade: Trade, world: World, account: str) -> None:
    customer = trade.customer("sales.east1")
    with pytest.raises(Forbidden), world.use_case(account) as session:
        hand_over_customer(session, customer.id, None, owner=trade.employee("sales.east2"), reason="x")


@pytest.mark.requirement("R-443")
def test_a_share_to_read_opens_the_customer_to_one_person_and_no_more(trade: Trade, world: World) -> None:
    customer = trade.customer("sales.east1")
    with world.use_case("sales.east1") as session:
        share_customer(session, customer.id, None, employee=trade.employee("sales.west1"), mode=ShareMode.READ)
    with world.reading("sales.west1") as session:
        assert session.get(Customer, customer.id).name == customer.name
    with pytest.raises(Forbidden), world.use_case("sales.west1") as session:
        change_customer(session, customer.id, None, {"city": "x"})
    with pytest.raises(Forbidden), world.use_case("sales.west1") as session:
        write_interaction(session, {"customer": customer.id, "content": "不该写入"})
    with pytest.raises(Forbidden), world.use_case("sales.west1") as session:
        add_contact(session, {"customer": customer.id, "name": "不该写入"})
    with world.reading("sales.east2") as session:
        assert session.get(Customer, customer.id) is None


@pytest.mark.requirement("R-152")
@pytest.mark.requirement("R-015")
@pytest.mark.requirement("R-013")
@pytest.mark.requirement("R-443")
def test_a_share_to_write_lets_the_sharer_add_contacts_and_follow_ups(trade: Trade, world: World) -> None:
    customer = trade.customer("sales.east1")
    with world.use_case("sales.east1") as session:
        share_customer(session, customer.id, None, employee=trade.employee("sales.west1"), mode=ShareMode.WRITE, until=today())
    with world.use_case("sales.west1") as session:
        add_contact(session, {"customer": customer.id, "name": "刘建国"})
        write_interaction(session, {"customer": customer.id, "content": "共享人员的跟进"})
    with pytest.raises(Forbidden), world.use_case("sales.west1") as session:
        share_customer(session, customer.id, None, employee=trade.employee("sales.east2"))


@pytest.mark.requirement("R-443")
def test_a_share_ends_by_its_date_and_by_revoking(trade: Trade, world: World) -> None:
    customer = trade.customer("sales.east1")
    for account in ("sales.west1", "sales.east2"):
        with world.use_case("sales.east1") as session:
            share_customer(session, customer.id, None, employee=trade.employee(account), until=today() + timedelta(days=1))
    with acting_as(System("test", customer.company_id)), world.keguan.database.transaction() as session:
        late = update(Share).where(Share.employee_id == trade.employee("sales.west1"))
        session.execute(late.values(until=now() - timedelta(seconds=1)))
    with world.use_case("sales.east1") as session:
        unshare_customer(session, customer.id, None, employee=trade.employee("sales.east2"))
    for account in ("sales.west1", "sales.east2"):
        with world.reading(account) as session:
            assert session.get(Customer, customer.id) is None


def test_sharing_with_the_owner_a_past_day_or_nobody_is_refused(trade: Trade, world: World) -> None:
    customer = trade.customer("sales.east1")
    for values, field in (
        ({"employee": trade.employee("sales.east1")}, "employee"),
        ({"employee": None}, "employee"),
        ({"employee": trade.employee("sales.east2"), "until": today() - timedelta(days=1)}, "until"),
    ):
        with pytest.raises(BadInput) as refused, world.use_case("sales.east1") as session:
            share_customer(session, customer.id, None, **values)  # type: ignore[arg-type]
        assert set(refused.value.fields) == {field}


def test_a_colleague_of_the_other_company_can_neither_be_named_nor_shared_with(trade: Trade, world: World) -> None:
    customer = trade.customer("sales.east1")
    with world.use_case("sales2") as session:
        create_customer(session, {"name": "别家客户"})
    with pytest.raises(BadInput), world.use_case("sales.east1") as session:
        share_customer(session, customer.id, None, employee=trade.employee("sales2"))
    with pytest.raises(BadInput), world.use_case("head.east") as session:
        hand_over_customer(session, customer.id, None, owner=trade.employee("sales2"), reason="x")
