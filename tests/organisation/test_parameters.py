"""Parameters of a company: typed, dated, audited, set by the system administrator alone (R-061)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.access.administration import set_parameter, withdraw_parameter
from core.audit.models import AuditRow
from core.database.fields import Field
from core.extension.exchange import ParameterSpec
from core.kernel.acting import Scope, System, acting_as
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict, Forbidden, NotFound
from core.kernel.words import msg
from core.organisation.models import Parameter
from core.organisation.parameters import as_text, checked, from_text, parameter
from tests.world import World

DAYS = "core.handover_undo_days"


def tomorrow() -> date:
    """Asked when a test runs: a run that goes past midnight was made up on another day."""
    return today() + timedelta(days=1)


@pytest.mark.requirement("R-061")
def test_a_parameter_that_nobody_has_set_has_its_declared_default(world: World) -> None:
    with world.reading("sales.east1") as session:
        assert parameter(session, DAYS) == 7


@pytest.mark.requirement("R-061")
def test_a_value_holds_from_its_day_until_the_next_one(world: World) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, DAYS, 10)
        set_parameter(session, DAYS, 20, tomorrow())
        assert [parameter(session, DAYS, day) for day in (today() - timedelta(days=1), today(), tomorrow(), date(2199, 1, 1))] == [
            7,
            10,
            20,
            20,
        ]


def test_a_second_value_for_the_same_day_replaces_the_first(world: World) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, DAYS, 10)
    with world.use_case("admin") as session:
        set_parameter(session, DAYS, 12)
        assert parameter(session, DAYS) == 12
        assert len(session.scalars(select(Parameter).where(Parameter.name == DAYS)).all()) == 1


@pytest.mark.requirement("R-061")
def test_another_company_keeps_its_own_value(world: World) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, DAYS, 10)
    with world.reading("admin2") as session:
        assert parameter(session, DAYS) == 7


@pytest.mark.requirement("R-061")
def test_the_trail_keeps_who_set_what(world: World) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, DAYS, 10)
    with world.use_case("admin") as session:
        set_parameter(session, DAYS, 12)
    with acting_as(System("test")), world.keguan.database.transaction() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.table_name == "core_parameter").order_by(AuditRow.id)).all()
        assert [(row.who, row.subject) for row in rows] == [("林启航", DAYS)] * 2
        assert '"value": ["10", "12"]' in rows[1].changes


@pytest.mark.requirement("R-061", "R-011")
@pytest.mark.parametrize("account", ["security", "auditor", "head.east", "leader", "sales.east1"])
def test_only_the_system_administrator_sets_parameters(world: World, account: str) -> None:
    with pytest.raises(Forbidden), world.use_case(account) as session:
        set_parameter(session, DAYS, 10)


def test_the_past_cannot_be_changed(world: World) -> None:
    with pytest.raises(BadInput) as refused, world.use_case("admin") as session:
        set_parameter(session, DAYS, 10, today() - timedelta(days=1))
    assert set(refused.value.fields) == {"starts_on"}


def test_a_value_to_come_can_be_taken_back_and_one_in_force_cannot(world: World) -> None:
    with world.use_case("admin") as session:
        now_id, then_id = set_parameter(session, DAYS, 10).id, set_parameter(session, DAYS, 20, tomorrow()).id
    with world.use_case("admin") as session:
        withdraw_parameter(session, then_id)
        assert parameter(session, DAYS, tomorrow()) == 10
    with pytest.raises(Conflict), world.use_case("admin") as session:
        withdraw_parameter(session, now_id)


@pytest.mark.parametrize("value", ["ten", 1.5, None, -1, 366, True])
def test_a_value_that_does_not_fit_is_refused_in_one_sentence(world: World, value: object) -> None:
    with pytest.raises(BadInput) as refused, world.use_case("admin") as session:
        set_parameter(session, DAYS, value)
    assert set(refused.value.fields) == {"value"}


def test_a_misspelt_name_is_told(world: World) -> None:
    with pytest.raises(NotFound, match=r"core\.nothing"), world.reading("admin") as session:
        parameter(session, "core.nothing")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", 3),
        ("flag", True),
        ("flag", False),
        ("money", Decimal("1200.50")),
        ("quantity", Decimal("0.9000")),
        ("date", date(2026, 3, 1)),
        ("text", "上海"),
        ("choice", Scope.OWN),
    ],
)
def test_every_kind_of_value_comes_back_as_it_was_set(kind: str, value: object) -> None:
    field = Field(kind, msg("Value"), max_length=20, choices=Scope if kind == "choice" else None)
    spec = ParameterSpec("core.some", msg("Some"), field, value)
    assert from_text(field, as_text(checked(spec, value))) == value
