"""What the list of every noun promises: conditions, saved views, columns and groups follow from its declaration alone."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

from core.kernel.clock import local, today
from core.web.conditions import Condition, Operator, condition_fields, operators_of, own_words
from core.web.lists.cards import offered_on_cards
from core.web.lists.columns import choosable
from core.web.lists.groups import group_fields
from core.web.nouns import Noun
from core.web.spans import Span
from core.web.usual_board import board_of


def _asked(noun: Noun, name: str, stored: dict[str, Any]) -> list[tuple[Condition, bool]]:
    """Conditions on a field, each with whether the record that holds ``stored`` meets it."""
    declared = noun.fields[name]
    value = stored[f"{name}_id" if declared.kind == "reference" else name]
    if value is None:
        return [(Condition(name, Operator.EMPTY), True), (Condition(name, Operator.FILLED), False)]
    if declared.kind in ("date", "moment"):
        day = local(value).date() if declared.kind == "moment" else value
        before, after = (str(day + timedelta(days=number)) for number in (-1, 1))
        found = [(Operator.GT, (before,), True), (Operator.LT, (before,), False), (Operator.BETWEEN, (str(day), after), True)]
        found += [(Operator.IS, (str(day),), True), (Operator.IN, (str(Span.OVERDUE),), day < today())]
    elif declared.kind in ("money", "integer", "quantity"):
        more = str(int(value) + 1)
        found = [(Operator.LT, (more,), True), (Operator.GT, (more,), False), (Operator.BETWEEN, ("0", more), True)]
    else:
        written = str(int(value) if isinstance(value, bool) else getattr(value, "value", value))
        found = [(Operator.IS, (written,), True), (Operator.NOT, (written,), False)]
    if declared.kind == "text":
        found.append((Operator.HAS, (str(value)[1:4],), True))
    return [(Condition(name, operator, values), met) for operator, values, met in found if operator in operators_of(declared)]


def answers_every_condition_that_it_offers(desk: Any, noun: Noun) -> None:
    """By page and by REST: a record that meets a condition is found by it, one that does not is not, and chips lead back."""
    record_id, account = desk.examples.fresh(noun), desk.examples.account(noun)
    program, browser = desk.program(account), desk.browser(account)
    stored = desk.examples.stored(noun, record_id)
    with desk.examples.world.act(account):
        asked = [pair for name in condition_fields(noun) for pair in _asked(noun, name, stored)]
    assert asked or not any(field.filterable or field.sortable for field in noun.fields.values())
    for one, met in asked:
        answer = program.get(f"/api/v1/{noun.path}/?{urlencode({'where': one.written, 'size': 100})}")
        assert answer.status_code == 200, f"{one.written}: {answer.text}"
        assert (record_id in answer.json["ids"]) == met, one.written
    grouped = urlencode([("join", "or"), *(("where", f"{number % 3 + 1}.{one.written}") for number, (one, _) in enumerate(asked[:9]))])
    page = browser.get(f"/{noun.path}/?{grouped}")
    assert page.status_code == 200, page.text
    assert page.text.count("kg-pick on") >= len(asked[:9])
    assert browser.get(f"/lists/{noun.path}/conditions?{urlencode({'asked': grouped})}").status_code == 200


def knows_me_and_my_department(desk: Any, noun: Noun) -> None:
    """Where a field names a colleague or a department, "me" and "my department" are those of whoever asks."""
    account = desk.examples.account(noun)
    with desk.examples.world.act(account):
        words = [(name, word) for name in condition_fields(noun) for word in own_words(noun.fields[name])]
    for name, word in words:
        answer = desk.program(account).get(f"/api/v1/{noun.path}/?where={name}.is.{word}")
        assert answer.status_code == 200, answer.text


def keeps_a_view_of_its_list(desk: Any, noun: Noun) -> None:
    """Its present conditions are saved, stand above the list, and are nobody else's."""
    account = desk.examples.account(noun)
    browser = desk.browser(account)
    made = browser.post(f"/lists/{noun.path}/views/new", data={"name": "我的一份", "conditions": "order=-id"})
    assert made.status_code == 303, made.text
    page = browser.get(made.headers["Location"])
    assert page.status_code == 200
    assert "我的一份" in page.text
    other = next(name for name in desk.examples.able(noun, "read") if name != account)
    assert "我的一份" not in desk.browser(other).get(f"/{noun.path}/").text


def shows_every_column_that_may_be_chosen(desk: Any, noun: Noun) -> None:
    """All of them at once, in the order that was chosen, and remembered for this person alone."""
    record_id, account = desk.examples.fresh(noun), desk.examples.account(noun)
    browser = desk.browser(account)
    with desk.examples.world.act(account):
        names = choosable(noun)[::-1]
    everything = browser.get(f"/{noun.path}/?{urlencode({'columns': ','.join(names), 'size': 100})}")
    assert everything.status_code == 200, everything.text
    assert f"/{noun.path}/{record_id}" in everything.text
    assert everything.text.count('<th scope="col"') >= len(names) + 1
    kept = browser.post(f"/lists/{noun.path}/columns", data={"column": list(names[:2]), "dense": "1"})
    assert kept.status_code == 303, kept.text
    page = browser.get(f"/{noun.path}/?view=all").text
    assert page.count('<th scope="col"') - page.count('class="pick"') <= 3
    assert "kg-dense" in page
    assert browser.post(f"/lists/{noun.path}/columns", data={"step": "reset"}).status_code == 303
    assert "kg-dense" not in browser.get(f"/{noun.path}/?view=all").text


def shows_on_the_cards_of_its_board_what_is_chosen(desk: Any, noun: Noun) -> None:
    """Every field that may be chosen, for this person alone; none of them is a choice too; and the declared ones come back."""
    if board_of(noun) is None:
        return
    account, place = desk.examples.account(noun), f"/lists/{noun.path}/columns"
    desk.examples.fresh(noun)
    browser, address = desk.browser(account), f"/{noun.path}/board"
    usual = browser.get(address).text
    assert "data-card" in usual
    assert "<dt>" not in usual
    with desk.examples.world.act(account):
        names = offered_on_cards(noun)[::-1]
    words = dict(re.findall(r'name="column" value="(\w+)"[^>]*>([^<]+)</label>', browser.get(f"{place}?on=board").text))
    assert set(words) == set(names)
    kept = browser.post(place, data={"on": "board", "column": list(names)})
    assert kept.status_code == 303, kept.text
    assert kept.headers["Location"].endswith(address)
    shown = re.findall(r"<dl>.*?</dl>", browser.get(address).text)
    labels = [_bare(words[name]) for name in names]
    assert shown
    for card in shown:
        told = [_bare(text) for text in re.findall(r"<dt>(.*?)</dt>", card)]
        assert [label for label in labels if label in told] == told, told  # in the order that was chosen, and nothing empty
    browser.post(place, data={"on": "board"})
    assert "<dl>" not in browser.get(address).text
    assert browser.post(place, data={"on": "board", "step": "reset"}).status_code == 303
    again = browser.get(address).text
    assert "<dt>" not in again
    assert again.count("kg-s kg-2 kg-cut") == usual.count("kg-s kg-2 kg-cut")


def _bare(label: str) -> str:
    """A label without the unit that a number has in it."""
    return re.sub(r"\s*[(（].*", "", unescape(label))


def is_grouped_by_every_filter_with_a_door_to_each_group(desk: Any, noun: Noun) -> None:
    """The groups together are the whole list, and each leads to as many records as it counts."""
    account = desk.examples.account(noun)
    desk.examples.fresh(noun)
    browser, program = desk.browser(account), desk.program(account)
    with desk.examples.world.act(account):
        fields = group_fields(noun)
    whole = program.get(f"/api/v1/{noun.path}/").json["count"]
    for name in fields:
        page = browser.get(f"/{noun.path}/?view=all&group={name}")
        assert page.status_code == 200, page.text
        groups = re.findall(r'<td><a class="name" href="([^"]+)"[^>]*>[^<]*</a></td><td class="kg-num">([\d,]+)</td>', page.text)
        counts = [int(number.replace(",", "")) for _, number in groups]
        assert sum(counts) == whole, name
        for address, number in zip(groups[:3], counts, strict=False):
            query = unescape(address[0]).partition("?")[2]
            assert program.get(f"/api/v1/{noun.path}/?{query}").json["count"] == number, (name, query)


LIST_PROMISES = (
    answers_every_condition_that_it_offers,
    knows_me_and_my_department,
    keeps_a_view_of_its_list,
    shows_every_column_that_may_be_chosen,
    shows_on_the_cards_of_its_board_what_is_chosen,
    is_grouped_by_every_filter_with_a_door_to_each_group,
)
