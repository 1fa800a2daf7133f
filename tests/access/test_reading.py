"""What the guard finds out of a statement once for its form is never taken for another statement of that form."""

from __future__ import annotations

from sqlalchemy import select

from core.access.models import Share
from core.access.reading import reading_of
from plugins.customers.models import Customer


def test_two_statements_of_one_form_are_each_looked_through_for_what_carries_no_criteria() -> None:
    inner = select(Share.__table__.c.record_id)
    reviewed = select(Customer).where(Customer.id.in_(inner.execution_options(keguan_reviewed=True)))
    bare = select(Customer).where(Customer.id.in_(inner))
    first, second = reading_of(reviewed), reading_of(bare)
    assert first.form is second.form
    assert first.form.touched == [Customer]
    assert (first.past_classes, second.past_classes) == (False, True)
