"""Every part of every chart says exactly what the list holds that it leads to, for everybody and on every database."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

import pytest
from flask import Flask

from core.web.charting import GROUPED, SUMMED
from core.web.nouns import Noun
from tests.evidence import Evidence
from tests.isolation.building import House
from tests.isolation.callers import Caller, Callers
from tests.isolation.declared import PEOPLE, Person

WHO = ("east1", "head.east", "leader")
ROW = re.compile(r'<tr><td><a href="([^"]*)"[^>]*>(.*?)</a></td>((?:<td class="kg-num">[^<]*</td>)+)</tr>')
CELL = re.compile(r">([^<]*)</td>")


def nouns_of(application: Flask) -> list[Noun]:
    nouns: dict[str, Noun] = application.extensions["keguan"].nouns.by_path
    return [noun for noun in nouns.values() if noun.plugin != "core"]


def summed(noun: Noun) -> list[str]:
    shown = {column.name for column in noun.columns} | {name for group in noun.groups for name in group.names}
    return [name for name, declared in noun.fields.items() if declared.kind in SUMMED and name in shown]


def number(text: str) -> Decimal:
    return Decimal(text.replace("¥", "").replace(",", ""))


def held(caller: Caller, noun: Noun, address: str) -> list[int]:
    """Ids of the records of the list at ``address``, as its pick list tells them."""
    query = unescape(address).partition("?")[2]
    answer = caller.ask("GET", f"/{noun.path}/choices?size=100&{query}")
    assert answer.status == 200, f"{address}: {answer.body[:200]}"
    assert not answer.json["more"]
    return [int(item["id"]) for item in answer.json["items"]]


def worth(house: House, noun: Noun, ids: list[int], measure: str) -> Decimal:
    """What the records hold, by what the world was declared with."""
    table = noun.model.__tablename__
    keys = {house.ids[thing.key]: thing.key for thing in house.of(table)}
    return sum((Decimal(house.values[keys[one]].get(measure) or 0) for one in ids), Decimal(0))


def wrong(house: House, caller: Caller, noun: Noun, by: str, measure: str, seen: int, known: dict[str, list[int]]) -> str:
    """What is not right with one chart; empty when every part of it says what its list holds."""
    page = caller.ask("GET", f"/{noun.path}/chart?by={by}&measure={measure}")
    if page.status != 200:
        return f"answered {page.status}"
    counted = 0
    for address, label, cells in ROW.findall(page.body):
        ids = known[address] = known[address] if address in known else held(caller, noun, address)
        said = [number(cell) for cell in CELL.findall(cells)[:-1]]
        holds = [Decimal(len(ids))] + ([] if measure == "count" else [worth(house, noun, ids, measure)])
        counted += len(ids)
        if said != holds:
            return f"{label}: says {said}, its list holds {holds}"
    return "" if counted == seen else f"its parts hold {counted} records, the list {seen}"


def _hidden(noun: Noun, measure: str, who: Person) -> bool:
    """Whether the measure is hidden from the person by its declaration."""
    declared = noun.fields.get(measure)
    return declared is not None and declared.hidden and not set(declared.open_to).intersection(who.roles)


def people(noun: Noun, house: House) -> list[Person]:
    return [one for one in PEOPLE if one.account in WHO and house.reference.may(one, noun.resource, "read")]


@pytest.mark.requirement("R-413")
@pytest.mark.evidence("charts-{database_kind}")
def test_every_part_of_a_chart_says_what_its_list_holds(callers: Callers, database_kind: str) -> None:
    evidence = Evidence(f"charts-{database_kind}", callers.keguan.registry.names, shares=False)
    for noun in nouns_of(callers.application):
        for who in people(noun, callers.house):
            caller, seen = callers.by_session(who), len(callers.house.seen(who, noun.model.__tablename__))
            known: dict[str, list[int]] = {}
            for by in [name for name in noun.filters if noun.fields[name].kind in GROUPED]:
                for measure in ("count", *summed(noun)):
                    item = f"{who.key} {noun.path} by {by}: {measure}"
                    if _hidden(noun, measure, who):
                        answer = caller.ask("GET", f"/{noun.path}/chart?by={by}&measure={measure}")
                        evidence.refused(item, noun.plugin) if answer.status == 400 else evidence.failed(item, "is told", noun.plugin)
                        continue
                    problem = wrong(callers.house, caller, noun, by, measure, seen, known)
                    evidence.failed(item, problem, noun.plugin) if problem else evidence.positive(item, noun.plugin)
    evidence.close()
