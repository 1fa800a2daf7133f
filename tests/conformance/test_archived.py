"""What was put into the archive says so wherever its list, its page and its cards tell its state: by its state, or by a mark beside it."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from sqlalchemy import inspect

from core.kernel.clock import now
from core.web.nouns import Noun
from tests.conformance.examples import Examples
from tests.world import Browser, World

Clients = Callable[[str], Browser]
MARK = '<span class="kg-tag idle">已归档</span>'


def archived(application: Flask) -> list[Noun]:
    """Every noun that a verb of its own archives, or that keeps when it was."""
    nouns: dict[str, Noun] = application.extensions["keguan"].nouns.by_path
    return [noun for noun in nouns.values() if noun.act("archive") is not None or "archived_at" in noun.fields]


def by_state(noun: Noun) -> bool:
    return any(choice.value == "archived" for choice in noun.fields["state"].choices or ())


def test_whatever_can_be_archived_declares_what_says_so(application: Flask) -> None:
    nouns = archived(application)
    assert len(nouns) > 1
    assert [noun.path for noun in nouns if bool(noun.archived) == by_state(noun)] == []


def test_an_archived_record_is_marked_in_every_view_of_its_list_on_its_page_and_on_its_card(
    application: Flask, world: World, client_for: Clients
) -> None:
    examples = Examples(world, application.extensions["keguan"].nouns)
    for noun in (noun for noun in archived(application) if noun.archived):
        account, record_id = examples.account(noun), examples.fresh(noun)
        browser = client_for(account)
        surfaces = (f"/{noun.path}/?view=all&size=100", f"/{noun.path}/{record_id}", f"/{noun.path}/board?view=all")
        assert [one for one in surfaces if MARK in told(browser, noun, record_id, one)] == []
        with world.use_case(account) as session:
            table = inspect(noun.model).local_table
            session.connection().execute(table.update().where(table.c.id == record_id).values({noun.archived: now()}))
        assert [one for one in surfaces if MARK not in told(browser, noun, record_id, one)] == []


def told(browser: Browser, noun: Noun, record_id: int, address: str) -> str:
    """What the page at ``address`` tells of the record: its row or card in a list, all of its own page."""
    page = browser.get(address).text
    parts = re.split(r"<tr|<article|<li ", page)
    return page if address.endswith(f"/{record_id}") else next(one for one in parts if f'/{noun.path}/{record_id}"' in one)
