"""Ways around the record guard, each with the fence that stands there (design 3.2, R-441)."""

# ruff: noqa: PT012 - a use case is opened and closed inside of what is expected to be refused
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import column, delete, exists, func, insert, literal_column, select, table, text, update
from sqlalchemy.orm import aliased, joinedload, selectinload, with_loader_criteria

from core.access.guard import _check_references, as_system, get_for, open_for_writing
from core.access.roles import set_grants
from core.database.records import mappers
from core.database.search import SEARCH
from core.kernel.acting import Scope, System, acting, acting_as
from core.kernel.errors import BadInput, Forbidden, NotFound, StartRefused
from tests.isolation.acting import actor_of, reading, use_case
from tests.isolation.conftest import Ground
from tests.isolation.declared import PEOPLE, person

EAST1 = "east1@first"
CUSTOMERS, CONTACTS, CONTRACTS = "customers_customer", "customers_contact", "contracts_contract"


def _model(ground: Ground, table: str) -> Any:
    return ground.house.models[table]


def _hidden(ground: Ground, table: str, slot: str = "west1") -> int:
    return ground.house.ids[f"{table}:{slot}"]


def _seen_ids(ground: Ground, table: str, key: str = EAST1) -> set[int]:
    return {ground.house.ids[one] for one in ground.house.seen(person(key), table)}


# --- nobody ---------------------------------------------------------------------------------------------------------


def test_nobody_reads_a_row_of_any_scoped_class(ground: Ground) -> None:
    with reading(ground, None) as session:
        for mapper in mappers():
            if mapper.class_.__scope__ != "global":
                assert session.scalar(select(func.count()).select_from(mapper.class_)) == 0, mapper.class_.__name__


def test_nobody_writes_a_row(ground: Ground) -> None:
    model = _model(ground, CUSTOMERS)
    with pytest.raises(Forbidden), use_case(ground, None) as session:
        session.add(model(name="Nobody's", company_id=1, owner_id=1, department_id=1))
        session.flush()


def test_nobody_changes_or_deletes_by_a_statement(ground: Ground) -> None:
    model = _model(ground, CUSTOMERS)
    with reading(ground, System("count")) as session:
        before = session.scalar(select(func.count(model.id)))
    for statement in (update(model).values(city="Nowhere"), delete(model)):
        try:
            with use_case(ground, None) as session:
                session.execute(statement, execution_options={"synchronize_session": False})
        except Forbidden:
            continue
    with reading(ground, System("count")) as session:
        assert session.scalar(select(func.count(model.id))) == before
        assert session.scalar(select(func.count(model.id)).where(model.city == "Nowhere")) == 0


# --- everybody, every class, against the reference model --------------------------------------------------------------


@pytest.mark.requirement("R-441")
@pytest.mark.parametrize("key", [one.key for one in PEOPLE if not one.gone and not one.closed])
def test_a_person_reads_exactly_what_the_reference_model_says(ground: Ground, key: str) -> None:
    with reading(ground, actor_of(ground, key)) as session:
        for table in sorted(
            {thing.table for thing in ground.house.things.values()} & set(ground.house.models) - {"core_attachment", "core_role"}
        ):
            found = set(session.scalars(select(_model(ground, table).id)))
            known = {ground.house.ids[thing.key] for thing in ground.house.of(table)}
            assert found & known == _seen_ids(ground, table, key), table


@pytest.mark.parametrize("shape", ["alias", "subquery", "cte", "exists", "union", "column", "count", "joined", "selectin", "scalar"])
def test_every_shape_of_a_query_carries_the_scope(ground: Ground, shape: str) -> None:
    customer, contact = _model(ground, CUSTOMERS), _model(ground, CONTACTS)
    with reading(ground, actor_of(ground, EAST1)) as session:
        assert _ids_by(shape, session, customer, contact) == _expected(ground, shape)


def _expected(ground: Ground, shape: str) -> set[int]:
    return {len(_seen_ids(ground, CUSTOMERS))} if shape == "count" else _seen_ids(ground, CUSTOMERS)


def _ids_by(shape: str, session: Any, customer: Any, contact: Any) -> set[Any]:
    other = aliased(customer)
    inner = select(customer.id)
    cte, part = inner.cte(), inner.subquery()
    shapes: dict[str, Any] = {
        "alias": select(other.id),
        "subquery": select(part.c.id),
        "cte": select(cte.c.id),
        "exists": select(customer.id).where(select(other.id).where(other.id == customer.id).exists()),
        "union": inner.union(select(other.id)),
        "column": select(customer.id, customer.name),
        "count": select(func.count(customer.id)),
        "joined": select(contact).options(joinedload(contact.customer)),
        "selectin": select(contact).options(selectinload(contact.customer)),
        "scalar": select(select(func.max(other.id)).where(other.id == customer.id).scalar_subquery()).select_from(customer),
    }
    if shape in ("joined", "selectin"):
        return {one.customer.id for one in session.scalars(shapes[shape]) if one.customer is not None}
    return set(session.scalars(shapes[shape]))


# --- objects that are already in memory ------------------------------------------------------------------------------


def test_an_object_in_memory_is_looked_up_again_by_get(ground: Ground) -> None:
    model, hidden = _model(ground, CUSTOMERS), _hidden(ground, CUSTOMERS)
    west1 = actor_of(ground, "west1@first")
    with reading(ground, actor_of(ground, EAST1)) as session:
        with acting_as(west1):
            kept = session.scalars(select(model).where(model.id == hidden)).one()
        assert kept in session
        assert session.get(model, hidden) is None
        with pytest.raises(NotFound):
            get_for(session, model, "read", hidden)


def test_an_object_in_memory_is_not_refreshed_beyond_the_scope(ground: Ground) -> None:
    model, hidden = _model(ground, CUSTOMERS), _hidden(ground, CUSTOMERS)
    with reading(ground, actor_of(ground, EAST1)) as session:
        with as_system(session, "test"):
            kept = session.get(model, hidden)
        with pytest.raises(NotFound):
            session.refresh(kept)


def test_a_reference_does_not_lead_to_an_object_that_is_only_in_memory(ground: Ground) -> None:
    contract, customer = _model(ground, CONTRACTS), _model(ground, CUSTOMERS)
    with reading(ground, actor_of(ground, EAST1)) as session:
        with as_system(session, "test"):
            kept = session.get(customer, _hidden(ground, CUSTOMERS))
        crossed = session.get(contract, _hidden(ground, CONTRACTS, "east1 crossed"))
        assert crossed is not None
        assert kept is not None
        assert crossed.customer_id == kept.id
        assert crossed.customer is None


def test_what_the_house_loaded_is_not_shown_in_the_answer_to_a_refusal(ground: Ground) -> None:
    contract, customer = _model(ground, CONTRACTS), _model(ground, CUSTOMERS)
    who, kept = actor_of(ground, EAST1), []
    with acting_as(who):
        with pytest.raises(Forbidden), ground.keguan.database.transaction() as session, as_system(session, "test"):
            kept.append(session.get(customer, _hidden(ground, CUSTOMERS)))
            raise Forbidden
        crossed = session.get(contract, _hidden(ground, CONTRACTS, "east1 crossed"))
        assert crossed.customer_id
        assert crossed.customer is None
    ground.keguan.database.release()


def test_a_reference_beyond_the_scope_is_empty(ground: Ground) -> None:
    contract = _model(ground, CONTRACTS)
    with reading(ground, actor_of(ground, EAST1)) as session:
        assert session.get(contract, _hidden(ground, CONTRACTS, "east1 crossed")).customer is None


# --- plain and bulk SQL -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["text", "core select", "core insert", "core update", "core delete", "from text"])
def test_plain_sql_is_refused(ground: Ground, shape: str) -> None:
    model = _model(ground, CUSTOMERS)
    table = model.__table__
    statements: dict[str, Any] = {
        "text": text("SELECT name FROM customers_customer"),
        "core select": select(table.c.name),
        "core insert": insert(table).values(name="x"),
        "core update": update(table).values(name="x"),
        "core delete": delete(table),
        "from text": select(model).from_statement(text("SELECT * FROM customers_customer")),
    }
    with reading(ground, actor_of(ground, EAST1)) as session, pytest.raises(Forbidden):
        list(session.execute(statements[shape]))


@pytest.mark.parametrize(
    "shape", ["joined", "column", "count", "exists", "alias", "light table", "text", "literal", "aliased class", "name search", "union"]
)
def test_a_statement_of_classes_carries_no_bare_table_and_no_text(ground: Ground, shape: str) -> None:
    """The criteria of a class do not reach a table that is named beside it."""
    contact, bare = _model(ground, CONTACTS), _model(ground, CUSTOMERS).__table__
    light = table(CUSTOMERS, column("name"))
    shapes: dict[str, Any] = {
        "joined": select(contact.id).join(bare, bare.c.id == contact.customer_id),
        "column": select(contact.id, bare.c.name),
        "count": select(contact.id, select(func.count()).select_from(bare).scalar_subquery()),
        "exists": select(contact.id).where(exists().where(bare.c.name == "x")),
        "alias": select(contact.id, bare.alias().c.name),
        "light table": select(contact.id, light.c.name),
        "text": select(contact.id).where(text("EXISTS (SELECT 1 FROM customers_customer)")),
        "literal": select(contact.id, literal_column("(SELECT max(name) FROM customers_customer)")),
        "aliased class": select(aliased(_model(ground, CUSTOMERS), select(bare).subquery())),
        "name search": select(contact.id, SEARCH.c.body),
        "union": select(contact.name).union(select(bare.c.name)),
    }
    with reading(ground, actor_of(ground, EAST1)) as session, pytest.raises(Forbidden):
        list(session.execute(shapes[shape]))


@pytest.mark.parametrize("shape", ["beside its class", "from its class", "text of a bound value", "count of everything"])
def test_a_bare_column_of_a_class_that_is_read_anyway_carries_its_scope(ground: Ground, shape: str) -> None:
    customer = _model(ground, CUSTOMERS)
    bare = customer.__table__
    shapes: dict[str, Any] = {
        "beside its class": select(bare.c.id, customer),
        "from its class": select(bare.c.id).select_from(customer),
        "text of a bound value": select(customer.id).where(customer.name != "SELECT"),
        "count of everything": select(func.count()).select_from(customer),
    }
    with reading(ground, actor_of(ground, EAST1)) as session:
        found = {row[0] for row in session.execute(shapes[shape])}
    seen = _seen_ids(ground, CUSTOMERS)
    assert found == ({len(seen)} if shape == "count of everything" else seen)


def test_what_one_person_may_refer_to_is_not_taken_for_the_next_one_at_the_same_place_in_memory(ground: Ground) -> None:
    contract, customer = _model(ground, CONTRACTS), ground.house.ids[f"{CUSTOMERS}:east1"]
    values = {"title": "T", "customer_id": customer}
    west1, session = actor_of(ground, "west1@first"), ground.keguan.database.session()
    for account, passes in ((EAST1, True), ("west1@first", False)) * 20:
        who = replace(actor_of(ground, EAST1) if account == EAST1 else west1)
        with acting_as(who):
            session.expunge_all()
            record = contract(**values, company_id=who.company_id, owner_id=who.employee_id, department_id=who.department_id)
            assert passes == _let_through(session, record, who)
        del who, record


def _let_through(session: Any, record: Any, who: Any) -> bool:
    session.add(record)
    try:
        _check_references(session, record, who)
    except NotFound:
        return False
    finally:
        session.expunge(record)
    return True


@pytest.mark.parametrize("shape", ["insert", "insert many", "update many"])
def test_bulk_statements_are_refused(ground: Ground, shape: str) -> None:
    model = _model(ground, CUSTOMERS)
    row = {"id": _hidden(ground, CUSTOMERS), "name": "x", "company_id": 1, "owner_id": 1, "department_id": 1}
    statements: dict[str, Any] = {
        "insert": (insert(model), row),
        "insert many": (insert(model), [row, row]),
        "update many": (update(model), [row, row]),
    }
    with reading(ground, actor_of(ground, EAST1)) as session, pytest.raises(Forbidden):
        session.execute(*statements[shape])


@pytest.mark.parametrize("name", ["bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"])
def test_bulk_methods_are_refused(ground: Ground, name: str) -> None:
    with reading(ground, actor_of(ground, EAST1)) as session, pytest.raises(StartRefused):
        getattr(session, name)([])


def test_a_statement_changes_only_what_is_seen(ground: Ground) -> None:
    model = _model(ground, CUSTOMERS)
    try:
        with use_case(ground, actor_of(ground, EAST1)) as session:
            session.execute(update(model).values(city="Changed"), execution_options={"synchronize_session": False})
    except Forbidden:
        pass  # refused altogether is right as well
    with reading(ground, System("look")) as session:
        changed = set(session.scalars(select(model.id).where(model.city == "Changed")))
    assert changed <= _seen_ids(ground, CUSTOMERS)


@pytest.mark.requirement("R-443")
def test_a_statement_does_not_pass_by_the_right_to_change(ground: Ground) -> None:
    """Whoever may only read a shared customer changes it by no statement either."""
    model = _model(ground, CUSTOMERS)
    with pytest.raises(Forbidden), use_case(ground, actor_of(ground, "sharer@first")) as session:
        session.execute(update(model).values(city="Changed"), execution_options={"synchronize_session": False})


# --- criteria ---------------------------------------------------------------------------------------------------------


def test_one_person_after_the_other_on_one_thread_gets_their_own_rows(ground: Ground) -> None:
    model = _model(ground, CUSTOMERS)
    for key in (EAST1, "west1@first", "chief@first", "sales2@second", EAST1):
        with reading(ground, actor_of(ground, key)) as session:
            assert set(session.scalars(select(model.id))) == _seen_ids(ground, CUSTOMERS, key), key
    with reading(ground, None) as session:
        assert not session.scalars(select(model.id)).all()


def test_the_person_may_change_within_one_session(ground: Ground) -> None:
    model = _model(ground, CUSTOMERS)
    west1 = actor_of(ground, "west1@first")
    with reading(ground, actor_of(ground, EAST1)) as session:
        session.scalars(select(model.id)).all()
        with acting_as(west1):
            assert set(session.scalars(select(model.id))) == _seen_ids(ground, CUSTOMERS, "west1@first")
        assert set(session.scalars(select(model.id))) == _seen_ids(ground, CUSTOMERS)


def test_criteria_of_ones_own_do_not_replace_those_of_the_guard(ground: Ground) -> None:
    model = _model(ground, CUSTOMERS)
    with reading(ground, actor_of(ground, EAST1)) as session:
        found = session.scalars(select(model.id).options(with_loader_criteria(model, model.id > 0)))
        assert set(found) == _seen_ids(ground, CUSTOMERS)


def test_who_acts_is_forgotten_at_the_end_of_a_block() -> None:
    with acting_as(System("test")):
        pass
    assert acting() is None


# --- writing ----------------------------------------------------------------------------------------------------------


def test_a_record_is_not_planted_in_another_company(ground: Ground) -> None:
    model = _model(ground, CUSTOMERS)
    with pytest.raises(Forbidden), use_case(ground, actor_of(ground, EAST1)) as session:
        session.add(model(name="Planted", company_id=ground.house.ids["core_company:second"]))
        session.flush()


@pytest.mark.parametrize("column", ["company_id", "owner_id", "department_id"])
def test_company_owner_and_department_are_not_simply_changed(ground: Ground, column: str) -> None:
    model = _model(ground, CUSTOMERS)
    with pytest.raises(Forbidden), use_case(ground, actor_of(ground, EAST1)) as session:
        record = get_for(session, model, "update", ground.house.ids[f"{CUSTOMERS}:east1"])
        setattr(record, column, getattr(record, column) + 1)
        session.flush()


@pytest.mark.parametrize("target", ["west1", "sales2", ""])
def test_a_reference_to_what_one_may_not_see_is_refused_like_one_to_nothing(ground: Ground, target: str) -> None:
    contract = _model(ground, CONTRACTS)
    customer_id = _hidden(ground, CUSTOMERS, target) if target else 987_654_321
    with pytest.raises(NotFound) as caught, use_case(ground, actor_of(ground, EAST1)) as session:
        session.add(contract(title="Pointed", customer_id=customer_id))
        session.flush()
    assert "987" not in str(caught.value)


def test_a_record_that_no_verb_has_opened_is_not_written(ground: Ground) -> None:
    model = _model(ground, CUSTOMERS)
    with pytest.raises(Forbidden), use_case(ground, actor_of(ground, EAST1)) as session:
        session.get(model, ground.house.ids[f"{CUSTOMERS}:east1"]).city = "Nowhere"
        session.flush()


@pytest.mark.requirement("R-443")
def test_a_record_that_was_shared_to_read_is_opened_for_no_verb_that_writes(ground: Ground) -> None:
    model = _model(ground, CUSTOMERS)
    with use_case(ground, actor_of(ground, "west1@first")) as session:
        shared = ground.house.ids[f"{CUSTOMERS}:south1 shared"]
        assert get_for(session, model, "read", shared) is not None
        with pytest.raises(Forbidden):
            get_for(session, model, "update", shared)


def test_a_hidden_record_that_was_loaded_by_the_house_is_not_written(ground: Ground) -> None:
    model = _model(ground, CUSTOMERS)
    with pytest.raises(Forbidden), use_case(ground, actor_of(ground, EAST1)) as session:
        with as_system(session, "test"):
            record = session.get(model, _hidden(ground, CUSTOMERS))
        record.city = "Nowhere"
        session.flush()


def test_a_part_is_not_hung_under_a_parent_that_was_shared_to_read(ground: Ground) -> None:
    contact = _model(ground, CONTACTS)
    with pytest.raises(Forbidden), use_case(ground, actor_of(ground, "sharer@first")) as session:
        session.add(contact(name="Added", customer_id=ground.house.ids[f"{CUSTOMERS}:east1 shared"]))
        session.flush()


def test_opening_a_record_does_not_open_another_company(ground: Ground) -> None:
    model = _model(ground, CUSTOMERS)
    with pytest.raises(Forbidden), use_case(ground, actor_of(ground, EAST1)) as session:
        with as_system(session, "test"), acting_as(System("over companies")):
            record = session.get(model, _hidden(ground, CUSTOMERS, "sales2"))
        open_for_writing(session, record)
        record.city = "Nowhere"
        session.flush()


@pytest.mark.requirement("R-053")
def test_a_company_does_not_give_its_people_a_right_over_all_companies(ground: Ground) -> None:
    role = _model(ground, "core_role")
    with pytest.raises(BadInput), use_case(ground, actor_of(ground, "security@first")) as session:
        target = session.get(role, ground.house.ids["core_role:first"])
        set_grants(session, ground.keguan.registry, target.id, target.version, {("customers.customer", "read"): Scope.ALL})
