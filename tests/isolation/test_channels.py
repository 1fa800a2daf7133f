"""The declared channels tell exactly what they are declared to tell, and nothing more (design 3.2, C-01, R-339)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.isolation.acting import actor_of, use_case
from tests.isolation.building import unwritten
from tests.isolation.callers import Callers
from tests.isolation.conftest import Ground
from tests.isolation.declared import person
from tests.isolation.sending import draft

CUSTOMERS = "customers_customer"


@pytest.mark.requirement("R-016")
@pytest.mark.requirement("R-339")
def test_the_duplicate_hint_tells_name_masked_owner_department_and_last_contact(callers: Callers) -> None:
    house, east1 = callers.house, person("east1@first")
    hidden = f"{CUSTOMERS}:west1"
    answer = callers.by_session(east1).ask("GET", f"/customers/hint?name={house.texts[hidden]['name']}")
    assert answer.status == 200
    told = house.leaked(east1, answer.text)
    assert told == {(hidden, "name")}
    assert house.texts["core_employee:west1@first"]["name"] not in answer.text
    assert f"/customers/{house.ids[hidden]}" not in answer.text


@pytest.mark.requirement("R-339")
def test_the_duplicate_hint_tells_nothing_of_another_company(callers: Callers) -> None:
    house, east1 = callers.house, person("east1@first")
    answer = callers.by_session(east1).ask("GET", f"/customers/hint?name={house.texts[f'{CUSTOMERS}:sales2']['name']}")
    assert not house.leaked(east1, answer.text)


@pytest.mark.requirement("R-016")
def test_the_directory_tells_of_a_customer_that_one_may_not_see_its_name_and_its_owner(callers: Callers) -> None:
    house, east1 = callers.house, person("east1@first")
    hidden = f"{CUSTOMERS}:west1"
    answer = callers.by_session(east1).ask("GET", f"/directory/?q={house.texts[hidden]['name']}")
    assert answer.status == 200
    assert house.leaked(east1, answer.text) == {(hidden, "name")}  # colleagues are known to everybody
    assert house.texts["core_employee:west1@first"]["name"] in answer.text
    assert f"/customers/{house.ids[hidden]}" not in answer.text


@pytest.mark.requirement("R-016")
def test_the_directory_finds_nothing_by_another_value_and_nothing_of_another_company(callers: Callers) -> None:
    """What was asked stands in the box again, so whoever asks for a value has it already: no name stands beside it."""
    house, east1 = callers.house, person("east1@first")
    hidden = f"{CUSTOMERS}:west1"
    asked = [text for name, text in house.texts[hidden].items() if name != "name"] + [house.texts[f"{CUSTOMERS}:sales2"]["name"]]
    for text in asked:
        answer = callers.by_session(east1).ask("GET", f"/directory/?q={quote(text)}")
        assert answer.status in (200, 422)
        assert "<tbody>" not in answer.text, text


def _create(callers: Callers, key: str, **values: Any) -> Any:
    who = person(key)
    noun = callers.application.extensions["keguan"].nouns.by_path["customers"]
    return callers.by_token(who).ask("POST", "/api/v1/customers/", sent={**draft(callers.house, who, noun)[0], **values})


def test_a_code_that_is_taken_is_refused_without_telling_by_whom(callers: Callers) -> None:
    """The refusal of a unique key tells one bit: the code is taken in this company."""
    house, east1 = callers.house, person("east1@first")
    code = house.texts[f"{CUSTOMERS}:west1"]["code"]
    with unwritten(callers.database):
        answer = _create(callers, "east1@first", code=code)
    assert answer.status == 422
    assert list(answer.json["fields"]) == ["code"]
    assert house.leaked(east1, answer.text) <= {(f"{CUSTOMERS}:west1", "code")}


def test_a_code_of_another_company_is_free(callers: Callers) -> None:
    with unwritten(callers.database):
        answer = _create(callers, "east1@first", code=callers.house.texts[f"{CUSTOMERS}:sales2"]["code"])
    assert answer.status == 201


def test_a_given_number_tells_how_many_were_given_before_and_nothing_else(ground: Ground) -> None:
    noun = ground.application.extensions["keguan"].nouns.by_path["customers"]
    codes = []
    for key in ("east1@first", "west1@first", "sales2@second"):
        with use_case(ground, actor_of(ground, key)) as session:
            codes.append(noun.create(session, {"name": f"Numbered {key}"}).code)
    first, second, other = (int(code.rpartition("-")[2]) for code in codes)
    assert second == first + 1
    assert other == 1


def test_a_record_that_others_refer_to_is_kept_without_telling_who_they_are(callers: Callers) -> None:
    """A customer whose only other records are somebody else's contract: the refusal tells one bit."""
    house, west1 = callers.house, person("west1@first")
    with unwritten(callers.database):
        answer = callers.by_token(west1).ask("DELETE", f"/api/v1/customers/{house.ids[f'{CUSTOMERS}:west1']}")
    assert answer.status == 409
    assert not house.leaked(west1, answer.text)
