"""What hands do with a list of records of any kind, in whatever shape."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from core.database.search import searchable
from core.kernel.acting import acting_as
from core.web.conditions import ME, MY_DEPARTMENT, condition_fields
from core.web.nouns import Noun
from core.web.searching import led_by
from tests.browser.hands import started
from tests.browser.use import Use


def total(page: Page) -> int:
    """How many records the list says it finds."""
    said = page.locator(".kg-pager [role=status]")
    return max((int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*", said.inner_text())), default=0) if said.count() else 0


def list_shows_it(use: Use) -> None:
    use.open_list()
    page = use.page
    expect(page.locator(f"#list a[href$='/{use.noun.path}/{use.record_id}']").first).to_be_attached()


def search_finds_it(use: Use) -> None:
    use.open_list()
    page, box = use.page, use.page.locator("#list-search")
    box.fill(_searched(use))
    box.press("Enter")
    page.wait_for_url(re.compile(r"[?&]q="))
    expect(page.locator(f"#list a[href$='/{use.noun.path}/{use.record_id}']").first).to_be_attached()
    page.locator("#list-search").fill("没有这样的记录zzz")
    page.locator("#list-search").press("Enter")
    expect(page.locator("#list tbody tr")).to_have_count(0)
    expect(page.locator("#list")).to_contain_text("没有符合条件的记录")


def _searched(use: Use) -> str:
    """What identifies the example: a value of its own, else what the record is called that it belongs to."""
    with use.world.reading(use.account) as session:
        record = session.get(use.noun.model, use.record_id)
        own = next((str(value) for name in searchable(use.noun.model) if (value := getattr(record, name, None))), "")
        return own or next(str(getattr(record, name)) for name in led_by(use.noun) if getattr(record, name, None))


def it_is_put_in_order(use: Use) -> None:
    """By each column that offers it, in both directions."""
    use.open_list()
    page = use.page
    for key in page.locator("#list th:has(a.kg-sort)").evaluate_all("all => all.map((one) => one.dataset.col)"):
        head, seen = page.locator(f"#list th[data-col={key}]"), set()
        for _ in range(2):
            head.locator("a.kg-sort").click()
            expect(page.locator(".htmx-request")).to_have_count(0)
            expect(head).to_have_attribute("aria-sort", re.compile("ascending|descending"))
            seen.add(head.get_attribute("aria-sort"))
            expect(page.locator(f"#list a[href$='/{use.noun.path}/{use.record_id}']").first).to_be_attached()
        assert seen == {"ascending", "descending"}, (use.noun.path, key, seen)


def a_quick_filter_narrows(use: Use) -> None:
    use.open_list()
    page, quick = use.page, use.page.locator("#filters details[data-filter]").first
    quick.locator("summary").click()
    inside = quick.locator(".kg-pop")
    expect(inside).to_be_visible()
    if inside.locator("input[type=checkbox]").count():
        inside.locator("label:has(input[type=checkbox])").first.click()
    elif inside.locator("input[data-date], input[type=date], .flatpickr-input").count():
        inside.locator("input:visible").first.fill("2020-01-01")
    else:
        started(inside)
        if not inside.locator(".ts-dropdown").is_visible():
            inside.locator(".ts-control").click()
        expect(inside.locator(".ts-wrapper.loading")).to_have_count(0)
        inside.locator(".ts-dropdown .option").first.click()
    submit = inside.locator("button[type=submit]")
    if submit.count():
        submit.first.click()
    page.wait_for_url(lambda url: any(f"{name}" in url.partition("?")[2] for name in use.noun.filters))
    expect(page.locator(".kg-filters .kg-pick.on").first).to_be_visible()


def conditions_are_put_together(use: Use) -> None:
    use.open_list()
    page, everything, names = use.page, total(use.page), _asked_about(use)
    page.locator(".kg-filters > a", has_text="筛选").click()
    drawer = page.locator("#drawer form")
    for number, name in enumerate(names):
        _ask_for(drawer, use.noun, name, number)
    if len(names) > 1:
        drawer.locator("[name=join][value=or]").check()
    for number in range(1, len(names)):
        if len(names) > 2:
            drawer.locator(f"[name=g{number}]").select_option("1")
    drawer.locator("footer button[value=apply]").click()
    page.wait_for_url(lambda url: "where=" in url)
    assert page.url.count("where=") == len(names), use.noun.path
    expect(page.locator(".kg-filters .kg-pick.on a")).to_have_count(len(names))
    assert total(page) <= everything
    page.locator(".kg-filters > a", has_text="筛选").click()
    expect(page.locator("#drawer .kg-condition")).to_have_count(len(names))  # what was asked stands there again
    page.locator("#drawer button[value=drop-0]").click()
    expect(page.locator("#drawer .kg-condition")).to_have_count(len(names) - 1)


def _asked_about(use: Use) -> list[str]:
    """Up to three fields: a day, a person or department, and something to choose or to type, as far as the noun has them."""
    noun = use.noun
    with acting_as(use.world.actor(use.account)):
        offered = condition_fields(noun)
    names = [name for name in offered if noun.fields[name].kind != "reference" or noun.fields[name].target.startswith("core_")]
    wanted = (
        [name for name in names if noun.fields[name].kind in ("date", "moment")][:1],
        [name for name in names if noun.fields[name].target == "core_employee"][:1],
        [name for name in names if noun.fields[name].target == "core_department"][:1],
        [name for name in names if noun.fields[name].choices is not None][:1],
        [name for name in names if noun.fields[name].kind in ("text", "money")][:2],
    )
    return [name for group in wanted for name in group][:3]


def _ask_for(drawer: Locator, noun: Noun, name: str, number: int) -> None:
    """Add a condition on the field: a span that moves with today, me or my department, or the first value that is offered."""
    drawer.locator("select[name=field]").select_option(name)
    drawer.locator("button[value=add]").click()
    row = drawer.locator(f".kg-condition:has([name=f{number}])")
    expect(row).to_be_visible()
    kind, target = noun.fields[name].kind, noun.fields[name].target
    if kind in ("date", "moment"):
        row.locator(f"[name=o{number}]").select_option("in.this_month")
    elif kind == "reference" or noun.fields[name].choices is not None:
        expect(row.locator("select[data-select]:not(.tomselected)")).to_have_count(0)
        own = {"core_employee": f"[data-value={ME}]", "core_department": f"[data-value={MY_DEPARTMENT}]"}.get(target, "")
        row.locator(".ts-control").click()
        row.locator(f".ts-dropdown .option{own}").first.click()
    else:
        row.locator(f"[name=v{number}]").fill("1")


def groups_add_up(use: Use) -> None:
    use.open_list()
    page, everything = use.page, total(use.page)
    page.locator(".kg-filters > details:not([data-filter]) > summary").click()
    page.locator(".kg-filters > details[open] a.kg-item").nth(1).click()
    rows = page.locator(".kg-groups tbody tr")
    expect(rows.first).to_be_visible()
    counts = [int(one.replace(",", "")) for one in page.locator(".kg-groups tbody td:nth-child(2)").all_inner_texts()]
    assert sum(counts) == everything, use.noun.path
    assert page.locator(".kg-groups tfoot td").nth(1).inner_text() == f"{everything:,}"
    for place in range(2, page.locator(".kg-groups tfoot td").count()):
        parts = page.locator(f".kg-groups tbody td:nth-child({place + 1})").all_inner_texts()
        told = page.locator(".kg-groups tfoot td").nth(place).inner_text()
        assert sum(map(_figure, parts)) == _figure(told), (use.noun.path, parts, told)
    rows.first.locator("a.name").click()
    expect(page.locator(".kg-groups")).to_have_count(0)
    assert total(page) == counts[0], use.noun.path


def _figure(told: str) -> int:
    """A sum as a list tells it, in hundredths."""
    digits = re.sub(r"[^\d.\-]", "", told)
    return round(float(digits) * 100) if digits not in ("", "-") else 0


def a_chart_is_drawn(use: Use) -> None:
    use.open_list()
    page = use.page
    page.locator(".kg-shape a[aria-label='图表']").locator("visible=true").click()
    page.wait_for_url("**/chart**")
    if page.locator(".kg-values tbody tr").count() > 1:  # of a single group it is said that there is no other
        expect(page.locator("[data-chart]")).to_have_attribute("data-drawn", "1")
    first = page.locator(".kg-values tbody tr").first
    said = int(re.sub(r"\D", "", first.locator("td").nth(1).inner_text()))  # how many records, whatever is measured beside
    first.locator("a").first.click()
    page.wait_for_url(lambda url: "/chart" not in url)
    assert total(page) == said, use.noun.path


def a_board_shows_it(use: Use) -> None:
    use.open_list()
    page = use.page
    page.locator(".kg-shape a[aria-label='看板']").locator("visible=true").click()
    page.wait_for_url("**/board**")
    expect(page.locator(f"[data-card] a[href$='/{use.noun.path}/{use.record_id}']").first).to_be_attached()


def cards_show_it(use: Use) -> None:
    use.open_list()
    page, everything = use.page, total(use.page)
    page.locator(".kg-shape a[aria-label='卡片']").locator("visible=true").click()
    page.wait_for_url("**/cards**")
    expect(page.locator(f"main a[href$='/{use.noun.path}/{use.record_id}']").first).to_be_attached()
    assert total(page) == everything, use.noun.path


def its_days_are_shown(use: Use) -> None:
    use.open_list()
    page = use.page
    page.locator(".kg-shape a[aria-label='日程']").locator("visible=true").click()
    page.wait_for_url("**/calendar**")
    assert page.locator("[data-day]").count() >= 28, use.noun.path


def columns_are_chosen(use: Use) -> None:
    use.open_list()
    page, heads = use.page, use.page.locator("#list thead th:not(.pick)")
    usual = heads.all_inner_texts()
    door = page.locator(".kg-filters > a", has_text="列")
    door.click()
    items = page.locator("#drawer .kg-columns li")
    if len(usual) > 1:
        ticked = items.filter(has=page.locator("input:checked"))
        hidden = ticked.last.locator("[name=column]").get_attribute("value")
        page.locator(f"#drawer [name=column][value={hidden}]").uncheck()
    expect(page.locator("#drawer [name=dense]").first).to_be_attached()
    if items.count() > 1:  # a list may have its name and nothing else to show; it is still drawn closer or wider
        moved = items.nth(1).locator("[name=column]").get_attribute("value")
        page.locator(f"#drawer button[value=up-{moved}]").click()
        expect(items.first.locator("[name=column]")).to_have_attribute("value", moved or "")
    page.locator("#drawer [name=dense][value='1']").check()
    page.locator("#drawer footer button", has_text="保存").click()
    expect(page.locator("#list .kg-dense")).to_be_visible()
    shown = heads.all_inner_texts()
    assert len(shown) == max(len(usual) - 1, 1), use.noun.path
    assert shown[0] == usual[0]  # the name leads, wherever it was put
    door.click()
    page.locator("#drawer [name=dense][value='']").check()
    page.locator("#drawer button[value=reset]").click()
    expect(heads).to_have_text([re.compile(re.escape(one.strip())) for one in usual])
    expect(page.locator("#list .kg-dense")).to_have_count(0)


def a_view_is_saved_and_deleted(use: Use) -> None:
    use.open_list()
    page = use.page
    page.locator(".kg-titlebar a", has_text="新建视图").first.click()
    form = page.locator("#drawer form, main form").filter(has=page.locator("[name=name]"))
    form.locator("[name=name]").fill("亲手保存的视图")
    form.locator("button[type=submit]").last.click()
    tab = page.locator(".kg-tabs a", has_text="亲手保存的视图")
    expect(tab).to_have_attribute("aria-current", "page")
    page.locator("summary[aria-label='此视图']").click()
    page.locator(".kg-titlebar summary", has_text="删除视图").locator("visible=true").click()
    page.locator(".kg-titlebar form.kg-panel:visible button[type=submit]").click()
    expect(tab).to_have_count(0)
