"""How many actions it takes from the home page until something is done; the table in ``bench/ux.md`` is what is measured here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.organisation.models import Company
from core.work.running import run_due_jobs
from plugins.billing.models import Allocation
from plugins.contracts.models import Contract
from plugins.contracts.rules import ContractState
from plugins.customers.models import Customer
from plugins.customers.rules import CustomerKind, Review
from tests.browser import counting
from tests.browser.conftest import OpenWindow
from tests.browser.hands import field, started
from tests.browser.house import COMPANY, House
from tests.browser.windows import PHONE, WIDE
from tests.world import look_around

ROOT = Path(__file__).resolve().parents[2]
TABLE, MEASURED = ROOT / "bench" / "ux.md", ROOT / "build" / "ux.md"


def typed(form: Locator, name: str, text: str) -> None:
    """Type into a field that Tab has led to."""
    place = field(form, name).locator("input:not([type=hidden]), textarea").first
    place.focus()
    place.page.keyboard.type(text)


def picked(form: Locator, name: str, text: str) -> None:
    """Type into a searchable list until it has what one means, and go on with Tab, which takes it."""
    block = field(form, name)
    started(block)
    block.locator(".ts-control input").focus()
    expect(block.locator(".ts-wrapper.focus")).to_have_count(1)
    expect(block.locator(".ts-wrapper.loading")).to_have_count(0)
    with block.page.expect_response(lambda answer: parse_qs(urlsplit(answer.url).query).get("q") == [text]):
        block.page.keyboard.type(text)
    expect(block.locator(".ts-dropdown .option.active", has_text=text)).to_be_visible()
    expect(block.locator(".ts-wrapper.loading")).to_have_count(0)
    block.page.keyboard.press("Tab")
    expect(block.locator(".ts-control .item")).to_contain_text(text)


def drawer(page: Page) -> Locator:
    form = page.locator("dialog[open] form")
    expect(form.locator("[data-submit]")).to_be_visible()
    return form


def save(form: Locator) -> None:
    form.locator("[data-submit]").click()


def follow_up(page: Page, house: House) -> None:
    page.locator("main .kg-list a[href*='/customers/']").first.click()
    page.locator("#composer textarea").click()
    page.keyboard.type("已确认用气量，下周报价。")
    save(page.locator("#composer"))
    expect(page.locator(".kg-tl .body", has_text="已确认用气量，下周报价。")).to_be_visible()


def on_a_phone(page: Page, text: str) -> None:
    """Type the follow-up where the cursor stands, and save it."""
    expect(page.locator("main form [name=content]")).to_be_focused()
    page.keyboard.type(text)
    save(page.locator("main form", has=page.locator("[name=content]")))
    expect(page.locator(".kg-tl .body", has_text=text)).to_be_visible()


def begun_on_a_phone(page: Page) -> None:
    page.locator(".kg-tabbar a", has=page.locator(".plus")).click()
    started(page.locator("main"))


def follow_up_on_one_opened(page: Page, house: House) -> None:
    begun_on_a_phone(page)
    page.locator(".kg-athand button").first.click()
    on_a_phone(page, "路上已电话确认。")


def follow_up_on_one_found(page: Page, house: House) -> None:
    customer = own_customer(house, "sales.east1")
    begun_on_a_phone(page)
    block = field(page.locator("main"), "customer")
    expect(block.locator(".ts-wrapper.focus")).to_have_count(1)
    with page.expect_response(lambda answer: parse_qs(urlsplit(answer.url).query).get("q") == [customer]):
        page.keyboard.type(customer)
    block.locator(".ts-dropdown .option", has_text=customer).first.click()
    on_a_phone(page, "客户来电催报价。")
    expect(page.locator("h1")).to_have_text(customer)


def follow_up_on_the_one_named(page: Page, house: House) -> None:
    begun_on_a_phone(page)
    on_a_phone(page, "合同条款已谈妥。")


def follow_up_on_this_one(page: Page, house: House) -> None:
    begun_on_a_phone(page)
    on_a_phone(page, "门口又聊了几句。")


def a_page_of(page: Page, house: House, path: str) -> str:
    """The address of the first record of a list."""
    page.goto(house.url(path))
    return house.address + (page.locator("tbody tr td.c-name a").first.get_attribute("href") or "")


def customer_with_contact(page: Page, house: House) -> None:
    page.locator(".kg-new summary").click()
    page.locator(".kg-new a[href$='/customers/add']").click()
    form = drawer(page)
    typed(form, "name", "昆山澄湖气动元件有限公司")
    typed(form, "address", "江苏省昆山市澄湖路 18 号")
    typed(form, "phone", "0512-5577 1203")
    save(form)
    page.locator(".kg-verbs a", has_text="新建联系人").click()
    form = drawer(page)
    typed(form, "name", "崔立群")
    typed(form, "mobile", "13812340000")
    save(form)
    expect(page.locator("h1")).to_have_text("崔立群")


def moved_opportunity(page: Page, house: House) -> None:
    page.locator("main .kg-list a[href*='/opportunities/']").first.click()
    page.locator(".kg-stages li:not([aria-current]) button").last.click()
    expect(page.locator("[data-toast]")).to_contain_text("推进阶段")


def shared_view(page: Page, house: House) -> None:
    page.locator(".kg-nav a", has_text="常看的客户").click()
    page.locator("summary[aria-label='此视图']").click()
    page.get_by_role("button", name="共享给本部门").click()
    expect(page.locator("[data-toast]")).to_contain_text("视图")


def handed_over(page: Page, house: House) -> None:
    page.locator(".kg-nav a[href$='/customers/']").click()
    page.locator("[data-pick-all]").click()
    assert page.locator("[data-pick]:checked").count() == 20
    bar = page.locator(".kg-bulk")
    bar.locator("summary", has_text="更多").click()
    bar.locator("[data-bulk]", has_text="移交").click()
    form = drawer(page)
    picked(form, "owner", "叶文清")
    typed(form, "reason", "片区调整")
    save(form)
    expect(page.locator("main")).to_contain_text("20")


def invoice_notice(page: Page, house: House) -> None:
    page.locator(".kg-nav a[href$='/contracts/']").click()
    page.locator("tbody tr", has_text="已生效").locator("a.name").first.click()
    page.locator(".kg-verbs a", has_text="新建开票通知").click()
    form = drawer(page)
    typed(form, "title", "第二批设备款")
    for name, text in (("name", "螺杆空压机 75kW"), ("quantity", "1"), ("price", "1200")):
        form.locator(f"[name=lines-0-{name}]").focus()
        page.keyboard.type(text)
    save(form)
    expect(page.locator("h1")).to_have_text("第二批设备款")


def receipt_allocated(page: Page, house: House) -> None:
    contract, customer = open_contract(house)
    page.locator(".kg-nav a[href$='/receipts/']").click()
    page.locator(".kg-titlebar a.btn-primary").click()
    form = drawer(page)
    typed(form, "payer", customer)
    typed(form, "amount", "300")
    typed(form, "received_on", "2026-01-05")
    picked(form, "customer", customer)
    save(form)
    page.locator(".kg-verbs a", has_text="新建到款分配").click()
    form = drawer(page)
    typed(form, "title", "设备款")
    picked(form, "contract", contract)
    typed(form, "amount", "100")
    save(form)
    expect(page.locator("h1")).to_have_text("设备款")


def open_contract(house: House) -> tuple[str, str]:
    """Title of a contract in force on which more than 100 yuan are still open, and its customer's name; no other is called like either."""
    paid = select(func.coalesce(func.sum(Allocation.amount), 0)).where(Allocation.contract_id == Contract.id).scalar_subquery()
    company = select(Company.id).where(Company.slug == COMPANY).scalar_subquery()
    in_company = select(Contract).where(Contract.company_id == company, Contract.customer.has(Customer.kind == CustomerKind.COMPANY))
    with Session(house.keguan.database.engine) as session:
        called = Counter(session.scalars(select(Contract.title)))
        asked = in_company.where(Contract.state == ContractState.EFFECTIVE, Contract.amount - paid > 100).order_by(Contract.id)
        found = next(one for one in session.scalars(asked) if called[one.title] == 1)
        return found.title, found.customer.name


def own_customer(house: House, account: str) -> str:
    """Name of the person's first customer that may be followed up."""
    with Session(house.keguan.database.engine) as session:
        mine = Customer.owner_id == look_around(house.keguan).employees[account].id
        asked = select(Customer.name).where(mine, Customer.review == Review.APPROVED, Customer.kind == CustomerKind.COMPANY)
        return session.scalars(asked.order_by(Customer.id)).first() or ""


def dispatched(page: Page, house: House) -> None:
    page.locator("main .kg-list a[href*='/service-requests/']").first.click()
    page.locator(".kg-verbs a", has_text="新建派工单").click()
    form = drawer(page)
    typed(form, "title", "上门查振动")
    picked(form, "owner", "何暖心")
    typed(form, "starts_at", "2027-01-05 09:00")
    typed(form, "ends_at", "2027-01-05 11:00")
    save(form)
    page.get_by_role("button", name="派工", exact=True).click()
    expect(page.locator(".kg-verbs")).to_contain_text("接单")


def who_changed(page: Page, house: House) -> None:
    page.locator("main .kg-list a[href*='/customers/']").first.click()
    page.locator("[role=tab]", has_text="修订记录").click()
    told = page.locator("#tab-body .kg-tl li", has_text="待核实").first
    expect(told).to_contain_text("陆东升")
    expect(told).to_contain_text("洽谈中")


def imported(page: Page, house: House) -> None:
    rows = "客户编号,客户名称,所属行业\nB-8,青峰齿轮有限公司,\nB-9,远帆泵业有限公司,\n"
    page.locator(".kg-nav a[href$='/customers/']").click()
    page.locator("#list").get_by_role("link", name="导入", exact=True).click()
    with page.expect_file_chooser() as asked:
        page.locator("#import-file").click()
    with page.expect_navigation(url="**/map"):
        asked.value.set_files({"name": "老系统客户.csv", "mimeType": "text/csv", "buffer": rows.encode("utf-8-sig")})
    page.get_by_role("button", name="校验数据").click()
    page.locator("#import").wait_for()
    run_due_jobs(house.keguan.database, house.keguan.registry)
    page.get_by_role("button", name="导入 2 行").click()
    expect(page.locator("#import .kg-lead")).to_be_visible()


@dataclass(frozen=True)
class Way:
    """Something to do: by whom, in how many actions at most, and where one is before; ``begun`` finds that page and is not counted."""

    what: str
    most: int
    account: str
    do: Callable[[Page, House], None]
    size: tuple[int, int] = WIDE
    begun: Callable[[Page, House], str] = lambda page, house: house.url("/")


WAYS = (
    Way("Write a follow-up", 3, "sales.east1", follow_up),
    Way(
        "On a phone, write a follow-up from any page about a customer opened lately",
        3,
        "sales.east1",
        follow_up_on_one_opened,
        size=PHONE,
        begun=lambda page, house: house.url("/calendar/"),
    ),
    Way(
        "On a phone, write a follow-up from any page about a customer found by typing",
        3,
        "sales.east1",
        follow_up_on_one_found,
        size=PHONE,
        begun=lambda page, house: house.url("/contracts/"),
    ),
    Way(
        "On a phone, write a follow-up from a contract about its customer",
        3,
        "sales.east1",
        follow_up_on_the_one_named,
        size=PHONE,
        begun=lambda page, house: a_page_of(page, house, "/contracts/"),
    ),
    Way(
        "On a phone, write a follow-up from a customer's page",
        2,
        "sales.east1",
        follow_up_on_this_one,
        size=PHONE,
        begun=lambda page, house: a_page_of(page, house, "/customers/?review=approved"),
    ),
    Way("Enter a new customer with a contact", 5, "sales.east1", customer_with_contact),
    Way("Move an opportunity to another stage", 2, "sales.east1", moved_opportunity),
    Way("Share a view", 3, "sales.east1", shared_view),
    Way("Hand 20 customers over", 5, "head2", handed_over, begun=lambda page, house: house.url("/", "huarui")),
    Way("Draft an invoice notice from a contract", 4, "sales.east1", invoice_notice),
    Way("Register a receipt and allocate it", 6, "contracts", receipt_allocated),
    Way("Dispatch a field worker for a request", 4, "service", dispatched),
    Way("See who changed a field", 3, "sales.east1", who_changed),
    Way("Import a file whose columns are known", 6, "sales.east1", imported),
)


@pytest.mark.requirement("R-484")
def test_nothing_takes_more_actions_than_it_may_and_the_table_says_so(open_window: OpenWindow, house: House) -> None:
    keep_a_view(open_window("sales.east1").page, house)
    lines, over = [], []
    for way in WAYS:
        page = open_window(way.account, size=way.size).page
        counting.begin_to_count(page)
        page.goto(way.begun(page, house))
        way.do(page, house)
        actions, fields = counting.counted(page)
        lines.append(f"| {way.what} | {way.account} | {way.most} | {actions} | {fields} |")
        over += [f"{way.what}: {actions} actions instead of {way.most}"] if actions > way.most else []
        page.context.close()
    assert over == []
    MEASURED.parent.mkdir(exist_ok=True)
    MEASURED.write_text(table(lines), encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == table(lines), "please look at build/ux.md and copy it to bench/ux.md"


def table(lines: list[str]) -> str:
    """The page that tells what was counted, and how."""
    assert counting.__doc__
    names = "From the home page, unless said otherwise | Account of the demonstration | At most | Actions | Fields typed into"
    head = f"| {names} |\n| --- | --- | --- | --- | --- |\n"
    written = "Written by `tests/browser/test_actions.py`, which fails when a figure is no longer true.\n\n"
    return f"# Actions until something is done\n\n{written}{counting.__doc__.strip()}\n\n{head}{chr(10).join(lines)}\n"


def keep_a_view(page: Page, house: House) -> None:
    """A view of the salesperson's own, pinned to the side menu."""
    page.goto(house.url("/lists/customers/views/new?conditions=state%3Dnegotiating"))
    page.locator("main [name=name]").fill("常看的客户")
    page.locator("main [name=pinned]").check()
    save(page.locator("main form[data-form]"))
    expect(page.locator(".kg-nav a", has_text="常看的客户")).to_be_visible()
