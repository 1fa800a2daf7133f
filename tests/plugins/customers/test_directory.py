"""The customer directory: all staff learn whose customer a company is, and nothing else of it (R-016, the declared channel C-01)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import event, select, text

from core.access.administration import set_parameter, set_roles
from core.access.models import Role
from core.access.roles import create_role, set_grants
from core.kernel.acting import FieldAccess
from core.kernel.clock import local, now, today
from core.kernel.errors import Conflict
from core.switchboard.operations import switch_module
from plugins.customers import queries
from plugins.customers.errors import NamesHidden, TermTooShort
from plugins.customers.operations import create_customer, share_customer, write_interaction
from plugins.customers.permissions import DIRECTORY, LOOK_UP
from plugins.customers.queries import FOUND, DirectoryEntry, look_up
from plugins.customers.rules import CustomerKind
from tests.conformance.statements import counted
from tests.field_rights import state
from tests.plugins.conftest import Trade
from tests.world import PASSWORD, Browser, World

NAME = "苏州恒锐精密机械有限公司"
SECRETS = {
    "code": "ZQ-CANARY-7",
    "city": "金丝雀市",
    "address": "金丝雀路一号",
    "phone": "0512-7788 9900",
    "email": "canary@example.com",
    "website": "https://canary.example.com",
    "erp_name": "金丝雀别名",
    "erp_code": "ERP-CANARY",
    "needs": "想要金丝雀",
    "preferences": "喜欢金丝雀",
    "note": "备注金丝雀",
    "payment_terms": "金丝雀月结",
}
Clients = Callable[[str], Browser]


def cells(page: str) -> list[list[str]]:
    """The text of each cell of each row."""
    rows = re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody>")[2].partition("</tbody>")[0], re.DOTALL)
    return [[unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)] for row in rows]


def main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def found(world: World, account: str, text: str) -> list[DirectoryEntry]:
    with world.reading(account) as session:
        return look_up(session, text)[0]


@pytest.mark.requirement("R-016")
def test_a_salesperson_of_the_east_learns_of_a_customer_of_the_west_exactly_three_facts(
    trade: Trade, world: World, client_for: Clients
) -> None:
    customer = trade.customer("sales.west1", name=NAME, **SECRETS)
    with world.use_case("sales.west1") as session:
        write_interaction(
            session, {"customer": customer.id, "content": "谈了金丝雀", "next_on": today() + timedelta(days=9), "next_step": "再谈金丝雀"}
        )
    page = main_of(client_for("sales.east1").get("/directory/?q=恒锐").text)
    (told,) = cells(page)
    assert told[:2] == [NAME, world.employees["sales.west1"].name]
    assert len(told) == 3
    for secret in (*SECRETS.values(), "金丝雀", f"/customers/{customer.id}", f"{local(now()):%H:%M}"):
        assert secret not in page, secret
    assert "共享" in page
    (entry,) = found(world, "sales.east1", "恒锐")
    assert vars(entry) == {"name": NAME, "owner": told[1], "last_contact_on": today(), "record_id": None}


@pytest.mark.requirement("R-016")
def test_two_customers_that_differ_in_everything_else_are_told_alike(trade: Trade, client_for: Clients, world: World) -> None:
    trade.customer("sales.west1", name="恒锐甲", **SECRETS)
    trade.customer("sales.west1", name="恒锐乙", address=None, phone=None)
    with_secrets, without = (main_of(client_for("sales.east1").get(f"/directory/?q=恒锐{one}").text) for one in "甲乙")
    assert with_secrets.replace("恒锐甲", "…") == without.replace("恒锐乙", "…")


def test_a_customer_is_found_by_name_and_by_nothing_else(trade: Trade, world: World) -> None:
    trade.customer("sales.west1", name=NAME, **SECRETS)
    for asked in ("恒锐", "苏州恒锐精密机械", "恒锐 机械", NAME):
        assert [one.name for one in found(world, "sales.east1", asked)] == [NAME], asked
    for asked in ("ZQ-CANARY-7", "CANARY", "KH-", "07", "金丝雀", "马", "%%", "__a", "7788"):
        try:
            assert found(world, "sales.east1", asked) == [], asked
        except TermTooShort:
            assert asked in ("马", "%%", "__a"), asked


def test_width_of_letters_and_legal_form_make_no_difference(trade: Trade, world: World) -> None:
    trade.customer("sales.west1", name="ＡＢＣ（上海）有限公司")
    for asked in ("abc", "ABC", "ＡＢＣ", "abc上海", "ABC（上海）"):
        assert len(found(world, "sales.east1", asked)) == 1, asked


def test_what_one_may_open_has_a_link_and_what_is_shared_too(trade: Trade, world: World, client_for: Clients) -> None:
    mine, other = trade.customer("sales.east1", name="恒锐东"), trade.customer("sales.west1", name="恒锐西")
    browser = client_for("sales.east1")
    page = main_of(browser.get("/directory/?q=恒锐").text)
    assert f'/customers/{mine.id}"' in page
    assert f'/customers/{other.id}"' not in page
    with world.use_case("sales.west1") as session:
        share_customer(session, other.id, None, employee=trade.employee("sales.east1"), mode="read")
    page = main_of(browser.get("/directory/?q=恒锐").text)
    assert f'/customers/{other.id}"' in page
    assert "请联系负责人" not in page


def test_private_persons_are_left_out(trade: Trade, world: World) -> None:
    trade.customer("sales.west1", name="恒锐锋", kind=CustomerKind.PERSON)
    assert found(world, "sales.east1", "恒锐锋") == []
    assert found(world, "sales.west1", "恒锐锋") == []


@pytest.mark.requirement("R-441")
def test_another_company_is_never_told_of(trade: Trade, world: World, client_for: Clients) -> None:
    with world.use_case("sales2") as session:
        create_customer(session, {"name": "恒锐别家"})
    assert found(world, "sales.east1", "恒锐别家") == []
    assert [one.name for one in found(world, "sales2", "恒锐别家")] == ["恒锐别家"]
    assert "恒锐别家" not in main_of(client_for("sales.east1").get("/directory/?q=恒锐").text)


@pytest.mark.parametrize("account", ["admin", "security", "auditor"])
def test_without_the_right_there_is_neither_page_nor_menu(account: str, trade: Trade, client_for: Clients) -> None:
    trade.customer("sales.west1", name=NAME)
    browser = client_for(account)
    refused = browser.get("/directory/?q=恒锐")
    assert refused.status_code == 403
    assert NAME not in refused.text
    assert "/directory/" not in browser.get("/").text


@pytest.mark.requirement("R-016")
def test_all_staff_look_up_what_they_cannot_open_and_find_the_way_there(trade: Trade, world: World, client_for: Clients) -> None:
    """With the role of the regulation alone, on whose holders no right on customers hangs."""
    trade.customer("sales.west1", name=NAME)
    with world.use_case("security") as session:
        role = create_role(session, world.keguan.registry, "", preset="all_staff")
        set_roles(session, world.employees["service"].id, {role.id})
    browser = client_for("service")
    assert '/directory/"' in browser.get("/").text
    assert browser.get("/customers/").status_code == 403
    (told,) = cells(main_of(browser.get("/directory/?q=恒锐").text))
    assert told[0] == NAME


def test_an_administrator_is_not_given_the_role_of_all_staff(world: World) -> None:
    with world.use_case("security") as session:
        role = create_role(session, world.keguan.registry, "", preset="all_staff").id
        own = session.scalars(select(Role.id).where(Role.preset == "system_administrator")).one()
    with pytest.raises(Conflict), world.use_case("security") as session:
        set_roles(session, world.employees["admin"].id, {own, role})


def test_a_right_that_is_taken_closes_the_page(world: World, client_for: Clients) -> None:
    browser = client_for("sales.east2")
    assert browser.get("/directory/").status_code == 200
    with world.use_case("security") as session:
        role = session.scalars(select(Role).where(Role.preset == "salesperson")).one()
        set_grants(session, world.keguan.registry, role.id, role.version, {(DIRECTORY, LOOK_UP): None})
    assert browser.get("/directory/").status_code == 403


@pytest.mark.parametrize("asked", ["马", " 恒 ", "((", "% %", "a_", "？？？"])
def test_a_term_that_is_too_short_gets_one_sentence_and_no_customer(asked: str, trade: Trade, client_for: Clients) -> None:
    trade.customer("sales.west1", name=NAME)
    answer = client_for("sales.east1").get("/directory/", query_string={"q": asked})
    assert answer.status_code == 422
    assert "请至少输入名称中的 2 个字" in main_of(answer.text)
    assert NAME not in answer.text


def test_nothing_is_listed_before_a_name_is_asked_for(trade: Trade, client_for: Clients) -> None:
    trade.customer("sales.west1", name=NAME)
    for address in ("/directory/", "/directory/?q=", "/directory/?q=%20"):
        page = client_for("sales.east1").get(address)
        assert (page.status_code, NAME in page.text) == (200, False)


def test_twenty_are_shown_and_it_is_said_that_there_are_more(trade: Trade, world: World, client_for: Clients) -> None:
    for number in range(FOUND):
        trade.entered("sales.west1", name=f"恒锐第{number}厂")
    browser = client_for("sales.east1")
    page = main_of(browser.get("/directory/?q=恒锐").text)
    assert (len(cells(page)), "多于" in page) == (FOUND, False)
    trade.entered("sales.west1", name="恒锐总厂")
    page = main_of(browser.get("/directory/?q=恒锐&page=2").text)
    assert (len(cells(page)), "多于 20 个" in page) == (FOUND, True)


@pytest.mark.requirement("R-442")
@pytest.mark.parametrize("access", [FieldAccess.MASKED, FieldAccess.NONE])
def test_who_may_not_read_names_finds_nobody_by_name(access: FieldAccess, trade: Trade, world: World, client_for: Clients) -> None:
    """An answer to a search would tell a masked name piece by piece."""
    trade.customer("sales.west1", name=NAME)
    for preset in ("salesperson", "customer_manager"):
        state(world, preset, {("customers_customer", "name"): access})
    with pytest.raises(NamesHidden):
        found(world, "sales.east1", "恒锐")
    answer = client_for("sales.east1").get("/directory/?q=恒锐")
    assert answer.status_code == 403
    assert NAME not in answer.text


@pytest.mark.requirement("R-442")
def test_a_last_contact_that_a_role_may_not_know_is_not_told(trade: Trade, world: World) -> None:
    customer = trade.customer("sales.west1", name=NAME)
    with world.use_case("sales.west1") as session:
        write_interaction(session, {"customer": customer.id, "content": "谈过"})
    for preset in ("salesperson", "customer_manager"):
        state(world, preset, {("customers_customer", "last_contact_at"): FieldAccess.NONE})
    (entry,) = found(world, "sales.east1", "恒锐")
    assert entry.last_contact_on is None


@pytest.mark.requirement("R-343", "R-346")
def test_every_look_up_counts_for_the_guard_against_slow_scraping(trade: Trade, world: World, client_for: Clients) -> None:
    for number in range(60):
        trade.entered("sales.west1", name=f"恒锐{number:02d}厂")
    with world.use_case("admin") as session:
        set_parameter(session, "core.reading_confirm_after", 30, today())
        set_parameter(session, "core.reading_stop_after", 50, today())
    browser = client_for("sales.east1")
    seen: set[str] = set()

    def ask(number: int) -> int:
        answer = browser.get(f"/directory/?q=恒锐{number:02d}")
        seen.update(re.findall(r"恒锐\d\d厂", answer.text))
        return int(answer.status_code)

    assert [ask(number) for number in range(31)] == [200] * 30 + [303]
    assert ask(3) == 200, "what was seen costs nothing"
    assert browser.post("/account/confirm/", data={"password": PASSWORD}).status_code == 303
    assert [ask(number) for number in range(30, 52)] == [200] * 20 + [429] * 2
    assert len(seen) == 50


def test_a_module_that_is_off_has_no_directory(world: World, client_for: Clients) -> None:
    with world.use_case("admin") as session:
        for name in ("service", "billing", "contracts", "sales", "customers"):
            switch_module(session, world.keguan.registry, world.companies["qiheng"].id, name, on=False)
    assert client_for("sales.east1").get("/directory/?q=恒锐").status_code == 404


def test_of_all_that_could_be_meant_only_so_many_are_looked_at_and_that_is_said(
    trade: Trade, world: World, client_for: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two letters may mean a million by their pinyin: nobody keeps the database busy with them."""
    monkeypatch.setattr(queries, "LOOKED_AT", 3)
    for one in "甲乙丙丁":
        trade.entered("sales.west1", name=f"恒锐{one}厂")
    with world.reading("sales.east1") as session:
        assert [len(one) if isinstance(one, list) else one for one in look_up(session, "恒锐")] == [3, True]
        assert look_up(session, "hr") == ([], True), "found by the index for its pinyin, but not written so"
        assert look_up(session, "恒锐乙厂")[1] is False
        assert look_up(session, "zzzz") == ([], False)
    page = main_of(client_for("sales.east1").get("/directory/?q=hr").text)
    assert ("未能逐一核对" in page, "没有查到" in page) == (True, False)


def test_names_are_found_through_the_index_and_not_by_reading_all_customers(trade: Trade, world: World) -> None:
    trade.customer("sales.west1", name=NAME)
    engine, said = world.keguan.database.engine, []
    event.listen(engine, "before_cursor_execute", note := lambda _, __, statement, given, *___: said.append((statement, given)))
    assert found(world, "sales.east1", "恒锐")
    event.remove(engine, "before_cursor_execute", note)
    statement, given = next(one for one in said if "core_search" in one[0])
    lite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        plan = " ".join(str(row) for row in connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN' if lite else ''} {statement}", given))
        if lite:
            assert "core_search_fts VIRTUAL TABLE INDEX" in plan, plan
            assert "SCAN customers_customer" not in plan, plan
        else:  # over one row it uses whichever index there is
            assert "to_tsvector" not in plan, "the terms of a name are not made anew for each question"
            index = connection.scalar(text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_core_search_terms'"))
            assert "gin (search_terms)" in str(index)


def test_the_page_needs_few_statements(trade: Trade, world: World, client_for: Clients) -> None:
    for number in range(FOUND + 1):
        trade.entered("sales.west1", name=f"恒锐第{number}厂")
    browser = client_for("sales.east1")
    browser.get("/directory/?q=恒锐")
    with counted(world.keguan.database.engine) as said:
        assert browser.get("/directory/?q=恒锐").status_code == 200
    assert len(said) <= 12, said
