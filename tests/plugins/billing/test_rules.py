"""What holds for money whatever the database: tax, sums, words, bands, numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.kernel.errors import BadInput, IllegalTransition
from core.kernel.money import FEN, from_fen
from plugins.billing.rules.ageing import Due, band_of, open_parts, read_bands
from plugins.billing.rules.documents import is_invoice_number, is_tax_number, notice_number, numbers_in, receipt_number
from plugins.billing.rules.money import ZERO, in_capitals, split_tax, spread
from plugins.billing.rules.states import (
    INVOICE_CYCLE,
    InvoiceState,
    NoticeState,
    ReceiptState,
    TaxRate,
    notice_state,
    receipt_state,
)

AMOUNTS = st.integers(min_value=1, max_value=10**13).map(from_fen)
RATES = st.sampled_from(list(TaxRate))
DIGITS = {character: number for number, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


@given(gross=AMOUNTS, rate=RATES)
def test_net_and_tax_are_always_the_gross_to_the_fen(gross: Decimal, rate: TaxRate) -> None:
    net, tax = split_tax(gross, rate.fraction)
    assert net + tax == gross
    assert net == net.quantize(FEN)
    assert abs(net * (1 + rate.fraction) - gross) <= FEN  # no rounding of the net is off by more than half a fen


@given(total=AMOUNTS, rooms=st.lists(AMOUNTS, max_size=8))
def test_what_is_spread_fills_from_the_front_and_loses_nothing(total: Decimal, rooms: list[Decimal]) -> None:
    shares = spread(total, rooms)
    assert sum(shares, ZERO) == min(total, sum(rooms, ZERO))
    assert all(ZERO <= share <= room for share, room in zip(shares, rooms, strict=True))
    unfilled = next((number for number, (share, room) in enumerate(zip(shares, rooms, strict=True)) if share < room), len(rooms))
    assert not any(shares[unfilled + 1 :])


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("1", "壹元整"),
        ("10.05", "壹拾元零伍分"),
        ("1004.50", "壹仟零肆元伍角整"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("100000", "壹拾万元整"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("391200", "叁拾玖万壹仟贰佰元整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("200000001", "贰亿零壹元整"),
        ("100050000", "壹亿零伍万元整"),
        ("1200000000000", "壹万贰仟亿元整"),
        ("1000000000000.01", "壹万亿元零壹分"),
        ("-88.80", "负捌拾捌元捌角整"),
    ],
)
def test_an_amount_is_written_in_capitals_as_banks_want_it(amount: str, words: str) -> None:
    assert in_capitals(Decimal(amount)) == words


@given(amount=AMOUNTS)
@settings(max_examples=400)
def test_capitals_read_back_are_the_amount(amount: Decimal) -> None:
    words = in_capitals(amount)
    assert _read(words) == amount
    assert "零零" not in words


def _read(words: str) -> Decimal:
    """The amount that the words say, read by whoever knows nothing of how they were made."""
    yuan, _, rest = words.partition("元") if "元" in words else ("", "", words)
    value, group, digit = 0, 0, 0
    for character in yuan:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in PLACES:
            group, digit = group + digit * PLACES[character], 0
        elif character == "万":
            group, digit, value = 0, 0, value + (group + digit) * 10**4
        else:
            value, group, digit = (value + group + digit) * 10**8, 0, 0
    cents = sum(DIGITS[rest[at - 1]] * (10 if mark == "角" else 1) for at, mark in enumerate(rest) if mark in "角分")
    return from_fen((value + group + digit) * 100 + cents)


@pytest.mark.requirement("R-234")
def test_bands_are_what_the_company_sets() -> None:
    bands = read_bands("30, 60,90,180")
    aged = ["1–30 days", "31–60 days", "61–90 days", "91–180 days", "Over 180 days"]
    assert [str(band.label) for band in bands] == ["Not due", "Condition not met", *aged]
    assert band_of(bands, 0, waits=True).key == "waiting"
    ages = (-5, 0, 1, 30, 31, 90, 91, 180, 181, 2000)
    assert [band_of(bands, age).key for age in ages] == ["0", "0", "1", "1", "2", "3", "4", "4", "5", "5"]


@pytest.mark.parametrize("text", ["", "thirty", "30,20", "30,30", "0,30", "-1", "1,2,3,4,5,6,7,8,9"])
def test_what_are_no_bands_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_bands(text)


def test_money_without_a_part_pays_what_is_due_first() -> None:
    parts = [Due(1, date(2026, 3, 1), Decimal(100)), Due(2, date(2026, 1, 1), Decimal(50)), Due(3, date(2026, 9, 1), Decimal(70))]
    assert open_parts(parts, Decimal(120)) == {1: Decimal(30), 3: Decimal(70)}
    paid = [Due(1, date(2026, 3, 1), Decimal(100), Decimal(100)), *parts[1:]]
    assert open_parts(paid, ZERO) == {2: Decimal(50), 3: Decimal(70)}
    assert open_parts(parts, Decimal(220)) == {}


@given(
    amounts=st.lists(st.integers(1, 10**9), min_size=1, max_size=6),
    paid=st.integers(0, 10**10),
    loose=st.integers(0, 10**10),
)
def test_what_is_open_and_what_was_paid_are_the_whole(amounts: list[int], paid: int, loose: int) -> None:
    parts = [Due(number, date(2026, 1, 1), from_fen(amount)) for number, amount in enumerate(amounts)]
    first = parts[0]
    parts[0] = Due(first.part_id, first.due_on, first.amount, min(from_fen(paid), first.amount))
    left = sum(open_parts(parts, from_fen(loose)).values(), ZERO)
    whole = sum((part.amount for part in parts), ZERO)
    assert left == max(whole - parts[0].allocated - from_fen(loose), ZERO)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("91320594MA1MPXXX7K", True),
        ("320500197001011", True),
        ("9132", False),
        ("91320594ma1mpxxx7k", False),
        ("9132059412345678九", False),
    ],
)
def test_a_tax_number_has_15_17_18_or_20_characters(text: str, good: bool) -> None:
    assert is_tax_number(text) is good


@pytest.mark.parametrize(
    ("text", "good"),
    [("26322000000000000001", True), ("30512001", True), ("3200231130-30512001", True), ("123", False), ("2632200000000000000A", False)],
)
def test_an_invoice_number_is_one_of_the_platform(text: str, good: bool) -> None:
    assert is_invoice_number(text) is good


def test_numbers_of_documents() -> None:
    assert (notice_number(2026, 7), receipt_number(2026, 12_345)) == ("KP-2026-0007", "SK-2026-12345")
    assert numbers_in(" kp-2026-0001、KP-2026-0002, KP-2026-0001\n") == ["KP-2026-0001", "KP-2026-0002"]
    assert numbers_in("") == []


@pytest.mark.requirement("R-109")
def test_an_invoice_is_booked_in_only_once_it_is_with_the_customer() -> None:
    assert INVOICE_CYCLE.move(InvoiceState.MAILED, "book_in") == InvoiceState.BOOKED_IN
    for state in (InvoiceState.ISSUED, InvoiceState.PRINTED, InvoiceState.VOID, InvoiceState.RED):
        with pytest.raises(IllegalTransition):
            INVOICE_CYCLE.move(state, "book_in")


def test_states_follow_from_the_money() -> None:
    ten, three = Decimal(10), Decimal(3)
    assert [notice_state(ten, issued) for issued in (ZERO, three, ten)] == [NoticeState.SENT, NoticeState.PARTLY, NoticeState.DONE]
    known = [(True, ZERO, ZERO), (True, three, ZERO), (True, three, Decimal(7)), (False, ZERO, three), (True, ZERO, ten)]
    found = [receipt_state(claimed=claimed, amount=ten, allocated=used, refunded=back) for claimed, used, back in known]
    wanted = [ReceiptState.CLAIMED, ReceiptState.PARTLY, ReceiptState.ALLOCATED, ReceiptState.UNCLAIMED, ReceiptState.REFUNDED]
    assert found == wanted
