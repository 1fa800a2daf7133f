"""Each person with something to do is told, and finds it in a list (issue 3, R-151, R-222, R-223)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from core.approvals.operations import approve, submit_document
from core.extension.calling import hooks
from core.web.nouns import Nouns
from core.web.offers import entries_of
from core.work.models import Notice
from core.work.notices import tell_in_portions
from plugins.contracts.operations import draft_contract, hand_over_text, set_lines, sign_contract
from plugins.customers.operations import create_customer, review_customer, submit_customer
from tests.plugins.conftest import LINES, Trade
from tests.world import Browser, World

SELLER, HEAD, OTHER_HEAD, CLERK, LEADER = "sales.east1", "head.east", "head.west", "contracts", "leader"
PLENTY = 100
LARGE = [{"name": "整厂空压站", "quantity": Decimal(1), "price": Decimal("2600000.00")}]


@pytest.fixture
def told(world: World) -> Callable[[str, str], int]:
    """How many unread notices somebody has that lead to a path."""

    def count(account: str, path: str) -> int:
        with world.reading(account) as session:
            mine = select(Notice).where(Notice.employee_id == world.employees[account].id, Notice.read_at.is_(None), Notice.url == path)
            return len(session.scalars(mine).all())

    return count


@pytest.fixture
def finds(world: World, application: Flask, token_client_for: Callable[[str], Browser]) -> Callable[..., set[str]]:
    """Where somebody finds a record: among the desk's tasks, in the saved view of its list."""

    def look(account: str, path: str, record_id: int, view: str) -> set[str]:
        nouns: Nouns = application.extensions["keguan"].nouns
        plugin = frozenset({nouns.by_path[path].plugin})
        with application.test_request_context("/c/qiheng/"), world.reading(account) as session:
            tasks = entries_of(session, hooks(plugin).crm_desk_tasks(session=session, limit=PLENTY), PLENTY)
            on_desk = any(task.url.endswith(f"/{path}/{record_id}") for task in tasks)
        listed = token_client_for(account).get(f"/api/v1/{path}/?view={view}").get_json()
        in_view = record_id in {row["id"] for row in listed["result"]}
        return {place for place, there in (("desk", on_desk), ("view", in_view)) if there}

    return look


@pytest.mark.requirement("R-151")
def test_the_head_of_the_department_is_told_of_a_customer_to_review(
    world: World,
    trade: Trade,
    told: Callable[[str, str], int],
    finds: Callable[..., set[str]],
) -> None:
    customer = trade.entered(SELLER)
    there = f"/customers/{customer.id}"
    assert [told(account, there) for account in (HEAD, OTHER_HEAD, SELLER, CLERK)] == [1, 0, 0, 0]
    assert finds(HEAD, "customers", customer.id, "review") == {"desk", "view"}
    with world.use_case(HEAD) as session:
        review_customer(session, customer.id, None, approve=False, reason="地址不全")
    with world.use_case(SELLER) as session:
        submit_customer(session, customer.id, None)
    assert told(HEAD, there) == 2


def test_of_the_customers_of_a_file_the_head_is_told_once_a_portion(world: World) -> None:
    with world.use_case(SELLER) as session:
        tell_in_portions(session)
        for name in ("常州启明轴承有限公司", "无锡联创轴承有限公司"):
            create_customer(session, {"name": name})
    with world.reading(HEAD) as session:
        (notice,) = session.scalars(select(Notice).where(Notice.employee_id == world.employees[HEAD].id))
    assert str(notice.message) == "New customers wait for your review."


@pytest.mark.requirement("R-222")
def test_whoever_may_sign_is_told_once_when_a_draft_has_its_amount(
    world: World,
    trade: Trade,
    told: Callable[[str, str], int],
    finds: Callable[..., set[str]],
) -> None:
    customer = trade.customer(SELLER)
    with world.use_case(SELLER) as session:
        contract = draft_contract(session, {"title": "空压站", "customer": customer.id})
    there = f"/contracts/{contract.id}"
    assert (told(HEAD, there), finds(HEAD, "contracts", contract.id, "sign")) == (0, set())
    for _ in range(2):
        with world.use_case(SELLER) as session:
            set_lines(session, contract.id, None, LINES)
    assert [told(account, there) for account in (HEAD, CLERK, OTHER_HEAD, SELLER)] == [1, 1, 0, 0]
    for account in (HEAD, CLERK):
        assert finds(account, "contracts", contract.id, "sign") == {"desk", "view"}
    assert finds(SELLER, "contracts", contract.id, "sign") == {"view"}, "who may not sign has nothing to do"
    with world.use_case(CLERK) as session:
        sign_contract(session, contract.id, None)
    assert finds(HEAD, "contracts", contract.id, "sign") == set()


@pytest.mark.requirement("R-222")
def test_a_large_contract_can_be_signed_when_it_is_approved_and_then_its_signers_are_told(
    world: World,
    trade: Trade,
    told: Callable[[str, str], int],
    finds: Callable[..., set[str]],
) -> None:
    contract = trade.contract(SELLER, lines=LARGE)
    there = f"/contracts/{contract.id}"
    with world.use_case(SELLER) as session:
        case_id = submit_document(session, "contracts.signing", contract.id, None).id
    assert told(CLERK, there) == 0
    assert finds(CLERK, "contracts", contract.id, "sign") == set()
    for account in (HEAD, LEADER):
        with world.use_case(account) as session:
            approve(session, case_id)
    assert told(CLERK, there) == 1
    assert told(HEAD, there) == 1
    assert finds(CLERK, "contracts", contract.id, "sign") == {"desk", "view"}


@pytest.mark.requirement("R-222")
@pytest.mark.requirement("R-223")
def test_the_contract_administrator_is_told_of_a_text_that_was_handed_over(
    world: World,
    trade: Trade,
    told: Callable[[str, str], int],
    finds: Callable[..., set[str]],
) -> None:
    by_head, by_clerk = trade.contract(SELLER), trade.contract(SELLER)
    for contract, account in ((by_head, HEAD), (by_clerk, CLERK)):
        with world.use_case(HEAD) as session:
            sign_contract(session, contract.id, None)
        before = told(CLERK, f"/contracts/{contract.id}")
        with world.use_case(account) as session:
            hand_over_text(session, contract.id, None)
        after = told(CLERK, f"/contracts/{contract.id}")
        assert after - before == (account != CLERK), "nobody is told what he or she has done"
        assert finds(CLERK, "contracts", contract.id, "entry") == {"desk", "view"}


@pytest.mark.requirement("R-151")
def test_a_desk_card_with_more_tasks_than_it_shows_leads_to_the_list_that_holds_all_of_them(
    trade: Trade, client_for: Callable[[str], Browser]
) -> None:
    door, head = "/customers/?view=review", client_for(HEAD)
    entered = [trade.entered(SELLER, name=f"第{number}家待审核有限公司") for number in range(5)]
    assert door not in head.get("/").text.partition("kg-deskcards")[2], "the card has room for all of them"
    entered += [trade.entered(SELLER, name=f"第{number}家待审核有限公司") for number in (5, 6)]
    desk = head.get("/").text.partition("kg-deskcards")[2]
    assert sum(f'/customers/{one.id}"' in desk for one in entered) == 6
    assert door in desk
    listed = head.get(door).text
    assert all(f'/customers/{one.id}"' in listed for one in entered)


def test_the_list_of_each_kind_of_task_is_there(application: Flask, world: World) -> None:
    nouns: Nouns = application.extensions["keguan"].nouns
    for account in world.employees:
        with application.test_request_context("/c/qiheng/"), world.reading(account) as session:
            for offered in hooks().crm_desk_tasks(session=session, limit=6):
                path, view = getattr(offered, "all", None) or ("customers", "review")
                assert view in {one.key for one in nouns.by_path[path].views}, (path, view)
