"""Projects: only from an approved proposal, with members who see them, milestones that are told, and entries in time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.extension.calling import registry
from core.extension.hookspecs import hookimpl
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict, Forbidden, IllegalTransition, NotFound
from core.work.notices import notices
from plugins.sales.errors import NotDraft, NotRunning, OwnDocument, ProposalNotApproved
from plugins.sales.models import Project
from plugins.sales.operations import (
    add_member,
    add_milestone,
    approve_proposal,
    change_entry,
    change_member,
    change_milestone,
    change_project,
    change_proposal,
    create_from_proposal,
    create_project,
    delete_milestone,
    delete_proposal,
    finish_project,
    reach_milestone,
    reject_proposal,
    remove_entry,
    remove_member,
    resume_project,
    stop_project,
    submit_proposal,
    write_entry,
)
from plugins.sales.public import ReachedMilestone
from plugins.sales.rules.projects import ProjectState, ProposalState
from tests.plugins.sales.conftest import HEAD, SELLER, Shop
from tests.world import Browser, World


@pytest.mark.requirement("R-204", "R-324")
@pytest.mark.parametrize("state", ["draft", "submitted", "rejected"])
def test_there_is_no_project_without_an_approved_proposal(world: World, shop: Shop, state: str) -> None:
    proposal = shop.proposal()
    if state != "draft":
        with world.use_case(SELLER) as session:
            submit_proposal(session, proposal.id, None)
    if state == "rejected":
        with world.use_case(HEAD) as session:
            reject_proposal(session, proposal.id, None, reason="毛利太低")
    with pytest.raises(ProposalNotApproved), world.use_case(SELLER) as session:
        create_project(session, {"title": "改造", "proposal": proposal.id})
    with world.reading(SELLER) as session:
        assert session.scalars(select(Project)).all() == []


@pytest.mark.requirement("R-204", "R-096")
def test_an_approved_proposal_becomes_one_project_with_its_customer_and_days(world: World, shop: Shop) -> None:
    proposal = shop.approved(starts_on=today(), ends_on=today() + timedelta(days=90))
    with world.use_case(SELLER) as session:
        project = create_from_proposal(session, proposal.id, None)
    assert (project.customer_id, project.ends_on, project.state) == (proposal.customer_id, proposal.ends_on, ProjectState.RUNNING)
    with pytest.raises(ProposalNotApproved), world.use_case(SELLER) as session:
        create_from_proposal(session, proposal.id, None)
    with world.use_case(SELLER) as session:
        assert change_project(session, project.id, None, {"contract_number": "HT-2026-0001"}).contract_number == "HT-2026-0001"


@pytest.mark.requirement("R-204")
def test_head_and_writer_of_a_proposal_are_told_in_turn(world: World, shop: Shop) -> None:
    proposal = shop.proposal()
    with world.use_case(SELLER) as session:
        submit_proposal(session, proposal.id, None)
    with world.reading(HEAD) as session:
        assert [notice.url for notice in notices(session)][:1] == [f"/project-proposals/{proposal.id}"]
    with pytest.raises(NotDraft), world.use_case(SELLER) as session:
        change_proposal(session, proposal.id, None, {"title": "别的"})
    with world.use_case(HEAD) as session:
        rejected = reject_proposal(session, proposal.id, None, reason="请补充安装费用")
    assert (rejected.state, rejected.review_note) == (ProposalState.REJECTED, "请补充安装费用")
    with world.reading(SELLER) as session:
        assert any("请补充安装费用" in str(notice.message) for notice in notices(session))
    with world.use_case(SELLER) as session:
        change_proposal(session, proposal.id, None, {"cost": Decimal(200_000)})
        submit_proposal(session, proposal.id, None)
    with world.use_case(HEAD) as session:
        assert approve_proposal(session, proposal.id, None, note="同意").state is ProposalState.APPROVED
    with pytest.raises(IllegalTransition), world.use_case(HEAD) as session:
        reject_proposal(session, proposal.id, None, reason="反悔")


@pytest.mark.requirement("R-040")
def test_a_proposal_names_who_filled_it_handed_it_in_and_reviewed_it_with_the_moments(world: World, shop: Shop) -> None:
    proposal = shop.proposal()
    with world.use_case(SELLER) as session:
        submitted = submit_proposal(session, proposal.id, None)
    with world.use_case(HEAD) as session:
        approved = approve_proposal(session, proposal.id, None, note="同意")
    seller, head = shop.trade.employee(SELLER), shop.trade.employee(HEAD)
    assert (approved.owner_id, approved.submitted_by_id, approved.reviewed_by_id) == (seller, seller, head)
    assert submitted.submitted_at is not None
    assert approved.reviewed_at is not None
    assert approved.reviewed_at >= submitted.submitted_at


@pytest.mark.requirement("R-370")
def test_nobody_decides_about_a_proposal_of_his_own_and_a_seller_about_none(world: World, shop: Shop) -> None:
    own, other = shop.proposal(by=HEAD, customer=shop.trade.customer().id), shop.proposal()
    for proposal, by in ((own, HEAD), (other, SELLER)):
        with world.use_case(by) as session:
            submit_proposal(session, proposal.id, None)
    with pytest.raises(OwnDocument), world.use_case(HEAD) as session:
        approve_proposal(session, own.id, None)
    with pytest.raises(Forbidden), world.use_case(SELLER) as session:
        approve_proposal(session, other.id, None)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"amount": Decimal(-1)}, "amount"), ({"starts_on": today(), "ends_on": today() - timedelta(days=1)}, "ends_on")],
)
def test_a_proposal_that_makes_no_sense_is_refused(shop: Shop, values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        shop.proposal(**values)
    assert list(refused.value.fields) == [field]


def test_a_proposal_that_was_not_approved_is_thrown_away(world: World, shop: Shop) -> None:
    proposal, approved = shop.proposal(), shop.approved()
    with world.use_case(SELLER) as session:
        delete_proposal(session, proposal.id, None)
    with pytest.raises(NotDraft), world.use_case(SELLER) as session:
        delete_proposal(session, approved.id, None)


@pytest.mark.requirement("R-015")
@pytest.mark.requirement("R-205")
def test_a_member_sees_the_project_and_registers_its_progress_until_taken_out(world: World, shop: Shop) -> None:
    project = shop.project()
    with world.reading("sales.east2") as session:
        assert session.get(Project, project.id) is None
    with world.use_case(SELLER) as session:
        values = {"project": project.id, "employee": shop.trade.employee("sales.east2"), "duty": "现场安装"}
        member = add_member(session, values)
    with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
        add_member(session, values)
    assert list(refused.value.fields) == ["employee"]
    with world.use_case("sales.east2") as session:
        entry = write_entry(session, {"project": project.id, "content": "主机就位", "progress": 60})
    with world.reading(SELLER) as session:
        seen = session.get(Project, project.id)
        assert (seen.progress, seen.touched_at, seen.version) == (60, entry.at, project.version), "an entry is no change of the project"
    with pytest.raises(Forbidden), world.use_case("sales.east2") as session:
        change_project(session, project.id, None, {"title": "我的"})
    with pytest.raises(Forbidden), world.use_case(SELLER) as session:
        change_entry(session, entry.id, None, {"content": "改写"})
    with world.use_case(SELLER) as session:
        change_member(session, member.id, None, {"duty": "商务协调"})
        remove_member(session, member.id, None)
    with world.reading("sales.east2") as session:
        assert session.get(Project, project.id) is None
    with pytest.raises(NotFound), world.use_case("sales.east2") as session:
        write_entry(session, {"project": project.id, "content": "再来"})


def test_who_wrote_an_entry_mends_and_removes_it(world: World, shop: Shop) -> None:
    project = shop.project()
    with world.use_case(SELLER) as session:
        entry = write_entry(session, {"project": project.id, "content": "到货", "progress": 30})
    with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
        change_entry(session, entry.id, None, {"progress": 101})
    assert list(refused.value.fields) == ["progress"]
    with world.use_case(SELLER) as session:
        assert change_entry(session, entry.id, None, {"content": "设备到货"}).content == "设备到货"
        remove_entry(session, entry.id, None)


@pytest.mark.requirement("R-205")
def test_a_reached_milestone_is_told_once_with_contract_and_payment(world: World, shop: Shop) -> None:
    heard: list[ReachedMilestone] = []

    class Hearer:
        """Another plugin."""

        @hookimpl
        def crm_sales_milestone_reached(self, session: Any, milestone: ReachedMilestone) -> None:
            heard.append(milestone)

    project = shop.project()
    with world.use_case(SELLER) as session:
        milestone = add_milestone(session, {"project": project.id, "name": "设备到货", "due_on": today(), "part": 2})
    hearer = Hearer()
    registry().manager.register(hearer)
    try:
        with pytest.raises(BadInput), world.use_case(SELLER) as session:
            reach_milestone(session, milestone.id, None, on=today() + timedelta(days=1))
        with world.use_case(HEAD) as session:
            reach_milestone(session, milestone.id, None)
        with pytest.raises(Conflict), world.use_case(SELLER) as session:
            reach_milestone(session, milestone.id, None)
    finally:
        registry().manager.unregister(hearer)
    assert heard == [ReachedMilestone(project.id, milestone.id, "设备到货", today(), None, 2)]
    with world.reading(SELLER) as session:
        assert any("设备到货" in str(notice.message) for notice in notices(session)), "the manager hears what the head has noted"
    for verb in (change_milestone, delete_milestone):
        with pytest.raises(Conflict), world.use_case(SELLER) as session:
            verb(session, milestone.id, None, *([{"name": "x"}] if verb is change_milestone else []))


def test_milestones_count_payments_from_one_and_stay_with_their_project(world: World, shop: Shop) -> None:
    project, other = shop.project(), shop.project()
    with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
        add_milestone(session, {"project": project.id, "name": "x", "part": 0})
    assert list(refused.value.fields) == ["part"]
    with world.use_case(SELLER) as session:
        milestone = add_milestone(session, {"project": project.id, "name": "验收"})
    with pytest.raises(BadInput), world.use_case(SELLER) as session:
        change_milestone(session, milestone.id, None, {"project": other.id})
    with world.use_case(SELLER) as session:
        change_milestone(session, milestone.id, None, {"name": "终验"})
        delete_milestone(session, milestone.id, None)


@pytest.mark.requirement("R-096")
def test_a_project_that_has_ended_takes_no_work_until_it_is_resumed(world: World, shop: Shop) -> None:
    project = shop.project()
    with pytest.raises(BadInput), world.use_case(SELLER) as session:
        stop_project(session, project.id, None)
    with world.use_case(SELLER) as session:
        assert stop_project(session, project.id, None, reason="厂房搬迁").state is ProjectState.STOPPED
    for verb, values in ((write_entry, {"content": "x"}), (add_milestone, {"name": "x"})):
        with pytest.raises(NotRunning), world.use_case(SELLER) as session:
            verb(session, {"project": project.id, **values})
    with world.use_case(SELLER) as session:
        assert resume_project(session, project.id, None).state_reason is None
        finished = finish_project(session, project.id, None)
    assert (finished.state, finished.progress, finished.ended_on) == (ProjectState.FINISHED, 100, today())
    with pytest.raises(IllegalTransition), world.use_case(SELLER) as session:
        resume_project(session, project.id, None)
    with world.reading(HEAD) as session:
        assert any("空压站改造" in str(notice.message) for notice in notices(session))


def test_the_page_of_a_project_that_has_ended_begins_no_work(world: World, shop: Shop, client_for: Callable[[str], Browser]) -> None:
    project, browser = shop.project(), client_for(SELLER)
    doors = {"milestones": "/milestones/add", "project-members": "/project-members/add", "timeline": "/project-entries/add"}
    opened = {tab: door in browser.get(f"/projects/{project.id}?tab={tab}").text for tab, door in doors.items()}
    assert all(opened.values()), opened
    with world.use_case(SELLER) as session:
        stop_project(session, project.id, None, reason="厂房搬迁")
    for tab, door in doors.items():
        assert door not in browser.get(f"/projects/{project.id}?tab={tab}").text, tab


def test_the_bar_tells_a_stopped_project_by_the_colour_of_a_bad_end_until_it_is_resumed(
    world: World, shop: Shop, client_for: Callable[[str], Browser]
) -> None:
    project = shop.project()

    def present() -> list[str]:
        return re.findall(r'<li class="(now[^"]*)" aria-current="step"', client_for(SELLER).get(f"/projects/{project.id}").text)

    with world.use_case(SELLER) as session:
        stop_project(session, project.id, None, reason="厂房搬迁")
    assert present() == ["now bad"]
    with world.use_case(SELLER) as session:
        resume_project(session, project.id, None)
    assert present() == ["now run"]


def test_what_leads_back_is_not_offered_and_what_may_come_later_is(world: World, shop: Shop, client_for: Callable[[str], Browser]) -> None:
    project, browser = shop.project(), client_for(SELLER)

    def offered() -> set[str]:
        """Steps among the verbs of the page, those that cannot run now included."""
        verbs = browser.get(f"/projects/{project.id}").text.partition("kg-verbs")[2].partition("kg-stages")[0]
        return set(re.findall(r"</svg>(完成|中止|恢复)</(?:summary|button)", verbs))

    assert offered() == {"完成", "中止"}
    with world.use_case(SELLER) as session:
        stop_project(session, project.id, None, reason="客户停工")
    assert offered() == {"恢复", "完成"}  # it can be finished once it runs again


@pytest.mark.requirement("R-205")
def test_a_milestone_says_on_its_card_and_its_page_how_it_stands(world: World, shop: Shop, client_for: Callable[[str], Browser]) -> None:
    project = shop.project()
    with world.use_case(SELLER) as session:
        milestone = add_milestone(session, {"project": project.id, "name": "设备到货", "due_on": today() - timedelta(days=3)})

    def told() -> list[str]:
        card = (
            client_for(SELLER).get(f"/milestones/cards?project={project.id}").text.partition('<li class="kg-card"')[2].partition("</li>")[0]
        )
        head = client_for(SELLER).get(f"/milestones/{milestone.id}").text.partition("<h1>")[2].partition("</div>")[0]
        return [found[1] for part in (card, head) for found in [re.search(r'kg-tag \w+">([^<]*)<', part)] if found]

    assert told() == ["已逾期", "已逾期"]
    with world.use_case(HEAD) as session:
        reach_milestone(session, milestone.id, None)
    assert told() == ["已达成", "已达成"]


def test_a_project_does_not_end_before_it_starts_and_keeps_its_proposal(world: World, shop: Shop) -> None:
    project, other = shop.project(), shop.approved()
    with pytest.raises(BadInput), world.use_case(SELLER) as session:
        change_project(session, project.id, None, {"starts_on": today(), "ends_on": today() - timedelta(days=2)})
    with pytest.raises(BadInput), world.use_case(SELLER) as session:
        change_project(session, project.id, None, {"proposal": other.id})
