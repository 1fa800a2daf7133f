"""The demonstration shows the regulation at work: everybody finds lists with something in them, and who has duties finds what is due."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response

from core.extension.calling import hooks
from core.kernel.clock import today
from core.operations.demo_people import ACCOUNTS, HOUSES
from core.web.desk import DeskView
from core.web.nouns import Nouns
from core.web.offers import entries_of
from core.web.pages.desk import DeskItem, DeskPage
from tests.world import Browser, World

OFFICERS = {"admin": "/c/qiheng/modules/", "security": "/employees/", "auditor": "/audit-rows/", "admin2": "/c/huarui/modules/"}
"""Who sees no business records, and where each finds the own work: the addresses that a filled list leads to begin so."""
FOLLOWING = ("sales.east1", "sales.east2", "sales.west1")
FOLLOWS_UP = ("salesperson", "customer_manager", "contract_administrator", "invoicing_clerk", "after_sales")
DECIDES = ("department_head", "leader_in_charge", "finance_manager")
BUSY = ("sales.east1", "sales.west1", "head.east", "contracts", "invoicing", "service", "finance")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_account_of_the_demonstration_lands_on_work(
    demonstration: World, application: Flask, client_for: Callable[[str], Browser], token_client_for: Callable[[str], Browser]
) -> None:
    world = demonstration
    nouns: Nouns = application.extensions["keguan"].nouns
    for account in world.employees:
        actor, program = world.actor(account), token_client_for(account)
        readable = [noun for noun in nouns.by_path.values() if actor.may(noun.resource, "read") and noun.plugin != "core"]
        filled = [noun.path for noun in readable if program.get(f"/api/v1/{noun.path}/").get_json()["count"]]
        assert (filled == []) if account in OFFICERS else len(filled) >= 8, (account, filled)
    for account, path in OFFICERS.items():
        shown = client_for(account).get(path).text
        assert len(re.findall(rf'{re.escape(path)}[\w-]+"', shown[shown.index("<main") :])) >= 3, account
    for account in BUSY:
        with application.test_request_context("/c/qiheng/"), world.reading(account) as session:
            tasks = hooks().crm_desk_tasks(session=session, limit=6)
        assert tasks, account
    for account in FOLLOWING:  # customers that wait for a word are among what is to be done
        with application.test_request_context("/c/qiheng/"), world.reading(account) as session:
            tasks = entries_of(session, hooks(frozenset({"customers"})).crm_desk_tasks(session=session, limit=6), 6)
        assert any(task.due is not None and task.due <= today() for task in tasks), account


@pytest.fixture
def start_page(client_for: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], DeskPage]:
    """What stands on the page on which somebody lands after signing in."""
    made: list[DeskPage] = []
    show = DeskView.page

    def note(view: DeskView, page: DeskPage, *more: Any) -> Response:
        made.append(page)
        return show(view, page, *more)

    monkeypatch.setattr(DeskView, "page", note)

    def look(account: str) -> DeskPage:
        answer = client_for(account).get("/")
        assert answer.status_code == 200, account
        shown = html.unescape(answer.text)
        assert all(item.label in shown for card in made[-1].cards for item in card.items if isinstance(item.label, str)), account
        return made[-1]

    return look


def kind_of(item: DeskItem) -> str:
    """Whether something is overdue, has a day to come, or waits for somebody."""
    return "waiting" if item.due is None else "overdue" if item.due < today() else "due"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_account_starts_on_work_and_every_business_role_has_something_due_overdue_or_waiting(
    demonstration: World, start_page: Callable[[str], DeskPage]
) -> None:
    assert set(ACCOUNTS) == set(demonstration.employees)
    work: dict[str, set[str]] = {}
    for person in (person for house in HOUSES for person in house.people):
        page = start_page(person.account)
        tasks = [item for card in page.cards for item in card.items]
        figures = [one for one in page.figures if not one.nothing and str(one.value).strip("¥") != "0"]
        assert tasks or figures, f"the start page of {person.account} is empty"
        for role in person.roles if person.account not in OFFICERS else ():
            work.setdefault(role, set()).update(map(kind_of, tasks))
    assert not [role for role, kinds in work.items() if not kinds], work
    assert {"overdue", "due", "waiting"} == set().union(*work.values())
    for roles, kind in ((FOLLOWS_UP, "overdue"), (DECIDES, "waiting")):
        for role in roles:
            assert kind in work[role], (role, work[role])
