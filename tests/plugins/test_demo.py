"""Demo data come about by the verbs that people use, and look the same every time."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.audit.models import AuditRow
from core.extension.calling import hooks
from core.kernel.acting import System, acting_as
from plugins.contracts.models import Contract
from plugins.contracts.rules import ContractState
from plugins.customers.models import Contact, Customer, Interaction
from plugins.customers.rules import Review
from tests.world import World


def fill(world: World, slug: str) -> None:
    """Make the demo data of one company."""
    company = world.companies[slug]
    with acting_as(System("demo data", company.id)), world.keguan.database.transaction() as session:
        hooks(frozenset({"customers", "contracts"})).crm_demo(session=session, company=company, seed=7)


def picture(world: World, slug: str) -> list[tuple[object, ...]]:
    """What one sees of a company's demo customers and contracts."""
    with acting_as(System("look", world.companies[slug].id)):
        session = world.keguan.database.session()
        customers = [(one.name, one.code, one.owner_id, one.state) for one in session.scalars(select(Customer).order_by(Customer.id))]
        contracts = [(one.title, one.number, one.amount, one.state) for one in session.scalars(select(Contract).order_by(Contract.id))]
        world.keguan.database.release()
    return [*customers, *contracts]


@pytest.mark.parametrize("slug", ["qiheng", "huarui"])
def test_a_company_has_forty_customers_and_contracts_in_every_state(world: World, slug: str) -> None:
    fill(world, slug)
    with acting_as(System("look", world.companies[slug].id)):
        session = world.keguan.database.session()
        customers = session.scalars(select(Customer)).all()
        assert len(customers) == 40
        assert {customer.review for customer in customers} == set(Review)
        assert len(session.scalars(select(Contact)).all()) >= 40
        assert len(session.scalars(select(Interaction)).all()) >= 60
        contracts = session.scalars(select(Contract)).all()
        assert len(contracts) == 12
        assert {contract.state for contract in contracts} == set(ContractState)
        assert len(session.scalars(select(AuditRow)).all()) > 200
        world.keguan.database.release()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_demo_customers_are_spread_over_both_departments(world: World) -> None:
    fill(world, "qiheng")
    for account in ("sales.east1", "sales.east2", "sales.west1"):
        with world.reading(account) as session:
            assert len(session.scalars(select(Customer)).all()) in (13, 14)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_same_seed_makes_the_same_data(world: World, site: object) -> None:
    fill(world, "qiheng")
    first = picture(world, "qiheng")
    site.close()  # type: ignore[attr-defined]
    site.open("peopled")  # type: ignore[attr-defined]
    fill(world, "qiheng")
    assert picture(world, "qiheng") == first
