"""What every noun promises of the other shapes of its list: the same query gives the same records, and cards are moved by its verbs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any, NamedTuple

from core.kernel.clock import local
from core.web.charting import groupable
from core.web.events import SHOWN
from core.web.nouns import Noun
from core.web.shapes import days_of, planned_days
from core.web.usual_board import board_of

BOARD = "board"


class Standing(NamedTuple):
    """A column of a board as the page tells it: how many stand in it, and the query of the list that it leads to."""

    count: int
    query: str
    cards: str


def columns(page: str) -> dict[str, Standing]:
    """The columns of a board's page by their keys."""
    parts = [part.partition("</section>")[0] for part in page.split('<section class="kg-column" id="at-')[1:]]
    return {part.partition('"')[0]: _standing(part) for part in parts}


def _standing(part: str) -> Standing:
    head, _, cards = part.partition("</header>")
    count, door = re.search(r'kg-2 kg-grow">([\d,]+)', head), re.search(r'href="([^"]*/\?[^"]*)"', head)
    assert count is not None, head
    assert door is not None, head
    return Standing(int(count[1].replace(",", "")), unescape(door[1]).partition("?")[2], cards)


def queries(desk: Any, noun: Noun, record_id: int) -> Iterator[str]:
    """What a list can be asked for: everything, each declared view, a search, one value of each choice, a condition."""
    yield "view=all"
    yield from (f"view={view.key}" for view in noun.views)
    yield f"q={record_id}"
    for name in noun.filters:
        if noun.fields[name].choices is not None:
            yield f"{name}={next(iter(noun.fields[name].choices)).value}"
    if "owner" in noun.filters:
        yield "where=owner.is.me"


def stands_on_a_board_that_asks_the_same_as_its_list(desk: Any, noun: Noun) -> None:
    """Counted by column, and each column leads to as many; whatever the list is asked for, the board is asked for too."""
    if board_of(noun) is None:
        return
    account = desk.examples.account(noun)
    record_id = desk.examples.fresh(noun)
    browser, program = desk.browser(account), desk.program(account)

    def listed(query: str) -> int:
        """What the same query finds by REST, where a list of everything is asked for by nothing."""
        return int(program.get(f"/api/v1/{noun.path}/?{query.replace('view=all', '')}").json["count"])

    for query in queries(desk, noun, record_id):
        page = browser.get(f"/{noun.path}/{BOARD}?{query}")
        assert page.status_code == 200, page.text
        found = columns(page.text)
        assert sum(one.count for one in found.values()) == listed(query), query
        for key, one in found.items():
            assert listed(one.query) == one.count, (query, key, one.query)
            assert one.cards.count("data-card") == min(one.count, 20), (query, key)


def goes_from_shape_to_shape_with_what_is_asked_for(desk: Any, noun: Noun) -> None:
    """Every shape leads to every other one with the same query, and back to the very list that one came from."""
    account = desk.examples.account(noun)
    browser = desk.browser(account)
    record_id = desk.examples.fresh(noun)
    for query in [*queries(desk, noun, record_id)][1:]:
        first = shapes(browser.get(f"/{noun.path}/?{query}").text)
        assert set(first.values()) == ({query} if first else set()), (query, first)
        for address in first:
            assert shapes(browser.get(f"{address}?{query}").text) == first, (address, query)


def shapes(page: str) -> dict[str, str]:
    """Where the signs of the shapes lead: address to query."""
    row = page.partition('<nav class="kg-shape')[2].partition("</nav>")[0]
    found = (unescape(href).partition("?") for href in re.findall(r'<a href="([^"]*)"', row))
    return {re.sub("^/c/[^/]+", "", address): query for address, _, query in found}


def moves_its_cards_by_its_verbs(desk: Any, noun: Noun) -> None:
    """A way that asks for nothing is gone at once and leads back to the board; one that asks shows its questions with a form of its own."""
    if board_of(noun) is None:
        return
    account, record_id = desk.examples.account(noun), desk.examples.fresh(noun)
    browser, asked = desk.browser(account), "view=all"
    page = browser.get(f"/{noun.path}/{BOARD}?{asked}").text
    card = next(one for one in page.split("<li ")[1:] if f'/{noun.path}/{record_id}"' in one).partition("</li>")[0]
    for href in re.findall(r'<a class="kg-item" href="([^"]*)"', card):
        questions = browser.get(unescape(href))
        assert questions.status_code == 200, questions.text
        assert 'name="next" value="board"' in questions.text
        assert 'name="asked" value="view=all"' in questions.text
    version = re.search(r'name="version" value="(\d+)"', card)
    for name, key, action in re.findall(r'name="(\w+)" value="(\w+)" formaction="([^"]*)"', card)[:1]:
        assert version is not None
        sent = {name: key, "version": version[1], "next": BOARD, "asked": asked}
        answer = browser.post(re.sub("^/c/[^/]+", "", unescape(action)), data=sent)
        if answer.status_code == 303:
            assert answer.headers["Location"].endswith(f"/{noun.path}/{BOARD}?{asked}")
            if f'/{noun.path}/{record_id}"' in (again := browser.get(f"/{noun.path}/{BOARD}?{asked}").text):
                assert f'/{noun.path}/{record_id}"' in columns(again)[key].cards
        else:
            assert answer.status_code in (409, 422), answer.text
            assert "kg-column" in answer.text
            assert "kg-say" in answer.text


def is_shown_as_cards_page_by_page(desk: Any, noun: Noun) -> None:
    """The same records as the list has, twenty on a page, each with its name as the door."""
    account, record_id = desk.examples.account(noun), desk.examples.fresh(noun)
    browser, program = desk.browser(account), desk.program(account)
    for query in queries(desk, noun, record_id):
        page = browser.get(f"/{noun.path}/cards?{query}")
        assert page.status_code == 200, page.text
        count = int(program.get(f"/api/v1/{noun.path}/?{query.replace('view=all', '')}").json["count"])
        assert page.text.count('<li class="kg-card"') == min(count, 20), query
    newest = browser.get(f"/{noun.path}/cards?order=-id").text
    assert f'/{noun.path}/{record_id}"' in newest


def stands_on_its_days(desk: Any, noun: Noun) -> None:
    """By each day that it has; not where the list is asked for others; and it is moved to another day where the verb allows."""
    account, record_id = desk.examples.account(noun), desk.examples.fresh(noun)
    browser, program = desk.browser(account), desk.program(account)
    with desk.examples.world.act(account):
        days = days_of(noun)
    address = f"/api/v1/{noun.path}/{record_id}"
    for name in days:
        stored = program.get(address).json["result"].get(name)
        if not stored:
            continue
        day = _day_of(noun, name, stored)
        asked = f"by={name}&on={day}"
        for shape in ("month", "week"):
            page = browser.get(f"/{noun.path}/calendar?{asked}&shape={shape}")
            assert page.status_code == 200, page.text
            on_it = page.text.partition(f'data-day="{day}"')[2].partition("data-day=")[0]
            full = on_it.count("data-event") >= SHOWN[shape]  # then it says how many more there are
            assert full or f'/{noun.path}/{record_id}"' in on_it, (name, shape)
        other = browser.get(f"/{noun.path}/calendar?{asked}&q=zzqqzz")
        assert f'/{noun.path}/{record_id}"' not in other.text
        form = re.search(rf'action="[^"]*/{noun.path}/{record_id}/day"', page.text)
        if name not in planned_days(noun):
            assert form is None, (noun.path, name)
            refused = browser.post(f"/{noun.path}/{record_id}/day", data={"field": name, "day": str(day), "version": "1"})
            assert refused.status_code in (403, 404, 409), (noun.path, name)
        if form is None:
            continue
        version, target = program.get(address).json["result"]["version"], day + timedelta(days=1)
        sent = {"field": name, "day": str(target), "version": str(version), "next": "calendar", "asked": f"view=all&{asked}"}
        answer = browser.post(f"/{noun.path}/{record_id}/day", data=sent)
        assert answer.status_code in (303, 409, 422), answer.text
        if answer.status_code == 303:
            assert answer.headers["Location"].endswith(f"/{noun.path}/calendar?view=all&{asked}")
            assert _day_of(noun, name, program.get(address).json["result"][name]) == target
        else:
            assert "kg-day" in answer.text


def _day_of(noun: Noun, name: str, told: str) -> date:
    """The day on the screen of what REST tells in UTC."""
    return local(datetime.fromisoformat(told)).date() if noun.fields[name].kind == "moment" else date.fromisoformat(told)


def has_one_colour_for_its_state_everywhere(desk: Any, noun: Noun) -> None:
    """The tag in the list, the head of the board's column, the part of the chart and the bar of the record tell the state in one colour."""
    states = getattr(noun.fields.get("state"), "choices", None)
    if states is None or len({state.tone for state in states}) == 1:
        return
    account, record_id = desk.examples.account(noun), desk.examples.fresh(noun)
    browser = desk.browser(account)
    state = states(desk.program(account).get(f"/api/v1/{noun.path}/{record_id}").json["result"]["state"])
    row = browser.get(f"/{noun.path}/?q={record_id}&where=state.is.{state.value}").text
    found = {"list": re.findall(rf'<span class="kg-tag (\w+)">{re.escape(str(state.label))}</span>', row)}
    laid = board_of(noun)
    if laid is not None and laid.by == "state":
        board = browser.get(f"/{noun.path}/{BOARD}?view=all").text
        found["board"] = re.findall(rf'id="column-{state.value}" class="kg-cut kg-toned (\w+)"', board)
    if "state" in groupable(noun):
        chart = browser.get(f"/{noun.path}/chart?view=all&by=state").text
        found["chart"] = re.findall(rf'state={state.value}" class="kg-toned (\w+)"', chart)
        drawn = re.search(r'data-chart="([^"]*)"', chart)
        rows = json.loads(unescape(drawn[1]))["rows"] if drawn is not None else []
        assert rows or len(re.findall(r'state=\w+" class="kg-toned', chart)) == 1, "a single group alone is not drawn"
        found["drawing"] = [row["tone"] for row in rows if f"state={state.value}" in row["href"]]
    if noun.bar is None:  # else the bar tells other steps than the states
        head = browser.get(f"/{noun.path}/{record_id}").text
        found["record"] = re.findall(r'<li class="now (\w+)" aria-current="step"', head)
    wrong = {place: tones for place, tones in found.items() if set(tones) - {state.tone} or (place in ("board", "chart") and not tones)}
    assert wrong == {}, (state, state.tone, wrong)


SHAPE_PROMISES = (
    stands_on_a_board_that_asks_the_same_as_its_list,
    goes_from_shape_to_shape_with_what_is_asked_for,
    moves_its_cards_by_its_verbs,
    is_shown_as_cards_page_by_page,
    stands_on_its_days,
    has_one_colour_for_its_state_everywhere,
)
