"""Many people ask the same list at the same moment, each by other filters: nobody gets the answer to somebody else's question."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier

import pytest
from flask import Flask

from tests.world import Browser, World, program_for

Clients = Callable[[str], Browser]
THREADS, EACH = 8, 40
PEOPLE = ("sales.east1", "sales.east2")
REGIONS = ("江苏", "浙江", "上海")
QUESTIONS = (
    {},
    *({"region": region} for region in REGIONS),
    *({"q": region} for region in REGIONS),
    {"region": REGIONS[0], "q": REGIONS[0]},
)


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads take turns a thousand times as often as usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def customers(client_for: Clients) -> dict[tuple[str, str], set[int]]:
    """Ids of the customers of each person in each region, another number of them for each."""
    found: dict[tuple[str, str], set[int]] = {}
    for person, account in enumerate(PEOPLE):
        for place, region in enumerate(REGIONS):
            for number in range(1 + person + place):
                name = f"{region}第{person}{number}有限公司"
                form = {"name": name, "region": region, "address": "一号路", "phone": "0512-66880000", "kind": "company"}
                answer = client_for(account).post("/customers/add", data=form)
                assert answer.status_code == 303
                found.setdefault((account, region), set()).add(int(answer.location.rpartition("/")[2].partition("?")[0]))
    return found


def expected(customers: dict[tuple[str, str], set[int]], account: str, question: dict[str, str]) -> set[int]:
    """The answer by plain sets."""
    cities = set(question.values()) or set(REGIONS)
    return {one for (owner, region), ids in customers.items() if owner == account and region in cities for one in ids}


@pytest.mark.requirement("R-441")
@pytest.mark.usefixtures("hasty_threads")
def test_nobody_gets_the_answer_to_the_question_of_somebody_else(
    application: Flask, world: World, customers: dict[tuple[str, str], set[int]]
) -> None:
    start = Barrier(THREADS)
    programs = [(PEOPLE[number % 2], program_for(application, world, PEOPLE[number % 2])) for number in range(THREADS)]

    def ask(number: int) -> list[str]:
        account, program = programs[number]
        chance, wrong = Random(number), []
        start.wait()
        for _ in range(EACH):
            question = chance.choice(QUESTIONS)
            answer = program.get("/api/v1/customers/", query_string={**question, "size": "100"})
            told = set(answer.json["ids"]) if answer.status_code == 200 else {answer.status_code}
            if told != expected(customers, account, question):
                wrong.append(f"{account} asked {question} and got {sorted(told)}")
        return wrong

    with ThreadPoolExecutor(THREADS) as crowd:
        wrong = [one for found in crowd.map(ask, range(THREADS)) for one in found]
    assert not wrong, f"{len(wrong)} of {THREADS * EACH} answers are foreign: {wrong[:3]}"
