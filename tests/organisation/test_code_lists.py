"""Code lists: entries of the program and of the company, their words and other words, checked wherever a record is written (R-060)."""

from __future__ import annotations

import pytest

from core.access.administration import add_entry, change_entry, remove_entry
from core.kernel.errors import BadInput, Conflict, Forbidden, NotFound, StaleVersion
from core.organisation.code_lists import entries, label_of, resolve, resolve_values
from plugins.customers.models import Customer
from plugins.customers.operations import change_customer, create_customer
from tests.world import World

INDUSTRY, SOURCE = "customers.industry", "customers.source"
FAIR = {"code": "fair", "chinese": "展会名录", "english": "Fair list", "aliases": "会刊\n名录"}


@pytest.mark.requirement("R-060")
@pytest.mark.parametrize("word", ["technology", "technolgy", "TECHNOLGY ", "Information technology", "信息技术", "it"])
def test_a_code_is_known_by_its_labels_in_both_languages_and_by_other_words(world: World, word: str) -> None:
    with world.reading("sales.east1") as session:
        assert resolve(session, INDUSTRY, word) == "technology"


@pytest.mark.requirement("R-060")
def test_a_company_adds_entries_of_its_own_that_another_does_not_see(world: World) -> None:
    with world.use_case("admin") as session:
        add_entry(session, SOURCE, FAIR)
        assert [resolve(session, SOURCE, word) for word in ("fair", "展会名录", "fair list", "会刊")] == ["fair"] * 4
        assert entries(session, SOURCE)[-1].code == "fair"
    with world.reading("admin2") as session, pytest.raises(BadInput):
        resolve(session, SOURCE, "fair")


@pytest.mark.requirement("R-060")
def test_a_declared_entry_can_be_renamed_and_moved_and_keeps_its_old_words(world: World) -> None:
    with world.use_case("admin") as session:
        change_entry(session, SOURCE, "referral", 0, {"chinese": "老客户介绍", "english": "Word of mouth", "position": 999})
        assert entries(session, SOURCE)[-1].code == "referral"
        assert str(label_of(session, SOURCE, "referral")) == "Word of mouth"
        assert [resolve(session, SOURCE, word) for word in ("老客户介绍", "Word of mouth", "Referral")] == ["referral"] * 3


def test_two_words_never_mean_two_entries(world: World) -> None:
    with pytest.raises(BadInput) as refused, world.use_case("admin") as session:
        add_entry(session, SOURCE, {**FAIR, "aliases": "名录\nReferral"})
    assert set(refused.value.fields) == {"aliases"}


@pytest.mark.parametrize("code", ["fa ir", "a,b", "", "referral", "长" * 61])
def test_a_code_is_one_new_word(world: World, code: str) -> None:
    with pytest.raises(BadInput) as refused, world.use_case("admin") as session:
        add_entry(session, SOURCE, {**FAIR, "code": code})
    assert "code" in refused.value.fields


def test_two_administrators_do_not_overwrite_each_other(world: World) -> None:
    with world.use_case("admin") as session:
        change_entry(session, SOURCE, "referral", 0, {"chinese": "介绍"})
    with pytest.raises(StaleVersion), world.use_case("admin") as session:
        change_entry(session, SOURCE, "referral", 0, {"chinese": "推荐"})


@pytest.mark.requirement("R-060")
def test_a_record_is_written_with_the_code_whatever_word_was_given(world: World) -> None:
    with world.use_case("sales.east1") as session:
        customer = create_customer(session, {"name": "Acme", "industry": "technolgy", "source": "Referral"})
        assert (customer.industry, customer.source) == ("technology", "referral")
        change_customer(session, customer.id, None, {"industry": "Education"})
        assert customer.industry == "education"


@pytest.mark.requirement("R-060")
def test_a_word_that_the_list_does_not_know_is_refused_unless_the_list_is_open(world: World) -> None:
    with world.use_case("sales.east1") as session:
        assert create_customer(session, {"name": "Acme", "industry": "轴承"}).industry == "轴承"
    with pytest.raises(BadInput) as refused, world.use_case("sales.east1") as session:
        create_customer(session, {"name": "Beta", "source": "heaven"})
    assert set(refused.value.fields) == {"source"}


@pytest.mark.requirement("R-060")
def test_an_entry_that_is_switched_off_is_kept_by_records_and_refused_for_new_ones(world: World) -> None:
    with world.use_case("sales.east1") as session:
        customer = create_customer(session, {"name": "Acme", "source": "call"})
    with world.use_case("admin") as session:
        change_entry(session, SOURCE, "call", 0, {"active": False})
    with world.use_case("sales.east1") as session:
        changed = change_customer(session, customer.id, None, {"name": "Acme 2", "source": "call"})
        assert (changed.source, str(label_of(session, SOURCE, "call"))) == ("call", "Incoming call")
    with pytest.raises(BadInput), world.use_case("sales.east1") as session:
        create_customer(session, {"name": "Beta", "source": "call"})


@pytest.mark.requirement("R-060")
def test_an_entry_in_use_cannot_be_deleted_and_a_declared_one_never(world: World) -> None:
    with world.use_case("admin") as session:
        version = add_entry(session, SOURCE, FAIR).version
    with world.use_case("sales.east1") as session:
        customer = create_customer(session, {"name": "Acme", "source": "会刊"})
    with pytest.raises(Conflict), world.use_case("admin") as session:
        remove_entry(session, SOURCE, "fair", version)
    with world.use_case("sales.east1") as session:
        change_customer(session, customer.id, None, {"source": "call"})
    with world.use_case("admin") as session:
        remove_entry(session, SOURCE, "fair", version)
        assert "fair" not in {entry.code for entry in entries(session, SOURCE)}
    with pytest.raises(Conflict), world.use_case("admin") as session:
        remove_entry(session, SOURCE, "referral", None)


@pytest.mark.requirement("R-060", "R-011")
@pytest.mark.parametrize("account", ["security", "head.east", "sales.east1"])
def test_only_the_system_administrator_changes_code_lists(world: World, account: str) -> None:
    with pytest.raises(Forbidden), world.use_case(account) as session:
        add_entry(session, SOURCE, FAIR)


def test_rows_of_a_file_are_resolved_before_they_are_compared(world: World) -> None:
    with world.reading("sales.east1") as session:
        assert resolve_values(session, Customer, {"industry": "technolgy", "region": "江苏省", "name": "Acme"}) == {
            "industry": "technology",
            "region": "江苏",
            "name": "Acme",
        }
        with pytest.raises(BadInput) as refused:
            resolve_values(session, Customer, {"source": "heaven"})
        assert set(refused.value.fields) == {"source"}


def test_a_list_that_nobody_declares_is_told(world: World) -> None:
    with pytest.raises(NotFound, match=r"customers\.nothing"), world.reading("admin") as session:
        entries(session, "customers.nothing")
