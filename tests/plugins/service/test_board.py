"""Service requests as a board by their state: declared in one line, moved by the verbs that lead from state to state."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from plugins.service.rules import RequestState
from tests.plugins.service.conftest import AFTER_SALES, Service
from tests.world import Browser

ClientFor = Callable[[str], Browser]
BOARD = "/service-requests/board"


def columns(page: str) -> dict[str, tuple[int, int]]:
    """By key how many are told to stand in the column, and how many cards do."""
    parts = [part.partition("</section>")[0] for part in page.split('<section class="kg-column" id="at-')[1:]]
    counted = [re.search(r'kg-2 kg-grow">(\d+)', part) for part in parts]
    told = zip(parts, counted, strict=True)
    return {part.partition('"')[0]: (int(count[1]), part.count("data-card")) for part, count in told if count}


def test_requests_stand_in_the_columns_of_their_states(client_for: ClientFor, service: Service) -> None:
    service.request()
    service.started()
    page = client_for(AFTER_SALES).get(BOARD).text
    found = columns(page)
    assert {key: counted for key, counted in found.items() if counted[0]} == {"received": (1, 1), "in_progress": (1, 1)}
    assert list(found)[:2] == ["received", "assigned"]
    listed = re.search(r'href="([^"]*)" aria-label="[^"]*已受理', page) or re.search(r'href="([^"]*state=received[^"]*)"', page)
    assert listed is not None
    assert "view=open" in listed[1]


@pytest.mark.requirement("R-240")
def test_a_card_is_moved_by_the_verb_that_leads_there(client_for: ClientFor, service: Service) -> None:
    request, browser = service.request(), client_for(AFTER_SALES)
    page = browser.get(BOARD).text
    way = re.search(r'value="assigned" formaction="[^"]*/(take_over)"', page)
    assert way is not None
    sent = {"version": str(request.version), "next": "board", "asked": "", "to": "assigned"}
    answer = browser.post(f"/service-requests/{request.id}/{way[1]}", data=sent)
    assert answer.headers["Location"].endswith(BOARD)
    assert service.fresh(request).state is RequestState.ASSIGNED
    assert columns(browser.get(BOARD).text)["assigned"] == (1, 1)


def test_a_verb_that_asks_for_more_asks_it_beside_the_board(client_for: ClientFor, service: Service) -> None:
    request, browser = service.started(), client_for(AFTER_SALES)
    way = re.search(rf'href="[^"]*(/service-requests/{request.id}/ask/finish[?][^"]*)" data-to="handled"', browser.get(f"{BOARD}?q=").text)
    assert way is not None
    asked = browser.get(way[1])
    assert asked.status_code == 200
    assert f'action="/c/qiheng/service-requests/{request.id}/finish"' in asked.text
    sent = dict(re.findall(r'<input type="hidden" name="(version|next|asked|ask)" value="([^"]*)"', asked.text))
    refused = browser.post(f"/service-requests/{request.id}/finish", data=sent)
    assert refused.status_code == 422
    assert "is-invalid" in refused.text
    assert "kg-column" not in refused.text
    assert service.fresh(request).state is RequestState.IN_PROGRESS


def test_what_is_asked_beside_a_board_is_refused_where_the_step_is_not_possible_or_not_allowed(
    client_for: ClientFor, service: Service
) -> None:
    request = service.started()
    assert client_for(AFTER_SALES).get(f"/service-requests/{request.id}/ask/assign").status_code == 409
    assert client_for(AFTER_SALES).get(f"/service-requests/{request.id}/ask/fly").status_code == 404
    assert client_for("invoicing").get(f"/service-requests/{request.id}/ask/finish").status_code in (403, 404)


def test_a_move_that_is_not_possible_is_told_on_the_board(client_for: ClientFor, service: Service) -> None:
    request, browser = service.started(), client_for(AFTER_SALES)
    answer = browser.post(f"/service-requests/{request.id}/close", data={"version": str(request.version), "next": "board"})
    assert answer.status_code == 409
    assert "kg-column" in answer.text
    assert "kg-say" in answer.text
    assert service.fresh(request).state is RequestState.IN_PROGRESS


def test_more_cards_come_by_request(client_for: ClientFor, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.web.boards.CARDS", 2)
    for number in range(4):
        service.request(title=f"请求{number}")
    browser = client_for(AFTER_SALES)
    page = browser.get(BOARD).text
    assert columns(page)["received"] == (4, 2)
    assert "more=received" in page
    more = browser.get(f"{BOARD}?more=received").text
    assert columns(more)["received"] == (4, 4)
    assert "more=received#" not in more


def test_a_new_request_is_begun_in_the_column_where_requests_begin(client_for: ClientFor, service: Service) -> None:
    service.request()
    page = client_for(AFTER_SALES).get(BOARD).text
    first, *others = page.split('<section class="kg-column"')[1:]
    assert "/service-requests/add" in first
    assert not any("/service-requests/add" in one.partition("</section>")[0] for one in others)


def test_a_noun_without_a_board_stays_a_list(client_for: ClientFor) -> None:
    assert client_for(AFTER_SALES).get("/products/board").headers["Location"].endswith("/products/")
