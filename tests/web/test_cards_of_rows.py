"""Rows as cards on a phone: a value at the end of a card says what it is, unless it says so by itself."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from core.database.fields import Field
from core.kernel.clock import now, today
from core.kernel.words import msg
from core.web.pages.cells import Cells, TableCells, even_columns
from core.web.pages.tables import CardPlace, Cell, Column, ColumnKind, Row, Settled
from core.web.showing import column_of

LABEL = '<span class="kg-only-phone">Next on: </span>'


def drawn(*cells: tuple[Column, Cell]) -> str:
    """A row with these columns."""
    return TableCells(Cells(now), tuple(column for column, _ in cells))(Row("1", "/customers/1", tuple(value for _, value in cells)))


@pytest.mark.parametrize(
    ("kind", "value", "labelled"),
    [
        (ColumnKind.DUE, today() + timedelta(3), True),
        (ColumnKind.DUE, today() - timedelta(3), False),
        (ColumnKind.DUE, Settled(today() - timedelta(3)), True),
        (ColumnKind.DATE, today(), True),
        (ColumnKind.TEXT, "91330", True),
        (ColumnKind.PHONE, "13800000000", False),
        (ColumnKind.MONEY, 100, False),
    ],
)
def test_the_end_of_a_card_is_labelled_where_its_value_does_not_speak_for_itself(kind: ColumnKind, value: Cell, labelled: bool) -> None:
    assert (LABEL in drawn((Column("next_on", msg("Next on"), kind, place=CardPlace.SUM), value))) is labelled


def test_one_of_several_amounts_on_a_card_has_its_label() -> None:
    amount = Column("amount", msg("Amount"), ColumnKind.MONEY, place=CardPlace.CHOSEN)
    still = Column("next_on", msg("Next on"), ColumnKind.MONEY, place=CardPlace.SUM)
    assert LABEL in drawn((amount, 200), (still, 100))
    assert f"{LABEL}¥0" in drawn((amount, 200), (still, 0)), "no money is a sum too"
    assert LABEL not in drawn((amount, 200), (still, None)), "a label has no dash behind it"


def test_a_number_at_the_end_of_a_card_has_what_it_counts_behind_it() -> None:
    share = Field("decimal", msg("Next on"), "rate", unit=msg("%"))
    row = drawn((column_of("rate", share, ColumnKind.NUMBER, place=CardPlace.SUM), Decimal("12.5")))
    assert f'{LABEL}12.5<span class="kg-only-phone">%</span>' in row


@pytest.mark.parametrize(
    ("fen", "total", "shown"),
    [
        ((1200000, 1200050), 2400050, ["¥12,000.00", "¥12,000.50", "¥24,000.50"]),
        ((1200000, None), 1200000, ["¥12,000", "¥12,000"]),
        ((1200050, 1200050), 2400100, ["¥12,000.50", "¥12,000.50", "¥24,001.00"]),
    ],
)
def test_all_amounts_of_a_column_and_its_sum_have_the_same_number_of_decimals(
    fen: tuple[int | None, ...], total: int, shown: list[str]
) -> None:
    columns = (Column("name", msg("Name")), Column("amount", msg("Amount"), ColumnKind.MONEY))
    rows = [Row(str(number), "", ("x", amount)) for number, amount in enumerate(fen)]
    (_, column), cells = even_columns(columns, rows, ("", total)), Cells(now)
    amounts = [str(cells.shown(amount, column.kind, column)) for amount in (*fen, total) if amount is not None]
    assert amounts == shown
