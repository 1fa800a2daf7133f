"""The demonstration shows the regulation at work: everybody finds lists with something in them, and who has duties finds what is due."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from core.extension.calling import hooks
from core.kernel.clock import today
from core.web.nouns import Nouns
from core.web.offers import entries_of
from tests.world import Browser, World

OFFICERS = ("admin", "security", "auditor", "admin2")
FOLLOWING = ("sales.east1", "sales.east2", "sales.west1")
BUSY = ("sales.east1", "sales.west1", "head.east", "contracts", "invoicing", "service", "finance")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_account_of_the_demonstration_lands_on_work(
    demonstration: World, application: Flask, token_client_for: Callable[[str], Browser]
) -> None:
    world = demonstration
    nouns: Nouns = application.extensions["keguan"].nouns
    for account in world.employees:
        actor, program = world.actor(account), token_client_for(account)
        readable = [noun for noun in nouns.by_path.values() if actor.may(noun.resource, "read") and noun.plugin != "core"]
        filled = [noun.path for noun in readable if program.get(f"/api/v1/{noun.path}/").get_json()["count"]]
        assert len(filled) >= (0 if account in OFFICERS else 8), (account, filled)
    for account in BUSY:
        with application.test_request_context("/c/qiheng/"), world.reading(account) as session:
            tasks = hooks().crm_desk_tasks(session=session, limit=6)
        assert tasks, account
    for account in FOLLOWING:  # customers that wait for a word are among what is to be done
        with application.test_request_context("/c/qiheng/"), world.reading(account) as session:
            tasks = entries_of(session, hooks(frozenset({"customers"})).crm_desk_tasks(session=session, limit=6), 6)
        assert any(task.due is not None and task.due <= today() for task in tasks), account
