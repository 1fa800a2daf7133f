"""Demo data come about by the verbs that people use, and look the same every time."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.audit.models import AuditRow
from core.extension.calling import hooks
from core.kernel.acting import System, acting_as
from core.operations.demo_counts import counts, digest
from plugins.contracts.models import Contract, OralContract, ScheduledPayment, Supplement
from plugins.contracts.rules import ContractState, OralState, PartState, SupplementState
from plugins.customers.models import Contact, Customer, Interaction
from plugins.customers.rules import CustomerKind, Review
from tests.world import World


def fill(world: World, slug: str, seed: int = 7) -> None:
    """Make the demo data of one company, or add a round to them."""
    company = world.companies[slug]
    with acting_as(System("demo data", company.id)), world.keguan.database.transaction() as session:
        hooks(frozenset({"customers", "contracts"})).crm_demo(session=session, company=company, seed=seed)


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
        assert len(contracts) == 16
        assert {contract.state for contract in contracts} == set(ContractState)
        assert {part.state for part in session.scalars(select(ScheduledPayment))} == set(PartState)
        assert {one.state for one in session.scalars(select(Supplement))} == set(SupplementState)
        assert {one.state for one in session.scalars(select(OralContract))} == set(OralState)
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


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_second_round_adds_as_much_again_and_says_nothing_twice(world: World) -> None:
    for seed in (7, 1007):
        fill(world, "qiheng", seed)
    with acting_as(System("look", world.companies["qiheng"].id)):
        session = world.keguan.database.session()
        customers = session.scalars(select(Customer)).all()
        contracts = session.scalars(select(Contract)).all()
        world.keguan.database.release()
    companies = [one.name for one in customers if one.kind == CustomerKind.COMPANY]
    assert (len(customers), len(contracts)) == (80, 32)
    assert len(set(companies)) == len(companies)
    assert len({contract.customer_id for contract in contracts}) == 32


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_digest_tells_equal_data_from_others_and_counts_name_their_states(world: World, site: object) -> None:
    keguan = world.keguan
    fill(world, "qiheng")
    first, empty = digest(keguan.database, "qiheng"), digest(keguan.database, "huarui")
    (found,) = [one for one in counts(keguan.database, keguan.registry) if (one.company, one.resource) == ("qiheng", "contracts.contract")]
    assert found.count == sum(found.states.values()) == 16
    site.close()  # type: ignore[attr-defined]
    site.open("peopled")  # type: ignore[attr-defined]
    assert digest(keguan.database, "qiheng") == digest(keguan.database, "huarui") == empty
    fill(world, "qiheng")
    assert digest(keguan.database, "qiheng") == first
