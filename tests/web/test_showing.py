"""How values and labels are shown: what nobody knows is a dash, a number says what it counts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.database.fields import Field
from core.extension.exchange import Figure
from core.kernel.clock import now
from core.kernel.words import msg
from core.web.formats import shown_amount
from core.web.offers import shown_offers
from core.web.pages.cells import Cells, TableCells
from core.web.pages.parts import Tag, Tone
from core.web.pages.tables import CardPlace, Cell, Column, ColumnKind, Person, Row
from core.web.showing import cell, label_with_unit
from core.web.trail_words import SYSTEM, who_told
from plugins.customers.models import Contact
from plugins.customers.rules import DecisionRole


@pytest.mark.parametrize("kind", ["money", "exact_money"])
def test_no_money_is_a_sum_like_others_and_an_unknown_one_a_dash(kind: str) -> None:
    cells = Cells(now)
    assert cells.shown(0, kind) == ("¥0.00" if kind == "exact_money" else "¥0")
    assert "–" in cells.shown(None, kind)
    assert "¥1" in cells.shown(100, kind)
    assert cells.shown(0, "number") == "0"


@pytest.mark.parametrize(("value", "kind", "told"), [(-150, "exact_money", "-¥1.50"), (-200, "money", "-¥2"), (12, "days_late", "12 days")])
def test_an_amount_below_nothing_and_days_that_are_late_are_red(value: int, kind: str, told: str) -> None:
    cells = Cells(now)
    assert cells.shown(value, kind) == f'<span class="kg-red">{told}</span>'
    assert "kg-red" not in cells.shown(-value if value < 0 else 0, kind)


def test_figures_and_charts_are_as_red_as_cells_and_other_words_stay_as_they_are() -> None:
    assert shown_amount("-¥1.50") == '<span class="kg-red">-¥1.50</span>'
    assert [str(shown_amount(one)) for one in ("¥1.50", "–", "-5 & more")] == ["¥1.50", "–", "-5 &amp; more"]


@pytest.mark.parametrize(
    ("value", "kind", "told"),
    [
        (None, "money", "–"),
        (0, "money", "¥0.00"),
        (Decimal("0.00"), "money", "¥0.00"),
        (Decimal("0.01"), "money", "¥0.01"),
        ((0, False), "number", "0"),
    ],
)
def test_a_figure_of_nothing_is_nought_and_one_that_nobody_knows_a_dash(value: object, kind: str, told: str) -> None:
    ((figure,), _) = shown_offers(None, [Figure(msg("Invoiced"), value, kind)])  # type: ignore[arg-type]
    assert str(figure.value) == told


def test_a_number_says_in_its_label_what_it_counts() -> None:
    share = Field("integer", msg("Progress"), "progress", unit=msg("%"))
    assert str(label_with_unit(share, ColumnKind.NUMBER)) == "Progress (%)"
    assert str(label_with_unit(share, ColumnKind.TEXT)) == "Progress"
    assert str(label_with_unit(Field("integer", msg("No."), "position"), ColumnKind.NUMBER)) == "No."


@pytest.mark.parametrize(("kind", "value", "place"), [(ColumnKind.PERSON, Person("苏晓晨"), "c-own"), (ColumnKind.TEXT, "恒锐", "c-under")])
def test_only_a_person_stands_beside_the_name_on_a_phone(kind: ColumnKind, value: Cell, place: str) -> None:
    cells = TableCells(Cells(now), (Column("owner", msg("Owner"), kind, place=CardPlace.OWNER),))
    assert f'<td class="{place}">' in cells(Row("1", "/customers/1", (value,)))


@pytest.mark.parametrize(("kind", "value", "place"), [(ColumnKind.MONEY, 100, "kg-num c-sum"), (ColumnKind.TEXT, "91320000", "c-chosen")])
def test_words_have_a_line_of_their_own_on_a_phone_where_an_amount_stands_at_the_end(kind: ColumnKind, value: Cell, place: str) -> None:
    cells = TableCells(Cells(now), (Column("tax_number", msg("Tax number"), kind, place=CardPlace.SUM),))
    assert f'<td class="{place}">' in cells(Row("1", "/invoice-titles/1", (value,)))


def test_a_choice_is_shown_by_its_word_in_every_kind_of_column() -> None:
    contact = Contact(decision_role=DecisionRole.DECIDES)
    assert cell(contact, "decision_role", ColumnKind.TEXT) == DecisionRole.DECIDES.label
    assert cell(contact, "decision_role") == Tag(DecisionRole.DECIDES.label, Tone(DecisionRole.DECIDES.tone))


def test_what_the_program_did_by_itself_is_told_in_words() -> None:
    assert str(who_told(f"{SYSTEM}job core.import")) == "System (in the background)"
    assert str(who_told(f"{SYSTEM}upgrade")) == "System (upgrade)"
    assert who_told("苏晓晨") == "苏晓晨"
