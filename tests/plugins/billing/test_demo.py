"""Demo data of billing: every state is there, and every sum holds."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.extension.calling import hooks
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from plugins.billing.models import Allocation, Invoice, InvoiceNotice, InvoiceSource, NoticeLine, Receipt
from plugins.billing.rules.states import AllocationState, InvoiceState, NoticeState, ReceiptState
from tests.world import World

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
MODULES = frozenset({"customers", "contracts", "billing"})


def fill(world: World, slug: str) -> System:
    """Make the demo data of one company; who looks at all of it."""
    company = world.companies[slug]
    house = System("demo data", company.id)
    with acting_as(house), world.keguan.database.transaction() as session:
        hooks(MODULES).crm_demo(session=session, company=company, seed=7)
    return house


@pytest.mark.parametrize("slug", ["qiheng", "huarui"])
def test_every_state_is_there_and_something_is_overdue(world: World, slug: str) -> None:
    with acting_as(fill(world, slug)):
        session = world.keguan.database.session()
        assert set(session.scalars(select(InvoiceNotice.state))) == set(NoticeState)
        assert set(session.scalars(select(Invoice.state))) == set(InvoiceState)
        expected = set(ReceiptState) if slug == "qiheng" else set(session.scalars(select(Receipt.state)))
        assert set(session.scalars(select(Receipt.state))) == expected
        assert set(session.scalars(select(Allocation.state))) == set(AllocationState)
        late = select(Invoice.id).where(Invoice.fed_back_on.is_(None), Invoice.feedback_due_on < today())
        assert session.scalars(late).all()
        world.keguan.database.release()


def test_every_sum_of_the_demo_holds_to_the_fen(world: World) -> None:
    with acting_as(fill(world, "qiheng")):
        session = world.keguan.database.session()
        for notice in session.scalars(select(InvoiceNotice)):
            lines = session.scalar(select(func.sum(NoticeLine.amount)).where(NoticeLine.notice_id == notice.id))
            issued = select(func.sum(InvoiceSource.amount)).join(Invoice, Invoice.id == InvoiceSource.invoice_id)
            holding = issued.where(InvoiceSource.notice_id == notice.id, Invoice.state != InvoiceState.VOID)
            assert (notice.amount, notice.net + notice.tax) == (lines, lines)
            assert notice.issued == (session.scalar(holding) or Decimal("0.00"))
        for receipt in session.scalars(select(Receipt)):
            active = Allocation.receipt_id == receipt.id, Allocation.state == AllocationState.ACTIVE
            assert receipt.allocated == (session.scalar(select(func.sum(Allocation.amount)).where(*active)) or Decimal("0.00"))
            assert receipt.amount == receipt.allocated + receipt.refunded + receipt.rest
        world.keguan.database.release()


def test_the_same_seed_makes_the_same_documents(world: World, site: object) -> None:
    def picture() -> Counter[object]:
        with acting_as(fill(world, "qiheng")):
            session = world.keguan.database.session()
            invoices = session.execute(select(Invoice.tax_number, Invoice.amount, Invoice.state, Invoice.issued_on)).all()
            receipts = session.execute(select(Receipt.number, Receipt.amount, Receipt.state, Receipt.received_on)).all()
            world.keguan.database.release()
        return Counter([*map(tuple, invoices), *map(tuple, receipts)])

    first = picture()
    site.close()  # type: ignore[attr-defined]
    site.open("peopled")  # type: ignore[attr-defined]
    assert picture() == first
