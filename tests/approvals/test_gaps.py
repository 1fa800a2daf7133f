"""A step that nobody left may decide is told before somebody submits a document, by the rule that finds the people then."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from core.approvals import operations as do
from core.approvals.chains import kind_called, kinds_on
from core.approvals.errors import NobodyLeft
from core.approvals.gaps import Gap, outlook
from core.extension.approving import Asked, Needs, Who
from core.kernel.clock import today
from core.operations.health import examine
from tests.access.test_presets import give
from tests.approvals.conftest import KIND
from tests.approvals.test_engine import leave
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Make = Callable[..., Any]
Client = Callable[[str], Browser]
FINANCE = Asked(Who.ROLE, role="finance_manager")


def gaps(world: World, kind: str = KIND) -> tuple[Gap, ...]:
    with world.reading("security") as session:
        return outlook(session, (kind_called(kind),)).of(kind_called(kind))


def told(world: World) -> set[tuple[int, str, tuple[str, ...]]]:
    """Step from 1, department, and the people where it is so for these alone."""
    return {(gap.place + 1, gap.department, gap.people) for gap in gaps(world)}


def warned(browser: Browser) -> str:
    """What the editor says above the steps."""
    return "".join(re.findall(r'<div class="kg-say.*?</div></div>', browser.get(f"/approval-chains/{KIND}").text, re.DOTALL))


def row(browser: Browser) -> str:
    """The kind in the list of chains."""
    return browser.get("/approval-chains/").text.partition(f"/approval-chains/{KIND}")[2].partition("/approval-chains/")[0]


@contextmanager
def counting(world: World) -> Iterator[list[str]]:
    said: list[str] = []

    def count(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(world.keguan.database.engine, "before_cursor_execute", count)
    yield said
    event.remove(world.keguan.database.engine, "before_cursor_execute", count)


@pytest.mark.requirement("R-370", "R-489")
def test_a_leaver_makes_the_tag_appear_and_a_successor_makes_it_go(world: World, client_for: Client, step: Make, set_chain: Make) -> None:
    """Of those above the two steps only the head of the east is left; one person signs once, so that the second step lacks somebody."""
    set_chain(step(Who.HEAD), step(FINANCE, title="财务审批"))
    security = client_for("security")
    leave(world, "leader")
    assert "华东销售部" not in warned(security)
    leave(world, "finance")
    assert (2, "华东销售部", ()) in told(world)
    assert ["审批流程缺少审批人" in client_for(who).get("/").text for who in ("security", "auditor")] == [True, False]  # who may mend it
    assert "个部门无人可批" in row(security)
    said = warned(security)
    assert ("第 2 步" in said, "“财务审批”" in said, "华东销售部" in said, "“财务部经理”授予" in said) == (True, True, True, True)
    give(world, "sales.east2", "finance_manager")
    assert "华东销售部" not in warned(security)
    give(world, "sales.west1", "company_leader")
    assert "个部门无人可批" not in row(security)


@pytest.mark.requirement("R-370")
def test_a_stand_in_of_a_leaver_decides_nothing_and_so_closes_no_gap(world: World, trade: Trade, step: Make, set_chain: Make) -> None:
    """What is told and what happens at submission are one: a delegation ends with the right of whoever gave it."""
    contract = trade.contract()
    set_chain(step(Who.HEAD), step(FINANCE, title="财务审批"))
    with world.use_case("finance") as session:
        do.delegate(session, taker=world.employees["sales.east2"].id, first_on=today(), last_on=today() + timedelta(days=9))
    leave(world, "leader")
    leave(world, "finance")
    assert (2, "华东销售部", ()) in told(world)
    with pytest.raises(NobodyLeft, match="财务审批"), world.use_case("sales.east1") as session:
        do.submit_document(session, KIND, contract.id, None)
    give(world, "sales.east2", "finance_manager")
    with world.use_case("sales.east1") as session:
        assert do.submit_document(session, KIND, contract.id, None).plan[1]["title"] == "财务审批"


@pytest.mark.requirement("R-370")
def test_whoever_is_the_only_one_left_is_named_for_own_documents_alone(world: World, step: Make, set_chain: Make) -> None:
    set_chain(step(Who.HEAD))
    leave(world, "leader")
    assert (1, "华东销售部", ("陆东升",)) in told(world)
    assert (1, "华东销售部", ()) not in told(world)


@pytest.mark.requirement("R-489")
def test_conditions_that_exclude_each_other_need_not_be_met_by_different_people(world: World, step: Make, set_chain: Make) -> None:
    """Two steps of one document need two people; two steps of two kinds of document do not."""
    kind = kind_called("customers.review")
    one, other = (step(Who.IN_CHARGE, title=value, field="kind", value=value) for value in ("company", "person"))
    with world.use_case("security") as session:
        do.set_chain(session, kind.name, 0, (one, other))
    assert "华东销售部" not in {gap.department for gap in gaps(world, kind.name)}
    both = (step(Who.IN_CHARGE, title="甲"), step(Who.IN_CHARGE, title="乙"))
    with world.use_case("security") as session:
        do.set_chain(session, kind.name, 1, both)
    assert "华东销售部" in {gap.department for gap in gaps(world, kind.name)}


@pytest.mark.requirement("R-489")
def test_what_is_told_is_what_submitting_says(world: World, trade: Trade, step: Make, set_chain: Make) -> None:
    """Whoever fills in, whatever the chain asks: refused exactly where a gap names the department or the person."""
    chains = (
        (step(Who.HEAD),),
        (step(Who.IN_CHARGE), step(FINANCE, "head.east", needs=Needs.ALL)),
        (step(Who.SUPERIOR), step("head.east"), step(Who.IN_CHARGE), step(FINANCE)),
    )
    customers = {"sales.east1": "sales.east1", "sales.west1": "sales.west1", "head.east": "sales.east1"}
    documents = {by: trade.contract(by, trade.customer(of)) for by, of in customers.items()}
    for gone in ("", "head.west", "leader", "finance"):
        if gone:
            leave(world, gone)
        for chain in chains:
            set_chain(*chain)
            found = gaps(world)
            for by, document in documents.items():
                person = world.employees[by]
                department = next(one.name for one in world.departments.values() if one.id == person.department_id)
                named = any(gap.department == department and (not gap.people or person.name in gap.people) for gap in found)
                assert _refused(world, by, document) == named, (gone, by, [one.asked for one in chain])


def _refused(world: World, by: str, document: Any) -> bool:
    with world.use_case(by) as session:
        try:
            case = do.submit_document(session, KIND, document.id, None)
            do.withdraw(session, case.id)
        except NobodyLeft:
            return True
    return False


@pytest.mark.requirement("R-489")
def test_a_whole_company_is_looked_at_in_seven_statements(world: World) -> None:
    with world.reading("security") as session:
        kinds = kinds_on(frozenset(world.keguan.registry.names))
        outlook(session, kinds[:1])
        with counting(world) as said:
            outlook(session, kinds)
    assert (len(kinds) > 5, len(said) <= 7) == (True, True), said


@pytest.mark.requirement("R-489", "R-456")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_doctor_names_company_kind_step_and_what_helps(world: World, step: Make, set_chain: Make) -> None:
    set_chain(step(Who.HEAD), step(FINANCE, title="财务审批"))
    leave(world, "leader")
    leave(world, "finance")
    finding = next(one for one in examine(world.keguan.settings, lambda: world.keguan) if one.name == "approvals")
    assert not finding.well
    assert finding.advice is not None
    assert ("What helps" in str(finding.advice), "Approval chains" in str(finding.advice)) == (True, True)
