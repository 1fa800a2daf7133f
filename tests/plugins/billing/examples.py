"""What typical documents need beside values that fit their fields: a signed contract, a sent notice, a receipt with its customer."""

from __future__ import annotations

from typing import Any

from core.kernel.clock import today
from plugins.billing.models import InvoiceNotice
from plugins.billing.operations import add_title, draft_notice, send_notice
from plugins.contracts.models import Contract
from plugins.contracts.operations import draft_contract, sign_contract
from plugins.contracts.public import release_part, schedule_of
from tests.conformance.examples import Examples

LINES = [{"name": "设备", "quantity": 1, "price": 900_000}]


def signed_contract(examples: Examples) -> int:
    """Id of a contract of the example customer that is signed and can be invoiced as a whole; made once."""
    return int(_once(examples, "signed contract", _sign))


def sent_notice(examples: Examples) -> int:
    """Id of a notice that waits for the clerk with plenty left to issue; made once."""
    return int(_once(examples, "sent notice", _send))


def the_customer(examples: Examples) -> int:
    """Id of the example customer, whom the first salesperson follows."""
    return examples.one(examples.nouns.by_path["customers"])


def tax_number(examples: Examples) -> str:
    """A number that no other example has."""
    return f"2632200000{examples.next_number():010d}"


def _seller(examples: Examples) -> str:
    """Whoever drafts contracts in the company of these examples."""
    return examples.account(examples.nouns.by_path["contracts"])


def _once(examples: Examples, what: str, make: Any) -> Any:
    made = examples.__dict__.setdefault("billing", {})
    if what not in made:
        made[what] = make(examples)
    return made[what]


def _sign(examples: Examples) -> int:
    customer = the_customer(examples)
    with examples.world.use_case(_seller(examples)) as session:
        contract = draft_contract(session, {"title": "例 签订的合同", "customer": customer, "lines": LINES})
    with examples.world.use_case(examples.account(examples.nouns.by_path["contracts"], "register")) as session:
        signed: Contract = sign_contract(session, contract.id, None)
        release_part(session, schedule_of(session, signed.id)[0].id)
    return signed.id


def _send(examples: Examples) -> int:
    contract = signed_contract(examples)
    with examples.world.use_case(_seller(examples)) as session:
        add_title(session, {"customer": the_customer(examples), "name": "例 购方", "tax_number": "91320594MA1MPXXX7K"})
        line = {"name": "设备", "quantity": 1, "price": 90_000}
        notice: InvoiceNotice = draft_notice(session, {"title": "例 已发出", "contract": contract, "lines": [line]})
        send_notice(session, notice.id, None)
    return notice.id


VALUES = {
    "invoice-titles": {"tax_number": "91320594MA1MPXXX7K"},
    "invoice-notices": {"contract": signed_contract, "lines": [{"name": "设备款", "quantity": "1", "price": "100.00"}]},
    "invoices": {
        "notice": sent_notice,
        "further": None,
        "amount": "1.00",
        "tax_number": tax_number,
        "issued_on": str(today()),
    },
    "receipts": {"customer": the_customer, "received_on": str(today())},
    "allocations": {"contract": signed_contract, "amount": "1.00", "part_number": None},
}
