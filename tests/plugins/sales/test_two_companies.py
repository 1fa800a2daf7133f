"""Two companies sell in ways of their own: a stage of one is never offered, accepted or counted in the other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from plugins.sales.models import Opportunity, Pipeline, Stage
from plugins.sales.operations import add_stage, advance_opportunity, create_pipeline
from tests.plugins.sales.conftest import SELLER, Shop
from tests.plugins.sales.test_board import columns_of
from tests.plugins.sales.test_charts import drawn
from tests.plugins.sales.test_imports import row, write
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
THEIR_HEAD, THEIR_SELLER = "head2", "sales2"
THEIRS = ("试用", "方案确认", "续约")
"""Stages of the second company; the name of the second one is used by both."""
PAGES = ("board", "board?view=all", "chart?by=stage", "?group=stage&view=all", "?view=all", "cards?view=all")


@pytest.fixture
def ours(shop: Shop, world: World) -> Opportunity:
    """An opportunity in the standard pipeline of the first company, which has one more stage called like one of theirs."""
    opportunity = shop.opportunity()
    with world.use_case("head.east") as session:
        pipeline = session.scalars(select(Pipeline)).one()
        add_stage(session, {"pipeline": pipeline.id, "name": THEIRS[1], "position": 9, "chance": 40})
    return opportunity


@pytest.fixture
def theirs(shop: Shop, world: World) -> Opportunity:
    """One of the second company, in the last stage of its own pipeline."""
    with world.use_case(THEIR_HEAD) as session:
        pipeline = create_pipeline(session, {"name": "渠道销售"})
        for position, name in enumerate(THEIRS, 1):
            stage = add_stage(session, {"pipeline": pipeline.id, "name": name, "position": position, "chance": 30 * position})
    opportunity = shop.opportunity(THEIR_SELLER, customer=None)
    with world.use_case(THEIR_SELLER) as session:
        return advance_opportunity(session, opportunity.id, None, stage=stage.id)


def stages_of(world: World, account: str) -> dict[str, int]:
    """Names of the stages that the person sees, with their ids."""
    with world.reading(account) as session:
        return {stage.name: stage.id for stage in session.scalars(select(Stage).order_by(Stage.position))}


def offered(page: str) -> set[str]:
    """Values of everything that can be chosen or pressed on a page."""
    return set(re.findall(r'<option value="(\d+)"', page)) | set(re.findall(r'name="stage" value="(\d+)"', page))


@pytest.mark.requirement("R-198")
def test_a_stage_of_the_other_company_is_not_offered_and_not_counted(
    client_for: ClientFor, world: World, ours: Opportunity, theirs: Opportunity
) -> None:
    for account, own, other in ((SELLER, ours, theirs), (THEIR_SELLER, theirs, ours)):
        browser = client_for(account)
        strange = stages_of(world, THEIR_SELLER if account == SELLER else SELLER)
        mine = stages_of(world, account)
        assert not set(strange.values()) & set(mine.values())
        for address in (*PAGES, str(own.id), f"{own.id}/advance", f"{own.id}/edit", "add"):
            page = unescape(browser.get(f"/opportunities/{address}").text)
            assert not offered(page) & {str(one) for one in strange.values()}, address
            assert [name for name in strange if name in page and name not in mine] == [], address
            assert f"/opportunities/{other.id}" not in page, address
        columns = columns_of(browser.get("/opportunities/board?view=all").text)
        assert set(columns) == set(mine)
        assert sum(count for count, _ in columns.values()) == 1
        assert [value for _, value in drawn(browser.get("/opportunities/chart?by=stage").text)] == [1.0]


def refusals(browser: Browser, program: FlaskClient, own: Opportunity, stage: int) -> Sequence[str]:
    """What form, REST and filter answer to a stage, its id left blank."""
    sent = {"version": own.version, "stage": stage}
    answers = (
        browser.post(f"/opportunities/{own.id}/advance", data=sent),
        program.post(f"/api/v1/opportunities/{own.id}/advance", json=sent),
        browser.get(f"/opportunities/?stage={stage}"),
        program.get(f"/api/v1/opportunities/?stage={stage}"),
    )
    return [f"{one.status_code} {_said(one.json, stage) if one.is_json else ''}" for one in answers]


def _said(answer: object, stage: int) -> str:
    told = {name: value for name, value in answer.items() if name != "number"} if isinstance(answer, dict) else answer
    return re.sub(rf"(?<!\d){stage}(?!\d)", "…", json.dumps(told, ensure_ascii=False))


@pytest.mark.requirement("R-198")
@pytest.mark.requirement("R-050")
def test_a_stage_of_the_other_company_is_refused_like_one_that_is_not_there(
    client_for: ClientFor, token_client_for: ClientFor, world: World, ours: Opportunity, theirs: Opportunity
) -> None:
    for account, own, strange in ((SELLER, ours, stages_of(world, THEIR_SELLER)), (THEIR_SELLER, theirs, stages_of(world, SELLER))):
        browser, program = client_for(account), token_client_for(account)
        missing = refusals(browser, program, own, 987_654_321)
        assert [answer[:3] for answer in missing[:2]] == ["422", "422"]
        for stage in strange.values():
            assert refusals(browser, program, own, stage) == missing
        with world.reading(account) as session:
            kept = session.get(Opportunity, own.id)
            assert kept is not None
            assert (kept.stage_id, kept.version) == (own.stage_id, own.version)


@pytest.mark.requirement("R-198")
def test_a_file_reaches_the_stages_of_its_company_alone(world: World, ours: Opportunity, theirs: Opportunity) -> None:
    for account, other in ((SELLER, THEIR_SELLER), (THEIR_SELLER, SELLER)):
        mine, strange = stages_of(world, account), stages_of(world, other)
        only_there = sorted(strange.keys() - mine.keys())
        rows = [row(number, stage=name) for number, name in enumerate((*only_there, THEIRS[1]))]
        assert write(world, *rows, by=account) == [*["rejected"] * len(only_there), "created"]
        with world.reading(account) as session:
            entered = session.scalars(select(Opportunity).where(Opportunity.external_number.is_not(None))).one()
            assert entered.stage_id == mine[THEIRS[1]]
