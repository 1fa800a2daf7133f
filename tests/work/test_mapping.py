"""A profile turns the columns of anybody's file into fields, or says clearly what does not fit."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.errors import BadInput
from core.kernel.words import Message
from core.work.conversions import CONVERSIONS, CellError, Rules, Value, trimmed
from core.work.mapping import Binding, Converted, SeenKeys, bind, load_profile, pick
from core.work.profiles import profile_from
from core.work.rows import Problem, RawRow
from core.work.tables import open_table
from tests.data import make_dirty

LISTED = Path(__file__).parents[2] / "config/profiles/listed-companies.toml"
HEADER = ("ts_code", "symbol", "name", "area", "industry", "list_date")


def a_profile(**changes: Any) -> dict[str, Any]:
    columns = {"code": {"from": ["code"]}, "name": {"from": ["name", "公司名称"], "required": True}}
    return {"resource": "customers.customer", "key": ["code"], "columns": columns} | changes


def with_column(**settings: Any) -> dict[str, Any]:
    return a_profile(columns={"code": {"from": ["code"]}, "field": {"from": ["field"]} | settings})


def converted(binding: Binding, *cells: str) -> Converted | list[Problem]:
    columns = tuple(source for _column, source in binding.bound)
    return binding.convert(RawRow(2, dict(zip(columns, cells, strict=True)), cells))


def test_a_row_of_the_exchanges_becomes_a_customer() -> None:
    binding = bind(load_profile(LISTED), HEADER)
    row = RawRow(2, dict(zip(HEADER, ("000001.SZ", "000001", "平安银行", "深圳", "银行", "1991-04-03"), strict=True)))
    values = {
        "code": "000001.SZ",
        "name": "平安银行",
        "region": "深圳",
        "industry": "银行",
        "listed_on": date(1991, 4, 3),
        "kind": "company",
    }
    assert binding.convert(row) == Converted(2, ("000001.SZ",), values)
    assert (binding.profile.resource, binding.profile.key, binding.profile.review) == ("customers.customer", ("code",), "pending")
    assert (binding.absent, binding.ignored) == ((), ("symbol",))


def test_renamed_and_shuffled_columns_are_found_by_their_other_names() -> None:
    binding = bind(load_profile(LISTED), (" 公司名称 ", "List Date", "TS_CODE", "别的"))
    assert {column.target: source for column, source in binding.bound} == {
        "code": "TS_CODE",
        "name": " 公司名称 ",
        "listed_on": "List Date",
    }
    assert (binding.absent, binding.ignored) == (("industry", "region"), ("别的",))


def test_missing_columns_are_named_in_one_sentence_with_those_of_the_file() -> None:
    with pytest.raises(BadInput) as refused:
        bind(load_profile(LISTED), ("编号", "电话"))
    assert str(refused.value) == "The file lacks the columns “ts_code”, “name”. It has: “编号”, “电话”."


def test_two_columns_of_one_meaning_are_refused() -> None:
    with pytest.raises(BadInput, match="“name”, “公司名称” all mean “name”"):
        bind(profile_from(a_profile()), ("code", "name", "公司名称"))


def test_everything_wrong_with_a_row_is_said_at_once() -> None:
    problems = converted(bind(load_profile(LISTED), ("ts_code", "name", "area", "list_date")), "1", "", "乌有", "2004-02-31")
    assert isinstance(problems, list)
    assert [(problem.row, problem.column, problem.value) for problem in problems] == [
        (2, "name", ""),
        (2, "area", "乌有"),
        (2, "list_date", "2004-02-31"),
    ]


def test_an_empty_cell_leaves_its_field_alone_and_a_default_fills_it() -> None:
    profile = with_column(convert="int")
    assert converted(bind(profile_from(profile), ("code", "field")), "1", " ") == Converted(2, ("1",), {"code": "1"})
    profile["columns"]["field"]["default"] = 7
    assert converted(bind(profile_from(profile), ("code", "field")), "1", " ") == Converted(2, ("1",), {"code": "1", "field": 7})


def test_the_second_row_of_a_key_is_refused_with_the_number_of_the_first() -> None:
    binding = bind(profile_from(a_profile()), ("code", "name"))
    seen = SeenKeys(binding)
    assert seen.problem(Converted(2, ("a",), {})) is None
    assert seen.problem(Converted(3, ("b",), {})) is None
    problem = seen.problem(Converted(9, ("a",), {}))
    assert problem is not None
    assert (problem.row, problem.column, str(problem.reason)) == (9, "code", "The same key “a” already occurs in row 2.")


GOOD: list[tuple[str, str, Value]] = [
    ("text", "华为  技术\n公司", "华为 技术 公司"),
    ("text", "（集团）🚀𫝀", "（集团）🚀𫝀"),
    ("date", "2024-02-29", date(2024, 2, 29)),
    ("date", "2024/2/9", date(2024, 2, 9)),
    ("date", "2024年2月9日", date(2024, 2, 9)),
    ("date", "20240209", date(2024, 2, 9)),
    ("date", "20240209 00:00:00", date(2024, 2, 9)),
    ("date", "２０２４．２．９", date(2024, 2, 9)),
    ("int", "1,234", 1234),
    ("int", "-5.0", -5),
    ("int", "１２", 12),
    ("decimal", "¥1,234.50", Decimal("1234.50")),
    ("decimal", "1.500", Decimal("1.50")),
    ("decimal", "9999999999999.99", Decimal("9999999999999.99")),
    ("bool", "是", True),
    ("bool", "No", False),
    ("region", "浙江省", "浙江"),
    ("region", "内蒙", "内蒙古"),
    ("region", "广西壮族自治区", "广西"),
    ("region", "北京市", "北京"),
]
BAD = [
    ("text", "很" * 201, "longer than 200 characters"),
    ("date", "2024-02-31", "no such day"),
    ("date", "2023-02-29", "no such day"),
    ("date", "03/04/2024", "not a date"),
    ("date", "2024324", "not a date"),
    ("date", "45000", "not a date"),
    ("date", "2024-02-09 13:30:00", "not a date"),
    ("date", "0024-02-09", "between 1900 and 2199"),
    ("int", "1.5", "whole number"),
    ("int", "9223372036854775808", "too large"),
    ("int", "1e5", "not a number"),
    ("int", "12,34", "not a number"),
    ("int", "1" * 5000, "not a number"),
    ("decimal", "1.005", "more than 2 decimals"),
    ("decimal", "10000000000000", "too large"),
    ("decimal", "NaN", "not a number"),
    ("decimal", "Infinity", "not a number"),
    ("bool", "maybe", "yes or no"),
    ("region", "乌有", "province"),
    ("region", "", "province"),
]


@pytest.mark.parametrize(("kind", "text", "value"), GOOD)
def test_a_cell_becomes_the_value_that_was_meant(kind: str, text: str, value: Value) -> None:
    assert CONVERSIONS[kind](text, Rules()) == value


@pytest.mark.parametrize(("kind", "text", "reason"), BAD)
def test_a_cell_that_was_not_meant_is_refused_with_the_reason(kind: str, text: str, reason: str) -> None:
    with pytest.raises(CellError) as refused:
        CONVERSIONS[kind](text, Rules())
    assert reason in str(refused.value.reason)


def test_a_choice_accepts_the_words_of_the_profile_and_lists_them() -> None:
    rules = Rules(values={"企业": "company", "Person": "person"})
    assert CONVERSIONS["choice"]("person", rules) == "person"
    with pytest.raises(CellError) as refused:
        CONVERSIONS["choice"]("狗", rules)
    assert "企业, Person" in str(refused.value.reason)


@pytest.mark.parametrize("cell", ["a\0b", "a\x07b", "a\x85b", "a\ud800b", "\udfff"])
def test_what_no_database_stores_is_refused(cell: str) -> None:
    with pytest.raises(CellError, match="cannot be stored"):
        trimmed(cell)


def test_a_key_is_read_in_half_width_so_that_the_same_code_is_the_same_key() -> None:
    row = converted(bind(profile_from(a_profile()), ("code", "name")), "\ufeff　６０００００.SH ", "（集团）")
    assert row == Converted(2, ("600000.SH",), {"code": "600000.SH", "name": "（集团）"})


@given(st.sampled_from(sorted(set(CONVERSIONS) - {"choice"})), st.text())
def test_any_text_becomes_a_value_or_a_reason(kind: str, text: str) -> None:
    outcome: object
    try:
        outcome = CONVERSIONS[kind](trimmed(text), Rules())
    except CellError as error:
        outcome = error.reason
    assert isinstance(outcome, Value | Message)


WRONG_PROFILES = [
    (a_profile(colour="red"), "colour is unknown; known are: columns, constants, key, resource, review, spread"),
    ({"key": ["code"]}, "columns is missing"),
    (a_profile(columns={}), "columns must not be empty"),
    (a_profile(columns={"code": ["code"]}), "columns.code must be of the kind “dict”"),
    (a_profile(key=["number"]), "key “number” is no column of the profile"),
    (a_profile(key=[]), "key must be a list of names"),
    (a_profile(review="maybe"), "review must be one of: approved, pending"),
    (a_profile(resource=7), "resource must be of the kind “str”"),
    (a_profile(constants={"name": "x"}), "constants.name is a column already"),
    (a_profile(constants={"size": 1.5}), "constants.size must be a text, number, date or true or false"),
    (with_column(**{"from": "field"}), "columns.field.from must be of the kind “list”"),
    (with_column(**{"from": []}), "columns.field.from must be a list of names"),
    (with_column(convert="colour"), "columns.field.convert must be one of: text, date"),
    (with_column(convert="choice"), "columns.field.values must list the allowed words"),
    (with_column(convert="date", default="2024-02-31"), "columns.field.default cannot be used: There is no such day"),
    (with_column(max="60"), "columns.field.max must be of the kind “int”"),
    (with_column(max=True), "columns.field.max must be of the kind “int”"),
    (a_profile(spread={"by": "region", "to": {"east": ["浙江"]}}), "spread.by “region” is no column of the profile"),
    (a_profile(spread={"by": "name"}), "spread.to is missing"),
    (a_profile(spread={"by": "name", "to": {"east": "浙江"}}), "spread.to.east must be of the kind “list”"),
    (a_profile(spread={"by": "name", "over": "cats", "to": {}}), "spread.over must be one of: departments, owners"),
]


@pytest.mark.parametrize(("data", "sentence"), WRONG_PROFILES)
def test_a_mistake_in_a_profile_is_named_with_its_key(data: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput) as refused:
        profile_from(data)
    assert str(refused.value).startswith(f"In the profile, {sentence}")


def test_a_profile_that_is_missing_or_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"There is no profile “x\.toml”"):
        load_profile(tmp_path / "x.toml")
    (tmp_path / "x.toml").write_text("key = [", encoding="utf-8")
    with pytest.raises(BadInput, match=r"“x\.toml” is not valid TOML"):
        load_profile(tmp_path / "x.toml")


def test_customers_are_spread_by_region_the_same_way_every_time() -> None:
    spread = load_profile(LISTED).spread
    assert spread is not None
    assert spread.over == "departments"
    assert spread.candidates({"region": "浙江"}) == ("east",)
    assert spread.candidates({"region": "深圳"}) == ("west",)
    assert spread.candidates({}) == ("east", "west")
    shares = Counter(pick(("east", "west"), (f"{number}.SH",)) for number in range(1000))
    assert min(shares["east"], shares["west"]) > 400
    assert pick((), ("1",)) is None


def test_every_province_of_the_spread_belongs_to_exactly_one_department() -> None:
    spread = load_profile(LISTED).spread
    assert spread is not None
    assert set(Counter(region for group in spread.groups.values() for region in group).values()) == {1}


@pytest.mark.requirement("R-162")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_dirty_file_gives_exactly_the_good_rows(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "dirty.csv"
    path.write_bytes(make_dirty.text().encode(encoding))
    table = open_table(path)
    binding = bind(load_profile(LISTED), table.columns)
    seen = SeenKeys(binding)
    good: list[Converted] = []
    rejected = []
    for (kind, _text), row in zip(make_dirty.rows(), table.rows(), strict=True):
        outcome = binding.convert(row)
        if isinstance(outcome, Converted) and seen.problem(outcome) is None:
            good.append(outcome)
        else:
            rejected.append(kind)
    assert set(rejected) == set(make_dirty.REJECTED)
    assert len(rejected) == sum(kind in make_dirty.REJECTED for kind, _text in make_dirty.rows())
    dirty = [row.values for row in good if row.values["code"] != "600000.SH" and row.values.get("listed_on") != date(1999, 11, 10)]
    assert {row["listed_on"] for row in dirty if "listed_on" in row} == {date(2004, 5, 6)}
    assert all(str(row["code"]).isascii() and "\u200b" not in str(row["name"]) for row in dirty)
    assert {row.values["region"] for row in good if "region" in row.values} == set(make_dirty.REGIONS)
