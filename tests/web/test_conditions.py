"""Conditions on a list: joined by and/or in groups, with days that move and people that are meant, refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

import prison
import pytest

from core.web.conditions import Condition, Operator
from core.web.spans import Span
from plugins.customers.operations import create_customer
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
THURSDAY = date(2026, 5, 14)
SPANS = {
    Span.TODAY: ("2026-05-14", "2026-05-14"),
    Span.THIS_WEEK: ("2026-05-11", "2026-05-17"),
    Span.THIS_MONTH: ("2026-05-01", "2026-05-31"),
    Span.LAST_MONTH: ("2026-04-01", "2026-04-30"),
    Span.THIS_QUARTER: ("2026-04-01", "2026-06-30"),
    Span.THIS_YEAR: ("2026-01-01", "2026-12-31"),
    Span.LAST_7: ("2026-05-08", "2026-05-14"),
    Span.LAST_30: ("2026-04-15", "2026-05-14"),
    Span.LAST_90: ("2026-02-14", "2026-05-14"),
    Span.NEXT_7: ("2026-05-14", "2026-05-20"),
    Span.NEXT_30: ("2026-05-14", "2026-06-12"),
    Span.OVERDUE: ("None", "2026-05-13"),
}
WRONG = [
    "nonsense",
    "name",
    "name.like.x",
    "nowhere.is.x",
    "name.has",
    "name.has.a,b",
    "star_grade.is.many",
    "kind.is.dog",
    "owner.is.x",
    "owner.is.99999999999999999999",
    "next_contact_on.in.someday",
    "next_contact_on.between.2026-01-01",
    "next_contact_on.gt.2026-02-30",
    "next_contact_on.gt.0001-01-01",
    "tax_number.is.x",
    "name.is.",
]


@pytest.mark.parametrize("span", list(Span))
def test_spans_of_days_move_with_today(span: Span) -> None:
    assert tuple(map(str, span.days(THURSDAY))) == SPANS[span]


def test_the_last_month_of_january_and_the_quarter_of_december_are_right() -> None:
    assert tuple(map(str, Span.LAST_MONTH.days(date(2026, 1, 31)))) == ("2025-12-01", "2025-12-31")
    assert tuple(map(str, Span.THIS_QUARTER.days(date(2026, 12, 31)))) == ("2026-10-01", "2026-12-31")


def test_a_value_with_a_comma_comes_back_from_the_address_as_it_was(world: World, client_for: ClientFor) -> None:
    with world.use_case("sales.east1") as session:
        create_customer(session, {"name": "Acme, Inc. \\ China"})
        create_customer(session, {"name": "Acme"})
    written = Condition("name", Operator.IS, ("Acme, Inc. \\ China",)).written
    page = client_for("sales.east1").get(f"/customers/?{urlencode({'where': written})}").text
    assert page.count('class="name kg-cut"') == 1


@pytest.fixture
def three(world: World) -> World:
    """Three customers of one salesperson."""
    with world.use_case("sales.east1") as session:
        create_customer(session, {"name": "华星", "industry": "machinery"}).next_contact_on = date(2026, 1, 5)
        create_customer(session, {"name": "海川", "industry": "automotive"}).next_contact_on = date(2026, 2, 5)
        create_customer(session, {"name": "无锡", "industry": "machinery"})
    return world


def found(client: Browser, *where: str, **more: str) -> set[str]:
    """Names in the list that these conditions ask for."""
    page = client.get(f"/customers/?{urlencode([*(('where', one) for one in where), *more.items()])}")
    assert page.status_code == 200, page.text
    return {name for name in ("华星", "海川", "无锡") if f">{name}</a>" in page.text}


def test_conditions_must_all_hold_or_one_of_them_and_groups_the_other_way_round(three: World, client_for: ClientFor) -> None:
    client = client_for("sales.east1")
    early, machines, none = "next_contact_on.lt.2026-02-01", "industry.is.machinery", "next_contact_on.empty"
    assert found(client, machines, early) == {"华星"}
    assert found(client, machines, early, join="or") == {"华星", "无锡"}
    assert found(client, machines, f"1.{early}", f"1.{none}") == {"华星", "无锡"}
    assert found(client, f"1.{machines}", f"1.{none}", "name.has.海", join="or") == {"海川", "无锡"}
    assert found(client, "industry.not.machinery") == {"海川"}
    assert found(client, machines, early, industry="automotive", join="or") == set()  # quick filters hold in any case


def test_each_chip_takes_its_own_condition_away(three: World, client_for: ClientFor) -> None:
    client = client_for("sales.east1")
    page = client.get("/customers/?join=or&where=industry.is.machinery&where=name.has.%E6%B5%B7").text
    assert "包含 海" in page
    assert 'href="/c/qiheng/customers/?where=industry.is.machinery"' in page
    assert ">或<" in page


@pytest.mark.parametrize("wrong", WRONG)
def test_a_bad_condition_gets_one_clear_sentence(client_for: ClientFor, wrong: str) -> None:
    client = client_for("sales.east1")
    answer = client.get(f"/customers/?{urlencode({'where': wrong})}")
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


def test_more_conditions_than_anybody_reads_are_refused(client_for: ClientFor) -> None:
    assert client_for("sales.east1").get(f"/customers/?{urlencode([('where', 'name.has.x')] * 21)}").status_code == 400


def test_me_is_whoever_opens_the_address(world: World, client_for: ClientFor) -> None:
    for account, name in (("sales.east1", "华星"), ("sales.east2", "海川")):
        with world.use_case(account) as session:
            create_customer(session, {"name": name})
    seen = {who: found(client_for(who), "owner.is.me") for who in ("sales.east1", "sales.east2", "head.east")}
    assert seen == {"sales.east1": {"华星"}, "sales.east2": {"海川"}, "head.east": set()}
    assert found(client_for("head.east"), "owner.is.my_department") == {"华星", "海川"}


def test_rest_takes_the_same_conditions_in_its_own_words(three: World, token_client_for: ClientFor) -> None:
    program = token_client_for("sales.east1")
    questions = [
        {"filters": [{"col": "industry", "opr": "neq", "value": "machinery"}]},
        {"filters": [{"col": "next_contact_on", "opr": "between", "value": ["2026-02-01", "2026-02-28"]}]},
        {"where": ["name.has.海", "industry.is.automotive"]},
    ]
    for asked in questions:
        answer = program.get(f"/api/v1/customers/?q={prison.dumps(asked)}")
        assert [one["name"] for one in answer.json["result"]] == ["海川"], asked
    assert {"name": "包含", "operator": "has"} in program.get("/api/v1/customers/_info").json["filters"]["name"]


def test_the_builder_adds_and_drops_rows_and_leads_to_the_list(three: World, client_for: ClientFor) -> None:
    client, path = client_for("sales.east1"), "/lists/customers/conditions"
    assert 'name="f0"' in client.get(f"{path}?step=add&field=name").text
    rows = {"f0": "name", "o0": "has", "v0": "海", "f1": "next_contact_on", "o1": "in.this_year", "asked": "order=-id&where=name.has.x"}
    assert 'name="f1"' not in client.get(f"{path}?{urlencode({**rows, 'step': 'drop-0'})}").text
    shown = client.get(f"{path}?{urlencode({**rows, 'join': 'or', 'step': 'apply'})}")
    assert shown.status_code == 303
    assert shown.headers["Location"].endswith("/customers/?order=-id&join=or&where=name.has.%E6%B5%B7&where=next_contact_on.in.this_year")
    empty = client.get(f"{path}?{urlencode({**rows, 'v0': '', 'step': 'apply'})}")
    assert empty.status_code == 400
    assert "缺少" in empty.text
