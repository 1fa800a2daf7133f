"""Field rights: masked where many are shown, open to the owner, uncovered with a trace, denied by a role in every channel (R-442)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from core.access.field_rights import access_to, shown_value
from core.access.field_roles import set_field_rights
from core.access.models import Role
from core.audit.models import AuditRow
from core.kernel.acting import FieldAccess
from core.kernel.errors import BadInput, Forbidden, Malformed, NotFound
from core.testing.world import World
from plugins.customers.models import Contact
from plugins.customers.operations import add_contact, change_contact, write_interaction
from plugins.customers.queries import possible_duplicates
from tests.field_rights import state
from tests.plugins.conftest import Trade

MOBILE = "13912345678"


@pytest.fixture
def contact(world: World, trade: Trade) -> int:
    """A contact with a mobile number at a customer of sales.east1."""
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        return int(add_contact(session, {"customer": customer.id, "name": "卓不凡", "mobile": MOBILE}).id)


@pytest.mark.requirement("R-442")
def test_a_telephone_is_masked_in_memory_even_for_its_owner(world: World, contact: int) -> None:
    with world.reading("sales.east1") as session:
        read = session.get(Contact, contact)
        assert read.mobile == "139****5678"
        assert shown_value(world.actor("sales.east1"), read, "mobile") == "139****5678"
        assert shown_value(world.actor("sales.east1"), read, "mobile", alone=True) == MOBILE


def test_a_column_read_alone_comes_under_its_mask_and_into_a_sum_not_at_all(world: World, contact: int) -> None:
    with world.reading("sales.east1") as session:
        row = session.execute(select(Contact.id, Contact.mobile).where(Contact.id == contact)).one()
        assert row.mobile == "139****5678"
        assert session.scalar(select(func.max(Contact.mobile)).where(Contact.id == contact)) is None


def test_business_works_with_the_true_value(world: World, contact: int) -> None:
    with world.use_case("sales.east1") as session:
        assert session.get(Contact, contact).mobile == MOBILE
        changed = change_contact(session, contact, None, {"position": "厂长"})
        assert changed.mobile == MOBILE
    with world.use_case("sales.east1") as session:
        assert session.get(Contact, contact).mobile == MOBILE


def test_what_a_verb_leaves_in_memory_is_covered_before_the_answer_is_built(world: World, contact: int) -> None:
    with world.use_case("head.east") as session:
        changed = change_contact(session, contact, None, {"position": "厂长"})
        assert changed.mobile == MOBILE
    assert changed.mobile == "139****5678"


@pytest.mark.requirement("R-442")
def test_the_head_sees_the_mask_and_uncovers_it_with_a_trace(world: World, contact: int, client_for: Any) -> None:
    head = client_for("head.east")
    page = head.get(f"/contacts/{contact}").text
    assert "139****5678" in page
    assert MOBILE not in page
    assert MOBILE in head.post(f"/contacts/{contact}/uncover/mobile", headers={"HX-Request": "1"}).text
    with world.reading("auditor") as session:
        assert session.scalar(select(AuditRow.who).where(AuditRow.action == "unmask")) == world.actor("head.east").name


def test_the_owner_reads_openly_on_the_record_and_under_the_mask_in_the_list(world: World, contact: int, client_for: Any) -> None:
    owner = client_for("sales.east1")
    assert MOBILE in owner.get(f"/contacts/{contact}").text
    listed = owner.get("/contacts/?q=卓不凡").text
    assert MOBILE not in listed
    assert "139****5678" in listed


def test_a_form_filled_without_seeing_the_value_keeps_it(world: World, contact: int, client_for: Any) -> None:
    head = client_for("head.east")
    form = head.get(f"/contacts/{contact}/edit").text
    assert MOBILE not in form
    head.post(f"/contacts/{contact}/edit", data={"version": "1", "name": "卓不凡", "mobile": "", "position": "厂长"})
    with world.use_case("sales.east1") as session:
        stored = session.get(Contact, contact)
        assert (stored.mobile, stored.position) == (MOBILE, "厂长")


@pytest.mark.requirement("R-442")
def test_what_a_role_denies_is_neither_read_nor_written_nor_asked_for(world: World, contact: int, client_for: Any) -> None:
    state(world, "salesperson", {("customers_contact", "mobile"): FieldAccess.NONE, ("customers_contact", "name"): FieldAccess.MASKED})
    state(world, "customer_manager", {("customers_contact", "mobile"): FieldAccess.NONE, ("customers_contact", "name"): FieldAccess.MASKED})
    owner = client_for("sales.east1")
    for path in (f"/contacts/{contact}", "/contacts/", f"/api/v1/contacts/{contact}", "/api/v1/contacts/", f"/contacts/{contact}/edit"):
        said = owner.get(path).text
        assert MOBILE not in said, path
        assert "139****5678" not in said, path
        assert "卓不凡" not in said, path
    assert owner.get("/contacts/?q=卓不凡").status_code == 400
    assert owner.get("/contacts/?order=name").status_code == 400
    with pytest.raises(BadInput), world.use_case("sales.east1") as session:
        change_contact(session, contact, None, {"mobile": "13800000000"})
    assert owner.post(f"/contacts/{contact}/uncover/mobile").status_code == 404
    assert owner.post(f"/contacts/{contact}/uncover/name").status_code == 403


def test_two_roles_give_the_wider_right(world: World, contact: int) -> None:
    state(world, "salesperson", {("customers_contact", "mobile"): FieldAccess.NONE})
    assert access_to(world.actor("sales.east2"), Contact, "mobile") is FieldAccess.NONE
    assert (
        access_to(world.actor("sales.east1"), Contact, "mobile") is FieldAccess.MASKED
    )  # a customer manager too, of whom nothing is stated
    state(world, "customer_manager", {("customers_contact", "mobile"): FieldAccess.READ})
    assert access_to(world.actor("sales.east1"), Contact, "mobile") is FieldAccess.READ


def test_what_cannot_be_stated_is_refused_in_one_sentence(world: World) -> None:
    for cells in (
        {("customers_customer", "nowhere"): FieldAccess.READ},
        {("customers_customer", "state"): FieldAccess.NONE},
        {("customers_customer", "star_grade"): FieldAccess.MASKED},
    ):
        with pytest.raises(BadInput):
            state(world, "salesperson", cells)


def test_nobody_but_the_security_administrator_states_field_rights(world: World) -> None:
    with world.reading("security") as session:
        role, version = session.execute(select(Role.id, Role.version).where(Role.preset == "salesperson")).one()
    for who in ("admin", "auditor", "head.east"):
        with pytest.raises((Forbidden, NotFound)), world.use_case(who) as session:
            set_field_rights(session, role, version, {("customers_contact", "mobile"): FieldAccess.WRITE})


def test_a_view_whose_condition_tells_a_hidden_field_is_not_offered(world: World, client_for: Any) -> None:
    for preset in ("salesperson", "customer_manager"):
        state(world, preset, {("customers_customer", "next_contact_on"): FieldAccess.NONE})
    page = client_for("sales.east1").get("/customers/").text
    assert "view=due" not in page
    with pytest.raises(Malformed):
        _ask_for_view(world, "due")


def _ask_for_view(world: World, key: str) -> None:
    from core.web.listing import Query, statement
    from plugins.customers.views.customers import CUSTOMERS

    with world.reading("sales.east1") as session:
        statement(session, CUSTOMERS, Query(view=key, order="-id"))


@pytest.mark.requirement("R-442", "R-339")
@pytest.mark.parametrize("access", [FieldAccess.NONE, FieldAccess.MASKED])
def test_a_name_that_may_not_be_read_is_told_by_no_group_no_chip_and_no_hint(
    access: FieldAccess, world: World, trade: Trade, client_for: Any
) -> None:
    """Lists of other records name a customer, too: where they are grouped by it, and where it was picked."""
    name, customer = "苏州恒锐精密机械有限公司", trade.customer()
    trade.contract("sales.east1", customer)
    seller = client_for("sales.east1")
    asked = [f"/contracts/?{one}" for one in ("group=customer", f"customer={customer.id}", f"where=customer.is.{customer.id}")]
    asked.append("/customers/hint?name=苏州恒锐精密")
    assert [name in seller.get(one).text for one in asked] == [True] * 4
    for preset in ("salesperson", "customer_manager"):
        state(world, preset, {("customers_customer", "name"): access})
    answers = [seller.get(one) for one in asked]
    assert [(one.status_code, name in one.text) for one in answers] == [(200, False)] * 4
    assert f"#{customer.id}" in answers[0].text


@pytest.mark.requirement("R-442", "R-339")
def test_a_last_contact_that_a_role_may_not_know_stands_in_no_hint(world: World, trade: Trade) -> None:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        write_interaction(session, {"customer": customer.id, "content": "谈过"})

    def told() -> Any:
        with world.reading("sales.east1") as session:
            (hint,) = possible_duplicates(session, name="苏州恒锐精密")
        return hint.last_contact_at

    assert told() is not None
    for preset in ("salesperson", "customer_manager"):
        state(world, preset, {("customers_customer", "last_contact_at"): FieldAccess.NONE})
    assert told() is None
