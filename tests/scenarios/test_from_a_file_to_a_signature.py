"""What a newcomer is promised: a file of companies, then a follow-up and a signed contract with one of them, and a module that goes off."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from core.commands import run
from plugins.contracts.errors import CustomerNotReady
from plugins.contracts.operations import draft_contract, sign_contract
from plugins.contracts.rules import ContractState
from plugins.customers.errors import NotReviewed
from plugins.customers.models import Customer
from plugins.customers.operations import change_customer, review_customer, write_interaction
from plugins.customers.rules import CustomerState, Review
from tests.world import Browser, Site, World

ClientFor = Callable[[str], Browser]

FILE, PROFILE = Path("tests/data/dirty-companies.csv"), Path("config/profiles/listed-companies.toml")
HEAD, SELLER, CLERK = "head.east", "sales.east1", "contracts"
FOLLOWED = {"way": "phone", "content": "介绍产品，约下周拜访"}
LINES = [{"name": "螺杆空压机", "unit": "台", "quantity": Decimal(2), "price": Decimal("195600.00")}]


@pytest.mark.requirement("R-340", "R-334", "R-151", "R-053")
def test_an_imported_company_is_followed_and_signs_and_a_module_goes_off_for_one_company(
    world: World, site: Site, client_for: ClientFor, tmp_path: Path
) -> None:
    file = Path(shutil.copy(FILE, tmp_path))  # its rejected rows are written beside it
    assert run(site.settings, ["import", str(file), "--profile", str(PROFILE)]) == 1
    assert list(tmp_path.glob("*-rejected.csv")), "the file has every kind of dirt"
    site.present = ""  # the command has written by connections of its own
    with world.reading(HEAD) as session:
        imported = session.scalars(select(Customer).where(Customer.review == Review.PENDING).order_by(Customer.id)).all()
        company = imported[0].id
    assert len(imported) > 50

    seller = world.employees[SELLER].id
    with pytest.raises(NotReviewed), world.use_case(HEAD) as session:
        write_interaction(session, {"customer": company, **FOLLOWED})
    with world.use_case(HEAD) as session:
        review_customer(session, company, None, approve=True, owner=seller)
    with world.use_case(SELLER) as session:
        write_interaction(session, {"customer": company, **FOLLOWED})
        contract = draft_contract(session, {"title": "空压站", "customer": company, "lines": LINES}).id
    with pytest.raises(CustomerNotReady) as refused, world.use_case(CLERK) as session:
        sign_contract(session, contract, None)
    assert "Address, Telephone" in str(refused.value)
    with world.use_case(SELLER) as session:
        change_customer(session, company, None, {"address": "苏州市吴中区木渎路 8 号", "phone": "0512-6688 0000"})
    with world.use_case(CLERK) as session:
        signed = sign_contract(session, contract, None)
        assert (signed.state, signed.amount) == (ContractState.EFFECTIVE, Decimal("391200.00"))
        assert signed.number
    with world.reading(SELLER) as session:
        customer = session.get(Customer, company)
        assert customer is not None
        assert customer.state is CustomerState.COOPERATING
        assert customer.last_contact_at is not None

    ours, theirs = client_for(SELLER), client_for("sales2")
    assert "空压站" in ours.get(f"/customers/{company}?tab=contracts").text
    assert run(site.settings, ["plugins", "disable", "billing", "--company", "qiheng", "--yes"]) == 0
    assert run(site.settings, ["plugins", "disable", "contracts", "--company", "qiheng", "--yes"]) == 0
    assert (ours.get("/contracts/").status_code, theirs.get("/contracts/").status_code) == (404, 200)
    page = ours.get(f"/customers/{company}")
    assert page.status_code == 200
    assert "空压站" not in page.text
