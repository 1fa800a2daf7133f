"""Quotations: written, made ready, sent, answered, replaced by a new edition, and the order that rests on one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import select

from core.access.administration.parameters import set_parameter
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict, Forbidden, IllegalTransition, NotFound
from core.work.notices import notices
from plugins.customers.operations import hand_over_customer
from plugins.sales.errors import NewerEdition, NotDraft, NothingQuoted, OrderedAlready, OwnDocument, PriceNotPassed
from plugins.sales.models import Order, OrderLine, Quotation, QuotationLine
from plugins.sales.operations import (
    accept_quotation,
    approve_low_price,
    change_quotation,
    create_order,
    decline_quotation,
    delete_quotation,
    expire_quotations,
    order_quotation,
    refuse_low_price,
    revise_quotation,
    rework_quotation,
    send_quotation,
    submit_quotation,
)
from plugins.sales.rules.orders import OrderState
from plugins.sales.rules.quotations import LIFECYCLE, QuotationState, days_are_sound, quotation_number
from tests.access.test_presets import give
from tests.plugins.sales.conftest import FINANCE, HEAD, SELLER, Shop
from tests.plugins.sales.test_orders import CHEAP
from tests.world import World

S = QuotationState


def sent(world: World, shop: Shop, **values: object) -> Quotation:
    """A quotation that went to the customer today by fax."""
    quotation = shop.quotation(**values)
    with world.use_case(SELLER) as session:
        return send_quotation(session, quotation.id, quotation.version, way="传真")


def accepted(world: World, shop: Shop, **values: object) -> Quotation:
    """A quotation that the customer has accepted today."""
    quotation = sent(world, shop, **values)
    with world.use_case(SELLER) as session:
        return accept_quotation(session, quotation.id, quotation.version, answer="价格可以")


@pytest.mark.requirement("R-097", "R-212")
def test_a_quotation_says_what_goods_cost_whom_and_until_when_and_how_it_was_sent(world: World, shop: Shop) -> None:
    shop.product()
    draft = shop.quotation(lines=[{"code": "KY-75A", "quantity": Decimal(2), "discount": Decimal(90)}])
    assert (draft.amount, draft.state, draft.number) == (Decimal("1800.00"), S.DRAFT, None)
    assert (draft.quoted_on, draft.valid_until) == (today(), today() + timedelta(days=30))
    with world.use_case(SELLER) as session:
        gone = send_quotation(session, draft.id, draft.version, way="传真", on=today())
    assert (gone.state, gone.sent_way, gone.sent_on) == (S.SENT, "fax", today())
    assert (gone.number, gone.edition) == (f"BJ-{today().year}-0001", 1)
    with world.use_case(SELLER) as session:
        taken = accept_quotation(session, gone.id, gone.version, answer="同意，按此下单")
    assert (taken.state, taken.answered_on, taken.answer) == (S.ACCEPTED, today(), "同意，按此下单")


def test_the_days_of_validity_are_a_parameter_of_the_company(world: World, shop: Shop) -> None:
    shop.product()
    with world.use_case("admin") as session:
        set_parameter(session, "sales.quotation_days", 10, starts_on=today())
    assert shop.quotation(quoted_on=today()).valid_until == today() + timedelta(days=10)
    with pytest.raises(BadInput) as refused:
        shop.quotation(valid_until=today() - timedelta(days=1))
    assert list(refused.value.fields) == ["valid_until"]


def test_lines_come_from_the_opportunity_unless_others_are_written(world: World, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    opportunity = shop.opportunity(customer=customer.id, lines=[{"code": "KY-75A", "quantity": Decimal(4), "discount": Decimal(90)}])
    assert shop.quotation(customer=customer, opportunity=opportunity.id, lines=[]).amount == Decimal("3600.00")
    with pytest.raises(BadInput) as refused:
        shop.quotation(customer=shop.trade.customer(name="别的客户"), opportunity=opportunity.id)
    assert list(refused.value.fields) == ["opportunity"]


@pytest.mark.requirement("R-212", "R-097")
def test_a_declined_quotation_says_why(world: World, shop: Shop) -> None:
    shop.product()
    quotation = sent(world, shop)
    with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
        decline_quotation(session, quotation.id, None)
    assert list(refused.value.fields) == ["reason"]
    with world.use_case(SELLER) as session:
        declined = decline_quotation(session, quotation.id, None, reason="price", answer="比同行高一成")
    assert (declined.state, declined.declined_reason, declined.answer) == (S.DECLINED, "price", "比同行高一成")


def test_what_has_no_amount_is_neither_made_ready_nor_sent(world: World, shop: Shop) -> None:
    shop.product()
    empty = shop.quotation(lines=[])
    for verb, asked in ((submit_quotation, {}), (send_quotation, {"way": "fax"})):
        with pytest.raises(NothingQuoted), world.use_case(SELLER) as session:
            verb(session, empty.id, None, **asked)


def test_it_is_not_sent_on_a_day_to_come_nor_when_it_is_not_valid_any_more(world: World, shop: Shop) -> None:
    shop.product()
    late = shop.quotation(quoted_on=today() - timedelta(days=9), valid_until=today() - timedelta(days=1))
    for days in (1, 0):
        with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
            send_quotation(session, late.id, None, way="email", on=today() + timedelta(days=days))
        assert list(refused.value.fields) == ["on"]
    with world.use_case(SELLER) as session:
        assert send_quotation(session, late.id, None, way="email", on=today() - timedelta(days=2)).state is S.SENT


@pytest.mark.requirement("R-212", "R-349")
def test_a_price_below_the_lowest_is_passed_by_finance_before_it_is_sent(world: World, shop: Shop) -> None:
    shop.product()
    quotation = shop.quotation(lines=CHEAP)
    with pytest.raises(PriceNotPassed), world.use_case(SELLER) as session:
        send_quotation(session, quotation.id, None, way="fax")
    with world.use_case(SELLER) as session:
        waiting = submit_quotation(session, quotation.id, None)
    assert (waiting.state, waiting.number) == (S.PRICE_REVIEW, quotation_number(today().year, 1))
    with world.reading(FINANCE) as session:
        assert any(notice.url.startswith("/approvals/") for notice in notices(session))
    for account in (SELLER, HEAD):
        with pytest.raises(Forbidden), world.use_case(account) as session:
            approve_low_price(session, quotation.id, None)
    with pytest.raises(IllegalTransition), world.use_case(SELLER) as session:
        send_quotation(session, quotation.id, None, way="fax")
    with world.use_case(FINANCE) as session:
        passed = approve_low_price(session, quotation.id, None)
    assert (passed.state, passed.price_passed_by_id) == (S.READY, shop.trade.employee(FINANCE))
    with world.use_case(SELLER) as session:
        assert send_quotation(session, quotation.id, None, way="fax").state is S.SENT


@pytest.mark.requirement("R-349")
def test_finance_refuses_a_price_and_what_was_passed_is_decided_anew_after_a_change(world: World, shop: Shop) -> None:
    shop.product()
    quotation = shop.quotation(lines=CHEAP)
    with world.use_case(SELLER) as session:
        submit_quotation(session, quotation.id, None)
    with world.use_case(FINANCE) as session:
        back = refuse_low_price(session, quotation.id, None, reason="毛利不足")
    assert (back.state, back.state_reason) == (S.DRAFT, "毛利不足")
    with pytest.raises(NotDraft), world.use_case(SELLER) as session:
        delete_quotation(session, quotation.id, None)  # its number is given
    with world.use_case(SELLER) as session:
        submit_quotation(session, quotation.id, None)
    with world.use_case(FINANCE) as session:
        approve_low_price(session, quotation.id, None)
    with world.use_case(SELLER) as session:
        again = rework_quotation(session, quotation.id, None)
    assert (again.state, again.price_passed_at) == (S.DRAFT, None)
    with pytest.raises(PriceNotPassed), world.use_case(SELLER) as session:
        send_quotation(session, quotation.id, None, way="fax")
    with world.use_case(SELLER) as session:  # mended, it goes out without a word about the price that it had
        change_quotation(session, quotation.id, None, {"lines": [{"code": "KY-75A", "quantity": Decimal(1)}]})
        assert send_quotation(session, quotation.id, None, way="fax").price_doubt is None


@pytest.mark.requirement("R-370")
def test_nobody_passes_a_price_of_his_own(world: World, shop: Shop) -> None:
    shop.product()
    quotation = shop.quotation(lines=CHEAP)
    with world.use_case(SELLER) as session:
        submit_quotation(session, quotation.id, None)
    give(world, SELLER, "finance_manager")
    with pytest.raises(OwnDocument), world.use_case(SELLER) as session:
        approve_low_price(session, quotation.id, None)


@pytest.mark.requirement("R-097")
def test_a_new_edition_takes_the_place_of_the_old_one_once_it_is_sent_and_the_old_one_is_kept(world: World, shop: Shop) -> None:
    shop.product()
    first = sent(world, shop)
    with world.use_case(SELLER) as session:
        second = revise_quotation(session, first.id, None)
    assert (second.state, second.number, second.edition, second.former_id) == (S.DRAFT, first.number, 2, first.id)
    assert (second.amount, second.customer_id) == (first.amount, first.customer_id)
    with pytest.raises(NewerEdition), world.use_case(SELLER) as session:
        revise_quotation(session, first.id, None)
    with world.reading(SELLER) as session:
        assert session.get(Quotation, first.id).state is S.SENT  # the customer has nothing else yet
    with world.use_case(SELLER) as session:
        change_quotation(session, second.id, None, {"lines": [{"code": "KY-75A", "quantity": Decimal(2), "discount": Decimal(88)}]})
        send_quotation(session, second.id, None, way="email")
    with world.reading(SELLER) as session:
        kept = session.get(Quotation, first.id)
        assert (kept.state, kept.amount, kept.number) == (S.REPLACED, Decimal("2000.00"), first.number)
        assert session.get(Quotation, second.id).amount == Decimal("1760.00")


def test_a_new_edition_is_thrown_away_as_long_as_it_is_a_draft(world: World, shop: Shop) -> None:
    shop.product()
    first = sent(world, shop)
    with world.use_case(SELLER) as session:
        second = revise_quotation(session, first.id, None)
        delete_quotation(session, second.id, None)
    with world.use_case(SELLER) as session:
        assert revise_quotation(session, first.id, None).edition == 2


def test_what_was_accepted_meanwhile_is_replaced_no_more(world: World, shop: Shop) -> None:
    shop.product()
    first = sent(world, shop)
    with world.use_case(SELLER) as session:
        second = revise_quotation(session, first.id, None)
        accept_quotation(session, first.id, None)
    with pytest.raises(Conflict), world.use_case(SELLER) as session:
        send_quotation(session, second.id, None, way="fax")
    with pytest.raises(IllegalTransition), world.use_case(SELLER) as session:
        revise_quotation(session, first.id, None)


@pytest.mark.requirement("R-097")
def test_the_daily_job_marks_what_has_expired_and_tells_its_owner_once(world: World, shop: Shop) -> None:
    shop.product()
    quotation = sent(world, shop, valid_until=today() + timedelta(days=5))
    with acting_as(System("the daily job", quotation.company_id)), world.keguan.database.transaction() as session:
        assert expire_quotations(session, today() + timedelta(days=5)) == 0
        assert expire_quotations(session, today() + timedelta(days=6)) == 1
        assert expire_quotations(session, today() + timedelta(days=6)) == 0
    with world.reading(SELLER) as session:
        assert session.get(Quotation, quotation.id).state is S.EXPIRED
        assert len([one for one in notices(session) if one.url == f"/quotations/{quotation.id}"]) == 1


@pytest.mark.requirement("R-097")
def test_a_yes_counts_for_a_day_on_which_the_quotation_was_valid(world: World, shop: Shop) -> None:
    shop.product()
    quotation = sent(world, shop, valid_until=today() + timedelta(days=5))
    last = today() + timedelta(days=5)
    with time_machine.travel(_noon(last + timedelta(days=3)), tick=False):
        with acting_as(System("the daily job", quotation.company_id)), world.keguan.database.transaction() as session:
            expire_quotations(session, today())
        with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
            accept_quotation(session, quotation.id, None)
        assert list(refused.value.fields) == ["on"]
        with world.use_case(SELLER) as session:
            assert accept_quotation(session, quotation.id, None, on=last).state is S.ACCEPTED


@pytest.mark.requirement("R-212")
def test_an_accepted_quotation_becomes_an_order_with_its_lines_and_none_is_compulsory(world: World, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    quotation = accepted(world, shop, customer=customer, lines=[{"code": "KY-75A", "quantity": Decimal(3), "discount": Decimal(90)}])
    with world.use_case(SELLER) as session:
        order = order_quotation(session, quotation.id, None)
    assert (order.quotation_id, order.amount, order.state) == (quotation.id, Decimal("2700.00"), OrderState.DRAFT)
    with world.reading(SELLER) as session:
        line = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).one()
        quoted = session.scalars(select(QuotationLine).where(QuotationLine.quotation_id == quotation.id)).one()
        assert (line.quantity, line.price, line.discount) == (quoted.quantity, quoted.price, quoted.discount)
    with pytest.raises(OrderedAlready), world.use_case(SELLER) as session:
        order_quotation(session, quotation.id, None)
    assert shop.order(customer=customer).quotation_id is None  # an order may be written straight away


def test_an_order_names_only_an_accepted_quotation_of_its_customer(world: World, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    open_one = sent(world, shop, customer=customer)
    foreign = accepted(world, shop, customer=shop.trade.customer(name="别的客户有限公司"))
    for quotation in (open_one, foreign):
        with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
            create_order(session, {"title": "首批", "customer": customer.id, "quotation": quotation.id})
        assert list(refused.value.fields) == ["quotation"]
    with pytest.raises(BadInput), world.use_case(SELLER) as session:
        order_quotation(session, open_one.id, None)
    with world.reading(SELLER) as session:
        assert session.scalars(select(Order)).all() == []


def test_only_a_draft_is_changed_or_thrown_away(world: World, shop: Shop) -> None:
    shop.product()
    draft, gone = shop.quotation(), sent(world, shop, customer=shop.trade.customer(name="第二家有限公司"))
    with world.use_case(SELLER) as session:
        delete_quotation(session, draft.id, None)
    for verb, given in ((change_quotation, ({"title": "x"},)), (delete_quotation, ())):
        with pytest.raises(NotDraft), world.use_case(SELLER) as session:
            verb(session, gone.id, None, *given)
    with world.reading(SELLER) as session:
        assert [line.quotation_id for line in session.scalars(select(QuotationLine))] == [gone.id]


def test_nobody_else_sees_a_quotation_but_its_owner_and_those_above(world: World, shop: Shop) -> None:
    shop.product()
    quotation = shop.quotation()
    for account, seen in ((SELLER, True), (HEAD, True), (FINANCE, True), ("sales.east2", False), ("sales2", False)):
        with world.reading(account) as session:
            assert (session.get(Quotation, quotation.id) is not None) is seen, account
    with pytest.raises((NotFound, Forbidden)), world.use_case("sales.east2") as session:
        send_quotation(session, quotation.id, None, way="fax")


@pytest.mark.requirement("R-165")
def test_quotations_in_progress_follow_their_customer(world: World, shop: Shop) -> None:
    shop.product()
    customer = shop.trade.customer()
    open_one, done = sent(world, shop, customer=customer), accepted(world, shop, customer=customer)
    with world.use_case(HEAD) as session:
        hand_over_customer(session, customer.id, None, owner=shop.trade.employee("sales.east2"), reason="区域调整")
    with world.reading(HEAD) as session:
        owners = {one.id: one.owner_id for one in session.scalars(select(Quotation))}
    assert owners == {open_one.id: shop.trade.employee("sales.east2"), done.id: shop.trade.employee(SELLER)}


def test_the_states_lead_where_a_quotation_can_go() -> None:
    ends = {state for state in S if not LIFECYCLE.allowed(state)}
    assert ends == {S.ACCEPTED, S.REPLACED}
    assert days_are_sound(None, date(2026, 1, 1))
    assert not days_are_sound(date(2026, 1, 2), date(2026, 1, 1))


def _noon(day: date) -> str:
    return f"{day.isoformat()}T12:00:00+08:00"
