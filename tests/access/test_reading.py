"""What the guard finds out of a statement once for its form is never taken for another statement of that form."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, literal, select, union_all
from sqlalchemy.orm import aliased

from core.access.models import Share
from core.access.reading import reading_of
from plugins.customers.models import Customer
from tests.world import World


def test_two_statements_of_one_form_are_each_looked_through_for_what_carries_no_criteria() -> None:
    inner = select(Share.__table__.c.record_id)
    reviewed = select(Customer).where(Customer.id.in_(inner.execution_options(keguan_reviewed=True)))
    bare = select(Customer).where(Customer.id.in_(inner))
    first, second = reading_of(reviewed), reading_of(bare)
    assert first.form is second.form
    assert first.form.touched == [Customer]
    assert (first.past_classes, second.past_classes) == (False, True)


def test_the_order_in_which_they_are_asked_changes_nothing() -> None:
    inner = select(Share.__table__.c.employee_id)
    bare = reading_of(select(Customer).where(Customer.owner_id.in_(inner)))
    reviewed = reading_of(select(Customer).where(Customer.owner_id.in_(inner.execution_options(keguan_reviewed=True))))
    again = reading_of(select(Customer).where(Customer.owner_id.in_(inner)))
    assert bare.form is reviewed.form is again.form
    assert (bare.past_classes, reviewed.past_classes, again.past_classes) == (True, False, True)


def _pairs() -> list[tuple[Any, Any]]:
    """Statements of classes, each with one that names the table of the class instead in one place and reads the same."""
    table = Customer.__table__
    other, bare = aliased(Customer), table.alias()
    return [
        (select(Customer.id), select(table.c.id)),
        (select(other.id), select(bare.c.id)),
        (select(literal(1), select(Customer.id).subquery().c.id), select(literal(1), select(table.c.id).subquery().c.id)),
        (select(Customer.id).where(Customer.id.in_(select(Customer.id))), select(Customer.id).where(Customer.id.in_(select(table.c.id)))),
        (select(Customer.id).where(exists().where(other.id == 1)), select(Customer.id).where(exists().where(bare.c.id == 1))),
        (
            select(Customer.id, select(other.name).where(other.id == 3).scalar_subquery()),
            select(Customer.id, select(bare.c.name).where(bare.c.id == 3).scalar_subquery()),
        ),
        (select(Customer.id).join(other, Customer.id == 5), select(Customer.id).join(bare, Customer.id == 5)),
        (union_all(select(Customer.id), select(Customer.id)), union_all(select(Customer.id), select(table.c.id))),
        (
            union_all(*(select(literal(n), *select(Customer.id).limit(3).subquery().c) for n in (1, 2))),
            union_all(*(select(literal(n), *select(one).limit(3).subquery().c) for n, one in ((1, Customer.id), (2, table.c.id)))),
        ),
    ]


def test_a_form_that_was_found_clean_is_no_form_of_a_statement_with_a_bare_table(world: World) -> None:
    """A clean form is not looked through again: were a bare table no part of the form, it would pass after a statement without one."""
    del world  # its classes are the installed ones
    for clean, bare in _pairs():
        assert not reading_of(clean).past_classes, str(clean)
        assert reading_of(clean).form.clean
        assert reading_of(bare).past_classes, str(bare)
