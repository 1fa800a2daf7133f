"""Everything of a leaver goes to a successor in one step: nothing is lost, nothing changes its state, and it can be undone (R-165)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.administration import hand_over_everything, moving, set_parameter, undo_handover, what_moves
from core.audit.history import values_at
from core.audit.models import AuditRow
from core.audit.trail import MARK
from core.extension.installed import owned_classes
from core.kernel.acting import System, acting_as
from core.kernel.clock import now
from core.kernel.errors import BadInput, Conflict, Forbidden, NotFound
from core.operations.language import catalogues_of, speaking
from core.organisation.models import Employee, Handover
from core.switchboard.operations import switch_module
from core.web.nouns import Noun, Nouns
from core.work.models import Notice
from plugins.customers.models import Customer
from plugins.customers.operations import create_customer
from tests.conformance.examples import Examples
from tests.world import World

GIVER, TAKER, SECURITY = "sales.east1", "sales.west1", "security"


def customers(world: World, number: int = 3, account: str = GIVER) -> list[int]:
    with world.use_case(account) as session:
        return [create_customer(session, {"name": f"客户{n}"}).id for n in range(number)]


def hand_over(world: World, account: str = SECURITY, giver: str = GIVER, taker: str = TAKER) -> int:
    with world.use_case(account) as session:
        return hand_over_everything(session, world.employees[giver].id, None, taker=world.employees[taker].id, reason="离职").id


def seen(world: World, account: str) -> set[int]:
    with world.reading(account) as session:
        return set(session.scalars(select(Customer.id)))


@pytest.mark.requirement("R-165", "R-452", "R-341", "R-034")
def test_the_successor_sees_everything_at_once_and_the_leaver_nothing(world: World) -> None:
    ids = customers(world)
    hand_over(world)
    assert (seen(world, TAKER), seen(world, GIVER)) == (set(ids), set())
    with world.reading(TAKER) as session:
        owners = set(session.scalars(select(Customer.owner_id).where(Customer.id.in_(ids))))
        assert owners == {world.employees[TAKER].id}


@pytest.mark.requirement("R-165")
def test_scopes_hold_after_the_handover(world: World) -> None:
    """The records go to the successor's department: its head sees them, the former head does not."""
    ids = customers(world)
    assert seen(world, "head.east") == set(ids)
    hand_over(world)
    assert (seen(world, "head.east"), seen(world, "head.west")) == (set(), set(ids))


@pytest.mark.requirement("R-165")
def test_the_preview_counts_by_kind_and_state_and_changes_nothing(world: World) -> None:
    customers(world)
    with world.use_case(SECURITY) as session:
        (moving,) = what_moves(session, world.employees[GIVER].id)
        assert (moving.model, moving.total, moving.open, moving.closed) == (Customer, 3, 3, 0)
        assert [(str(label), count) for label, count in moving.states] == [("To be verified", 3)]
    assert len(seen(world, GIVER)) == 3


@pytest.mark.requirement("R-165")
def test_nothing_changes_its_state(world: World) -> None:
    customers(world)
    with world.reading(GIVER) as session:
        before = {one.id: (one.state, one.review, one.name, one.updated_at) for one in session.scalars(select(Customer))}
    hand_over(world)
    with world.reading(TAKER) as session:
        after = {one.id: (one.state, one.review, one.name) for one in session.scalars(select(Customer))}
    assert after == {key: value[:3] for key, value in before.items()}


@pytest.mark.requirement("R-165")
def test_one_event_of_the_trail_tells_of_all(world: World) -> None:
    customers(world)
    hand_over(world)
    with acting_as(System("test")), world.keguan.database.transaction() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "hand_over_all")).all()
        assert [(row.subject, row.who) for row in rows] == [("苏晓晨", "周安然")]
        assert json.loads(rows[0].changes)["records"] == {"customers_customer": 3}


@pytest.mark.requirement("R-165", "R-445", "R-354")
def test_every_record_that_moves_has_a_row_of_its_own_bound_to_the_event(world: World) -> None:
    """So the trail knows who owned it at any moment; undone, each record has another one."""
    ids = customers(world)
    before = now()
    handover = hand_over(world)
    giver, taker = world.employees[GIVER].id, world.employees[TAKER].id
    assert [(row.record_id, row.who, row.reason) for row in moved(world, f"hand_over:{handover}")] == [
        (one, "周安然", "离职") for one in ids
    ]
    assert owners_at(world, ids, now()) == {taker}
    with world.use_case(SECURITY) as session:
        undo_handover(session, handover)
    assert [row.record_id for row in moved(world, f"undo:{handover}")] == ids
    assert owners_at(world, ids, now()) == {giver}
    assert owners_at(world, ids, before) == {giver}


@pytest.mark.requirement("R-165", "R-445")
def test_whom_somebody_leads_has_a_row_too(world: World) -> None:
    customers(world)
    led = world.employees["sales.east2"].id
    with acting_as(System("test")), world.keguan.database.transaction() as session:
        session.get(Employee, led).superior_id = world.employees[GIVER].id
    handover = hand_over(world)
    (row,) = moved(world, f"hand_over:{handover}", Employee)
    assert (row.record_id, json.loads(row.changes)["superior_id"]) == (led, [world.employees[GIVER].id, world.employees[TAKER].id])


@pytest.mark.requirement("R-165", "R-445")
def test_what_waits_for_the_commit_stays_small_however_much_moves(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "CHUNK", 2)
    customers(world, 5)
    waited = []
    write_trail = moving.write_trail

    def counted(session: Any) -> None:
        waited.append(len(session.info["trail"]))
        write_trail(session)

    monkeypatch.setattr(moving, "write_trail", counted)
    handover = hand_over(world)
    assert len(waited) == 3
    assert max(waited) <= 3, "two records, and the handover itself"
    assert len(moved(world, f"hand_over:{handover}")) == 5


def moved(world: World, key: str, model: Any = Customer) -> list[AuditRow]:
    with acting_as(System("test")), world.keguan.database.transaction() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.table_name == model.__tablename__).order_by(AuditRow.id)).all()
        return [row for row in rows if json.loads(row.changes).get(MARK) == key]


def owners_at(world: World, ids: list[int], moment: datetime) -> set[int | None]:
    with acting_as(System("test")), world.keguan.database.transaction() as session:
        return {(values_at(session, Customer, one, moment) or {}).get("owner_id") for one in ids}


@pytest.mark.requirement("R-165")
def test_records_of_modules_that_are_off_move_too(world: World) -> None:
    ids = customers(world)
    company = world.companies["qiheng"].id
    for on in (False, True):
        with world.use_case("admin") as session:
            for name in reversed(world.keguan.registry.names) if not on else world.keguan.registry.names:
                switch_module(session, world.keguan.registry, company, name, on=on)
        if not on:
            hand_over(world)
    assert seen(world, TAKER) == set(ids)


@pytest.mark.requirement("R-165")
def test_every_noun_with_an_owner_moves(world: World, application: Flask) -> None:
    """Found by enumeration: whatever a plugin stores with an owner belongs to the successor afterwards."""
    nouns: Nouns = application.extensions["keguan"].nouns
    examples = Examples(world, nouns)
    made = [(noun, examples.one(noun)) for noun in nouns.by_path.values() if noun.model.__scope__ == "owned" and noun.create is not None]
    assert {noun.model for noun, _ in made} <= set(owned_classes())
    owners = {owner_of(world, noun, record_id) for noun, record_id in made}
    for owner in owners - {world.employees[TAKER].id}:
        with world.use_case(SECURITY) as session:
            hand_over_everything(session, owner, None, taker=world.employees[TAKER].id)
    assert made
    assert {owner_of(world, noun, record_id) for noun, record_id in made} == {world.employees[TAKER].id}


def owner_of(world: World, noun: Noun, record_id: int) -> int:
    with acting_as(System("test")), world.keguan.database.transaction() as session:
        return int(session.get(noun.model, record_id).owner_id)


def test_whoever_stands_above_the_successor_does_not_come_below(world: World) -> None:
    customers(world)
    above, taker = world.employees["sales.east2"].id, world.employees[TAKER].id
    with Session(world.keguan.database.engine) as session:
        session.execute(update(Employee).where(Employee.id == above).values(superior_id=world.employees[GIVER].id))
        session.execute(update(Employee).where(Employee.id == taker).values(superior_id=above))
        session.commit()
    hand_over(world)
    assert superior(world, above) == world.employees[GIVER].id


@pytest.mark.requirement("R-165")
def test_whoever_had_the_leaver_as_superior_has_the_successor(world: World) -> None:
    customers(world)
    led = world.employees["sales.east2"].id
    with Session(world.keguan.database.engine) as session:
        session.execute(update(Employee).where(Employee.id == led).values(superior_id=world.employees[GIVER].id))
        session.commit()
    handover = hand_over(world)
    assert superior(world, led) == world.employees[TAKER].id
    with world.use_case(SECURITY) as session:
        undo_handover(session, handover)
    assert superior(world, led) == world.employees[GIVER].id


def superior(world: World, employee_id: int) -> int | None:
    with world.reading(SECURITY) as session:
        return session.scalar(select(Employee.superior_id).where(Employee.id == employee_id))


@pytest.mark.requirement("R-165")
def test_a_handover_can_be_undone_into_the_departments_of_before(world: World) -> None:
    ids = customers(world)
    handover = hand_over(world)
    with world.use_case(SECURITY) as session:
        assert undo_handover(session, handover) == 3
    assert (seen(world, GIVER), seen(world, TAKER), seen(world, "head.east")) == (set(ids), set(), set(ids))
    with pytest.raises(Conflict), world.use_case(SECURITY) as session:
        undo_handover(session, handover)


def told(world: World, account: str) -> list[str]:
    with world.reading(account) as session, speaking("zh_CN", catalogues_of(world.keguan.registry)):
        mine = select(Notice).where(Notice.employee_id == world.employees[account].id).order_by(Notice.id)
        return [str(one.message) for one in session.scalars(mine)]


@pytest.mark.requirement("R-165")
def test_the_successor_is_told_and_both_when_it_is_undone(world: World) -> None:
    customers(world)
    before = {account: told(world, account) for account in (GIVER, TAKER, SECURITY)}
    handover = hand_over(world)
    giver, taker = (world.employees[account].name for account in (GIVER, TAKER))
    taken = f"{giver} 的 3 条记录已移交给您。"
    assert told(world, TAKER) == [*before[TAKER], taken]
    with world.use_case(SECURITY) as session:
        undo_handover(session, handover)
    undone = f"{giver} 向 {taker} 的移交已撤销，退回 3 条记录。"
    assert told(world, TAKER) == [*before[TAKER], taken, undone]
    assert told(world, GIVER) == [*before[GIVER], undone]
    assert told(world, SECURITY) == before[SECURITY], "nobody is told what he or she has done"


@pytest.mark.requirement("R-165")
def test_whoever_takes_over_people_alone_is_told_of_them(world: World) -> None:
    with Session(world.keguan.database.engine) as session:
        led = update(Employee).where(Employee.id == world.employees["sales.east2"].id)
        session.execute(led.values(superior_id=world.employees[GIVER].id))
        session.commit()
    hand_over(world)
    assert told(world, TAKER) == [f"原由{world.employees[GIVER].name}直接管理的人员今后由您管理。"]


def test_what_has_moved_on_meanwhile_stays(world: World) -> None:
    ids = customers(world)
    first = hand_over(world)
    hand_over(world, giver=TAKER, taker="sales.east2")
    with world.use_case(SECURITY) as session:
        assert undo_handover(session, first) == 0
    assert seen(world, "sales.east2") == set(ids)


@pytest.mark.requirement("R-165", "R-061")
def test_after_the_days_of_the_parameter_a_handover_stands(world: World) -> None:
    customers(world)
    handover = hand_over(world)
    with Session(world.keguan.database.engine) as session:
        row = session.get(Handover, handover)
        assert row is not None
        row.created_at -= timedelta(days=8)
        session.commit()
    with pytest.raises(Conflict), world.use_case(SECURITY) as session:
        undo_handover(session, handover)
    with world.use_case("admin") as session:
        set_parameter(session, "core.handover_undo_days", 30)
    with world.use_case(SECURITY) as session:
        assert undo_handover(session, handover) == 3


def test_an_editor_of_a_record_that_moved_saves_over_nothing(world: World) -> None:
    (customer_id,) = customers(world, 1)
    with world.reading(GIVER) as session:
        version = session.get(Customer, customer_id).version
    hand_over(world)
    with world.reading(TAKER) as session:
        assert session.get(Customer, customer_id).version == version + 1


@pytest.mark.parametrize(
    ("taker", "error"),
    [(GIVER, BadInput), (None, BadInput), ("sales2", BadInput)],
    ids=["the leaver", "nobody", "somebody of another company"],
)
def test_the_successor_is_a_colleague_who_works_here(world: World, taker: str | None, error: Any) -> None:
    customers(world)
    taker_id = world.employees[taker].id if taker else None
    with pytest.raises(error), world.use_case(SECURITY) as session:
        hand_over_everything(session, world.employees[GIVER].id, None, taker=taker_id)


def test_where_nothing_is_owned_nothing_is_handed_over(world: World) -> None:
    with pytest.raises(Conflict), world.use_case(SECURITY) as session:
        hand_over_everything(session, world.employees["auditor"].id, None, taker=world.employees[TAKER].id)


@pytest.mark.requirement("R-165", "R-001")
def test_a_head_hands_over_within_the_own_departments_only(world: World) -> None:
    ids = customers(world)
    hand_over(world, "head.east", GIVER, "sales.east2")
    assert seen(world, "sales.east2") == set(ids)
    with pytest.raises(BadInput):
        hand_over(world, "head.east", "sales.east2", TAKER)
    with pytest.raises(Forbidden):
        hand_over(world, "head.west", "sales.east2", TAKER)


@pytest.mark.parametrize("account", ["admin", "auditor", "sales.east2", "leader"])
def test_without_the_right_nothing_moves(world: World, account: str) -> None:
    customers(world)
    with pytest.raises(Forbidden):
        hand_over(world, account)


def test_another_company_is_out_of_reach(world: World) -> None:
    with pytest.raises((NotFound, Forbidden)), world.use_case("admin2") as session:
        what_moves(session, world.employees[GIVER].id)
