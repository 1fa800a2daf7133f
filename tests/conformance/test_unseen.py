"""A reference to a record that one may not see is told as such, not as nothing: in list, record, board, REST and export of every noun."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from core.access.field_rights import UNSEEN
from core.database.references import class_of
from core.exports.cells import portions
from core.kernel.words import Message
from core.web.export_sources import NounSource
from core.web.lists.cards import offered_on_cards
from core.web.lists.columns import choosable
from core.web.nouns import Noun
from core.web.shapes import has_board
from tests.conformance.examples import Examples
from tests.world import Browser, World

Clients = Callable[[str], Browser]
READER, OTHER = "sales.east1", "sales.west1"
SAID = "无权查看"
STAYS = "您无权查看当前所选内容，不改选则保持不变。"


def leading_away(noun: Noun) -> list[str]:
    """References to records with an owner of their own, but for the one that decides who sees it, and those told in own words."""
    parent = getattr(noun.model, "__parent__", "")
    return [
        name
        for name, one in noun.fields.items()
        if one.kind == "reference" and name != parent and name not in noun.told and class_of(noun.model, one.target).__scope__ == "owned"
    ]


def point_to_hidden(examples: Examples, noun: Noun, record_id: int, name: str) -> str:
    """Let the field lead to a record of a colleague that the reader does not see, past all verbs; what that one is called."""
    target = examples.nouns.by_table[noun.fields[name].target]
    hidden_id = examples.fresh(target)
    with examples.world.reading(READER) as session:
        called = str(session.get(target.model, hidden_id))
    away = {"owner_id": examples.world.employees[OTHER].id, "department_id": examples.world.employees[OTHER].department_id}
    with examples.world.keguan.database.engine.begin() as connection:
        connection.execute(update(target.model.__table__).where(target.model.__table__.c.id == hidden_id).values(away))
        table = noun.model.__table__
        connection.execute(update(table).where(table.c.id == record_id).values({f"{name}_id": hidden_id}))
    return called


@pytest.mark.requirement("R-441")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_one_may_not_see_does_not_look_empty(
    application: Flask, world: World, client_for: Clients, token_client_for: Callable[[str], Browser]
) -> None:
    examples = Examples(world, application.extensions["keguan"].nouns)
    walked = []
    for noun in examples.nouns.by_path.values():
        if noun.create is None or noun.plugin == "core" or not world.actor(READER).may(noun.resource, "read"):
            continue
        for name in leading_away(noun):
            record_id = examples.fresh(noun)
            called = point_to_hidden(examples, noun, record_id, name)
            with world.reading(READER) as session:
                if session.get(noun.model, record_id) is None:
                    continue
            item = f"{noun.path} {name}"
            list_and_record_say_so(client_for(READER), noun, record_id, name, called, item, world)
            answer = token_client_for(READER).get(f"/api/v1/{noun.path}/{record_id}").json
            told: dict[str, Any] = answer.get("result", answer)
            assert told[name] is None, item
            assert name in told["not_visible"], item
            assert exported(world, noun, record_id, name) == str(UNSEEN), item
            form_keeps_it(client_for(READER), noun, record_id, name, item)
            walked.append(item)
    assert len(walked) >= 10, walked


def list_and_record_say_so(browser: Browser, noun: Noun, record_id: int, name: str, called: str, item: str, world: World) -> None:
    """Its row with the column, its page, and its card where there is a board."""
    with world.act(READER):
        column = name in choosable(noun)
        card = has_board(noun) and name in offered_on_cards(noun)
    if column:
        page = browser.get(f"/{noun.path}/?columns={name}&view=all&size=100").text
        row = next(one for one in page.split("<tr") if f'/{noun.path}/{record_id}"' in one)
        assert SAID in row, item
        assert called not in row, item
    page = browser.get(f"/{noun.path}/{record_id}").text
    if any(name in group.names for group in noun.groups):
        assert SAID in page, item
    assert called not in re.sub(r"<title>.*?</title>", "", page) or called in own_words(world, noun, record_id), item
    if card:
        browser.post(f"/lists/{noun.path}/columns", data={"on": "board", "column": [name]})
        assert SAID in browser.get(f"/{noun.path}/board").text, item


def form_keeps_it(browser: Browser, noun: Noun, record_id: int, name: str, item: str) -> None:
    """The form, where it asks for the field, holds what is stored and says that it stays."""
    answer = browser.get(f"/{noun.path}/{record_id}/edit")
    question = answer.text.partition(f'data-field="{name}"')[2].partition('class="kg-field')[0]
    if answer.status_code == 200 and question:
        assert re.search(rf'<option value="\d+" selected>{SAID}</option>', question), item
        assert STAYS in question, item


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_one_may_not_see_stays_when_the_form_is_saved(application: Flask, world: World, client_for: Clients) -> None:
    examples = Examples(world, application.extensions["keguan"].nouns)
    noun = examples.nouns.by_path["customers"]
    customer_id = examples.fresh(noun)
    point_to_hidden(examples, noun, customer_id, "parent")
    with world.reading(READER) as session:
        stored = session.get(noun.model, customer_id)
        version, hidden = stored.version, str(stored.parent_id)
    sent = {"version": str(version), "parent": hidden, "city": "无锡"}
    assert client_for(READER).post(f"/customers/{customer_id}/edit", data=sent).status_code == 303
    with world.reading(READER) as session:
        stored = session.get(noun.model, customer_id)
        assert (str(stored.parent_id), stored.city) == (hidden, "无锡")


def own_words(world: World, noun: Noun, record_id: int) -> str:
    """What the record itself says, such as a name that it has copied."""
    with world.reading(READER) as session:
        record = session.get(noun.model, record_id)
        return " ".join(str(getattr(record, name)) for name, one in noun.fields.items() if one.kind in ("text", "long_text"))


def exported(world: World, noun: Noun, record_id: int, name: str) -> Any:
    """The cell of the field in an export of this one record."""
    with world.reading(READER) as session:
        asked = select(noun.model).where(noun.model.id == record_id)
        return next(iter(portions(session, NounSource(noun), asked, [name])))[0][0]


def test_the_words_say_nothing_of_the_record() -> None:
    assert Message("Not visible to you") == UNSEEN
    assert not UNSEEN.params
