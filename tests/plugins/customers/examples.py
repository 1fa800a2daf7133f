"""What a typical customer needs beside values that fit its fields: a real credit code, and the head's approval (R-151)."""

from __future__ import annotations

from plugins.customers.models import Customer
from plugins.customers.operations import review_customer
from tests.world import World

VALUES = {"customers": {"credit_code": "91110000600037341L", "erp_code": "E-1", "id_number": None, "website": "https://example.com"}}


def approve(world: World, record_id: int) -> None:
    """The head of the department approves and leaves the customer with whoever entered it."""
    with world.use_case("head.east") as session:
        customer = session.get(Customer, record_id)
        review_customer(session, record_id, customer.version, approve=True, owner=customer.owner_id)


AFTER = {"customers": approve}
