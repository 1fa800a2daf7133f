"""Documents come with their lines: rows of one document stand together, are taken together and refused together (R-475)."""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from core.audit.models import AuditRow
from core.database.lines import lines_of
from core.kernel.acting import acting_as
from core.work import imports as importing
from core.work.guessing import guess
from core.work.import_fields import column_of, offer_of
from core.work.import_targets import import_targets
from core.work.imports import Imported, ImportOrder, run_import
from core.work.profiles import profile_from
from plugins.contracts.models import Contract, ContractLine
from plugins.sales.models import Order, OrderLine, Quotation, QuotationLine
from tests.plugins.sales.conftest import HEAD, Shop
from tests.world import World

HEADER = ("客户编号", "订单名称", "需求日期", "料号", "数量", "单价")
FIRST, SECOND = "首批供货", "二期备件"
ROWS = (
    ("HD", FIRST, "2026-12-01", "KY-75A", "2", ""),
    ("HD", FIRST, "", "LX-1", "10", "85.50"),
    ("HD", SECOND, "", "LX-1", "3", ""),
)
Feed = Callable[..., Imported]


@pytest.fixture
def feed(world: World, shop: Shop, tmp_path: Path) -> Feed:
    """Reads rows into a resource, their columns guessed from their names as the page does."""
    shop.trade.customer(code="HD")
    shop.product()
    shop.product(code="LX-1", name="滤芯", list_price=Decimal(90))

    def read(
        rows: tuple[tuple[str, ...], ...] = ROWS, resource: str = "sales.order", header: tuple[str, ...] = HEADER, *, dry_run: bool = False
    ) -> Imported:
        file = tmp_path / "rows.csv"
        with file.open("w", encoding="utf-8-sig", newline="") as opened:
            csv.writer(opened).writerows([header, *rows])
        target = next(one for _, one in import_targets(world.keguan.registry) if one.resource == resource)
        with acting_as(world.actor(HEAD)):
            offer = offer_of(target)
            meant = guess(offer, header)
        assert len(meant) == len(header), meant
        key = list(offer.keys[0])
        columns = {name: column_of(offer.fields[name], source, needed=name in key) for source, name in meant.items()}
        profile = profile_from({"resource": resource, "key": key, "columns": columns})
        return run_import(world.keguan.database, world.keguan.registry, ImportOrder(file, profile, dry_run=dry_run), world.actor(HEAD))

    return read


def goods(world: World, model: Any, line: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Title of each document to code, quantity and price of its lines."""
    with world.use_case(HEAD) as session:
        return {
            one.title: [(part.code, part.quantity, part.price) for part in lines_of(session, line, one.id)]
            for one in session.scalars(select(model).order_by(model.id))
        }


def counts(done: Imported) -> tuple[int, int, int, int, int]:
    report = done.report
    assert report.balanced
    return report.read, report.created, report.updated, report.unchanged, report.rejected_rows


def changes(world: World, table: str) -> int:
    with world.use_case(HEAD) as session:
        return session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.table_name == table)) or 0


@pytest.mark.requirement("R-475", "R-098")
def test_rows_that_stand_together_are_one_order_that_is_found_again(world: World, feed: Feed) -> None:
    assert counts(feed(dry_run=True)) == (3, 3, 0, 0, 0)
    assert goods(world, Order, OrderLine) == {}
    assert counts(feed()) == (3, 3, 0, 0, 0)
    both = {
        FIRST: [("KY-75A", Decimal(2), Decimal(1000)), ("LX-1", Decimal(10), Decimal("85.50"))],
        SECOND: [("LX-1", Decimal(3), Decimal(90))],
    }
    assert goods(world, Order, OrderLine) == both
    before = changes(world, "sales_order_line")
    assert counts(feed()) == (3, 0, 0, 3, 0)
    assert changes(world, "sales_order_line") == before

    more = (ROWS[0], ("HD", FIRST, "", "LX-1", "12", ""), ROWS[2])
    assert counts(feed(more)) == (3, 0, 2, 1, 0)
    assert goods(world, Order, OrderLine)[FIRST][1] == ("LX-1", Decimal(12), Decimal(90))
    shorter = (ROWS[0], ROWS[2])
    assert counts(feed(shorter)) == (2, 0, 1, 1, 0)
    assert goods(world, Order, OrderLine)[FIRST] == both[FIRST][:1]
    assert counts(feed((("HD", FIRST, "2026-12-05", "", "", ""),))) == (1, 0, 1, 0, 0)
    assert goods(world, Order, OrderLine)[FIRST] == both[FIRST][:1], "a file that says no line leaves them"


@pytest.mark.requirement("R-475")
@pytest.mark.parametrize(
    ("spoiled", "sentences"),
    [
        (("HD", FIRST, "", "LX-1", "many", ""), ("Row 3 of the same document cannot", "many This is not a number")),
        (("HD", FIRST, "", "LX-1", "0", ""), ("Row 3, Quantity: ", "Row 3, Quantity: ")),
        (("HD", FIRST, "", "ZZ-9", "1", ""), ("Row 3, Product code: ", "Row 3, Product code: ")),
        (("HD", FIRST, "2026-12-24", "LX-1", "1", ""), ("2026-12-01 Row 3 says", "2026-12-24 Row 3 says")),
    ],
)
def test_a_line_that_cannot_be_taken_keeps_its_whole_document_out(
    world: World, feed: Feed, spoiled: tuple[str, ...], sentences: tuple[str, str]
) -> None:
    done = feed((ROWS[0], spoiled, ROWS[2]))
    assert counts(done) == (3, 1, 0, 0, 2)
    assert list(goods(world, Order, OrderLine)) == [SECOND]
    said = [(problem.row, f"{problem.value} {problem.reason}") for problem in done.report.rejected]
    assert [row for row, _ in said] == [2, 3]
    assert all(part in text for part, (_, text) in zip(sentences, said, strict=True)), said
    assert done.rejects is not None
    mended = [tuple(cells[1:]) for cells in csv.reader(done.rejects.read_text("utf-8-sig").splitlines())][1:]
    assert mended == [ROWS[0], spoiled]


def test_rows_of_one_document_that_stand_apart_are_refused(world: World, feed: Feed) -> None:
    done = feed((ROWS[0], ROWS[2], ROWS[1]))
    assert counts(done) == (3, 2, 0, 0, 1)
    assert "begin in row 2 already" in str(done.report.rejected[0].reason)
    assert len(goods(world, Order, OrderLine)[FIRST]) == 1


def test_no_document_is_parted_between_two_batches(world: World, feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 4)
    rows = tuple(("HD", f"订单 {order}", "", "LX-1", str(line + 1), "") for order in range(5) for line in range(3))
    assert counts(feed(rows)) == (15, 15, 0, 0, 0)
    assert [len(lines) for lines in goods(world, Order, OrderLine).values()] == [3] * 5
    longer = tuple(("HD", "长单", "", "LX-1", "1", "") for _ in range(6))
    done = feed(longer)
    assert counts(done)[4] == 2, "what goes beyond a batch is refused, and said"
    assert ["at most 500" in str(problem.reason) for problem in done.report.rejected] == [True, False]


def test_quotations_and_contracts_come_the_same_way(world: World, feed: Feed) -> None:
    quotation = ("客户编号", "报价单名称", "产品名称", "数量", "折扣")
    assert counts(feed((("HD", "备件报价", "滤芯", "4", "90"),), "sales.quotation", quotation)) == (1, 1, 0, 0, 0)
    assert goods(world, Quotation, QuotationLine) == {"备件报价": [("LX-1", Decimal(4), Decimal(90))]}
    contract = ("客户编号", "合同名称", "品名", "单位", "数量", "单价")
    rows = (("HD", "年度供货合同", "主机", "台", "1", "1000"), ("HD", "年度供货合同", "安装", "项", "1", "200.5"))
    assert counts(feed(rows, "contracts.contract", contract)) == (2, 2, 0, 0, 0)
    assert goods(world, Contract, ContractLine)["年度供货合同"] == [(None, Decimal(1), Decimal(1000)), (None, Decimal(1), Decimal("200.5"))]
    with world.use_case(HEAD) as session:
        amount = session.scalar(select(Contract.amount).where(Contract.title == "年度供货合同"))
    assert amount == Decimal("1200.50")
