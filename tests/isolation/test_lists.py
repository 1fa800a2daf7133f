"""Lists, filters, searches, choices and counts hold exactly what the reference model says, no more and no less (R-441)."""

from __future__ import annotations

from typing import Any

import prison
import pytest

from core.web.nouns import Noun
from tests.evidence import Evidence
from tests.isolation.building import House
from tests.isolation.callers import Caller, Callers
from tests.isolation.declared import PEOPLE, Person
from tests.isolation.reference import Thing

WHO = ("east1", "head.east", "leader", "contracts", "sharer", "late", "both", "sales2", "service", "invoicing", "deputy", "group")


def _nouns(callers: Callers) -> list[Noun]:
    nouns: dict[str, Noun] = callers.application.extensions["keguan"].nouns.by_path
    return [noun for noun in nouns.values() if noun.plugin != "core"]


def _people(noun: Noun, house: House) -> list[Person]:
    return [one for one in PEOPLE if one.account in WHO and house.reference.may(one, noun.resource, "read")]


def _seen(house: House, who: Person, noun: Noun) -> list[Thing]:
    return [house.things[key] for key in house.seen(who, noun.model.__tablename__)]


@pytest.mark.requirement("R-441")
@pytest.mark.evidence("lists-{database_kind}")
def test_lists_hold_exactly_what_may_be_seen(callers: Callers, database_kind: str) -> None:
    evidence = Evidence(f"lists-{database_kind}", callers.keguan.registry.names)
    for noun in _nouns(callers):
        for who in _people(noun, callers.house):
            for asked, things in _questions(callers.house, noun, who):
                _check(callers, callers.by_token(who), noun, asked, things, evidence)
    evidence.close()


def _questions(house: House, noun: Noun, who: Person) -> list[tuple[dict[str, Any], list[Thing]]]:
    """Queries with the things that answer them; every one is asked by REST and by the pick list."""
    seen = _seen(house, who, noun)
    found: list[tuple[dict[str, Any], list[Thing]]] = [({}, seen)]
    for name in noun.filters:
        found += _by_filter(house, noun, name, seen)
    for thing in house.of(noun.model.__tablename__)[::4]:
        searched = [name for name, field in noun.fields.items() if field.searchable and name in house.texts[thing.key]]
        found += [({"text": (name, house.texts[thing.key][name])}, [one for one in seen if one == thing]) for name in searched[:1]]
    return found


def _by_filter(house: House, noun: Noun, name: str, seen: list[Thing]) -> list[tuple[dict[str, Any], list[Thing]]]:
    declared = noun.fields[name]
    if declared.kind in ("date", "moment", "flag"):
        return []
    every = house.of(noun.model.__tablename__)
    values = {house.values[thing.key][name] for thing in every[::5] if house.values[thing.key].get(name) is not None}
    return [
        ({"filter": (name, value)}, [one for one in seen if house.values[one.key].get(name) == value]) for value in sorted(values, key=str)
    ]


def _check(callers: Callers, caller: Caller, noun: Noun, asked: dict[str, Any], things: list[Thing], evidence: Evidence) -> None:
    expected = sorted(callers.house.ids[thing.key] for thing in things)
    query: dict[str, Any] = {"page_size": 100}
    if "filter" in asked:
        name, value = asked["filter"]
        query["filters"] = [{"col": name, "opr": "eq", "value": str(getattr(value, "value", value))}]
    elif "text" in asked:
        query["filters"] = [{"col": asked["text"][0], "opr": "ct", "value": asked["text"][1]}]
    answer = caller.ask("GET", f"/api/v1/{noun.path}/?q={prison.dumps(query)}")
    item = f"{caller.name} {noun.path} {asked}"
    found = sorted(answer.json["ids"]) if answer.status == 200 else []
    if answer.status != 200 or found != expected or answer.json["count"] != len(expected):
        evidence.failed(item, f"{answer.status}: found {found}, expected {expected}", noun.plugin)
    elif expected:
        evidence.positive(item, noun.plugin)
    else:
        evidence.refused(item, noun.plugin)


def test_a_filter_of_one_request_is_forgotten_by_the_next(callers: Callers) -> None:
    who = next(one for one in PEOPLE if one.key == "contracts@first")
    caller = callers.by_token(who)
    for noun in _nouns(callers):
        every = {callers.house.ids[thing.key] for thing in _seen(callers.house, who, noun)}
        for name in [name for name in noun.filters if noun.fields[name].choices is not None]:
            value = list(noun.fields[name].choices or ())[-1].value
            caller.ask("GET", f"/api/v1/{noun.path}/?{name}={value}")
            answer = caller.ask("GET", f"/api/v1/{noun.path}/?size=100")
            if answer.status == 200:
                assert set(answer.json["ids"]) == every, f"{noun.path}.{name}"


@pytest.mark.requirement("R-441")
def test_pick_lists_offer_exactly_what_may_be_seen(callers: Callers) -> None:
    for noun in _nouns(callers):
        for who in _people(noun, callers.house)[:5]:
            answer = callers.by_session(who).ask("GET", f"/{noun.path}/choices?size=100")
            assert answer.status == 200
            offered = {int(item["id"]) for item in answer.json["items"]}
            assert offered == {callers.house.ids[thing.key] for thing in _seen(callers.house, who, noun)}, f"{who.key} {noun.path}"


@pytest.mark.requirement("R-441")
def test_the_second_page_of_a_pick_list_holds_the_rest_and_each_says_whether_there_is_more(callers: Callers) -> None:
    halved = 0
    for noun in _nouns(callers):
        for who in _people(noun, callers.house)[:5]:
            seen = {callers.house.ids[thing.key] for thing in _seen(callers.house, who, noun)}
            if len(seen) < 2:
                continue
            half = (len(seen) + 1) // 2
            caller = callers.by_session(who)
            first, second = (caller.ask("GET", f"/{noun.path}/choices?q=&page={page}&size={half}").json for page in (1, 2))
            item, ids = f"{who.key} {noun.path}", [int(one["id"]) for page in (first, second) for one in page["items"]]
            assert (len(first["items"]), first["more"], second["more"]) == (half, True, False), item
            assert (sorted(ids), len(second["items"])) == (sorted(seen), len(seen) - half), item
            halved += 1
    assert halved > len(_nouns(callers)), "hardly anybody sees more than one record"


def test_values_to_filter_by_come_from_what_may_be_seen(callers: Callers) -> None:
    for noun in _nouns(callers):
        for name in [name for name in noun.filters if noun.fields[name].kind == "text"]:
            for who in _people(noun, callers.house)[:4]:
                answer = callers.by_session(who).ask("GET", f"/{noun.path}/values/{name}")
                told = {item["id"] for item in answer.json["items"]}
                assert told == {str(callers.house.values[one.key][name]) for one in _seen(callers.house, who, noun)}, (
                    f"{who.key} {noun.path}.{name}"
                )


def test_a_file_is_not_had_through_another_record(callers: Callers) -> None:
    """The address names a record that may be seen and a file of one that may not."""
    house = callers.house
    east1 = next(one for one in PEOPLE if one.key == "east1@first")
    own, hidden = house.ids["customers_customer:east1"], house.ids["core_attachment:customers_customer:west1"]
    answer = callers.by_token(east1).ask("GET", f"/api/v1/customers/{own}/files/{hidden}")
    assert answer.status == 404
    assert not house.leaked(east1, answer.text)
